"""Lines of Python, composed: what a formatter would leave exactly as it is, at 88 columns and at any more."""

import textwrap
from collections.abc import Iterable

WIDTH = 88  # Black's and Ruff's own default

Lines = list[str]


def indented(lines: Iterable[str]) -> Lines:
    """The lines one level deeper; blank lines stay blank."""
    return [f"    {line}" if line else "" for line in lines]


def docstring(*paragraphs: str, depth: int) -> Lines:
    """A docstring of wrapped paragraphs for code that will stand ``depth`` levels deep."""
    width = WIDTH - 4 * depth
    first = _wrapped(f'"""{paragraphs[0]}', width - 3)  # room for the closing quotes
    if len(paragraphs) == len(first) == 1:
        return [f'{first[0]}"""']
    others = (_wrapped(paragraph, width) for paragraph in paragraphs[1:])
    return [*first, *(line for paragraph in others for line in ("", *paragraph)), '"""']


def _wrapped(paragraph: str, width: int) -> Lines:
    """Each line of the paragraph wrapped by itself; a bullet's continuation is set in. Words are never broken."""
    lines: Lines = []
    for line in paragraph.split("\n"):
        hanging = "  " if line.startswith("- ") else ""
        lines += textwrap.wrap(line, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
    return lines


def definition(head: str, *parts: Iterable[str]) -> Lines:
    """A ``class``, ``def`` or ``if`` with its body."""
    return [f"{head}:", *indented(line for part in parts for line in part)]


def function(head: str, arguments: Iterable[str], returns: str, depth: int, *parts: Iterable[str]) -> Lines:
    """A function that will stand ``depth`` levels deep, its arguments one a line where they are too long for one."""
    return [*fitted(f"def {head}", arguments, f" -> {returns}:", depth), *indented(line for p in parts for line in p)]


def spread(head: str, arguments: Iterable[str]) -> Lines:
    """A call with one argument a line. The last comma tells formatters to leave it so."""
    return [f"{head}(", *indented(f"{argument}," for argument in arguments), ")"]


def fitted(head: str, arguments: Iterable[str], tail: str, depth: int) -> Lines:
    """A call in one line where that is short enough at ``depth`` levels deep, else with one argument a line."""
    arguments = list(arguments)
    line = f"{head}({', '.join(arguments)}){tail}"
    if len(line) <= WIDTH - 4 * depth:
        return [line]
    lines = spread(head, arguments)
    return [*lines[:-1], lines[-1] + tail]


def applied(value: str, *modules: str) -> str:
    """The expression that sends ``value`` through modules of ``self``, the first one first."""
    for module in modules:
        value = f"self.{module}({value})"
    return value


def shaped(code: str, *shape: object) -> str:
    """A line with the shape of its result at the end, as in nanoGPT: ``x = self.layer1(x)  # (N, 64, 56, 56)``."""
    return f"{code}  # (N, {', '.join(map(str, shape))})"
