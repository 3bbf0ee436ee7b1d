"""Names modules that have no name in the text, and reads the numbers in the names of those that have one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from explorer.check.structure.network import Network
from explorer.check.values import NUMBERED, UNNAMED, Layers, Node, ReadLayer
from explorer.network.layer import Kind

_LOCAL_NAMES: dict[Kind | None, str] = {
    Kind.CONV: "conv{}",
    Kind.NORM: "bn{}",
    Kind.ACTIVATION: "act{}",
    Kind.POOL: "maxpool",
    Kind.LINEAR: "fc",
    Kind.ADD: "add",
}
_NAMES_IN_HEAD = _LOCAL_NAMES | {Kind.NORM: "bn_last", Kind.ACTIVATION: "act_last", Kind.POOL: "avgpool"}
_WITH_NUMBER = re.compile(r"(?:conv|bn|gn|norm|batch_?norm|act|relu|activation|nonlin\w*?)_?(\d{1,3})$", re.IGNORECASE)


def name_the_unnamed(node: Node) -> None:
    """Names containers without a header after the next one: before ``layer2`` comes ``layer1``."""
    for child, following in pairwise(node.children):
        numbered = NUMBERED.match(following.name)
        if child.name == UNNAMED and following.layer is None and numbered and int(numbered[2]) > 0:
            child.name = f"{numbered[1]}{int(numbered[2]) - 1}"
            child.class_name = following.class_name
    for child in node.children:
        name_the_unnamed(child)


def with_torchvision_names(network: Network) -> Network:
    """Returns the network with torchvision's names for all stages, blocks and layers."""
    stages = []
    for number, stage in enumerate(network.stages, start=1):
        name = f"layer{number}"
        blocks = []
        for index, block in enumerate(stage.blocks):
            own = f"{name}.{index}"
            shortcut = (replace(layer, name=f"{own}.downsample.{at}") for at, layer in enumerate(block.shortcut))
            main = tuple(_by_kind(block.main, f"{own}."))
            blocks.append(replace(block, name=own, main=main, shortcut=tuple(shortcut)))
        stages.append(replace(stage, name=name, number=None, blocks=tuple(blocks)))
    stem = replace(network.stem, main=tuple(_by_kind(network.stem.main)))
    head = replace(network.head, main=tuple(_by_kind(network.head.main, names=_NAMES_IN_HEAD)))
    return replace(network, stem=stem, stages=tuple(stages), head=head)


def _by_kind(layers: Layers, prefix: str = "", names: Mapping[Kind | None, str] = _LOCAL_NAMES) -> Iterator[ReadLayer]:
    """Numbers layers in the order in which they run. A norm gets the number of its convolution."""
    early = bool(layers) and layers[0].kind in (Kind.NORM, Kind.ACTIVATION)
    convs = 0
    for layer in layers:
        convs += layer.kind is Kind.CONV
        number = convs if layer.kind is Kind.CONV else max(convs, 1) + (early and convs > 0)
        yield replace(layer, name=prefix + names.get(layer.kind, layer.class_name.lower()).format(number))


def number_of(layer: ReadLayer) -> int | None:
    """Returns 2 for ``norm2`` and ``relu_2``, or None for a name that does not tell kind and number."""
    found = _WITH_NUMBER.match(layer.local)
    return int(found[1]) if found and layer.kind in (Kind.CONV, Kind.NORM, Kind.ACTIVATION) else None


def norms_with_convs(layers: Sequence[ReadLayer]) -> Iterator[tuple[ReadLayer, ReadLayer]]:
    """Yields each norm with the convolution that has its number: ``bn2`` and ``conv2``."""
    convs = {number_of(layer): layer for layer in layers if layer.kind is Kind.CONV}
    for layer in layers:
        number = number_of(layer)
        if layer.kind is Kind.NORM and number is not None and number in convs:
            yield layer, convs[number]
