""" "Check my ResNet" compares a text that shows a network with the network that it was meant to be.

``report`` runs the packages in their order: formats -> structure -> intended -> matching -> rules. Nothing of a text is
ever executed, and torch is not imported.
"""

from explorer.check.report import MAX_TEXT, Progress, check, check_length, check_shapes
from explorer.check.values import CheckError, Difference, ReadLayer, Report, Severity, Source

__all__ = [
    "MAX_TEXT",
    "CheckError",
    "Difference",
    "Progress",
    "ReadLayer",
    "Report",
    "Severity",
    "Source",
    "check",
    "check_length",
    "check_shapes",
]
