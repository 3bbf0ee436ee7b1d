"""Reads Keras's ``model.summary()`` (keras-team/keras, keras/src/utils/summary_utils.py), of version 2 and 3.

The last column says what each layer is connected to: a sum with two branches that begin at the same layer is a block.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

from explorer.check.formats.limits import MAX_LAYERS, check_rows
from explorer.check.formats.torchinfo import table_layer
from explorer.check.values import CheckError, Node, ReadText, Source

_ROW = re.compile(
    r"\s{0,8}(?P<name>[\w/.\-]{1,80}) ?\((?P<cls>\w{1,40})\)?"
    r"\s{1,60}\[?\((?P<shape>None[^)]{0,60})\)\]?\s{1,60}(?P<params>[\d,]{1,16})(?P<rest>.{0,300})$"
)
_SOURCE = re.compile(r"(?<![\w/.\-])([\w/.\-]{1,80}+)\[\d{1,4}\]\[\d{1,4}\]")
_MOST_IN_GATE = 12  # layers
# By the first letters, since version 2 cuts long classes off.
_CLASSES = {
    "Conv2D": "Conv2d", "BatchNorm": "BatchNorm2d", "ReLU": "ReLU", "Activation": "ReLU", "MaxPooling": "MaxPool2d",
    "AveragePooling": "AvgPool2d", "GlobalAverage": "AdaptiveAvgPool2d", "Add": "Add", "Dense": "Linear",
    "Dropout": "Dropout", "GroupNorm": "GroupNorm", "LeakyReLU": "LeakyReLU",
}  # fmt: skip
_NO_LAYERS = ("Input", "Pad", "Flat")


@dataclass(slots=True)
class _Row:
    name: str
    class_name: str
    shape: tuple[int, ...]
    params: int
    sources: list[str] = field(default_factory=list)
    in_gate: bool = False

    def node(self, prefix: str = "") -> Node:
        """The layer, called by what its name has after ``prefix``."""
        *size, channels = self.shape or (0,)
        sides = (size[0], size[1]) if len(size) == 2 else None
        cells = {"Param #": str(self.params // (2 if self.class_name == "BatchNorm2d" else 1))}
        name = self.name.removeprefix(prefix).lstrip("_") or self.name
        return Node(name, self.class_name, table_layer(name, self.class_name, channels or None, sides, cells))


def looks_keras(line: str) -> bool:
    """Whether a line is a row of this table."""
    return _ROW.match(line) is not None or (line.count("│") > 2 and "(None" in line)


def read_keras(lines: list[str]) -> ReadText:
    """Reads the table in these lines.

    Raises:
        CheckError: it has more rows than a network can have, or none of its layers is a sum of two others.
    """
    rows = [row for row in _rows(lines) if row.class_name]
    check_rows(rows)
    by_name = {row.name: row for row in reversed(rows)}
    rows = [row for row in rows if by_name[row.name] is row]  # the same name again is a second table's
    if not any(len(row.sources) > 1 for row in rows):
        raise CheckError("The table shows no sums: paste all of its columns, with “Connected to” among them.")
    image = next((row.shape for row in rows if row.class_name == "Input" and len(row.shape) == 3), None)
    size = (prod(image) * 4 - 1.0, prod(image) * 4 + 1.0) if image else None
    root = Node("", "", children=list(_nodes([row for row in rows if row.class_name not in _NO_LAYERS], by_name)))
    return ReadText(Source.KERAS, root, True, input_bytes=size)


def _rows(lines: list[str]) -> list[_Row]:
    rows: list[_Row] = []
    for line in _unboxed(lines):
        if match := _ROW.match(line):
            name = match["cls"]
            kind = next((torch for keras, torch in _CLASSES.items() if name.startswith(keras)), name)
            kind = next((word for word in _NO_LAYERS if name.startswith(word) or f"{word}ding" in name), kind)
            sides = tuple(int(part) for part in re.findall(r"\d{1,6}", match["shape"]))
            count = int(match["params"].replace(",", "") or 0)
            rows.append(_Row(match["name"], kind, sides, count, _SOURCE.findall(match["rest"])))
        elif rows and "[" in line:
            rows[-1].sources += _SOURCE.findall(line)
    return rows


def _unboxed(lines: list[str]) -> Iterator[str]:
    """Yields the lines, and each row in a box, which may be several lines high, as one."""
    cells: list[str] = []
    for line in (*lines, ""):
        if "│" in line:
            found = [cell.strip() for cell in line.strip().strip("│").split("│")]
            cells = [one + two for one, two in zip(cells or [""] * len(found), found, strict=False)]
        else:
            yield "  ".join(cells)
            yield line
            cells = []


def _nodes(rows: list[_Row], by_name: dict[str, _Row]) -> Iterator[Node]:
    readers = Counter(source for row in by_name.values() for source in row.sources)
    waiting: list[_Row] = []
    block: Node | None = None
    sums = {row.name for row in rows if row.class_name == "Add" and len(row.sources) == 2}
    for row in rows:
        if row.name in sums:
            yield from [block] if block else []
            branches = sorted((_branch(source, by_name, readers) for source in row.sources), key=len)
            names = {entry.name for branch in branches for entry in branch}
            before = [entry for entry in waiting if entry.name not in names]
            yield from (entry.node() for entry in before if not block)
            block = _block(row, branches, before if block else [])
            waiting = []
        elif block and row.class_name == "ReLU" and not waiting and row.sources[:1] == [block.class_name[6:]]:
            block.children.append(row.node(block.name))
        else:
            waiting.append(row)
    yield from [block] if block else []
    yield from (row.node() for row in waiting)


def _block(total: _Row, branches: list[list[_Row]], before: list[_Row]) -> Node:
    shortcut, main = branches
    prefix = total.name.rpartition("_")[0]
    shared = bool(prefix) and all(row.name.startswith(f"{prefix}_") for row in (*main, *shortcut))
    name = prefix if shared else total.name
    children = [row.node(name) for row in (*before, *main) if not row.in_gate]
    if gate := [row.node(name) for row in main if row.in_gate]:
        children.append(Node("attention", "", children=gate))
    if shortcut:
        children.append(Node("shortcut", "Sequential", children=[row.node(name) for row in shortcut]))
    return Node(name, f"Block_{total.name}", children=[*children, total.node(name)])


def _branch(name: str, by_name: dict[str, _Row], readers: Counter[str]) -> list[_Row]:
    """Returns the layers that lead to a sum, back to the layer that more than one reads.

    Squeeze-and-excitation reads a map and multiplies it: its layers are marked, and the branch goes on behind it.
    """
    found: list[_Row] = []
    apart = False  # whether the layer is read by a gate, too
    while name in by_name and readers[name] == 1 + apart and len(found) < MAX_LAYERS:
        row = by_name[name]
        gate = _gate(row, by_name)
        if not gate and len(row.sources) != 1:
            break
        found += [row] if row.class_name not in _NO_LAYERS else []
        found += gate
        for each in (row, *gate) if gate else ():
            each.in_gate = True
        apart, name = bool(gate), gate[-1].sources[0] if gate else row.sources[0]
    return found[::-1]


def _gate(product: _Row, by_name: dict[str, _Row]) -> list[_Row]:
    """Returns the layers that turn one factor of a product into the other, the last one first; none for others."""
    if product.class_name != "Multiply" or len(product.sources) != 2:
        return []
    for factor, other in (product.sources, product.sources[::-1]):
        found: list[_Row] = []
        name = factor
        while name != other and name in by_name and len(by_name[name].sources) == 1 and len(found) < _MOST_IN_GATE:
            found.append(by_name[name])
            name = found[-1].sources[0]
        if name == other and found:
            return found
    return []
