"""Several machines: jobs and classes of all replicas of the app, kept in one place of a Ray cluster.

``keeper`` is the actor that keeps them, ``task`` runs a job on a worker, ``finder`` finds the keeper in a process of
its own, ``wire`` talks to it, and ``jobs`` and ``classes`` are what the app uses in place of its own queue and rooms.
Only ``keeper``, ``task`` and ``finder`` import Ray, on the cluster's side: a replica lives on when the cluster dies.
"""
