"""Check my ResNet: a text that shows a network, beside the network that it was meant to be.

Nothing of the text is ever executed, and torch is not needed.
"""

from explorer.check.report import MAX_TEXT, check, check_shapes
from explorer.check.values import CheckError, Difference, ReadLayer, Report, Severity, Source

__all__ = [
    "MAX_TEXT",
    "CheckError",
    "Difference",
    "ReadLayer",
    "Report",
    "Severity",
    "Source",
    "check",
    "check_shapes",
]
