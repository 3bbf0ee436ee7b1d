"""Which network was meant."""
