"""Reads torchinfo's table (TylerYep/torchinfo, torchinfo/formatting.py).

The table may have any of torchinfo's columns, the names of attributes or none, ASCII or other lines, shapes or none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from explorer.check.formats.class_names import kind_of
from explorer.check.formats.limits import MAX_DEPTH, check_rows
from explorer.check.values import UNNAMED, Node, Pair, ReadLayer, ReadText, Source
from explorer.network.layer import Kind

_MARK = re.compile(r"├─|└─|│|\+ |\| ")
_ROW = re.compile(
    r"(?P<bars>(?:[│|]\s*)*)(?:├─|└─|\+ )\s?(?P<cls>[A-Za-z_]\w{0,80})"
    r"(?: \((?P<var>[\w.\-]{1,80})\))?(?:: (?P<depth>\d{1,3})-\d{1,7})?(?=\s)(?P<rest>.*)$"
)
_TOKEN = re.compile(r"\[[^\[\]]{0,80}\]|\(recursive\)|--|[\d,]+(?:\.\d+)?%?|True|False|Partial")
_COLUMN = re.compile(r"Input Shape|Output Shape|Param #|Param %|Kernel Shape|Mult-Adds|Trainable")
_WHOLE = re.compile(r"\s{0,9}-?\d{1,11}\s{0,9}")
INPUT_SIZE = re.compile(r"Input size \(MB\): (\d{1,9}\.\d\d)")
_DEFAULT_COLUMNS = ("Output Shape", "Param #")


@dataclass(frozen=True, slots=True)
class _Row:
    depth: int
    name: str
    class_name: str
    cells: Mapping[str, str]


def looks_torchinfo(line: str) -> bool:
    """Whether a line is a row of this table."""
    return _row(line, _DEFAULT_COLUMNS) is not None


def read_torchinfo(lines: list[str]) -> ReadText:
    """Reads the first table in these lines.

    Raises:
        CheckError: it has more rows than a network can have.
    """
    headed = ended = False
    columns: tuple[str, ...] = _DEFAULT_COLUMNS
    rows: list[_Row] = []
    size: tuple[float, float] | None = None
    for line in lines:
        if "Layer (type" in line:
            if rows:
                break  # a second table
            columns, headed = tuple(_COLUMN.findall(line)), True
        elif row := _row(line, columns):
            rows.append(row)
        elif found := INPUT_SIZE.search(line):
            batches = (numbers[0] for row in rows if (numbers := _numbers(row.cells.get("Output Shape", ""))))
            size = image_bytes(found[1], 1e6 / batch) if (batch := next(batches, 0)) > 0 else None
        ended = ended or "Total params" in line
    check_rows(rows)
    while rows and not ended and kind_of(rows[-1].class_name) is None:
        rows.pop()  # a block of which the text shows the first line only
    root = _tree(rows)
    named = any(row.name for row in rows)
    shaped = any("Output Shape" in row.cells for row in rows)
    return ReadText(Source.TORCHINFO, root, named, not headed, not ended, size, ordered=shaped)


def _row(line: str, columns: tuple[str, ...]) -> _Row | None:
    mark = _MARK.search(line)
    found = _ROW.match(line, mark.start()) if mark else None
    if not found:
        return None
    tokens = _TOKEN.findall(found["rest"])
    if not tokens:
        return None
    if "Output Shape" in columns and not tokens[0].startswith("[") and len(tokens) < len(columns):
        columns = ("Param #",)  # no header in the text, and no shapes
    depth = int(found["depth"]) if found["depth"] else len(re.findall(r"[│|]", found["bars"])) + 1
    return _Row(min(depth, MAX_DEPTH), found["var"] or "", found["cls"], dict(zip(columns, tokens, strict=False)))


def image_bytes(megabytes: str, scale: float) -> tuple[float, float]:
    """Returns the least and the most bytes that a table means, which rounds to two digits of ``scale`` bytes."""
    return (float(megabytes) - 0.005) * scale, (float(megabytes) + 0.005) * scale


def _numbers(cell: str) -> list[int]:
    parts = cell.strip("[]").split(",")
    return [int(part) for part in parts if _WHOLE.fullmatch(part)]


def parse_shape(cell: str) -> tuple[int | None, Pair | None]:
    """Returns channels and (height, width) of ``[1, 64, 112, 112]`` or ``[-1, 1000]``; None for what is not there."""
    numbers = _numbers(cell)
    if len(numbers) not in (2, 4) or min(numbers[1:]) < 1:
        return None, None
    return numbers[1], (numbers[2], numbers[3]) if len(numbers) == 4 else None


def _tree(rows: list[_Row]) -> Node:
    root = Node("")
    stack = [(0, root)]
    for row, following in zip_longest(rows, rows[1:]):
        while len(stack) > 1 and stack[-1][0] >= row.depth:
            stack.pop()
        while (len(stack) == 1 and row.depth > 1) or (1 < len(stack) < row.depth and stack[-1][1].name == UNNAMED):
            parent = Node(UNNAMED, cut=True)
            stack[-1][1].children.append(parent)
            stack.append((len(stack), parent))
        outputs, size = parse_shape(row.cells.get("Output Shape", ""))
        node = Node(row.name, row.class_name, outputs=outputs, size=size)
        stack[-1][1].children.append(node)
        if following is not None and following.depth > row.depth:
            stack.append((row.depth, node))
            if kind_of(row.class_name) in (Kind.CONV, Kind.NORM):  # a layer with modules inside of it
                own = table_layer("", row.class_name, outputs, size, row.cells)
                node.class_name, node.children = "", [Node("", row.class_name, own)]
        else:
            node.layer = table_layer(row.name, row.class_name, outputs, size, row.cells)
    return root


def table_layer(
    name: str, class_name: str, outputs: int | None, size: Pair | None, cells: Mapping[str, str]
) -> ReadLayer:
    """Makes a layer of a table's row that has no rows below it."""
    kind = kind_of(class_name)
    count = cells.get("Param #", "--").replace(",", "")
    params = int(count) if count.isdecimal() and len(count) < 16 else 0 if count == "--" else None
    kernel = _numbers(cells.get("Kernel Shape", "")) if kind is Kind.CONV else []
    inputs, _ = parse_shape(cells.get("Input Shape", ""))
    if outputs is None and kind is Kind.NORM and params:
        outputs = params // 2
    return ReadLayer(
        name,
        kind,
        class_name,
        inputs=inputs if kind in (Kind.CONV, Kind.LINEAR) else None,
        outputs=outputs,
        kernel=(kernel[0], kernel[1]) if len(kernel) == 2 else None,
        size=size,
        params=params,
    )
