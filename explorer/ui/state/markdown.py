"""Makes text that people or links bring along safe to stand in a sentence."""

import re
from collections.abc import Iterable

_AMOUNT = re.compile(r"(?<=\d) (?=(?:[kMGTP]|[KMGTP]iB|ms|px)\b|[%×])")
_BLANKS = re.compile("[\0-\x20\x7f-\x9f\u2028\u2029]+")  # with line breaks, without the no-break space
_SIGNS = re.compile(r"([\\`*_{}\[\]()#!|<>~$:&])")
_LIST = re.compile(r"^( ?)([-+=](?=[-+= ]|$)|\d{1,9}(?=\.(?: |$)))")  # begins a list, underlines a heading or is a rule
# Addresses (GFM 6.9) and Streamlit's icons are looked for once markdown is read, when a backslash is gone.
_FOUND_LATER = re.compile(r":(?=[\w/+-])|@|www(?=\.)", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"  # has no width, and nothing breaks at it


def escaped(text: str) -> str:
    """Returns ``text`` as one line that markdown shows as it is: no link, image or formatting comes of it."""
    line = _FOUND_LATER.sub(rf"\g<0>{JOINER}", _BLANKS.sub(" ", text))
    return _LIST.sub(lambda found: f"{found[1]}{_harmless(found[2])}", _SIGNS.sub(r"\\\1", line))


def _harmless(mark: str) -> str:
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"  # the number's full stop, or the sign itself


def bullets(sentences: Iterable[str]) -> str:
    """Returns the sentences, each ``escaped``, as a list; empty ones are left out."""
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences if sentence)


def unbroken(text: str) -> str:
    """Returns ``text`` with amounts and units kept on one line: ``11.3 M``, ``143 MiB``, ``38 %``."""
    return _AMOUNT.sub("\N{NO-BREAK SPACE}", text)


def readable(text: str) -> str:
    """Returns ``text`` both ``escaped`` and ``unbroken``."""
    return unbroken(escaped(text))
