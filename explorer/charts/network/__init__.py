"""The network as a drawing."""
