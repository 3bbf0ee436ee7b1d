"""What a difference between the two means, in sentences: a cause is added to ``all_rules``."""
