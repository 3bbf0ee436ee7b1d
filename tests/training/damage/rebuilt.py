"""Damaged networks rebuilt by other means than the walk: modules replaced, hooks, and smaller networks."""

from collections.abc import Collection
from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build, build_like
from explorer.training.damage.cuts import Damage


def without_branches(net: ResNet, cuts: Collection[str]) -> ResNet:
    """A copy in which zeros arrive at the sums of these blocks; a plain network's blocks are the identity."""
    twin = build_like(net).eval()
    for name in cuts:
        if net.config.is_plain:
            stage, _, index = name.partition(".")
            twin.get_submodule(stage)[int(index)] = nn.Identity()
        else:
            twin.get_submodule(f"{name}.add").register_forward_pre_hook(
                lambda _, summands: (torch.zeros_like(summands[0]), summands[1])
            )
    return twin


def damaged(net: ResNet, damage: Damage) -> ResNet:
    """A copy with the cuts of ``without_branches``, and its blocks in the damage's order."""
    twin = without_branches(net, damage.cuts)
    blocks = {name: twin.get_submodule(name) for name in damage.order}
    for stage in twin.stages if damage.order else ():
        names = [name for name in damage.order if name.startswith(f"{stage}.")]
        setattr(twin, stage, nn.Sequential(*(blocks[name] for name in names)))
    return twin


def shallower(net: ResNet, cut: str) -> ResNet:
    """The network of the configuration with one block less in the stage of ``cut``, with the weights of the others."""
    stage, index = (int(number) for number in cut.removeprefix("layer").split("."))
    blocks = list(net.config.stage_blocks)
    blocks[stage - 1] -= 1
    small: ResNetConfig = replace(net.config, stage_blocks=tuple(blocks))
    state: dict[str, Tensor] = {}
    for name, value in net.state_dict().items():
        first, *rest = name.split(".")
        if first == f"layer{stage}":
            if int(rest[0]) == index:
                continue
            rest[0] = str(int(rest[0]) - (int(rest[0]) > index))
        state[".".join([first, *rest])] = value
    twin = build(small).eval()
    twin.load_state_dict(state)
    return twin
