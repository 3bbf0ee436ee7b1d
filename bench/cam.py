"""Grad-CAM of ResNet-50 at 224 px, at its last stage and of all blocks, against one forward pass, captum and
pytorch-grad-cam; Grad-CAM++ and LayerCAM against one forward pass.

All in one run, in turn, with as many threads as the app computes with. The weights are random: they change no time.
Each library has a network of its own, as it is built: its parameters could be trained.
"""

import statistics
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random

import torch
from captum.attr import LayerGradCam
from pytorch_grad_cam import GradCAM  # type: ignore[import-untyped]
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget  # type: ignore[import-untyped]
from torch import Tensor

from bench.result import Result, seconds
from explorer import ResNetConfig, build, preset
from explorer.cam.maps import atlas, cam, grad_cam
from explorer.cam.saliency_map import QUICK, layer_names
from explorer.cam.words import METHOD_NAMES
from explorer.live.devices import leave_a_core_free

CAM_GOAL, ATLAS_GOAL, PYTORCH_GRAD_CAM_GOAL = 1.15, 2.6, 3.0
QUICK_GOAL = 1.5  # of the other methods of one backward pass
CAPTUM_GOAL = 0.95  # as fast, but for what medians of few repeats differ by
TARGET, STAGE = 281, "layer4"


def run(repeats: int = 15, config: ResNetConfig | None = None) -> Iterator[Result]:
    """Measure in turn; each figure is a median of ``repeats``."""
    config = config or preset("resnet50")
    threads = torch.get_num_threads()
    leave_a_core_free()
    try:
        times = _medians(_works(config), repeats)
    finally:
        torch.set_num_threads(threads)
    yield from _results(f"Grad-CAM of ResNet-{config.depth}", times, len(layer_names(config)) - 1)


def _works(config: ResNetConfig) -> Mapping[str, Callable[[], object]]:
    net, for_captum, for_grad_cam = (build(config).eval() for _ in range(3))
    images = torch.randn(1, config.in_channels, config.image_size, config.image_size)
    target, blocks = min(TARGET, config.num_classes - 1), layer_names(config)[1:]
    captum = LayerGradCam(for_captum, for_captum.get_submodule(STAGE))
    theirs = GradCAM(for_grad_cam, [for_grad_cam.get_submodule(STAGE)])

    def forward() -> Tensor:
        with torch.no_grad():
            logits: Tensor = net(images)
        return logits

    return {
        "forward": forward,
        "cam": lambda: grad_cam(net, images, target, STAGE),
        "atlas": lambda: atlas(net, images, target, blocks),
        **{METHOD_NAMES[each]: partial(cam, net, images, target, STAGE, method=each) for each in QUICK},
        "captum": lambda: captum.attribute(images, target, relu_attributions=True),
        "pytorch-grad-cam": lambda: theirs(images, [ClassifierOutputTarget(target)]),
    }


def _medians(works: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Seconds of each work, in rounds, each in another order: what comes after a heavy one finds the caches empty.

    One unrecorded round comes first.
    """
    shuffle = Random(0).sample
    orders = (shuffle(list(works), len(works)) for _ in range(1 + repeats))
    rounds = [{name: seconds(works[name]) for name in order} for order in orders][1:]
    return {name: statistics.median(each[name] for each in rounds) for name in works}


def _results(network: str, times: Mapping[str, float], blocks: int) -> list[Result]:
    ms = {name: f"{time * 1e3:.0f} ms" for name, time in times.items()}
    forward, ours = f"one forward pass, {ms['forward']}", f"a map at the last stage, {ms['cam']}"
    mine, passed = times["cam"], times["forward"]
    quick = [METHOD_NAMES[each] for each in QUICK]
    return [
        Result(network, mine / passed, CAM_GOAL, "×", False, ours, forward),
        Result(
            f"{network}, the atlas",
            times["atlas"] / passed,
            ATLAS_GOAL,
            "×",
            False,
            f"all {blocks} blocks, {ms['atlas']}",
            forward,
        ),
        Result(
            network,
            times["captum"] / mine,
            CAPTUM_GOAL,
            "× faster",
            True,
            ours,
            f"captum's LayerGradCam, {ms['captum']}",
        ),
        Result(
            network,
            times["pytorch-grad-cam"] / mine,
            PYTORCH_GRAD_CAM_GOAL,
            "× faster",
            True,
            ours,
            f"pytorch-grad-cam, {ms['pytorch-grad-cam']}",
        ),
        *(
            Result(
                network.replace("Grad-CAM", name, 1),
                times[name] / passed,
                QUICK_GOAL,
                "×",
                False,
                f"a map at the last stage, {ms[name]}",
                forward,
            )
            for name in quick
        ),
    ]
