"""Tests of how the shipped weights were made."""
