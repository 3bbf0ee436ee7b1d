"""Numbers of a gradient flow in words: powers of ten where they are small or large, and what is no number said so."""

import math

from explorer.gradients.values import FLOAT32_TINY, FlowReading, ReadingState

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN = (-3, 5)  # powers of ten between which a number reads best in plain digits
LOG10_TINY = math.log10(FLOAT32_TINY)


def ten_to(exponent: int) -> str:
    """A power of ten as it is written: ``10⁻¹²``."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def power_words(log10: float) -> str:
    """The number of at least zero with this common logarithm, to two digits: ``0.21``, ``17,000``, ``3.2·10⁻¹²``.

    What has no finite logarithm is "exactly zero", "infinite" or "not a number".
    """
    if math.isnan(log10):
        return str(ReadingState.NOT_A_NUMBER)
    if math.isinf(log10):
        return "infinite" if log10 > 0 else str(ReadingState.ZERO)
    mantissa, exponent = _two_digits(log10)
    if _PLAIN[0] <= exponent < _PLAIN[1]:
        number = float(f"{mantissa}e{exponent}")
        return f"{number:,.0f}" if number >= 10 else f"{number:g}"
    return ten_to(exponent) if mantissa == "1.0" else f"{mantissa.removesuffix('.0')}·{ten_to(exponent)}"


def factor_words(log10: float) -> str:
    """A factor above zero with as many digits as tell it from 1: ``× 1.19``, ``× 0.9987``, ``× 3.2·10⁻⁴``."""
    if not math.log10(0.01) <= log10 < 3:
        return f"× {power_words(log10)}"
    factor = 10**log10
    return f"× {factor:.3g}" if abs(factor - 1) >= 0.005 else f"× {factor:.4f}"


def power_text(log10: float) -> str:
    """The same as programs read it: ``3.1e-52``, ``inf``, ``0``, ``nan``; never rounded to zero."""
    if math.isnan(log10):
        return "nan"
    if math.isinf(log10):
        return "inf" if log10 > 0 else "0"
    mantissa, exponent = _two_digits(log10)
    return f"{mantissa}e{exponent:+03d}"


def _two_digits(log10: float) -> tuple[str, int]:
    """Mantissa, ``1.0`` to ``9.9``, and exponent; of any finite logarithm, also where the number is no float."""
    exponent = math.floor(log10)
    mantissa = f"{10 ** (log10 - exponent):.1f}"
    return (mantissa, exponent) if mantissa != "10.0" else ("1.0", exponent + 1)


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
