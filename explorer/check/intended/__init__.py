"""Finds out which configuration was meant, and which layers it has."""
