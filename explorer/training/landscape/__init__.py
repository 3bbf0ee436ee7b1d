"""The loss over planes through a trained network's weights (Li et al. 2018, arXiv:1712.09913)."""
