"""Shattered gradients: how alike the gradients of neighbouring inputs are (Balduzzi et al. 2017)."""
