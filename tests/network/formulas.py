"""Works a formula out as a reader does, so that tests can hold what the app writes against what is true."""

import re
from fractions import Fraction
from functools import cache
from math import ceil, floor

# The units in which the app writes counts and bytes.
COUNT = {"": 1, " k": 10**3, " M": 10**6, " G": 10**9, " T": 10**12, " P": 10**15}
BYTES = {" bytes": 1, " KiB": 2**10, " MiB": 2**20, " GiB": 2**30, " TiB": 2**40, " PiB": 2**50}
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


def read(text: str, units: dict[str, int]) -> float:
    """The value of a number as people write it, whose unit is one of these."""
    found = re.fullmatch(r"([\d,]+(?:\.\d+)?)( \w+)?", text)
    assert found, text
    return float(found.group(1).replace(",", "")) * units[found.group(2) or ""]
