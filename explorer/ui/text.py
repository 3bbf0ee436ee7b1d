"""Text that people or links brought along, made safe to stand in a sentence."""

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]()#!|<>~$:])")


def plain(text: str) -> str:
    """``text`` with every sign that markdown would act on escaped: no links, images or formatting from a link."""
    return _SIGNS.sub(r"\\\1", text)
