"""The landscape's sweep from closed form, against building the same networks with torchvision and reading them.

torchvision builds what has option B's shortcuts and widths from 64 on; those of the sweep are the sample. Both sides
find the parameters and the multiply-adds of a network: theirs builds it on the meta device, which allocates no
weights, and lets torchinfo run and count it. Our caches are emptied before every call.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
import torchinfo
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from bench.result import Result, interleaved, seconds
from explorer import ResNetConfig, analyze, preset
from explorer.compare.landscape import space, sweep
from explorer.live.crosscheck import torchinfo_mult_adds
from explorer.network.options import Block, Shortcut
from explorer.network.totals import _parts, totals

GOAL = 100.0
BASE = preset("resnet50")
_BLOCKS: dict[Block, type[BasicBlock | Bottleneck]] = {Block.BASIC: BasicBlock, Block.BOTTLENECK: Bottleneck}


def sample(count: int) -> list[ResNetConfig]:
    """``count`` networks of the sweep that torchvision builds too, from the shallowest to the deepest.

    Raises:
        ValueError: more than there are.
    """
    same = [config for config in space(BASE) if config.shortcut is Shortcut.B and config.widths == BASE.widths]
    same.sort(key=lambda config: config.depth)
    if not 2 <= count <= len(same):
        raise ValueError(
            f"The sweep has {len(same)} networks that torchvision builds too: take 2 or more, not {count}."
        )
    return [same[round(place * (len(same) - 1) / (count - 1))] for place in range(count)]


def live(config: ResNetConfig) -> tuple[int, int]:
    """Parameters and mult-adds, norms counted as torchinfo does, of torchvision's network on the meta device."""
    with torch.device("meta"):
        model = ResNet(_BLOCKS[config.block], list(config.stage_blocks), num_classes=config.num_classes)
    size = (1, config.in_channels, config.image_size, config.image_size)
    summary = torchinfo.summary(model, size, device="meta", mode="eval", verbose=0, cache_forward_pass=False)
    torchinfo.torchinfo.clear_cached_forward_pass()
    return summary.total_params, summary.total_mult_adds


def closed_form(configs: Sequence[ResNetConfig]) -> None:
    """The totals of some networks, caches cold."""
    _parts.cache_clear()
    for config in configs:
        totals(config)


def whole_sweep() -> None:
    """Every network of the sweep made and priced, caches cold."""
    _parts.cache_clear()
    sweep.__wrapped__(BASE)


def run(repeats: int = 5, networks: int = 10) -> Iterator[Result]:
    """Measure in turn; each figure is a median of ``repeats`` and holds for one network.

    The first comparison is of the very same networks. The second is of the whole sweep, where networks that differ in
    their depth alone share one analysis: what a reader of the landscape waits for.

    Raises:
        RuntimeError: the two sides disagree about a network.
    """
    configs = sample(networks)
    _agree(configs)
    count = len(sweep(BASE))
    yield _compare("totals of the same networks", partial(closed_form, configs), len(configs), configs, repeats)
    yield _compare("sweep of the landscape", whole_sweep, count, configs, repeats)


def _agree(configs: Sequence[ResNetConfig]) -> None:
    for config in configs:
        arch = analyze(config)
        expected = (totals(config).params, sum(map(torchinfo_mult_adds, arch.layers)))
        if live(config) != expected or totals(config).macs != arch.macs:
            raise RuntimeError(f"{config} has {live(config)} parameters and mult-adds by torchinfo, not {expected}.")


def _compare(
    name: str, work: Callable[[], object], count: int, configs: Sequence[ResNetConfig], repeats: int
) -> Result:
    ours, theirs = interleaved(
        lambda: seconds(work) / count,
        lambda: sum(seconds(partial(live, config)) for config in configs) / len(configs),
        repeats=repeats,
    )
    return Result(
        name=name,
        measured=theirs / ours,
        goal=GOAL,
        unit="x faster per network",
        at_least=True,
        ours=f"{count:,} networks in {ours * count * 1e3:,.0f} ms, {1 / ours:,.0f} a second",
        theirs=f"torchvision on the meta device + torchinfo, {len(configs)} of them, {1 / theirs:,.1f} a second",
    )
