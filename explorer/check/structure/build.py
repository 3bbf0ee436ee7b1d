"""Builds a ``Network`` from the tree of modules: blocks with two paths, stages, stem and head."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby, islice

from explorer.check.formats.class_names import (
    IGNORED_CLASSES,
    PLAIN_CONTAINERS,
    does_nothing,
    is_custom,
    is_shortcut,
)
from explorer.check.structure.find_blocks import (
    Leaf,
    block_of,
    find_blocks,
    is_inside_of_block,
    leaves_under,
    stands_in_gate,
    stands_on_shortcut,
)
from explorer.check.structure.names import name_the_unnamed, with_torchvision_names
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.structure.scope import find_scope
from explorer.check.structure.variants import standard_head, with_norms_in_place
from explorer.check.values import Node, ReadLayer, ReadText
from explorer.network.layer import Kind

_NUMBERED = re.compile(r"(.*?)(\d{1,6})$")


def build_network(reading: ReadText) -> Network | None:
    """Returns the network in a text, or None if it has no block."""
    name_the_unnamed(reading.root)
    leaves = list(leaves_under(reading.root))
    blocks_by_id = find_blocks(leaves)
    if not blocks_by_id:
        if not (reading.cut_start and is_inside_of_block(leaves)):
            return None
        blocks_by_id = {id(reading.root): reading.root}
    scope = find_scope(reading.root, leaves, blocks_by_id)
    leaves, blocks_by_id = scope.leaves, scope.blocks
    stem: list[ReadLayer] = []
    head: list[ReadLayer] = []
    blocks: list[tuple[Node | None, Unit]] = []
    holding = {id(node) for leaf in leaves if block_of(leaf.path, blocks_by_id) for node in leaf.path}
    for node, group in groupby(leaves, key=lambda leaf: block_of(leaf.path, blocks_by_id)):
        inside = list(group)
        if node is None:
            (head if blocks else stem).extend(_outside(inside, holding))
        elif reading.named or not node.cut:  # else nothing tells which of its layers a cut has left
            place = inside[0].path.index(node)
            blocks.append((inside[0].path[place - 1] if place else None, _unit(place, inside, named=reading.named)))
    if not blocks:
        return None
    stem, head = with_norms_in_place(stem, head, blocks[-1][1].outputs)
    whole_head = standard_head(tuple(head), blocks[-1][1].outputs)
    apart = scope.inside or (bool(head) and not whole_head)
    network = Network(Unit("", tuple(stem)), _stages(blocks), Unit("", whole_head), apart, scope.apart, scope.others)
    return network if reading.named else with_torchvision_names(network)


def with_stages(network: Network, blocks: Sequence[int]) -> Network:
    """Returns a network without names of its own with ``blocks`` in its stages, where those that were found are some of
    them in one: nothing in a table tells dilated stages of one width apart."""
    ends = set(accumulate(blocks))
    if not {*accumulate(len(stage.blocks) for stage in network.stages)} <= ends or max(ends) != len(network.blocks):
        return network
    rest = iter(network.blocks)
    stages = tuple(Stage("", None, tuple(islice(rest, count)), bounded=False) for count in blocks)
    return with_torchvision_names(replace(network, stages=stages))


def _outside(leaves: list[Leaf], holding: set[int]) -> Iterator[ReadLayer]:
    """Yields the layers of the stem or the head.

    ``holding`` are the ids of containers that hold blocks. What a cut has left of a block is skipped: it cannot be
    judged.
    """
    for leaf in leaves:
        rest = any(node.cut and id(node) not in holding for node in leaf.path)
        if not rest and not _does_nothing(leaf.layer):
            yield replace(leaf.layer, name=_dotted(leaf.path, leaf.layer.name))


def _does_nothing(layer: ReadLayer) -> bool:
    return does_nothing(layer.class_name) or (
        layer.kind is None and layer.class_name in PLAIN_CONTAINERS and not layer.params
    )


def _dotted(path: tuple[Node, ...], name: str) -> str:
    return ".".join(part for part in (*(node.name for node in path), name) if part)


def _unit(place: int, leaves: list[Leaf], *, named: bool) -> Unit:
    """Divides a block's layers between its two paths. ``place`` is the block's depth in the tree."""
    inner = [(leaf.path[place + 1 :], leaf.layer) for leaf in leaves]
    apart = _shortcut_containers(inner, named=named)
    main: list[ReadLayer] = []
    shortcut: list[ReadLayer] = []
    gates: list[ReadLayer] = []
    beside: list[ReadLayer] = []
    shows = False
    for (path, layer), leaf in zip(inner, leaves, strict=True):
        on_shortcut = (
            layer.kind is Kind.PAD
            or is_shortcut(layer.name)
            or any(id(entry) in apart or stands_on_shortcut(entry) for entry in path)
        )
        # An empty Sequential, or the last level of a table that goes no deeper.
        own = layer.class_name not in IGNORED_CLASSES and is_shortcut(layer.class_name)
        hidden = layer.kind is None and (layer.class_name in PLAIN_CONTAINERS or own)
        shows = shows or on_shortcut or hidden
        whole = replace(layer, name=_dotted(leaf.path, layer.name))
        if layer.kind in (Kind.DROPOUT, Kind.SCALE):
            beside.append(whole)
            continue
        if stands_in_gate(path, layer):
            gates.append(whole)
            continue
        if not _does_nothing(layer) or (hidden and not named):
            (shortcut if on_shortcut or hidden else main).append(whole)
    name = _dotted(leaves[0].path[: place + 1], "")
    return _projection_by_shape(Unit(name, tuple(main), tuple(shortcut), shows, tuple(gates), tuple(beside)))


def _shortcut_containers(inner: list[tuple[tuple[Node, ...], ReadLayer]], *, named: bool) -> set[int]:
    """Returns the ids of containers in a block that hold at most one 1×1 convolution, beside the other convolutions."""
    outer: dict[int, list[ReadLayer]] = {}
    made_up: set[int] = set()
    inner = [entry for entry in inner if not stands_in_gate(*entry)]
    for path, layer in inner:
        if path and not (named and re.match(r"(conv|main|branch|residual|left)", path[0].name, re.IGNORECASE)):
            outer.setdefault(id(path[0]), []).append(layer)
            made_up |= {id(path[0])} if path[0].cut else set()
    total = sum(layer.kind is Kind.CONV for _, layer in inner)
    found = []
    for key, layers in outer.items():
        convs = [layer for layer in layers if layer.kind is Kind.CONV]
        if not convs and any(layer.kind is Kind.NORM for layer in layers):
            continue  # timm's norms hold their activation
        cut = key in made_up and len(convs) == 1 and convs[0].local.isdigit()
        if (
            len(convs) <= 1
            and (cut or total - len(convs) >= 2)
            and all(conv.kernel in ((1, 1), None) for conv in convs)
        ):
            found.append(key)
    return set(found[-1:])


def _projection_by_shape(unit: Unit) -> Unit:
    """Moves a third, 1×1 convolution after two 3×3 to the shortcut, whatever its name (d2l.ai: ``conv3``)."""
    convs = unit.convs
    if unit.shortcut or [conv.kernel for conv in convs] != [(3, 3), (3, 3), (1, 1)]:
        return unit
    if convs[2].inputs != convs[0].inputs:
        return unit
    main = tuple(layer for layer in unit.main if layer is not convs[2])
    return replace(unit, main=main, shortcut=(convs[2],), shows_shortcut=True)


def _stages(blocks: list[tuple[Node | None, Unit]]) -> tuple[Stage, ...]:
    """Groups blocks by the container that they share, or by their shapes if one container holds them all."""
    stages: list[Stage] = []
    for _, group in groupby(blocks, key=lambda entry: id(entry[0])):
        members = list(group)
        parent, units = members[0][0], tuple(unit for _, unit in members)
        listed = parent is not None and parent.class_name in ("Sequential", "ModuleList")
        named = parent is not None and not is_custom(parent.class_name) and (parent.cut or parent.name != "")
        holds_one = listed or named or _are_numbered_in_a_row(units)
        parts = [units] if holds_one and not _holds_several_stages(units) else list(_split_by_shape(units))
        for part in parts:
            name = part[0].name.rpartition(".")[0] if len(parts) == 1 else ""
            numbered = _NUMBERED.match(name.rpartition(".")[2])
            bounded = listed and len(parts) == 1
            stages.append(Stage(name, int(numbered[2]) if numbered and numbered[1] else None, part, bounded))
    return tuple(stages)


def _are_numbered_in_a_row(units: tuple[Unit, ...]) -> bool:
    """Whether the blocks' names are consecutive numbers, as in a list."""
    names = [unit.name.rpartition(".")[2] for unit in units]
    numbers = [int(name) for name in names if name.isdigit() and len(name) < 6]
    return len(numbers) == len(names) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _holds_several_stages(units: tuple[Unit, ...]) -> bool:
    """Whether a container holds several stages: the widths of its blocks grow at least twice."""
    widths = [width for width, _ in groupby(unit.outputs or 0 for unit in units)]
    return len(widths) >= 3 and widths == sorted(set(widths))


def _split_by_shape(units: tuple[Unit, ...]) -> Iterator[tuple[Unit, ...]]:
    """Begins a new stage where a block halves the map or puts out another shape than the one before."""
    part: list[Unit] = []
    for unit in units:
        halves = any(layer.kind is Kind.CONV and layer.stride not in ((1, 1), None) for layer in unit.layers)
        if part and (halves or not _same_shape(part[-1], unit)):
            yield tuple(part)
            part = []
        part.append(unit)
    yield tuple(part)


def _same_shape(one: Unit, other: Unit) -> bool:
    """Whether two blocks put out the same shape, as far as the text tells."""
    sizes = [next((conv.size for conv in reversed(unit.convs)), None) for unit in (one, other)]
    pairs = ((one.outputs, other.outputs), sizes)
    return all(left is None or right is None or left == right for left, right in pairs)
