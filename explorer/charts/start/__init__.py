"""The start page's picture: one block, drawn with its numbers."""
