"""Numbers of a gradient flow in words: powers of ten where they are small or large, and what is no number said so."""

import math

from explorer.gradients.values import FLOAT32_TINY, FlowReading, ReadingState

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NEAR_ONE = 0.1
_PLAIN = (-3, 5)  # powers of ten between which a number reads best in plain digits
LOG10_TINY = math.log10(FLOAT32_TINY)


def ten_to(exponent: int) -> str:
    """A power of ten as it is written: ``10⁻¹²``."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def power_words(log10: float, digits: int = 2) -> str:
    """The number of at least zero with this common logarithm: ``0.21``, ``17,000``, ``3.2·10⁻¹²``.

    What has no finite logarithm is "exactly zero", "infinite" or "not a number".
    """
    if math.isnan(log10):
        return str(ReadingState.NOT_A_NUMBER)
    if math.isinf(log10):
        return "infinite" if log10 > 0 else str(ReadingState.ZERO)
    mantissa, exponent = _rounded(log10, digits)
    if _PLAIN[0] <= exponent < _PLAIN[1]:
        text = f"{float(f'{mantissa}e{exponent}'):,.{max(digits - 1 - exponent, 0)}f}"
        return _without_zeros(text)
    return ten_to(exponent) if float(mantissa) == 1 else f"{_without_zeros(mantissa)}·{ten_to(exponent)}"


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def factor_words(log10: float) -> str:
    """A factor above zero: ``× 1.19``, ``× 3.2·10⁻⁴``. Near 1 it has four decimals, for it is raised to high powers:
    ``× 0.9903``, a hundred times in a row, leaves 0.38, and ``× 0.99`` would leave 0.37."""
    if not math.log10(0.01) <= log10 < 3:
        return f"× {power_words(log10)}"
    factor = 10**log10
    return f"× {factor:.3g}" if abs(factor - 1) >= _NEAR_ONE else f"× {factor:.4f}"


def power_text(log10: float) -> str:
    """The same as programs read it: ``3.1e-52``, ``inf``, ``0``, ``nan``; never rounded to zero."""
    if math.isnan(log10):
        return "nan"
    if math.isinf(log10):
        return "inf" if log10 > 0 else "0"
    mantissa, exponent = _rounded(log10, 2)
    return f"{mantissa}e{exponent:+03d}"


def _rounded(log10: float, digits: int) -> tuple[str, int]:
    """Mantissa, ``1.0`` to ``9.9``, and exponent; of any finite logarithm, also where the number is no float."""
    exponent, decimals = math.floor(log10), digits - 1
    mantissa = f"{10 ** (log10 - exponent):.{decimals}f}"
    return (mantissa, exponent) if float(mantissa) < 10 else (f"{1:.{decimals}f}", exponent + 1)


def reading_words(reading: FlowReading) -> str:
    """A reading in words: ``0.21``, ``3.2·10⁻⁵² (below float32)``, ``exactly zero``, ``above float32``."""
    return f"{power_words(reading.log10)}{_remark(reading)}" if _has_number(reading) else str(reading.state)


def reading_text(reading: FlowReading) -> str:
    """The same for tables that programs read, too: ``0.21`` is ``2.1e-01``."""
    return f"{power_text(reading.log10)}{_remark(reading)}" if _has_number(reading) else str(reading.state)


def _has_number(reading: FlowReading) -> bool:
    return reading.finite and reading.state in (ReadingState.MEASURED, ReadingState.UNDERFLOW)


def _remark(reading: FlowReading) -> str:
    """A norm, or a ratio, can be above the smallest float32 though what it comes from is below: then that is said."""
    if reading.state is not ReadingState.UNDERFLOW:
        return ""
    return " (below float32)" if reading.log10 < LOG10_TINY else " (from values below float32)"
