"""Charts of the Gradient-flow page."""
