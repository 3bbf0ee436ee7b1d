"""Runs many damaged versions of one network at once: beginnings that they share are computed once.

All versions form a tree, whose first step is the stem and whose branches part where two versions differ. A walk visits
it depth first and keeps one map for each place where it still has to go another way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explorer.network.blocks import BasicBlock, Bottleneck, ResidualBlock
from explorer.network.model import ResNet
from explorer.training.damage.cuts import Step

STEM, HEAD = Step("stem"), Step("head")

Statistics = dict[str, Tensor]


@dataclass(eq=False, slots=True)
class Node:
    """One step in the tree, what follows it, how many versions take it, and the numbers of those that end with it.

    ``norms`` are the running statistics of the step's batch norms, where they were measured anew: the same block has
    others in another version.
    """

    step: Step
    following: dict[Step, "Node"] = field(default_factory=dict)
    taken: int = 0
    ends: list[int] = field(default_factory=list)
    norms: list[Statistics] = field(default_factory=list)


def tree(versions: Sequence[Sequence[Step]]) -> Node:
    """The tree of these versions of a network, each the steps between stem and head."""
    root = Node(STEM)
    for number, steps in enumerate(versions):
        node = root
        for step in (*steps, HEAD):
            node = node.following.setdefault(step, Node(step))
            node.taken += 1
        node.ends.append(number)
    return root


def nodes(root: Node) -> list[Node]:
    """All steps of a tree."""
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].following.values()
    return found


def walk(net: ResNet, root: Node, x: Tensor) -> Iterator[tuple[Node, Tensor]]:
    """Runs the tree from ``root`` on, whose input is ``x``; yields each step with its output (N, ...)."""
    return _visit(net, [(root, x)])


def walk_on(net: ResNet, node: Node, out: Tensor) -> Iterator[tuple[Node, Tensor]]:
    """Runs what follows ``node``, whose output is known; yields each step with its output."""
    return _visit(net, _after(node, out))


def _visit(net: ResNet, waiting: list[tuple[Node, Tensor]]) -> Iterator[tuple[Node, Tensor]]:
    while waiting:
        node, x = waiting.pop()
        out = _run(net, node, x)
        yield node, out
        waiting += _after(node, out)


def _after(node: Node, out: Tensor) -> list[tuple[Node, Tensor]]:
    """The ways on, the shortest last, so that it comes first: only maps of the longer ones wait."""
    return [(each, out) for each in sorted(node.following.values(), key=lambda each: each.taken, reverse=True)]


def _run(net: ResNet, node: Node, x: Tensor) -> Tensor:
    for norm, statistics in zip(batch_norms(net, node.step), node.norms, strict=False):
        for name, value in statistics.items():
            setattr(norm, name, value)
    if node.step is STEM:
        return net.forward_stem(x)
    if node.step is HEAD:
        return net.forward_head(x)
    block = net.get_submodule(node.step.block)
    assert isinstance(block, ResidualBlock)
    out: Tensor = shortcut_alone(block, x) if node.step.cut else block(x)
    return out


def shortcut_alone(block: ResidualBlock, x: Tensor) -> Tensor:
    """What a block gives whose branch adds nothing: the shortcut of ``x``, then the activation after the sum.

    A plain network's block has no shortcut and is taken out altogether.
    """
    if block.add is None:
        return x
    assert isinstance(block, BasicBlock | Bottleneck)
    if block.pre:  # what projects reads the normed map, which branch and shortcut share
        return x if block.downsample is None else block.downsample(block.act1(block.bn1(x)))
    last = block.act3 if isinstance(block, Bottleneck) else block.act2
    shortcut: Tensor = last(x if block.downsample is None else block.downsample(x))
    return shortcut


def batch_norms(net: ResNet, step: Step) -> list[nn.BatchNorm2d]:
    """The batch norms of a step, whether it is cut or not, in the order of their names."""
    if step is STEM:
        parts = [net.conv1, net.bn1]
    elif step is HEAD:
        parts = [net.bn_last]
    else:
        parts = [net.get_submodule(step.block)]
    modules = (module for part in parts if isinstance(part, nn.Module) for module in part.modules())
    return [module for module in modules if isinstance(module, nn.BatchNorm2d)]


def recalibrate(net: ResNet, root: Node, batches: Sequence[Tensor]) -> Iterator[None]:
    """Measures the running statistics of all batch norms anew, version by version, and leaves them in the tree.

    They are the plain means over the batches of each batch's mean and variance, as in PyTorch's ``update_bn``. Dropout
    drops nothing. Yields after each step of each batch. ``net`` loses its own statistics.
    """
    for node in nodes(root):
        node.norms = [_fresh(norm) for norm in batch_norms(net, node.step)]
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.training, norm.momentum = True, None  # without momentum: the mean of all batches
    for batch in batches:
        for _ in walk(net, root, batch):
            yield
    for norm in norms:
        norm.training = False


def _fresh(norm: nn.BatchNorm2d) -> Statistics:
    assert norm.running_mean is not None and norm.running_var is not None
    return {
        "running_mean": torch.zeros_like(norm.running_mean),
        "running_var": torch.ones_like(norm.running_var),
        "num_batches_tracked": torch.tensor(0, device=norm.running_mean.device),
    }
