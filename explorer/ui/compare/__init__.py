"""The parts of the Compare page, each in a file of its own."""
