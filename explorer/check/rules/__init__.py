"""Explains differences in sentences. A new cause is a new rule in the list of ``all_rules``."""
