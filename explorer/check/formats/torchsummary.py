"""Reads torchsummary's table (sksq96/pytorch-summary, torchsummary/torchsummary.py).

The table lists modules in the order in which they finished. PyTorch's containers are missing; a module of a reader's
own class comes after all that ran inside it. So a block ends with its own row, and the rows before the first block's
row have to be divided between the stem and this block.
"""

import re
from collections import Counter
from itertools import pairwise

from explorer.check.formats.class_names import IGNORED_CLASSES, is_attention, is_block, is_blur, is_shortcut
from explorer.check.formats.limits import check_rows
from explorer.check.formats.torchinfo import INPUT_SIZE, image_bytes, parse_shape, table_layer
from explorer.check.values import CheckError, Node, ReadText, Source
from explorer.check.votes import majority
from explorer.network.layer import Kind

_ROW = re.compile(
    r"(?<![\w-])(?P<cls>[A-Za-z_]\w{0,80})-(?P<index>\d{1,7})"
    r"\s+(?P<shape>\[[-\d, ]{1,80}\])\s+(?P<params>[\d,]{1,20})\s*$"
)
looks_torchsummary = _ROW.search  # finds a row of the table in a line
_BEFORE_CONV = (Kind.NORM, Kind.ACTIVATION)  # in pre-activation order
_MOST_IN_GATE = 2  # layers with weights of an attention module


def read_torchsummary(lines: list[str]) -> ReadText:
    """Reads the first table in these lines.

    Raises:
        CheckError: it has more rows than a network can have, or no row that ends a block.
    """
    rows: list[Node] = []
    ended, first = False, 0
    size: tuple[float, float] | None = None
    for line in lines:
        if found := _ROW.search(line):
            if rows and int(found["index"]) == 1:
                break  # a second table
            first = first or int(found["index"])
            outputs, sides = parse_shape(found["shape"])
            layer = table_layer("", found["cls"], outputs, sides, {"Param #": found["params"]})
            rows.append(Node("", found["cls"], layer, outputs=outputs, size=sides))
            if rows[-1].class_name.endswith("NormAct2d") and len(rows) > 1 and rows[-2].kind is Kind.ACTIVATION:
                rows[-2:] = rows[:-3:-1]  # timm's norms hold their activation, which finishes first
        elif found := INPUT_SIZE.search(line):
            size = image_bytes(found[1], 2**20)
        ended = ended or "Total params" in line
    check_rows(rows)
    nodes, arriving = _stem_blocks_and_head(rows, cut_start=first != 1, cut_end=not ended)
    root = Node("", children=nodes)
    return ReadText(Source.TORCHSUMMARY, root, False, first != 1, not ended, size, arriving=arriving)


def _without_gates(rows: list[Node]) -> list[Node]:
    """Leaves out attention modules with what ran inside of them: layers of a map of 1×1, or of none, back to a pool."""
    kept: list[Node] = []
    last = max((place for place, row in enumerate(rows) if is_block(row.class_name)), default=len(rows))
    for place, row in enumerate(rows):
        if place >= last or not is_attention("", row.class_name):
            kept.append(row)
            continue
        weights = 0
        while kept and (weights < _MOST_IN_GATE or kept[-1].kind is Kind.POOL):
            inner = kept[-1]
            if is_block(inner.class_name) or not (inner.size in ((1, 1), None) or _is_custom_class(inner)):
                break
            weights += kept.pop().kind in (Kind.CONV, Kind.LINEAR)
            if inner.kind is Kind.POOL:
                break
        kept.append(Node("attention", row.class_name, None, [Node("", layer=row.layer)], row.size, row.outputs))
    return kept


def _is_custom_class(row: Node) -> bool:
    known = row.class_name in IGNORED_CLASSES or row.class_name.startswith("Dropout")
    return not (known or row.kind or row.children)


def _block_classes(rows: list[Node]) -> set[str]:
    """Returns the classes whose rows end a block: those that hold more than one convolution somewhere, or all."""
    own = [row.class_name for row in rows if _is_custom_class(row)]
    own = [name for name in own if not (is_shortcut(name) or is_attention("", name) or is_blur("", name))]
    named = {name for name in own if is_block(name)}
    classes = named or {name for name, times in Counter(own).items() if times > 1} or set(own[:1])
    several: set[str] = set()
    before: Counter[str] = Counter()  # convolutions above the last row of each class
    convs = 0
    for row in rows:
        convs += row.kind is Kind.CONV
        if row.class_name in classes:
            several |= {row.class_name} if convs > before[row.class_name] + 1 else set()
            before[row.class_name] = convs
    return several or classes


