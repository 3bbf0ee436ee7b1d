"""Finds stem, stages, blocks and head in the tree of modules, and completes what a table does not print."""
