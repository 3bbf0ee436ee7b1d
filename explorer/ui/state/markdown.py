"""Text that people or links brought along, made safe to stand in a sentence."""

import re

_AMOUNT = re.compile(r"(?<=\d) (?=(?:[kMGTP]|[KMGTP]iB|ms|px)\b|[%×])")
_SIGNS = re.compile(r"([\\`*_{}\[\]()#!|<>~$:])")


def escaped(text: str) -> str:
    """``text`` with every sign that markdown would act on escaped: no links, images or formatting from a link."""
    return _SIGNS.sub(r"\\\1", text)


def unbroken(text: str) -> str:
    """``text`` whose amounts keep their units on the same line: ``11.3 M``, ``143 MiB``, ``38 %``."""
    return _AMOUNT.sub("\N{NO-BREAK SPACE}", text)


def readable(text: str) -> str:
    """``escaped`` and ``unbroken``."""
    return unbroken(escaped(text))
