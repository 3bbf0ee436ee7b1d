"""One block of residual-56 cut and 1,000 pictures tested, against one forward pass of them by the whole network.

The mean over all blocks, each cut alone and by itself, as a reader who clicks one block after the other asks for them:
what a study keeps of the whole network's maps is there already. The weights are random: they change no time.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import fmean, median

import torch

from bench.result import Result, seconds
from explorer import ResNetConfig, build, preset
from explorer.live.devices import leave_a_core_free
from explorer.training.damage.cuts import Damage, can_be_cut
from explorer.training.damage.study import CHUNK, KEPT_BYTES, LesionStudy

GOAL = 0.6
CONFIG = replace(preset("resnet56"), in_channels=1, image_size=28)


def run(config: ResNetConfig = CONFIG, pictures: int = 1000) -> Iterator[Result]:
    """Measure each block's cut and a forward pass in turn."""
    threads = torch.get_num_threads()
    leave_a_core_free()
    try:
        yield _compare(config, pictures)
    finally:
        torch.set_num_threads(threads)


def _compare(config: ResNetConfig, pictures: int) -> Result:
    blocks = can_be_cut(config)
    net = build(config).eval().to(memory_format=torch.channels_last)  # as a study runs it
    images = torch.randn(pictures, config.in_channels, config.image_size, config.image_size)
    study = LesionStudy(net, images, torch.zeros(pictures, dtype=torch.int64))

    def whole() -> None:
        with torch.inference_mode():
            for chunk in torch.split(images, CHUNK):
                net(chunk)

    whole()  # unrecorded
    times = [(seconds(partial(study.lesions, [Damage((block,))])), seconds(whole)) for block in blocks]
    ours, theirs = fmean(cut for cut, _ in times), median(passed for _, passed in times)
    return Result(
        name=f"a block of ResNet-{config.depth} cut",
        measured=ours / theirs,
        goal=GOAL,
        unit="×",
        at_least=False,
        ours=f"mean of {len(blocks)}, {pictures:,} pictures, {KEPT_BYTES // 2**20} MiB kept, {ours * 1e3:.0f} ms",
        theirs=f"one forward pass, {theirs * 1e3:.0f} ms",
    )
