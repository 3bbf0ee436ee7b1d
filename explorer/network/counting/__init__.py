"""What the usual tools count of a network, in closed form, and which count a number is."""
