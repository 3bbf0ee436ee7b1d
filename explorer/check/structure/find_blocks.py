"""Finds the residual blocks in a tree of modules.

A block is a container of a reader's own class with a few convolutions. Where no class tells (in a state dict, or a
Sequential of Sequentials), it is a numbered container in a stage.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.check.formats.class_names import is_attention, is_block, is_custom, is_padding, is_shortcut
from explorer.check.values import UNNAMED, Node, ReadLayer
from explorer.network.layer import Kind

MAX_CONVS = 8  # of a block; one with more is a network of another kind
IMAGE_CHANNELS = (1, 3, 4)
_STEM = re.compile(r"stem|conv1$|conv0$|layer0$|init|input|first", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A layer with the containers around it, the outermost first."""

    path: tuple[Node, ...]
    layer: ReadLayer

    @property
    def in_gate(self) -> bool:
        """Whether it belongs to an attention module, such as squeeze-and-excitation."""
        return stands_in_gate(self.path, self.layer)


def stands_in_gate(path: tuple[Node, ...], layer: ReadLayer) -> bool:
    """Whether a layer belongs to an attention module, or is the one row that a table has of it."""
    own = layer.kind is None and is_attention(layer.name, layer.class_name)
    return own or any(is_attention(node.name, node.class_name) for node in path)


def leaves_under(node: Node, path: tuple[Node, ...] = ()) -> Iterator[Leaf]:
    """Yields all layers under a node in order."""
    if node.layer is not None:
        yield Leaf(path, node.layer)
    elif is_padding(node.class_name) and not is_attention(node.name, node.class_name):
        yield from _padding_leaves(node, path)
    else:
        for child in node.children:
            yield from leaves_under(child, (*path, node))


def _padding_leaves(node: Node, path: tuple[Node, ...]) -> Iterator[Leaf]:
    """Yields a padding module as one layer, after the average pool inside it if there is one.

    KellerJordan subsamples with a 1×1 max pool inside: that pool only gives the padding its stride.
    """
    stride = None
    for child in node.children:
        pool = child.layer
        if pool and pool.kind is Kind.POOL and pool.class_name != "MaxPool2d":
            yield Leaf((*path, node), pool)
            stride = (1, 1)
        elif pool and pool.kind is Kind.POOL:
            stride = pool.stride
    pad = ReadLayer(node.name, Kind.PAD, node.class_name, stride=stride, outputs=node.outputs, size=node.size)
    yield Leaf(path, pad)


def conv_counts(leaves: list[Leaf]) -> dict[int, int]:
    """Counts the convolutions under each container, by its ``id``."""
    counts: dict[int, int] = {}
    for leaf in leaves:
        for node in leaf.path:
            counts[id(node)] = counts.get(id(node), 0) + (leaf.layer.kind is Kind.CONV)
    return counts


def find_blocks(leaves: list[Leaf]) -> dict[int, Node]:
    """Returns the containers that are residual blocks, by their ``id``."""
    leaves = [leaf for leaf in leaves if not leaf.in_gate]
    counts = conv_counts(leaves)
    linear = {id(node) for leaf in leaves if leaf.layer.kind is Kind.LINEAR for node in leaf.path}
    found: dict[int, Node] = {}
    above: set[int] = set()
    for leaf in leaves:
        node = _likely_block(leaf, counts) if leaf.layer.kind is Kind.CONV else None
        if node is not None:
            found[id(node)] = node
            above |= {id(outer) for outer in leaf.path[: leaf.path.index(node)]}
    found = {
        key: node for key, node in found.items() if key not in above and key not in linear and counts[key] <= MAX_CONVS
    }
    return without_stem(found, leaves)


def _likely_block(leaf: Leaf, counts: dict[int, int]) -> Node | None:
    """Returns the container that most likely is the block around a convolution."""
    path = leaf.path
    own = [node for node in path if is_custom(node.class_name) and not stands_on_shortcut(node)]
    if own:
        inner = own[-1]
        if counts[id(inner)] == 1:
            around = [node for node in own[:-1] if 2 <= counts[id(node)] <= MAX_CONVS]
            inner = around[-1] if around else inner
        for outer in reversed(own[: own.index(inner)]):  # a block that holds its branch as a module (PySlowFast)
            more = counts[id(outer)] - counts[id(inner)]
            if more > 1 or not is_block(outer.class_name):
                break
            inner = outer
        return inner
    numbered = [node for node in path[1:] if node.name.isdigit() or node.name == UNNAMED]
    if numbered:
        whole = [node for node in numbered if 2 <= counts[id(node)] <= MAX_CONVS]
        return (whole or numbered)[-1]
    several = [node for node in path[1:] if 2 <= counts[id(node)] <= MAX_CONVS]
    return several[-1] if several else None


def stands_on_shortcut(node: Node) -> bool:
    """Whether the name of a container or of its class says that it is on the shortcut."""
    return is_shortcut(node.name) or is_shortcut(node.class_name)


def without_stem(blocks: dict[int, Node], leaves: list[Leaf]) -> dict[int, Node]:
    """Leaves out the first container if it is the stem: it reads the image, or no block has a class like its."""
    convs = [leaf for leaf in leaves if leaf.layer.kind is Kind.CONV]
    if len(blocks) < 2 or block_of(convs[0].path, blocks) is None:
        return blocks
    key, first = next(iter(blocks.items()))
    if first.cut and not _is_followed(first, blocks, leaves):
        return blocks  # a text that begins inside of a block
    others = [node for node in blocks.values() if node is not first]
    if is_custom(first.class_name):
        alike = any(node.class_name == first.class_name for node in others)
    else:
        alike = not all(is_custom(node.class_name) for node in others)
    reads_image = convs[0].layer.inputs in IMAGE_CHANNELS or _STEM.search(first.name) is not None
    if (not alike and not is_custom(first.class_name)) or (reads_image and not (alike and is_custom(first.class_name))):
        del blocks[key]
    return blocks


def _is_followed(first: Node, blocks: dict[int, Node], leaves: list[Leaf]) -> bool:
    """Whether layers of the stem stand between a container and the next block."""
    around = [block_of(leaf.path, blocks) for leaf in leaves]
    last = max(place for place, block in enumerate(around) if block is first)
    return around[last + 1 : last + 2] == [None]


def is_inside_of_block(leaves: list[Leaf]) -> bool:
    """Whether these are the lines between a block's brackets."""
    convs = [leaf.layer for leaf in leaves if leaf.layer.kind is Kind.CONV]
    linear = any(leaf.layer.kind is Kind.LINEAR for leaf in leaves)
    return 0 < len(convs) <= 4 and (convs[0].inputs or 0) > max(IMAGE_CHANNELS) and not linear


def block_of(path: tuple[Node, ...], blocks_by_id: dict[int, Node]) -> Node | None:
    """Returns the block around a layer, if there is one."""
    return next((node for node in path if id(node) in blocks_by_id), None)
