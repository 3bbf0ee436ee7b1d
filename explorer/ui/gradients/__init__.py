"""The parts of the Gradient-flow page, each in a file of its own."""
