"""The truth of a mistake in a program, as Ideas > Spot the bug tells it to somebody who points at the right line."""

import re

from explorer.ideas.bugs import Bug, answer_to_line, bug_by_key
from explorer.jobs.idle import WORDS, Request
from explorer.paths.answers import Measured, Truth
from explorer.text.quantities import capitalised

STRIDE = bug_by_key("stride")


def stride(_device: str) -> Measured:
    """Which convolution has the wrong stride: by its name in the program."""
    return Measured(Request(bug_by_key, (STRIDE.key,), WORDS), _pointed)


def _pointed(bug: Bug) -> Truth:
    place = bug.places[0]
    assigned = re.search(r"self\.(\w+) =", bug.lines[place - 1])
    told = answer_to_line(bug, place).removeprefix("Right: ")  # the reader may have said something else
    return Truth(assigned[1] if assigned else None, (capitalised(told),))
