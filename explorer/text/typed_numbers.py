"""Amounts as people write them, read: "12 M", "2 GMACs", "12,000,000", "1.5e9"; and as tools print them: "97.8 MB"."""

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from explorer.text.errors import Refusal

MOST = 10**21  # more than the multiply-adds of the heaviest network a configuration allows
LONGEST = 40  # characters of an amount that somebody typed on purpose
_LONGEST_COPIED = 60  # the same with a label

_SCALES: Mapping[str, int] = {
    "": 0,
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mn", "million"), 6),
    **dict.fromkeys(("g", "b", "bn", "billion"), 9),
    **dict.fromkeys(("t", "trillion"), 12),
    "p": 15,
}
_NUMBER = r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
_THOUSANDS = re.compile(r"(?<!\b0),(?=\d{3}(\D|$))")
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
    if len(cleaned) > LONGEST:
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


# What stands behind a number that a tool printed; the first of these that a label contains is meant by it, too.
_COUNTED: Mapping[str, str] = {
    "size": "bytes",
    "param": "parameters",
    "flop": "FLOPs",
    "mac": "MACs",
    "mult": "MACs",
    "complexity": "MACs",
}
_LABEL_POWERS = {unit: power for unit, power in _SCALES.items() if len(unit) == 1} | {"kb": 3, "mb": 6, "gb": 9}
_LABEL_POWERS |= {"units.none": 0, "units.megabytes": 6, "units.gigabytes": 9, "units.terabytes": 12}  # torchinfo's
_BYTES = r"(?P<bytes>(?P<binary>i)?b(?:ytes?)?)"
_COPIED = re.compile(
    rf"[~≈]?\s*+(?P<given>{_NUMBER}(?:e\+?(?P<power>[0-9]{{1,2}}))?\s*+(?P<unit>{_UNIT})?\s*+"
    rf"(?:{_BYTES}|(?P<noun>flops?|{_NOUN}|mult-adds?))?)",
    re.IGNORECASE,
)
_TEN_TO = re.compile(r"\s?[×x*·]\s?10\^?(?=[0-9])")
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_HOW_PRINTED = 'Copy it as it was printed, such as "4.12 G", "25,636,712" or "97.8 MB"'


@dataclass(frozen=True, slots=True)
class CopiedNumber:
    """A number that somebody copied, with as many digits as it was given.

    ``text`` is the number as it was written. ``place`` is what one of its last digit is worth: 0.01 in "4.12 G".
    ``power`` is its unit's, 9 for G, and None for a fraction without a unit, which may be of any. ``counted`` is
    "parameters", "MACs", "FLOPs" or "bytes", or nothing where that was not said; ``binary`` is whether it is MiB.
    """

    text: str
    number: Fraction
    place: Fraction
    power: int | None
    counted: str
    binary: bool


def copied_number(text: str) -> CopiedNumber:
    """The number that a tool printed: "4.12 GMac", "25.6M", "97.8 MB", "Params size (MB): 97.49", "3.8×10⁹".

    A label before a colon and a remark in brackets behind the number may be copied along. Zeros at the end of a whole
    number without a unit are read as rounding.

    Raises:
        ValueError: text that is no such number, or one below 10^-3 or above 10^21; the message quotes it.
    """
    cleaned = text.strip()
    if len(cleaned) > _LONGEST_COPIED:
        raise ValueError(f"{quoted(cleaned)} has {len(cleaned):,} characters, too many for one number. {_HOW_PRINTED}.")
    label, _, rest = cleaned.rpartition(":")
    written = _TEN_TO.sub("e", rest.partition("(")[0].translate(_POWERS)).strip().rstrip(".;")
    found = _COPIED.fullmatch(written)
    if not found:
        raise ValueError(f"{quoted(cleaned)} is not a number that a tool prints. {_HOW_PRINTED}.")
    return _copied(found, label.lower(), cleaned)


def _copied(found: re.Match[str], label: str, cleaned: str) -> CopiedNumber:
    digits, unit = found["number"].replace(",", ""), (found["unit"] or "").lower()
    said = "size" if found["bytes"] else (found["noun"] or label).lower()
    inside = label.rpartition("(")[2].rstrip(") ")
    power = _SCALES[unit] if unit else _LABEL_POWERS.get(inside) if inside else None
    whole = "." not in digits
    if power is None and (whole or found["power"] or found["bytes"]):
        power = 0
    exact = Decimal(digits).scaleb(int(found["power"] or 0))
    if not Decimal("0.001") <= exact.scaleb(power or 0) <= MOST:
        raise ValueError(f"{quoted(cleaned)} is out of range: a count is from 0.001 to 10^21. {_HOW_PRINTED}.")
    zeros = len(digits) - len(digits.rstrip("0")) if whole and not unit and not found["power"] else 0
    place = Decimal(1).scaleb(zeros - len(digits.partition(".")[2]) + int(found["power"] or 0))
    counted = next((meant for word, meant in _COUNTED.items() if word in said), "")
    return CopiedNumber(found["given"], Fraction(exact), Fraction(place), power, counted, bool(found["binary"]))


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


def any_number(text: str, unit: str = "") -> float:
    """The number that somebody typed: "12.5", "-3", "1,000", "0,5", "40 %"; "12 M" where no such unit is asked for.

    ``unit`` is what is counted, and may stand behind the number.

    Raises:
        Refusal: something else; the message quotes the text.
    """
    cleaned = text.strip()
    if len(cleaned) > LONGEST:
        raise Refusal(f"A number has at most {LONGEST} characters.")
    if unit and cleaned.casefold().endswith(unit.casefold()):
        cleaned = cleaned[: -len(unit)]
    cleaned = _THOUSANDS.sub("", cleaned.strip().removesuffix("%").strip()).replace(",", ".")
    with suppress(ValueError):
        return float(cleaned)
    if len(unit) != 1:  # 12 k, where millions are asked for, would be another number
        with suppress(ValueError):
            return float(parse_amount(cleaned))
    raise Refusal(f"{quoted(text)} is not a number{f' of {unit}' if unit else ''}.")


def quoted(value: object) -> str:
    """A value as its writer would recognise it, short enough for a message."""
    try:
        text = repr(value)
    except ValueError:  # CPython refuses to print integers of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
