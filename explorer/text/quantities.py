"""Amounts as people say them."""

from collections.abc import Callable, Sequence
from decimal import Decimal

_WRITTEN_OUT = 1e-7  # Python writes numbers below 1e-4 with an exponent


def human(value: float) -> str:
    """A count as people say it: ``25.6 M``, ``4.09 G``; exact below ten thousand."""
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    units = (("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3))
    unit, scale = next((unit, scale) for unit, scale in units if abs(value) >= 0.9995 * scale)
    scaled = value / scale
    return f"{scaled:,.0f} {unit}" if abs(scaled) >= 999.5 else f"{scaled:.3g} {unit}"  # no unit is above P


# A whole number in a table that the browser draws (printf's notation): with the commas that all words here have. The
# browser's own choice of signs would write 25.557.032 beside the sentence's 25,557,032.
WHOLE_NUMBERS = "%,d"
PERCENT = "%.1f %%"
"""A share there, which is given as a number of percent."""


def three_digits(value: float) -> str:
    """A measured number to three digits: ``0.0000803``, ``0.42``, ``12.3``, ``1,234``; from a hundred on, whole.

    Only one that has seven or more zeros in front has an exponent.
    """
    if abs(value) >= 99.95:
        return minus(f"{value:,.0f}")
    digits = f"{value:.3g}"
    return minus(f"{Decimal(digits):f}" if abs(value) >= _WRITTEN_OUT else digits)


def signed(value: float, words: Callable[[float], str] = human) -> str:
    """A difference with its sign, the minus a real one: ``+3.76 M``, ``−12``, ``±0``; ``words`` says its size."""
    return f"+{words(value)}" if value > 0 else f"−{words(-value)}" if value < 0 else "±0"


def minus(number: str) -> str:
    """A formatted number with a real minus sign in place of each hyphen."""
    return number.replace("-", "−")


def percent(part: float, whole: float, digits: int = 1) -> str:
    """A share of a whole: ``38.1 %``. A small part is never "0 %" and a large one never "100 %"; no part is "0 %",
    also of nothing."""
    if not part or not whole:
        return "0 %"
    if part == whole:
        return "100 %"
    least, share = 10.0**-digits, 100 * part / whole
    if share < least:
        return f"less than {least:.{digits}f} %"
    if share < 100 and round(share, digits) >= 100:
        return f"more than {100 - least:.{digits}f} %"
    return f"{share:.{digits}f} %"


def size(count: float) -> str:
    """Bytes as people say them, in binary units."""
    for unit, scale in (("PiB", 2**50), ("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count * 1024 >= 999.5 * scale:  # that many of the smaller unit would need four digits
            return f"{count / scale:.3g} {unit}"
    return f"{count:.0f} bytes"


def counted(count: int, what: str) -> str:
    """A number of things: ``1 block``, ``1,024 blocks``, ``10 classes``."""
    return f"{count:,} {noun(count, what)}"


def noun(count: int, what: str) -> str:
    """The form of a regular noun that goes with a number, whatever its sign."""
    if abs(count) == 1:
        return what
    return f"{what}es" if what.endswith("s") else f"{what}s"


def shape(sides: tuple[int, int, int]) -> str:
    """Channels, height and width of one image's map: ``2,048×7×7``. No line of text breaks inside it."""
    return "×".join(f"{side:,}" for side in sides)


def capitalised(text: str) -> str:
    """The text with its first letter in upper case, all else unchanged."""
    return text[:1].upper() + text[1:]


def first_few(texts: Sequence[str], most: int) -> str:
    """The first ``most`` texts, and how many were left out: ``a, b, c and 1,021 more``."""
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more:,} more" if more > 0 else "")


def listed(texts: Sequence[str]) -> str:
    """Texts as a list in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
