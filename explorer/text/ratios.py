"""How many times one number is another, in words that no line of text breaks apart."""

TIMES = "\u00a0×"  # with a space that never ends a line: a phone would leave the sign alone on the next one


def ratio(value: int, base: int) -> str:
    """How many times ``base`` it is, to three digits: ``1.17 ×``, ``1/2,500 ×``, ``the same``.

    A ratio near one gets as many digits as tell it from one. Both are positive. The space is ``TIMES``'s.
    """
    return "the same" if value == base else f"{times(value, base)}{TIMES}"


def times(value: int, base: int) -> str:
    """The bare number of ``ratio``, for a sentence that goes on "times as many": ``16.9``, ``1/2,500``."""
    if value == base:
        return "1"
    found = value / base
    if found < 0.001:
        return f"1/{_three_digits(base / value)}"
    if found >= 999.5:
        return _three_digits(found)
    texts = (f"{found:#.{digits}g}".rstrip(".") for digits in range(3, 17))
    return next((text for text in texts if float(text) != 1), "just about 1")


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.0f}"
