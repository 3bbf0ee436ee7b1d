"""Finds the residual network inside of something larger: a detector, a segmentation network, two encoders."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.check.structure.find_blocks import IMAGE_CHANNELS, Leaf, block_of, conv_counts, without_stem
from explorer.check.values import Node, ReadLayer
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
    blocks: dict[int, Node]
    inside: bool = False
    apart: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_scope(root: Node, leaves: list[Leaf], blocks: dict[int, Node]) -> Scope:
    """Chooses the part of the tree that is the residual network; of several the one with the most convolutions."""
    held = _held_blocks(root, blocks)
    parts = list(_parts(root, (), "", held, blocks))
    if len(parts) == 1:
        return Scope(leaves, blocks)
    convs = conv_counts(leaves)
    part = max(parts, key=lambda part: convs[id(part.path[-1])])
    under = {id(node) for leaf in leaves if part.path[-1] in leaf.path for node in leaf.path}
    chosen = {key: node for key, node in blocks.items() if key in under}
    chosen = without_stem(chosen, [leaf for leaf in leaves if part.path[-1] in leaf.path])
    around = _with_stem(part, leaves, chosen)
    mine = [leaf for leaf in leaves if around in leaf.path]
    rest = [leaf for leaf in leaves if around not in leaf.path]
    after = leaves[leaves.index(mine[-1]) + 1 :]
    if not any(leaf.layer.kind is Kind.LINEAR for leaf in mine) and _is_head(after):
        mine, rest = mine + after, rest[: len(rest) - len(after)]
    names = dict.fromkeys(_outer_name(leaf, part.path) for leaf in rest)
    first = {id(node): leaf.layer for leaf in reversed(leaves) if leaf.layer.kind is Kind.CONV for node in leaf.path}
    others = tuple(_words(other) for other in parts if other is not part and _is_network(other, part, first))
    return Scope(mine, chosen, bool(rest), tuple(name for name in names if name), others)


def _held_blocks(root: Node, blocks: dict[int, Node]) -> dict[int, int]:
    """Returns how many blocks each container holds, by its ``id``; a block holds one."""
    counts: dict[int, int] = {}
    order, waiting = [], [root]
    while waiting:
        order.append(waiting.pop())
        waiting += order[-1].children if id(order[-1]) not in blocks else []
    for node in reversed(order):
        counts[id(node)] = 1 if id(node) in blocks else sum(counts[id(child)] for child in node.children)
    return counts


def _parts(
    node: Node, path: tuple[Node, ...], name: str, held: dict[int, int], blocks: dict[int, Node]
) -> Iterator[Part]:
    while id(node) not in blocks and len(holders := _holders(node, held)) == 1:
        path, name, node = (*path, node), _joined(name, holders[0]), holders[0]
    holders = [] if id(node) in blocks else _holders(node, held)
    if any(_is_whole(child, held, blocks) for child in holders):
        for child in holders:
            yield from _parts(child, (*path, node), _joined(name, child), held, blocks)
    else:
        yield Part((*path, node), name, tuple(held[id(child)] for child in holders) or (1,))


def _holders(node: Node, held: dict[int, int]) -> list[Node]:
    return [child for child in node.children if held[id(child)]]


def _is_whole(node: Node, held: dict[int, int], blocks: dict[int, Node]) -> bool:
    """Whether a container holds several stages, and is not a stage itself."""
    while id(node) not in blocks:
        holders = _holders(node, held)
        if len(holders) > 1:
            containers = [child for child in holders if id(child) not in blocks]
            return len(containers) > 1 or any(_is_whole(child, held, blocks) for child in containers)
        node = holders[0]
    return False


def _joined(name: str, child: Node) -> str:
    return f"{name}.{child.name}".strip(".")


def _with_stem(part: Part, leaves: list[Leaf], blocks: dict[int, Node]) -> Node:
    """Returns the innermost container that holds the part and a convolution before its first block."""
    first = next((place for place, leaf in enumerate(leaves) if block_of(leaf.path, blocks)), 0)
    for node in reversed(part.path):
        if any(leaf.layer.kind is Kind.CONV and node in leaf.path for leaf in leaves[:first]):
            return node
    return part.path[-1]


def _is_head(leaves: list[Leaf]) -> bool:
    """Whether these layers are a classifier: linear ones, and nothing that reads a map."""
    flat = all(leaf.layer.kind in _HEAD_KINDS or leaf.layer.class_name == "BatchNorm1d" for leaf in leaves)
    return flat and any(leaf.layer.kind is Kind.LINEAR for leaf in leaves)


def _outer_name(leaf: Leaf, inner: tuple[Node, ...]) -> str:
    """Names the outermost container of a layer that does not hold the network."""
    around = next((node for node in leaf.path if node not in inner), None)
    return (around.name or around.class_name) if around else leaf.layer.local


def _is_network(part: Part, largest: Part, first: dict[int, ReadLayer]) -> bool:
    """Whether a part apart from the largest has stages of blocks and a stem that reads the image.

    ``first`` is the first convolution in each container, by its ``id``.
    """
    own = next(node for node in part.path if node not in largest.path)
    reads_image = (first[id(own)].inputs or 9) in IMAGE_CHANNELS
    return reads_image and len(part.stages) > 1 and sum(part.stages) >= _LEAST_BLOCKS


def _words(part: Part) -> str:
    counts = ", ".join(map(str, part.stages))
    return f"{part.name or part.path[-1].class_name} (stages of {counts} blocks)"
