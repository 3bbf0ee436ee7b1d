"""Reads PyTorch's own error messages: what happened, and the line of code that cures it."""
