"""Damage to a trained network: blocks cut or swapped, nothing retrained (Veit et al. 2016, arXiv:1605.06431)."""