def _stem_blocks_and_head(rows: list[Node], *, cut_start: bool, cut_end: bool) -> tuple[list[Node], int | None]:
    """Returns the stem's layers, the blocks and the head's layers; and the channels that a block at a cut puts out.

    The block at a cut is left out: how much of it is missing cannot be told.
    """
    classes = _block_classes(rows)
    rows = _without_gates(rows)
    ends = [place for place, row in enumerate(rows) if row.class_name in classes]
    if not ends:
        raise CheckError(
            "The table shows no blocks: none of its rows is of a class of your own, such as BasicBlock. "
            "Paste what print(model) shows instead, which has the names."
        )
    usual = majority(rows[end].class_name for end in ends)
    while rows[ends[-1]].class_name != usual:  # blocks of a class that comes after all of the commonest are a decoder's
        ends.pop()
    head = _head(rows[ends[-1] + 1 :])
    if cut_end and not any(row.kind is Kind.LINEAR for row in head):
        head = []
    blocks = [(rows[start + 1 : end], rows[end]) for start, end in pairwise([-1, *ends])]
    (first, end), *blocks = blocks
    stem: list[Node] = []
    if not cut_start:
        begins = majority(part[0].kind in _BEFORE_CONV for part, _ in blocks if part)
        length = _stem_length(first, pre=begins or bool(head and head[0].kind in _BEFORE_CONV))
        stem = [row for row in first[:length] if not _is_custom_class(row) or is_blur("", row.class_name)]
        blocks.insert(0, (first[length:], end))
    nodes = (
        Node("", last.class_name, None, _with_shortcut_modules_closed(part), last.size, last.outputs)
        for part, last in blocks
    )
    return [*stem, *nodes, *head], end.outputs if cut_start else None


def _head(rows: list[Node]) -> list[Node]:
    """Leaves out readers' own modules, and a pool directly after a pool: timm's pool holds another one."""
    own = [row for row in rows if not _is_custom_class(row) and row.class_name not in IGNORED_CLASSES]
    kinds = [None, *(row.kind for row in own)]
    return [row for row, before in zip(own, kinds, strict=False) if (before, row.kind) != (Kind.POOL, Kind.POOL)]


def _stem_length(rows: list[Node], *, pre: bool) -> int:
    """Returns how many of the rows before the first block's end belong to the stem."""
    kinds = [row.kind for row in rows]
    convs = 0
    for place, row in enumerate(rows):
        pads_next = place + 1 < len(rows) and kinds[place + 1] is Kind.PAD
        pools = row.class_name == "MaxPool2d" or (row.class_name == "AvgPool2d" and kinds[place - 1] is Kind.ACTIVATION)
        if pools and not pads_next and convs <= 3:
            return place + 1 + (place + 1 < len(rows) and is_blur("", rows[place + 1].class_name))
        convs += kinds[place] is Kind.CONV
    place = kinds.index(Kind.CONV) + 1 if Kind.CONV in kinds else 0
    for kind in () if pre else _BEFORE_CONV:
        place += place < len(kinds) and kinds[place] is kind
    return place


def _with_shortcut_modules_closed(part: list[Node]) -> list[Node]:
    """Puts the pool or the projection that ran inside a reader's own shortcut module into this module."""
    rows: list[Node] = []
    convs: list[int] = []  # their places in ``rows``
    for row in part:
        if row.kind is Kind.PAD:
            inside = [rows.pop()] if rows and rows[-1].kind is Kind.POOL else []
            rows.append(Node("downsample", row.class_name, children=inside, outputs=row.outputs, size=row.size))
        elif _is_custom_class(row) and is_shortcut(row.class_name):
            place = convs.pop() if convs else len(rows)
            rows[place:] = [Node("downsample", row.class_name, children=rows[place:])]
        elif not _is_custom_class(row) or is_blur("", row.class_name):
            convs += [len(rows)] if row.kind is Kind.CONV else []
            rows.append(row)
    return rows
