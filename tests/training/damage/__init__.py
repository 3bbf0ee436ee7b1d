"""Tests of damaged networks."""
