"""Finds the residual network inside of something larger: a detector, a segmentation network, two encoders."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from explorer.check.structure.find_blocks import IMAGE_CHANNELS, Leaf, block_of, conv_counts, without_stem
from explorer.check.values import Node
from explorer.network.layer import Kind

_LEAST_BLOCKS = 4  # of a network that is named as another one
_HEAD_KINDS = (Kind.LINEAR, Kind.ACTIVATION, Kind.POOL, None)


@dataclass(frozen=True, slots=True)
class Part:
    """A container whose blocks belong together, with those around it (``path``) and its blocks by stage."""

    path: tuple[Node, ...]
    name: str
    stages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The layers and blocks of the largest network. See ``Network`` for the rest."""

    leaves: list[Leaf]
    blocks: Set[Node]
    inside: bool = False
    apart: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_scope(root: Node, leaves: list[Leaf], blocks: Set[Node]) -> Scope:
    """Chooses the part of the tree that is the residual network; of several the one with the most convolutions."""
    held: dict[Node, int] = {}
    _count_blocks(root, blocks, held)
    parts = list(_parts(root, (), "", held, blocks))
    if len(parts) == 1:
        return Scope(leaves, blocks)
    convs = conv_counts(leaves)
    part = max(parts, key=lambda part: convs[part.path[-1]])
    under = [leaf for leaf in leaves if part.path[-1] in leaf.path]
    chosen = without_stem(blocks & {node for leaf in under for node in leaf.path}, under)
    start = next((place for place, leaf in enumerate(leaves) if block_of(leaf.path, chosen)), 0)
    before = {node for leaf in leaves[:start] if leaf.is_conv for node in leaf.path}
    whole = next((node for node in reversed(part.path) if node in before), part.path[-1])  # it holds the stem, too
    mine = [leaf for leaf in leaves if whole in leaf.path]
    rest = [leaf for leaf in leaves if whole not in leaf.path]
    after = leaves[leaves.index(mine[-1]) + 1 :]
    flat = all(leaf.layer.kind in _HEAD_KINDS or leaf.layer.class_name == "BatchNorm1d" for leaf in after)
    if flat and Kind.LINEAR not in {leaf.layer.kind for leaf in mine} and Kind.LINEAR in {x.layer.kind for x in after}:
        mine, rest = mine + after, rest[: len(rest) - len(after)]
    names: dict[str, None] = {}
    for leaf in rest:
        around = next((node for node in leaf.path if node not in part.path), None)
        names[(around.name or around.class_name) if around else leaf.layer.local] = None
    first = {node: leaf.layer.inputs for leaf in reversed(leaves) if leaf.is_conv for node in leaf.path}
    others = tuple(
        f"{other.name or other.path[-1].class_name} (stages of {', '.join(map(str, other.stages))} blocks)"
        for other in parts
        if other is not part
        and first[next(node for node in other.path if node not in part.path)] in IMAGE_CHANNELS
        and len(other.stages) > 1
        and sum(other.stages) >= _LEAST_BLOCKS
    )
    return Scope(mine, chosen, bool(rest), tuple(name for name in names if name), others)


def _count_blocks(node: Node, blocks: Set[Node], held: dict[Node, int]) -> int:
    """Puts into ``held`` how many blocks each container holds; a block holds one."""
    held[node] = 1 if node in blocks else sum(_count_blocks(child, blocks, held) for child in node.children)
    return held[node]


def _parts(node: Node, path: tuple[Node, ...], name: str, held: dict[Node, int], blocks: Set[Node]) -> Iterator[Part]:
    holders, path = _holders(node, held, blocks), (*path, node)
    if len(holders) == 1 or any(_is_whole(child, held, blocks) for child in holders):
        for child in holders:
            yield from _parts(child, path, f"{name}.{child.name}".strip("."), held, blocks)
    else:
        yield Part(path, name, tuple(held[child] for child in holders) or (1,))


def _holders(node: Node, held: dict[Node, int], blocks: Set[Node]) -> list[Node]:
    """Returns the children that hold blocks, or are some."""
    return [] if node in blocks else [child for child in node.children if held[child]]


def _is_whole(node: Node, held: dict[Node, int], blocks: Set[Node]) -> bool:
    """Whether a container holds several stages, and is not a stage itself."""
    holders = _holders(node, held, blocks)
    containers = [child for child in holders if child not in blocks]
    return len(containers) > 1 or any(_is_whole(child, held, blocks) for child in containers)
