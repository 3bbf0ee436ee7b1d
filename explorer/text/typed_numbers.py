"""Amounts as people write them, read: "12 M", "2 GMACs", "12,000,000", "1.5e9"."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal

MOST = 10**21  # more than the multiply-adds of the heaviest network a configuration allows
_LONGEST = 40  # characters of an amount that somebody typed on purpose

_SCALES: Mapping[str, int] = {
    "": 0,
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mn", "million"), 6),
    **dict.fromkeys(("g", "b", "bn", "billion"), 9),
    **dict.fromkeys(("t", "trillion"), 12),
    "p": 15,
}
_NUMBER = r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
_UNIT = "|".join(sorted(filter(None, _SCALES), key=len, reverse=True))
_NOUN = r"macs?|params?|parameters?|multiply-adds?"
# \s*+ gives no space back: two \s* beside each other would divide a run of spaces in every way.
_AMOUNT = re.compile(
    rf"{_NUMBER}(?:e(?P<power>[+-]?[0-9]{{1,3}}))?\s*+(?P<unit>{_UNIT})?\s*+(?:{_NOUN})?", re.IGNORECASE
)
_HOW = 'Write a number such as "12 M", "2 G", "12,000,000" or "1.5e9"'


def parse_amount(text: str) -> int:
    """The whole number that a text stands for, a fraction cut off; upper and lower case mean the same.

    Units are k, M, G (or B), T and P or their English names; "MACs" or "parameters" may follow.

    Raises:
        ValueError: text that is no such amount, or one below 1 or above 10^21; the message quotes it.
    """
    cleaned = text.strip()
    if len(cleaned) > _LONGEST:
        raise ValueError(f"{quoted(cleaned)} has {len(cleaned):,} characters, too many for an amount. {_HOW}.")
    if "flop" in cleaned.lower():
        raise ValueError(
            f"{quoted(cleaned)} could mean two things: some count a multiply-add as one FLOP, some as two. "
            'Write MACs, for example "2 GMACs"; that many MACs are twice as many FLOPs proper.'
        )
    found = _AMOUNT.fullmatch(cleaned)
    if not found:
        raise ValueError(f"{quoted(cleaned)} is not an amount. {_HOW}.")
    power = int(found["power"] or 0) + _SCALES[(found["unit"] or "").lower()]
    # Decimal is exact, and compares 1e999 without writing it out.
    value = Decimal(found["number"].replace(",", "")).scaleb(power)
    if not 1 <= value <= MOST:
        raise ValueError(f"{quoted(cleaned)} is out of range: an amount is from 1 to 10^21. {_HOW}.")
    return int(value)


def whole_number(label: str, text: str) -> int:
    """The whole number that somebody typed, with or without commas for the thousands; at least 0.

    Raises:
        ValueError: something else; the message names the field by its ``label`` and quotes the text.
    """
    cleaned = text.strip().replace(",", "")
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 12):
        raise ValueError(f"{label}: {text[:40]!r} is not a whole number such as 1, 64 or 256.")
    return int(cleaned)


def positive_number(label: str, text: str) -> float:
    """The number above zero that somebody typed: "0.1", "1e-3".

    Raises:
        ValueError: something else, infinity included; the message names the field and quotes the text.
    """
    try:
        value = float(text.strip())
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise ValueError(f"{label}: {text[:40]!r} is not a number above zero such as 0.1 or 1e-3.")
    return value


def quoted(value: object) -> str:
    """A value as its writer would recognise it, short enough for a message."""
    try:
        text = repr(value)
    except ValueError:  # CPython refuses to print integers of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
