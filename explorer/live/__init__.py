"""Networks on a real device: what fits there, what they measure, and whether that agrees with the arithmetic."""
