"""Checks of what a reader may move, which answer in a sentence; and a number in two digits."""

import math
from enum import StrEnum
from typing import TypeVar

from explorer.gradients.number_words import power_words
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import quoted

Matrix = tuple[tuple[float, ...], ...]
Option = TypeVar("Option", bound=StrEnum)


def check_whole(label: str, value: object, low: int, high: int) -> int:
    """Returns the value if it is a whole number from ``low`` to ``high``.

    Raises:
        Refusal: it is not; the message begins with the ``label`` and says what is allowed.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refusal(f"{label}: {quoted(value)} is not a whole number from {low:,} to {high:,}.")
    return value


def check_number(label: str, value: object, low: float, high: float) -> float:
    """Returns the value as a float if it is a number from ``low`` to ``high``.

    Raises:
        Refusal: it is not; the message begins with the ``label`` and says what is allowed.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Refusal(f"{label}: {quoted(value)} is not a number from {low:g} to {high:g}.")
    return float(value)


def check_option(label: str, value: object, options: type[Option]) -> Option:
    """Returns the option with this value.

    Raises:
        Refusal: there is none; the message lists the options.
    """
    try:
        return options(value)  # type: ignore[arg-type]
    except ValueError:
        raise Refusal(f"{label}: {quoted(value)} is none: choose one of {', '.join(options)}.") from None


def two_digits(value: float) -> str:
    """Writes a number of at least zero with two digits: ``0.21``, ``3.2·10⁻¹²``, ``exactly zero``."""
    if math.isnan(value) or math.isinf(value):
        return power_words(value)
    return power_words(math.log10(value) if value else -math.inf)
