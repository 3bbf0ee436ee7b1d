"""Matches the network that was read with the intended one, layer by layer."""
