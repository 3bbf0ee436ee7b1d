"""The lessons of the Ideas page, a file a lesson, without torch.

A lesson has the same three parts everywhere: a ``...Setting`` with what the reader moves, checked when it is made; a
``...Run`` with what was measured; and ``sentence(run)``, which says what the numbers show. ``measure`` has the
functions that run real tensors and turn a setting into a run.
"""
