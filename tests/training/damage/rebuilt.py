"""Damaged networks rebuilt by other means than the walk: modules replaced, hooks, and smaller networks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.training.damage.cuts import Damage, block_names


@contextmanager
def damaged(net: ResNet, damage: Damage) -> Iterator[ResNet]:
    """The network itself, as long as this lasts: zeros arrive at the sums of its cut blocks, its blocks stand in the
    damage's order. A plain network's cut blocks are the identity."""
    stages = {stage: net.get_submodule(stage) for stage in net.stages}
    blocks = {name: net.get_submodule(name) for name in damage.order or block_names(net.config)}
    hooks = []
    for name in damage.cuts:
        if net.config.is_plain:
            blocks[name] = nn.Identity()
        else:
            hooks.append(
                blocks[name].add.register_forward_pre_hook(
                    lambda _, summands: (torch.zeros_like(summands[0]), summands[1])
                )
            )
    for stage in stages:
        setattr(net, stage, nn.Sequential(*(block for name, block in blocks.items() if name.startswith(f"{stage}."))))
    try:
        yield net
    finally:
        for hook in hooks:
            hook.remove()
        for stage, whole in stages.items():
            setattr(net, stage, whole)


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
    twin = build(small, "meta").eval()
    twin.load_state_dict(state, assign=True)
    return twin
