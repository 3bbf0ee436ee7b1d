"""The lessons of the Ideas page: what the reader moves, what was measured, and what the numbers say.

A file a lesson, without torch; ``explorer.ideas.measure`` has the files that run real tensors.
"""
