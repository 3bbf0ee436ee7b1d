"""The paths through a residual network, by their length, and the gradient that comes by each (Veit et al. 2016)."""
