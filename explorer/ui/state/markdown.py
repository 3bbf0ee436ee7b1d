"""Makes text that people or links bring along safe to stand in a sentence."""

import re

_AMOUNT = re.compile(r"(?<=\d) (?=(?:[kMGTP]|[KMGTP]iB|ms|px)\b|[%×])")
_SIGNS = re.compile(r"([\\`*_{}\[\]()#!|<>~$:])")


def escaped(text: str) -> str:
    """Returns ``text`` with every sign escaped that markdown would act on: no link, image or formatting comes of it."""
    return _SIGNS.sub(r"\\\1", text)


def unbroken(text: str) -> str:
    """Returns ``text`` with amounts and units kept on one line: ``11.3 M``, ``143 MiB``, ``38 %``."""
    return _AMOUNT.sub("\N{NO-BREAK SPACE}", text)


def readable(text: str) -> str:
    """Returns ``text`` both ``escaped`` and ``unbroken``."""
    return unbroken(escaped(text))
