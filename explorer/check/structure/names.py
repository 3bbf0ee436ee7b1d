"""Names modules that have no name in the text, and finds the canonical name of those that have one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import UNNAMED, Node, ReadLayer
from explorer.network.layer import Kind

_NUMBERED = re.compile(r"(.*?)(\d{1,6})$")


def name_the_unnamed(node: Node) -> None:
    """Names containers without a header after the next one: before ``layer2`` comes ``layer1``."""
    for child, following in pairwise(node.children):
        numbered = _NUMBERED.match(following.name)
        if child.name == UNNAMED and following.layer is None and numbered and int(numbered[2]) > 0:
            child.name = f"{numbered[1]}{int(numbered[2]) - 1}"
            child.class_name = following.class_name
    for child in node.children:
        name_the_unnamed(child)


def with_torchvision_names(network: Network) -> Network:
    """Returns the network with torchvision's names for all stages, blocks and layers."""
    stages = tuple(
        Stage(
            f"layer{number}",
            None,
            tuple(_named_block(block, f"layer{number}.{index}") for index, block in enumerate(stage.blocks)),
            stage.bounded,
        )
        for number, stage in enumerate(network.stages, start=1)
    )
    stem = replace(network.stem, main=tuple(_by_kind(network.stem.main, "")))
    head = replace(network.head, main=tuple(_by_kind(network.head.main, "", head=True)))
    return replace(network, stem=stem, stages=stages, head=head)


def _named_block(block: Unit, name: str) -> Unit:
    shortcut = (replace(layer, name=f"{name}.downsample.{at}") for at, layer in enumerate(block.shortcut))
    return replace(block, name=name, main=tuple(_by_kind(block.main, f"{name}.")), shortcut=tuple(shortcut))


def _by_kind(layers: tuple[ReadLayer, ...], prefix: str, *, head: bool = False) -> Iterator[ReadLayer]:
    """Numbers layers in the order in which they run. A norm gets the number of its convolution."""
    early = bool(layers) and layers[0].kind in (Kind.NORM, Kind.ACTIVATION)
    convs = 0
    for layer in layers:
        convs += layer.kind is Kind.CONV
        number = convs if layer.kind is Kind.CONV else max(convs, 1) + (early and convs > 0)
        yield replace(layer, name=prefix + _local_name(layer, number, head=head))


def _local_name(layer: ReadLayer, number: int, *, head: bool) -> str:
    names = {
        Kind.CONV: f"conv{number}",
        Kind.NORM: "bn_last" if head else f"bn{number}",
        Kind.ACTIVATION: "act_last" if head else f"act{number}",
        Kind.POOL: "avgpool" if head else "maxpool",
        Kind.LINEAR: "fc",
        Kind.ADD: "add",
    }
    return layer.class_name.lower() if layer.kind is None else names.get(layer.kind, layer.class_name.lower())


_CANON = re.compile(
    r"(conv|bn|gn|norm|batch_?norm|batchnorm|act|relu|activation|nonlin\w*?)_?(\d{1,3})?$", re.IGNORECASE
)


def canonical_name(layer: ReadLayer) -> str | None:
    """Returns ``bn2`` for ``norm2`` and ``act`` for ``relu``, or None for a name that tells neither kind nor number."""
    found = _CANON.match(layer.local)
    if not found or layer.kind not in (Kind.CONV, Kind.NORM, Kind.ACTIVATION):
        return None
    stem = {Kind.CONV: "conv", Kind.NORM: "bn", Kind.ACTIVATION: "act"}[layer.kind]
    return f"{stem}{int(found[2])}" if found[2] else None
