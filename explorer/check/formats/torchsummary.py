"""Reads torchsummary's table (sksq96/pytorch-summary, torchsummary/torchsummary.py).

The table lists modules in the order in which they finished. PyTorch's containers are missing; a module of a reader's
own class comes after all that ran inside it. So a block ends with its own row, and the rows before the first block's
row have to be divided between the stem and this block.
"""

import re
from collections import Counter
from collections.abc import Iterator
from statistics import mode

from explorer.check.formats.class_names import IGNORED_CLASSES, is_attention, is_block, is_blur, is_shortcut
from explorer.check.formats.limits import check_rows
from explorer.check.formats.param_counts import conv_from_params, groups_from_params
from explorer.check.formats.torchinfo import INPUT_SIZE, parse_shape, table_layer
from explorer.check.values import CheckError, Node, ReadText, Source
from explorer.network.layer import Kind

_ROW = re.compile(
    r"(?<![\w-])(?P<cls>[A-Za-z_]\w{0,80})-(?P<index>\d{1,7})"
    r"\s+(?P<shape>\[[-\d, ]{1,80}\])\s+(?P<params>[\d,]{1,20})\s*$"
)
looks_torchsummary = _ROW.search  # finds a row of the table in a line
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
            rows.append(_node(found))
            if rows[-1].class_name.endswith("NormAct2d") and len(rows) > 1 and _kind(rows[-2]) is Kind.ACTIVATION:
                rows[-2:] = rows[:-3:-1]  # timm's norms hold their activation, which finishes first
        elif found := INPUT_SIZE.search(line):
            megabytes = float(found[1])
            size = (megabytes - 0.005) * 2**20, (megabytes + 0.005) * 2**20
        ended = ended or "Total params" in line
    check_rows(rows)
    root = Node("", "", children=_stem_blocks_and_head(rows, cut_start=first != 1, cut_end=not ended))
    return ReadText(Source.TORCHSUMMARY, root, False, first != 1, not ended, size)


def _node(found: re.Match[str]) -> Node:
    outputs, size = parse_shape(found["shape"])
    layer = table_layer("", found["cls"], outputs, size, {"Param #": found["params"]})
    return Node("", found["cls"], layer, outputs=outputs, size=size)


def _kind(row: Node) -> Kind | None:
    return row.layer.kind if row.layer else None


def _without_gates(rows: list[Node]) -> list[Node]:
    """Leaves out attention modules with what ran inside of them: layers of a map of 1×1, or of none, back to a pool."""
    kept: list[Node] = []
    last = max((place for place, row in enumerate(rows) if is_block(row.class_name)), default=len(rows))
    for place, row in enumerate(rows):
        if place < last and is_attention("", row.class_name):
            weights = 0
            while kept and _may_stand_in_gate(kept[-1]):
                kind = _kind(kept[-1])
                if weights == _MOST_IN_GATE and kind is not Kind.POOL:
                    break
                kept.pop()
                weights += kind in (Kind.CONV, Kind.LINEAR)
                if kind is Kind.POOL:
                    break
            kept.append(Node("attention", row.class_name, None, [Node("", layer=row.layer)], row.size, row.outputs))
        else:
            kept.append(row)
    return kept


def _may_stand_in_gate(row: Node) -> bool:
    return (row.size in ((1, 1), None) or _is_custom_class(row)) and not is_block(row.class_name)


def _is_custom_class(row: Node) -> bool:
    """Whether a row is of a class that PyTorch does not have."""
    return (
        not row.children
        and _kind(row) is None
        and row.class_name not in IGNORED_CLASSES
        and not row.class_name.startswith("Dropout")
    )


def _block_classes(rows: list[Node]) -> set[str]:
    """Returns the classes whose rows end a block."""
    own = [row.class_name for row in rows if _is_custom_class(row)]
    own = [name for name in own if not (is_shortcut(name) or is_attention("", name) or is_blur("", name))]
    named = {name for name in own if is_block(name)}
    if named:
        return _with_several_convs(rows, named)
    often = [name for name, times in Counter(own).items() if times > 1]
    return _with_several_convs(rows, set(often or own[:1]))


def _with_several_convs(rows: list[Node], classes: set[str]) -> set[str]:
    """Returns the classes that hold more than one convolution somewhere, or all if none does."""
    most: Counter[str] = Counter()
    before: Counter[str] = Counter()  # convolutions above the last row of each class
    convs = 0
    for row in rows:
        convs += _kind(row) is Kind.CONV
        if row.class_name in classes:
            most[row.class_name] = max(most[row.class_name], convs - before[row.class_name])
            before[row.class_name] = convs
    return {name for name, count in most.items() if count > 1} or classes


def _stem_blocks_and_head(rows: list[Node], *, cut_start: bool, cut_end: bool) -> list[Node]:
    """Returns the stem's layers, the blocks and the head's layers.

    The block at a cut is left out: how much of it is missing cannot be told.
    """
    classes = _block_classes(rows)
    rows = _without_gates(rows)
    ends = [place for place, row in enumerate(rows) if row.class_name in classes]
    if ends:  # blocks of a class that comes after all of the commonest are a decoder's
        usual = mode(rows[end].class_name for end in ends)
        ends = ends[: len(ends) - [rows[end].class_name for end in reversed(ends)].index(usual)]
    if not ends:
        raise CheckError(
            "The table shows no blocks: none of its rows is of a class of your own, such as BasicBlock. "
            "Paste what print(model) shows instead, which has the names."
        )
    head = _head(rows[ends[-1] + 1 :])
    parts = [rows[start + 1 : end] for start, end in zip([-1, *ends], ends, strict=False)]
    if cut_end and not any(_kind(row) is Kind.LINEAR for row in head):
        head = []
    if cut_start:
        blocks = _block_nodes(parts[1:], [rows[end] for end in ends[1:]], rows[ends[0]].outputs)
        return [*blocks, *head]
    length = _stem_length(parts[0], pre=_is_pre_activation(parts, head))
    stem = [row for row in parts[0][:length] if not _is_custom_class(row) or is_blur("", row.class_name)]
    parts[0] = parts[0][length:]
    arriving = next((row.outputs for row in reversed(stem) if row.outputs), None)
    return [*stem, *_block_nodes(parts, [rows[end] for end in ends], arriving), *head]


