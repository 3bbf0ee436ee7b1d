"""Measures what every block adds to its shortcut, and what a linear probe reads after it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.linalg import vecdot

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode
from explorer.live.progress import Progress, StepCounter
from explorer.live.shared_network import at_once
from explorer.network.block_plans import block_plans
from explorer.network.blocks import ResidualBlock
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import quoted
from explorer.training.refinement.maps import BlockMaps, largest_channels
from explorer.training.refinement.probe import ridge_probe
from explorer.training.refinement.values import STEM, BlockChange, Reading, Refinement

_TINY = 1e-30  # a length: what is all zero has cosine 0 with anything


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Pictures (N, C, H, W), scaled as the network reads them, and their classes (N,)."""

    images: Tensor
    labels: Tensor


@dataclass(slots=True, eq=False)
class Step:
    """One place of a forward pass: the map after it, and in a residual block the input and both summands."""

    place: str
    out: Tensor
    x: Tensor | None = None
    summands: tuple[Tensor, ...] = ()


@dataclass(slots=True, eq=False)
class _Block:
    """Sums over the pictures of one block."""

    branch: float = 0.0
    shortcut: float = 0.0
    cosine: float = 0.0
    negative: float = 0.0
    values: int = 0

    def add(self, step: Step) -> None:
        assert step.x is not None
        branch, shortcut = (each.flatten(1).double() for each in step.summands)
        of_branch, of_shortcut = vecdot(branch, branch), vecdot(shortcut, shortcut)
        lengths = of_branch.sqrt().clamp(min=_TINY) * of_shortcut.sqrt().clamp(min=_TINY)
        self.branch += float(of_branch.sum())
        self.shortcut += float(of_shortcut.sum())
        self.cosine += float((vecdot(branch, shortcut) / lengths).sum())
        self.negative += float((step.x < 0).count_nonzero()) / step.x[0].numel()
        self.values += branch.numel()

    def change(self, block: str, pictures: int) -> BlockChange:
        size = self.values
        return BlockChange(
            block,
            (self.branch / size) ** 0.5,
            (self.shortcut / size) ** 0.5,
            self.cosine / pictures,
            self.negative / pictures,
        )


@dataclass(slots=True, eq=False)
class _Pass:
    """What is kept of a pass over all pictures: pooled maps by place and, where they are wanted, sums by block."""

    pooled: dict[str, list[Tensor]] = field(default_factory=dict)
    blocks: dict[str, _Block] = field(default_factory=dict)
    classes: list[Tensor] = field(default_factory=list)

    def features(self, place: str) -> np.ndarray:
        found: np.ndarray = torch.cat(self.pooled[place]).double().cpu().numpy()
        return found


def refinement(
    net: ResNet, tested: Labelled, fitted: Labelled, *, initial: bool = False, progress: Progress | None = None
) -> Refinement:
    """The network block by block, in evaluation mode; its own mode comes back at the end.

    Ratios and cosines are those of the ``tested`` pictures. After the stem and after each block a ridge probe reads the
    map's means over the channels: fitted on ``fitted``, training pictures, and tested on ``tested``. ``initial`` says
    that nobody has trained the network.

    Raises:
        Refusal: pictures without labels, or none.
    """
    for each in (tested, fitted):
        if not len(each.images) or len(each.images) != len(each.labels):
            raise Refusal("Give a class for each picture, and one picture at least.")
    chunks = sum(len(_split(each.images)) for each in (tested, fitted))
    count = StepCounter(chunks * (1 + sum(net.config.stage_blocks)), progress)
    with in_mode(net, training=False), exact_float32(next(net.parameters()).device.type), torch.no_grad():
        test, fit = _run(net, tested.images, count, sums=True), _run(net, fitted.images, count, sums=False)
    labels, answers = (each.labels.cpu().numpy() for each in (tested, fitted))
    right = partial(_right, labels=labels)
    readings = [
        Reading(place, right(ridge_probe(fit.features(place), answers, test.features(place)))) for place in test.pooled
    ]
    return Refinement(
        net.config,
        initial,
        len(labels),
        len(answers),
        right(torch.cat(test.classes).cpu().numpy()),
        tuple(sums.change(block, len(labels)) for block, sums in test.blocks.items()),
        tuple(readings),
    )


def _right(found: np.ndarray, labels: np.ndarray) -> int:
    return int((found == labels).sum())


def _split(images: Tensor) -> tuple[Tensor, ...]:
    return torch.split(images, at_once(images))


def _run(net: ResNet, images: Tensor, count: StepCounter, *, sums: bool) -> _Pass:
    kept = _Pass()
    device = next(net.parameters()).device
    for chunk in _split(images):
        last = None
        for step in steps(net, chunk.to(device), count):
            kept.pooled.setdefault(step.place, []).append(step.out.mean((2, 3)))
            if sums and step.summands:
                kept.blocks.setdefault(step.place, _Block()).add(step)
            last = step.out
        assert last is not None
        kept.classes.append(net.forward_head(last).argmax(1))
    return kept


def steps(net: ResNet, images: Tensor, count: Callable[[str], None]) -> Iterator[Step]:
    """The stem and every block of a forward pass, one after the other; ``count`` is called before each."""
    count(STEM)
    x = net.forward_stem(images)
    yield Step(STEM, x)
    for plan in block_plans(net.config):
        count(plan.name)
        block = net.get_submodule(plan.name)
        assert isinstance(block, ResidualBlock)
        out, summands = _parted(block, x)
        yield Step(plan.name, out, x, summands)
        x = out


def block_maps(net: ResNet, image: Tensor, block: str, channels: int) -> BlockMaps:
    """The maps of a residual ``block`` for one ``image`` (C, H, W), in the ``channels`` where its branch is largest.

    Raises:
        Refusal: the network has no such block with a shortcut.
    """
    with in_mode(net, training=False), torch.no_grad():
        found = next((each for each in steps(net, image[None], lambda _: None) if each.place == block), None)
    if found is None or not found.summands:
        raise Refusal(f"This network has no block {quoted(block)} with a shortcut.")
    branch, shortcut = (each[0].float().cpu().numpy() for each in found.summands)
    chosen = largest_channels(branch, channels)
    branch, shortcut = branch[list(chosen)], shortcut[list(chosen)]
    return BlockMaps(block, chosen, shortcut, branch, shortcut + branch)


def _parted(block: ResidualBlock, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The block's output, and its branch and shortcut; none in a plain block."""
    kept: list[Tensor] = []
    if block.add is None:
        return block(x), ()
    hook = block.add.register_forward_pre_hook(lambda _, summands: kept.extend(summands))
    try:
        out: Tensor = block(x)
    finally:
        hook.remove()
    return out, tuple(kept)
