"""Works a formula out as a reader does, so that tests can hold what the app writes against what is true."""

import re
from fractions import Fraction
from functools import cache
from math import ceil, floor

_SIGNS = {",": "", "·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}


@cache
def value(side: str) -> Fraction:
    """One side of a formula, exactly: ``⌊(224 + 2·3 − 7)/2⌋ + 1`` is 112."""
    for sign, python in _SIGNS.items():
        side = side.replace(sign, python)
    assert re.fullmatch(r"(floor|ceil|[\d\s()*/+-])+", side), side
    exact = re.sub(r"\d+", r"Fraction(\g<0>)", side)
    return Fraction(eval(exact, {"Fraction": Fraction, "floor": floor, "ceil": ceil}))


def outcome(formula: str) -> int:
    """What a whole formula comes to, once both sides (or its only one) are found to be that number."""
    found = {value(side) for side in formula.split(" = ")}
    assert len(found) == 1, formula
    (number,) = found
    assert number.denominator == 1, formula
    return int(number)
