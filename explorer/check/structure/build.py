"""Builds a ``Network`` from the tree of modules: blocks with two paths, stages, stem and head."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby, islice, pairwise

from explorer.check.formats.class_names import IGNORED_CLASSES, PLAIN_CONTAINERS, does_nothing, is_custom, is_shortcut
from explorer.check.structure.find_blocks import (
    Leaf,
    block_of,
    find_blocks,
    is_inside_of_block,
    leaves_under,
    stands_on_shortcut,
)
from explorer.check.structure.names import name_the_unnamed
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.structure.scope import find_scope
from explorer.check.structure.variants import standard_head, with_norms_in_place
from explorer.check.values import NUMBERED, Node, ReadLayer, ReadText, Source
from explorer.network.layer import Kind

_ON_BRANCH = re.compile(r"conv|main|branch|residual|left", re.IGNORECASE)


def build_network(reading: ReadText) -> Network | None:
    """Returns the network in a text, or None if it has no block."""
    name_the_unnamed(reading.root)
    leaves = list(leaves_under(reading.root))
    found = find_blocks(leaves)
    if not found and reading.cut_start and is_inside_of_block(leaves):
        found = {reading.root}
    if not found:
        return None
    scope = find_scope(reading.root, leaves, found)
    stem: list[ReadLayer] = []
    head: list[ReadLayer] = []
    blocks: list[tuple[Node | None, Unit]] = []
    holding = {node for leaf in scope.leaves if block_of(leaf.path, scope.blocks) for node in leaf.path}
    for node, group in groupby(scope.leaves, key=lambda leaf: block_of(leaf.path, scope.blocks)):
        inside = list(group)
        if node is None:
            # What a cut has left of a block stands in a container of which the header is missing.
            whole = (leaf for leaf in inside if not any(each.cut and each not in holding for each in leaf.path))
            (head if blocks else stem).extend(_with_whole_name(leaf) for leaf in whole if not _does_nothing(leaf.layer))
        elif reading.named or not node.cut:  # else nothing tells which of its layers a cut has left
            place = inside[0].path.index(node)
            blocks.append((inside[0].path[place - 1] if place else None, _unit(place, inside, named=reading.named)))
    if not blocks:
        return None
    features = blocks[-1][1].outputs
    first, last = with_norms_in_place(tuple(stem), tuple(head), features)
    ends = Unit("", first), Unit("", standard_head(last, features))
    part = scope.inside or (bool(last) and not ends[1].main)
    unknown = any(layer.kind is None for _, block in blocks for layer in block.shortcut)
    folded = unknown and reading.source is not Source.PRINTED
    return Network(reading, ends[0], _stages(blocks), ends[1], part, scope.apart, scope.others, folded)


def with_stages(network: Network, blocks: Sequence[int]) -> Network:
    """Returns a network without names of its own with ``blocks`` in its stages, where those that were found are some of
    them in one: nothing in a table tells dilated stages of one width apart."""
    ends = set(accumulate(blocks))
    if not {*accumulate(len(stage.blocks) for stage in network.stages)} <= ends or max(ends) != len(network.blocks):
        return network
    rest = iter(network.blocks)
    stages = (Stage("", None, tuple(islice(rest, count)), bounded=False) for count in blocks)
    return replace(network, stages=tuple(stages))


def _does_nothing(layer: ReadLayer) -> bool:
    empty = layer.kind is None and layer.class_name in PLAIN_CONTAINERS and not layer.params
    return empty or does_nothing(layer.class_name)


def _with_whole_name(leaf: Leaf) -> ReadLayer:
    names = (*(node.name for node in leaf.path), leaf.layer.name)
    return replace(leaf.layer, name=".".join(filter(None, names)))


def _unit(place: int, leaves: list[Leaf], *, named: bool) -> Unit:
    """Divides a block's layers between its two paths. ``place`` is the block's depth in the tree."""
    inner = [Leaf(leaf.path[place + 1 :], leaf.layer) for leaf in leaves]
    apart = _shortcut_container([leaf for leaf in inner if not leaf.in_gate], named=named)
    paths: dict[str, list[ReadLayer]] = {"main": [], "shortcut": [], "gates": [], "beside": []}
    shows = False
    for leaf, whole in zip(inner, map(_with_whole_name, leaves), strict=True):
        layer = leaf.layer
        on_shortcut = layer.kind is Kind.PAD or is_shortcut(layer.name)
        on_shortcut = on_shortcut or any(node is apart or stands_on_shortcut(node) for node in leaf.path)
        # An empty Sequential, or the last level of a table that goes no deeper.
        own = layer.class_name not in IGNORED_CLASSES and is_shortcut(layer.class_name)
        hidden = layer.kind is None and (layer.class_name in PLAIN_CONTAINERS or own)
        shows = shows or on_shortcut or hidden
        if layer.kind in (Kind.DROPOUT, Kind.SCALE):
            paths["beside"].append(whole)
        elif leaf.in_gate:
            paths["gates"].append(whole)
        elif not _does_nothing(layer) or (hidden and not named):
            paths["shortcut" if on_shortcut or hidden else "main"].append(whole)
    name = ".".join(node.name for node in leaves[0].path[: place + 1] if node.name)
    main, shortcut, gates, beside = map(tuple, paths.values())
    return Unit(name, main, shortcut, shows, gates, beside)


def _shortcut_container(leaves: list[Leaf], *, named: bool) -> Node | None:
    """Returns the container in a block that holds at most one 1×1 convolution, beside the other convolutions."""
    outer: dict[Node, list[ReadLayer]] = {}
    for leaf in leaves:
        if leaf.path and not (named and _ON_BRANCH.match(leaf.path[0].name)):
            outer.setdefault(leaf.path[0], []).append(leaf.layer)
    total = sum(leaf.is_conv for leaf in leaves)
    found = None
    for node, layers in outer.items():
        convs = [layer for layer in layers if layer.kind is Kind.CONV]
        normed = any(layer.kind is Kind.NORM for layer in layers)  # timm's norms hold their activation
        cut = node.cut and len(convs) == 1 and convs[0].local.isdigit()
        beside = len(convs) <= 1 and (cut or total - len(convs) >= 2)
        if beside and (convs or not normed) and all(conv.kernel in ((1, 1), None) for conv in convs):
            found = node
    return found


def _stages(blocks: list[tuple[Node | None, Unit]]) -> tuple[Stage, ...]:
    """Groups blocks by the container that they share, or by their shapes if one container holds them all."""
    stages: list[Stage] = []
    for parent, group in groupby(blocks, key=lambda entry: entry[0]):
        units = tuple(unit for _, unit in group)
        listed = parent is not None and parent.class_name in ("Sequential", "ModuleList")
        named = parent is not None and not is_custom(parent.class_name) and (parent.cut or parent.name != "")
        numbers = [unit.name.rpartition(".")[2] for unit in units]
        in_a_row = numbers[0].isdecimal() and numbers == [str(int(numbers[0]) + step) for step in range(len(units))]
        holds_one = listed or named or in_a_row
        widths = [width for width, _ in groupby(unit.outputs or 0 for unit in units)]
        several = len(widths) >= 3 and widths == sorted(set(widths))  # widths grow at least twice
        parts = [units] if holds_one and not several else list(_split_by_shape(units))
        for part in parts:
            name = part[0].name.rpartition(".")[0] if len(parts) == 1 else ""
            numbered = NUMBERED.match(name.rpartition(".")[2])
            bounded = listed and len(parts) == 1
            stages.append(Stage(name, int(numbered[2]) if numbered and numbered[1] else None, part, bounded))
    return tuple(stages)


def _split_by_shape(units: tuple[Unit, ...]) -> Iterator[tuple[Unit, ...]]:
    """Begins a new stage where a block halves the map or puts out another shape than the one before."""
    shapes = [(unit.outputs, unit.convs[-1].size if unit.convs else None) for unit in units]
    starts = [0]
    for place, (before, shape) in enumerate(pairwise(shapes), start=1):
        halves = any(layer.kind is Kind.CONV and layer.strides for layer in units[place].layers)
        if halves or any(one and two and one != two for one, two in zip(before, shape, strict=True)):
            starts.append(place)
    yield from (units[start:end] for start, end in pairwise([*starts, len(units)]))
