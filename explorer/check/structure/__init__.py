"""From a tree of layers to stem, stages, blocks and head."""
