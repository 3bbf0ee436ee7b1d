"""Quantities, ratios, typed numbers and refusals in words. Imports nothing else of this project."""
