"""Several machines: jobs and classes of all replicas of the app, kept in one place of a Ray cluster.

``jobs`` and ``classes`` are what a replica uses in place of its own queue and rooms: they talk over a ``wire`` to the
``keeper``, which an ``actor`` of the cluster runs and ``finder`` finds. ``task`` runs a job on one of the machines.
Actor, keeper and finder import Ray, in processes of their own: a replica lives on when the cluster dies.
"""
