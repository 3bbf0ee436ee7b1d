"""Reads the lines of ``print(model)``: which open a module, show a layer, or close a module."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

_MAX_WRAPPED = 3  # lines that may follow the first one of a wrapped layer
_ENTRY = re.compile(r"\((?P<name>[\w.\-]{1,80})\): (?:(?P<times>\d{1,6}) x )?(?P<cls>[A-Za-z_]\w{0,80})\((?P<rest>.*)$")
_ARGUMENTS = re.compile(r"^\s*\d[\w=(), .\-]{0,300}$")  # of a layer that has modules inside of it
_START = re.compile(r"\([\w.\-]{1,80}\): (?:\d{1,6} x )?[A-Za-z_]\w{0,80}\(")
_HEADER = re.compile(r"(?<![\w.])(?P<cls>[A-Za-z_]\w{0,80})\($")
_END = re.compile(r"(?:^|[\s>|])(\))[\s`'\"]{0,9}$")
looks_printed = _ENTRY.search  # finds one of a module's children in a line
ROOT_INDENT = -1_000_000  # given to a network's own header, which has no name


class LineKind(StrEnum):
    """What a line does."""

    OPEN = "open"
    LAYER = "layer"
    CLOSE = "close"


@dataclass(slots=True)
class PrintedLine:
    """A line of a module. ``arguments`` is the text between a layer's brackets, ``times`` the 3 of ``(0-2): 3 x``."""

    kind: LineKind
    indent: int
    name: str = ""
    class_name: str = ""
    arguments: str = ""
    times: int = 1


def printed_lines(lines: list[str]) -> list[PrintedLine]:
    """Returns the lines that belong to a printed network.

    Brackets tell what is inside what if all of them are there, and if the text has lost its indents.
    """
    found = list(_module_lines(lines))
    depths = [*accumulate((line.kind is LineKind.OPEN) - (line.kind is LineKind.CLOSE) for line in found)]
    shown = [(line.indent, depth - (line.kind is LineKind.OPEN)) for line, depth in zip(found, depths, strict=True)]
    opened = [entry for entry, line in zip(shown, found, strict=True) if line.kind is not LineKind.CLOSE]
    indents = [indent for indent, _ in opened if indent != ROOT_INDENT]
    lost = len(indents) > 1 and len(set(indents)) == 1
    whole = min(depths, default=-1) == 0 == depths[-1] and len({indent for indent, depth in opened if depth == 0}) == 1
    for line, (indent, depth) in zip(found, shown, strict=True):
        line.indent = depth if (lost or whole) and indent != ROOT_INDENT else indent
    return found


def divided(line: str) -> Iterator[str]:
    """Yields a line's modules, each as a line: a text may have lost its line breaks."""
    starts = [match.start() for match in _START.finditer(line)] if line.count("): ") > 1 else []
    if len(starts) < 2:
        yield line
        return
    yield line[: starts[0]]
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        yield from _one_module(line[start:end].strip())


def _one_module(text: str) -> Iterator[str]:
    """Yields a module's own line, and one line for each bracket that closes another after it."""
    depth = 0
    for place in range(text.index(": ") + 2, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0 and text[place] == ")":
            yield text[: place + 1]
            yield from ")" * text.count(")", place + 1)
            return
    yield text


def _module_lines(lines: list[str]) -> Iterator[PrintedLine]:
    position = 0
    while position < len(lines):
        line, position = lines[position], position + 1
        end = _END.search(line)
        if end and "(" not in line:
            yield PrintedLine(LineKind.CLOSE, end.start(1))
        elif entry := _ENTRY.search(line):
            name, class_name, times = entry["name"], entry["cls"], int(entry["times"] or 1)
            rest = entry["rest"].rstrip()
            if rest:
                arguments, wrapped = _wrapped_arguments(rest, lines[position : position + _MAX_WRAPPED])
                position += wrapped
                yield PrintedLine(LineKind.LAYER, entry.start(), name, class_name, arguments, times)
            else:
                inside = next(iter(lines[position : position + 1]), "")
                own = inside.strip() if _ARGUMENTS.match(inside) else ""
                position += bool(own)
                yield PrintedLine(LineKind.OPEN, entry.start(), name, class_name, own, times)
        elif header := _HEADER.search(line.rstrip()):
            yield PrintedLine(LineKind.OPEN, ROOT_INDENT, "", header["cls"])


def _wrapped_arguments(rest: str, following: list[str]) -> tuple[str, int]:
    """Returns the text up to the layer's last bracket, and how many of the ``following`` lines it goes on for.

    A text whose bracket stays open was cut off: then no line that follows belongs to it.
    """
    wrapped = 0
    for line in following:
        if not _is_open(rest) or _ENTRY.search(line.strip()):
            break
        rest, wrapped = rest + line.strip(), wrapped + 1
    if _is_open(rest):
        wrapped = 0
    return (rest[: rest.rfind(")")] if ")" in rest else rest), wrapped


def _is_open(rest: str) -> bool:
    return rest.count("(") >= rest.count(")")
