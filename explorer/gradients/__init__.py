"""How the gradient flows through a network: values, measurements and sentences of the Gradient-flow page."""
