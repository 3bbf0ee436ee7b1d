"""Each kind of text that shows a network, read into one tree of layers."""