def _head(rows: list[Node]) -> list[Node]:
    """Leaves out readers' own modules, and a pool directly after a pool: timm's pool holds another one."""
    kept: list[Node] = []
    for row in rows:
        twice = kept and _kind(row) is Kind.POOL and _kind(kept[-1]) is Kind.POOL
        if not _is_custom_class(row) and row.class_name not in IGNORED_CLASSES and not twice:
            kept.append(row)
    return kept


def _is_pre_activation(parts: list[list[Node]], head: list[Node]) -> bool:
    """Whether blocks begin with a norm or an activation; the first block, which may follow the stem, does not count."""
    early = (Kind.NORM, Kind.ACTIVATION)
    if head and _kind(head[0]) in early:
        return True
    begins = [_kind(part[0]) in early for part in parts[1:] if part]
    return bool(begins) and mode(begins)


def _stem_length(rows: list[Node], *, pre: bool) -> int:
    """Returns how many of the rows before the first block's end belong to the stem."""
    kinds = [_kind(row) for row in rows]
    convs = 0
    for place, row in enumerate(rows):
        pads_next = place + 1 < len(rows) and kinds[place + 1] is Kind.PAD
        pools = row.class_name == "MaxPool2d" or (row.class_name == "AvgPool2d" and kinds[place - 1] is Kind.ACTIVATION)
        if pools and not pads_next and convs <= 3:
            return place + 1 + (place + 1 < len(rows) and is_blur("", rows[place + 1].class_name))
        convs += kinds[place] is Kind.CONV
    place = kinds.index(Kind.CONV) + 1 if Kind.CONV in kinds else 0
    for kind in () if pre else (Kind.NORM, Kind.ACTIVATION):
        place += place < len(kinds) and kinds[place] is kind
    return place


def _block_nodes(parts: list[list[Node]], ends: list[Node], arriving: int | None) -> Iterator[Node]:
    """Yields the blocks with their shortcuts set apart. ``arriving`` are the channels that the first one gets."""
    arrivals = [arriving, *(end.outputs for end in ends)]
    votes = [
        count for part, arriving in zip(parts, arrivals, strict=False) if (count := _convs_on_main_path(part, arriving))
    ]
    main = mode(votes) if votes else 2
    for place, (part, end) in enumerate(zip(parts, ends, strict=True)):
        rows = list(_with_projection_apart(_with_shortcut_modules_closed(part), arrivals[place], end.outputs, main))
        yield Node("", end.class_name, children=rows, outputs=end.outputs, size=end.size)


def _convs_on_main_path(part: list[Node], arriving: int | None) -> int | None:
    """Returns 2 or 3 convolutions, told by the first kernels, or None where these do not tell."""
    kernels: list[int | None] = []
    for conv in [row.layer for row in part if row.layer and row.layer.kind is Kind.CONV][:2]:
        found = conv_from_params(conv.params, arriving, conv.outputs)
        kernels.append(found[0] if found else 3 if groups_from_params(conv.params, arriving, conv.outputs) else None)
        arriving = conv.outputs
    if not kernels or kernels[0] is None:
        return None
    return 3 if kernels == [1, 3] else 2 if kernels[0] != 1 else None


def _with_shortcut_modules_closed(part: list[Node]) -> list[Node]:
    """Puts the pool or the projection that ran inside a reader's own shortcut module into this module."""
    rows: list[Node] = []
    convs: list[int] = []  # their places in ``rows``
    for row in part:
        if _kind(row) is Kind.PAD:
            inside = [rows.pop()] if rows and _kind(rows[-1]) is Kind.POOL else []
            rows.append(Node("downsample", row.class_name, children=inside, outputs=row.outputs, size=row.size))
        elif _is_custom_class(row) and is_shortcut(row.class_name):
            place = convs.pop() if convs else len(rows)
            rows[place:] = [Node("downsample", row.class_name, children=rows[place:])]
        elif not _is_custom_class(row) or is_blur("", row.class_name):
            convs += [len(rows)] if _kind(row) is Kind.CONV else []
            rows.append(row)
    return rows


def _with_projection_apart(rows: list[Node], arriving: int | None, leaving: int | None, main: int) -> Iterator[Node]:
    """Puts the projection, a pool before it and a norm after it into a container."""
    places = [place for place, row in enumerate(rows) if _kind(row) is Kind.CONV]
    chosen = None
    if len(places) > main:
        projecting = [place for place in (places[-1], places[0]) if _is_projection(rows[place], arriving, leaving)]
        chosen = projecting[0] if projecting else places[-1]
    start = end = len(rows)
    if chosen is not None:
        start, end = chosen, chosen + 1
        start -= start > 0 and _kind(rows[start - 1]) is Kind.POOL
        end += end < len(rows) and _kind(rows[end]) is Kind.NORM
    yield from rows[:start]
    if chosen is not None:
        yield Node("downsample", "", children=rows[start:end])
    yield from rows[end:]


def _is_projection(row: Node, arriving: int | None, leaving: int | None) -> bool:
    layer = row.layer
    if layer is None or layer.outputs != leaving or not arriving or not leaving:
        return False
    return layer.params in (arriving * leaving, arriving * leaving + leaving)
