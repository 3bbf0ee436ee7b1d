"""The weight randomisation check measured: does the map change when what the network has learnt is taken away, from the
classifier down to the stem (Adebayo et al. 2018, arXiv:1810.03292, section 3.1, "cascading")?"""

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.cam.check_values import Randomisation, spearman, ssim
from explorer.cam.input_checks import checked_images
from explorer.cam.map_layers import module_of
from explorer.cam.maps import cam
from explorer.cam.saliency_map import STEM, SaliencyMap, layer_names, scaled_up
from explorer.cam.target_classes import Classes, classes_for
from explorer.live.progress import Progress, StepCounter, check_seed
from explorer.live.shared_network import at_once
from explorer.network.model import ResNet, build, build_like

__all__ = ["CLASSIFIER", "randomisation", "randomisation_over"]

CLASSIFIER = "fc"


def randomisation(
    net: ResNet, image: Tensor, target: int, layer: str, *, seed: int = 0, progress: Progress | None = None
) -> Randomisation:
    """``randomisation_over`` a single picture (1, C, H, W).

    Raises:
        Refusal: as ``explorer.cam.maps.grad_cam``. ValueError: a seed that is none.
    """
    return randomisation_over(net, image, target, layer, seed=seed, progress=progress)


def randomisation_over(
    net: ResNet, images: Tensor, targets: Classes, layer: str, *, seed: int = 0, progress: Progress | None = None
) -> Randomisation:
    """Grad-CAM at ``layer`` of pictures (N, C, H, W), each for its class, while a copy of ``net`` becomes random: first
    the classifier, then block by block from the last, at the end the stem. Each part takes the weights that a fresh
    network has from ``seed`` (``explorer.build``), running statistics included.

    Each later map is compared with the trained network's in two ways: by the ranks of the signed values (Spearman), and
    as pictures (SSIM of the positive parts, each divided by its maximum and enlarged onto the picture). ``progress`` is
    called before each pass of a few pictures and may raise to stop.

    Raises:
        Refusal: as ``explorer.cam.maps.grad_cam``. ValueError: a seed that is none.
    """
    check_seed(seed)
    images = checked_images(net, images)
    module_of(net, layer)
    targets = [target for target, _ in classes_for(net, images, targets)]
    steps, few = (CLASSIFIER, *reversed(layer_names(net.config))), at_once(images)
    tell = StepCounter((len(steps) + 1) * ceil(len(images) / few), progress)

    def maps(of: ResNet, message: str) -> tuple[SaliencyMap, ...]:
        found: list[SaliencyMap] = []
        for start in range(0, len(images), few):
            tell(message)
            part = slice(start, start + few)
            found += cam(of, images[part], targets[part], layer).maps
        return tuple(found)

    original = maps(net, "the trained network")
    copy, fresh = build_like(net), build(net.config, seed=seed).state_dict()
    later = []
    for step in steps:
        _randomise(copy, fresh, step)
        later.append(maps(copy, f"random down to {step}"))
    size = (images.shape[2], images.shape[3])
    return Randomisation(layer, seed, steps, original, tuple(later), *_similarities(original, later, size))


def _randomise(net: ResNet, fresh: Mapping[str, Tensor], step: str) -> None:
    """Give one part of ``net`` the weights of a ``fresh`` network."""
    net.load_state_dict({name: value for name, value in fresh.items() if _part(name) == step}, strict=False)


def _part(name: str) -> str:
    """The step at which a weight becomes random. The last norm of a pre-activation network goes with the classifier."""
    if name.startswith("layer"):
        return ".".join(name.split(".")[:2])
    return CLASSIFIER if name.startswith((f"{CLASSIFIER}.", "bn_last.")) else STEM


Similar = tuple[tuple[float, ...], ...]


def _similarities(
    original: Sequence[SaliencyMap], later: Sequence[Sequence[SaliencyMap]], size: tuple[int, int]
) -> tuple[Similar, Similar]:
    """For each step and picture: Spearman's correlation, and SSIM."""
    shown = [_as_shown(one, size) for one in original]
    ranks = (tuple(spearman(one.values, two.values) for one, two in zip(original, maps, strict=True)) for maps in later)
    looks = (tuple(ssim(one, _as_shown(two, size)) for one, two in zip(shown, maps, strict=True)) for maps in later)
    return tuple(ranks), tuple(looks)


def _as_shown(saliency: SaliencyMap, size: tuple[int, int]) -> NDArray[np.float32]:
    """What speaks for the class, from 0 to 1, on a picture of ``size`` (height, width)."""
    enlarged = scaled_up(saliency.positive, *size)
    largest = enlarged.max()
    return enlarged / largest if largest else enlarged
