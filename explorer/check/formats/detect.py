"""Recognises the format of a pasted text and reads it."""

import re
from collections.abc import Callable
from itertools import islice

from explorer.check.formats.keras import looks_keras, read_keras
from explorer.check.formats.limits import MAX_LAYERS, MAX_LINE
from explorer.check.formats.printed import read_printed
from explorer.check.formats.printed_lines import divided, looks_printed
from explorer.check.formats.state_dict import looks_state_dict, read_state_lines
from explorer.check.formats.torchinfo import looks_torchinfo, read_torchinfo
from explorer.check.formats.torchsummary import looks_torchsummary, read_torchsummary
from explorer.check.values import CheckError, ReadText
from explorer.text.quantities import size

MAX_TEXT = 2 * 2**20  # characters; print(resnet1202) has 290,000
MAX_LINES = 60_000  # print(resnet1202) has 7,600

_COLOURS = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
# [^\S\n]*+ stays in its line and gives nothing back: from every empty line, \s* would read all those below again.
_CODE = re.compile(r"nn\.(Conv2d|BatchNorm2d|Module|Sequential)\b|^[^\S\n]*+(def|class|import|from) \w", re.MULTILINE)
_WHAT_TO_PASTE = (
    "Paste what print(model) shows, the table of torchsummary or torchinfo, or a state dict's names and shapes."
)

_FORMATS: tuple[tuple[Callable[[str], object], Callable[[list[str]], ReadText]], ...] = (
    (looks_printed, read_printed),
    (looks_torchinfo, read_torchinfo),
    (looks_torchsummary, read_torchsummary),
    (looks_state_dict, read_state_lines),
    (looks_keras, read_keras),
)


def read_text(text: str) -> ReadText:
    """Reads a text in the format that most of its lines have.

    Raises:
        CheckError: the text is empty or too long, or none of its lines shows a layer.
    """
    check_length(text)
    found = text.splitlines()
    if len(found) > MAX_LINES:
        raise CheckError(f"The text has {len(found):,} lines: at most {MAX_LINES:,} are read. {_WHAT_TO_PASTE}")
    parts = (part for line in found for part in divided(_COLOURS.sub("", line).expandtabs(4)))
    lines = [*islice(parts, MAX_LINES + 1)]
    if len(lines) > MAX_LINES:
        raise CheckError(f"The text has more than {MAX_LINES:,} brackets and lines: no more are read. {_WHAT_TO_PASTE}")
    lines = [line for line in lines if len(line) <= MAX_LINE]
    counts = [sum(bool(looks(line)) for line in lines) for looks, _ in _FORMATS]
    if not any(counts):
        raise CheckError(_no_network(text))
    if max(counts) > MAX_LAYERS:
        raise CheckError(
            f"The text has {max(counts):,} lines that show a layer, and at most {MAX_LAYERS:,} are read: paste one "
            "network at a time."
        )
    _, reader = _FORMATS[counts.index(max(counts))]
    reading = reader(lines)
    if not any(node.kind for node in reading.root.walk()):
        raise CheckError(_no_network(text))
    return reading


def check_length(text: str) -> None:
    """Refuses a text that is too long, before anything is done with it.

    Raises:
        CheckError: it is longer than ``MAX_TEXT``.
    """
    if len(text) > MAX_TEXT:
        raise CheckError(f"The text has {size(len(text))}: at most {size(MAX_TEXT)} are read. Paste the network alone.")


def _no_network(text: str) -> str:
    if not text.strip():
        return f"There is no text. {_WHAT_TO_PASTE}"
    if _CODE.search(text):
        return (
            "This is the code of a network, and none is run here. Run it yourself, and paste what print(model) shows."
        )
    return f"No line of this text shows a layer of a network. {_WHAT_TO_PASTE}"
