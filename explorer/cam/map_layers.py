"""The layers that a map can be read at: which there are, finding one by its name, and whether it puts out a map."""

import re
from itertools import groupby

from torch import Tensor, nn

from explorer.cam.saliency_map import STEM, layer_names
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet
from explorer.text.errors import Refusal

_BLOCK = re.compile(r"layer\d+\.\d+")


_STEMS = ("maxpool", "act1", "relu", "bn1", "conv1")  # what ends it, the last first, in our names and torchvision's


def layers_of(network: ResNetConfig | nn.Module) -> tuple[str, ...]:
    """Where a map of a network can be read: "stem" and every block, in forward order.

    Of a network of others (torchvision's) those that are named like ours; empty where none is.
    """
    if isinstance(network, ResNetConfig | ResNet):
        return layer_names(network if isinstance(network, ResNetConfig) else network.config)
    blocks = (name for name, _ in network.named_modules() if _BLOCK.fullmatch(name))
    return (*((STEM,) if _stem(network) else ()), *blocks)


def _stem(net: nn.Module) -> nn.Module | None:
    """The module that puts out the first feature map."""
    if isinstance(found := getattr(net, STEM, None), nn.Module):
        return found
    return next((part for name in _STEMS if isinstance(part := getattr(net, name, None), nn.Module)), None)


def module_of(net: nn.Module, layer: str) -> nn.Module:
    """The module called ``layer``: "stem", a block ("layer4.2"), a stage ("layer4"), or any by its dotted name.

    Raises:
        Refusal: there is none; the message lists what there is.
    """
    if layer == STEM and (stem := _stem(net)) is not None:
        return stem
    try:
        if layer:
            return net.get_submodule(layer)
    except (AttributeError, TypeError):
        pass
    raise Refusal(f"This network has no layer {str(layer)[:60]!r}: {_choice(net)}.")


def _choice(net: nn.Module) -> str:
    """What layers there are, as an instruction."""
    names = layers_of(net)
    if not names:
        return "give the dotted name of a module whose output is a map (channels, height, width)"
    groups = [list(group) for _, group in groupby(names, lambda name: name.partition(".")[0])]
    ranges = (group[0] if len(group) == 1 else f"{group[0]} to {group[-1]}" for group in groups)
    stages = ", ".join(group[0].partition(".")[0] for group in groups if group[0] != STEM)
    return f"choose a block ({', '.join(ranges)}), a whole stage ({stages}), or a module inside by its dotted name"


def checked_map(net: nn.Module, layer: str, output: object, calls: int) -> Tensor:
    """The output of ``layer`` at its call number ``calls``, if it is a map.

    Raises:
        Refusal: it puts out something else, or one network uses it several times.
    """
    if not isinstance(output, Tensor) or output.dim() != 4:
        what = f"the shape {tuple(output.shape)}" if isinstance(output, Tensor) else f"a {type(output).__name__}"
        raise Refusal(f"Layer {layer!r} puts out {what}, not maps (N, channels, height, width): {_choice(net)}.")
    if calls > 1:
        raise Refusal(f"Layer {layer!r} is used several times in one pass, so it has no single map: {_choice(net)}.")
    return output


def not_reached(net: nn.Module, layer: str) -> Refusal:
    """Why a layer that takes no part in the outputs has no map."""
    return Refusal(f"Layer {layer!r} takes no part in what this network puts out: {_choice(net)}.")
