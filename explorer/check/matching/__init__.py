"""The network that was read beside the one that was meant."""
