"""Finds the residual blocks in a tree of modules.

A block is a container of a reader's own class with a few convolutions. Where no class tells (in a state dict, or a
Sequential of Sequentials), it is a numbered container in a stage.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from explorer.check.formats.class_names import is_attention, is_block, is_custom, is_shortcut, kind_of
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
    def is_conv(self) -> bool:
        """Whether the layer is a convolution."""
        return self.layer.kind is Kind.CONV

    @property
    def in_gate(self) -> bool:
        """Whether the layer belongs to an attention module, or is the one row that a table has of it."""
        own = self.layer.kind is None and is_attention(self.layer.name, self.layer.class_name)
        return own or any(is_attention(node.name, node.class_name) for node in self.path)


def leaves_under(node: Node, path: tuple[Node, ...] = ()) -> Iterator[Leaf]:
    """Yields all layers under a node in order."""
    if node.layer is not None:
        yield Leaf(path, node.layer)
    elif kind_of(node.class_name) is Kind.PAD and not is_attention(node.name, node.class_name):
        yield from _padding_leaves(node, path)
    else:
        for child in node.children:
            yield from leaves_under(child, (*path, node))


def _padding_leaves(node: Node, path: tuple[Node, ...]) -> Iterator[Leaf]:
    """Yields a padding module as one layer, after the average pool inside it if there is one.

    KellerJordan subsamples with a 1×1 max pool inside: that pool only gives the padding its stride.
    """
    stride = None
    for pool in (child.layer for child in node.children):
        if pool and pool.kind is Kind.POOL:
            stride = pool.stride if pool.class_name == "MaxPool2d" else (1, 1)
            if pool.class_name != "MaxPool2d":
                yield Leaf((*path, node), pool)
    pad = ReadLayer(node.name, Kind.PAD, node.class_name, stride=stride, outputs=node.outputs, size=node.size)
    yield Leaf(path, pad)


def conv_counts(leaves: list[Leaf]) -> Counter[Node]:
    """Counts the convolutions under each container."""
    return Counter(node for leaf in leaves if leaf.is_conv for node in leaf.path)


def find_blocks(leaves: list[Leaf]) -> Set[Node]:
    """Returns the containers that are residual blocks."""
    leaves = [leaf for leaf in leaves if not leaf.in_gate]
    counts = conv_counts(leaves)
    found: set[Node] = set()
    others = {node for leaf in leaves if leaf.layer.kind is Kind.LINEAR for node in leaf.path}
    for leaf in leaves:
        node = _likely_block(leaf.path, counts) if leaf.is_conv else None
        if node is not None:
            found.add(node)
            others.update(leaf.path[: leaf.path.index(node)])
    return without_stem({node for node in found - others if counts[node] <= MAX_CONVS}, leaves)


def _likely_block(path: tuple[Node, ...], counts: Mapping[Node, int]) -> Node | None:
    several = [node for node in path if 2 <= counts[node] <= MAX_CONVS]
    own = [node for node in path if is_custom(node.class_name) and not stands_on_shortcut(node)]
    if own:
        inner = own[-1]
        if counts[inner] == 1:
            inner = next((node for node in reversed(own) if node in several), inner)
        for outer in reversed(own[: own.index(inner)]):  # a block that holds its branch as a module (PySlowFast)
            if counts[outer] - counts[inner] > 1 or not is_block(outer.class_name):
                break
            inner = outer
        return inner
    numbered = [node for node in path[1:] if node.name.isdigit() or node.name == UNNAMED]
    whole = [node for node in numbered or path[1:] if node in several]
    return next(reversed(whole or numbered), None)


def stands_on_shortcut(node: Node) -> bool:
    """Whether the name of a container or of its class says that it is on the shortcut."""
    return is_shortcut(node.name) or is_shortcut(node.class_name)


def without_stem(blocks: Set[Node], leaves: list[Leaf]) -> Set[Node]:
    """Leaves out the first container if it is the stem: it reads the image, or no block has a class like its."""
    conv = next((leaf for leaf in leaves if leaf.is_conv), None)
    first = block_of(conv.path, blocks) if conv else None
    if conv is None or first is None or len(blocks) < 2:
        return blocks
    around = [block_of(leaf.path, blocks) for leaf in leaves]
    end = len(around) - around[::-1].index(first)
    if first.cut and around[end : end + 1] != [None]:
        return blocks  # a text that begins inside of a block: no layer of a stem follows it
    others, own = blocks - {first}, is_custom(first.class_name)
    alike = own and any(node.class_name == first.class_name for node in others)
    reads_image = conv.layer.inputs in IMAGE_CHANNELS or _STEM.search(first.name) is not None
    odd = not own and all(is_custom(node.class_name) for node in others)
    return others if odd or (reads_image and not alike) else blocks


def is_inside_of_block(leaves: list[Leaf]) -> bool:
    """Whether these are the lines between a block's brackets."""
    convs = [leaf.layer for leaf in leaves if leaf.is_conv]
    linear = any(leaf.layer.kind is Kind.LINEAR for leaf in leaves)
    return 0 < len(convs) <= 4 and (convs[0].inputs or 0) > max(IMAGE_CHANNELS) and not linear


def block_of(path: tuple[Node, ...], blocks: Set[Node]) -> Node | None:
    """Returns the block around a layer, if there is one."""
    return next((node for node in path if node in blocks), None)
