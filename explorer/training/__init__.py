"""Training a network on small grey pictures."""
