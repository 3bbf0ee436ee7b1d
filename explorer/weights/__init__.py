"""Trained weights: which there are, how they are loaded, and how a file from a reader is read safely."""
