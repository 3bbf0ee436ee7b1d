"""One block of residual-56 cut and 1,000 pictures tested, against one forward pass of them by the whole network.

The mean over all blocks, each cut alone and by itself, as a reader who clicks one block after the other asks for them:
what a study keeps of the whole network's maps is there already. The weights are random: they change no time.

And a reader's click on the page, from click to answer: one block, which is recorded, and that block with another one,
which is measured.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import fmean, median
from urllib.parse import urlencode

import torch

from bench.client import Visitor
from bench.result import Result, seconds
from bench.server import serve
from explorer import ResNetConfig, build, preset
from explorer.live.devices import leave_a_core_free
from explorer.live.shared_network import at_once
from explorer.training.damage.cuts import Damage, can_be_cut
from explorer.training.damage.study import KEPT_BYTES, LesionStudy

GOAL = 0.6
CLICK_SECONDS = 1.5
CONFIG = replace(preset("resnet56"), in_channels=1, image_size=28)


def run(config: ResNetConfig = CONFIG, pictures: int = 1000, clicks: int = 9) -> Iterator[Result]:
    """Measure each block's cut and a forward pass in turn; then ``clicks`` on the page, of each kind."""
    threads = torch.get_num_threads()
    leave_a_core_free()
    try:
        yield _compare(config, pictures)
    finally:
        torch.set_num_threads(threads)
    if clicks:
        yield from _clicks(clicks)


def _compare(config: ResNetConfig, pictures: int) -> Result:
    blocks = can_be_cut(config)
    net = build(config).eval().to(memory_format=torch.channels_last)  # as a study runs it
    images = torch.randn(pictures, config.in_channels, config.image_size, config.image_size)
    study = LesionStudy(net, images, torch.zeros(pictures, dtype=torch.int64))

    def whole() -> None:
        with torch.inference_mode():
            for chunk in torch.split(images, at_once(images)):
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


def _clicks(count: int) -> Iterator[Result]:
    """Cut blocks all along residual-56. There is no browser: a visitor opens the links that the clicks lead to."""
    blocks = len(can_be_cut(CONFIG))
    chosen = [number * (blocks - 2) // (count - 1) for number in range(count)]
    with serve() as server, Visitor(server, "training") as page:
        _answer(page, set())
        for what, more in (("one block", set()), ("two blocks", {blocks - 1})):
            times = [seconds(partial(_answer, page, {block} | more)) for block in chosen]
            yield Result(
                name=f"Damage tab, {what} of residual-56 cut, from click to answer",
                measured=fmean(times),
                goal=CLICK_SECONDS,
                unit="s",
                at_least=False,
                ours=f"mean of {count}, the slowest {max(times):.2f} s",
                theirs="",
            )


def _answer(page: Visitor, cut: set[int]) -> None:
    """Open the tab with these blocks cut and wait for its answer."""
    marks = "".join("1" if block in cut else "0" for block in range(len(can_be_cut(CONFIG))))
    page.visit(urlencode({"experiment": "Damage", "damaged": "residual-56-seed0", "cuts": marks}))
    page.settle()
    words = "Without the branch" if cut else "Nothing is cut"
    if not any(words in each.markdown.body for each in page.shown.values()):
        raise RuntimeError("The page settled without its answer.")
