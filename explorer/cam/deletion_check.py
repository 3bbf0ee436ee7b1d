"""Deletion and insertion measured: whether the pixels that a map calls important matter to the network (Petsiuk, Das,
Saenko 2018, arXiv:1806.07421, section 3.3)."""

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.transforms.functional import gaussian_blur

from explorer.cam.check_values import Baseline, BeliefCurve, Trial
from explorer.cam.input_checks import checked_images, checked_logits
from explorer.cam.saliency_map import scaled_up
from explorer.cam.target_classes import check_classes, whole_numbers
from explorer.live.progress import Progress, StepCounter, check_seed
from explorer.live.shared_network import at_once, outputs
from explorer.text.errors import Refusal

__all__ = ["MAX_RANDOM", "MAX_STEPS", "belief_curve"]

MAX_STEPS, MAX_RANDOM = 500, 100
_KERNEL, _SIGMA = 11, 5.0  # pixels; the authors' (eclique/RISE, evaluation.py)
_USUAL = {Trial.DELETION: Baseline.MEAN, Trial.INSERTION: Baseline.BLURRED}


def belief_curve(
    net: nn.Module,
    image: Tensor,
    values: NDArray[np.float32],
    target: int,
    trial: Trial | str,
    *,
    baseline: Baseline | str | None = None,
    steps: int = 50,
    random: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> BeliefCurve:
    """The probability of class ``target`` while the pixels of ``image`` (1, C, H, W) are deleted, or inserted, in the
    order of a map's ``values`` (h, w), largest first; and in the order of ``random`` maps.

    The values are signed, so places that speak against the class come last; equal ones come in random order. Random
    maps have the map's own resolution and are enlarged like it: single random pixels would disturb the network more
    than any map's patches. ``baseline`` stands where pixels are missing; by default, as in the paper, one colour at
    deletion and the blurred picture at insertion. ``progress`` is called before each pass and may raise to stop.

    Raises:
        Refusal: several pictures, values that are no map, or a number, class, trial or baseline that there is not.
    """
    image = checked_images(net, image)
    _check_picture(image, values)
    kind = _option("trial", trial, Trial)
    missing = _USUAL[kind] if baseline is None else _option("baseline", baseline, Baseline)
    _check_count("steps", steps, 1, MAX_STEPS)
    _check_count("random", random, 0, MAX_RANDOM)
    check_seed(seed)
    target = _one_class(target)
    size = (image.shape[2], image.shape[3])
    ranks = torch.from_numpy(np.stack(_orders(values, size, random, seed))).to(image.device)
    pictures = (image[0], _baseline(image, missing)[0])
    kept, gone = pictures if kind is Trial.DELETION else pictures[::-1]
    tell = StepCounter(ceil(len(ranks) * (steps + 1) / at_once(image)), progress)
    curves = _probabilities(_probability_of(net, target, tell), kept, gone, ranks, steps)
    shares = tuple(step / steps for step in range(steps + 1))
    return BeliefCurve(kind, missing, target, shares, curves[0], curves[1:])


def _probability_of(net: nn.Module, target: int, tell: StepCounter) -> Callable[[Tensor], list[float]]:
    """Returns a function from pictures (N, C, H, W) to their N probabilities of the class ``target``."""

    def probability(pictures: Tensor) -> list[float]:
        tell("replacing pixels in the order of the map and of random ones")
        logits = checked_logits(net, outputs(net, pictures), len(pictures))
        check_classes("target", [target], logits.shape[1])
        probabilities: list[float] = logits.double().softmax(1)[:, target].tolist()
        return probabilities

    return probability


def _check_picture(image: Tensor, values: NDArray[np.float32]) -> None:
    if len(image) != 1 or values.ndim != 2 or not values.size:
        raise Refusal(
            f"image has the shape {tuple(image.shape)} and the map {values.shape}: give one picture (1, C, H, W) and "
            "its map (h, w)."
        )


def _one_class(target: int) -> int:
    classes = whole_numbers("target", target)
    if len(classes) != 1:
        raise Refusal(f"target is {str(target)[:60]}: there is one picture, so give one class index.")
    return classes[0]


def _option(name: str, value: Any, options: type[Trial] | type[Baseline]) -> Any:
    try:
        return options(value)
    except ValueError:
        raise Refusal(f"{name} is {str(value)[:60]!r}: it must be one of {', '.join(options)}.") from None


def _check_count(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refusal(f"{name} is {str(value)[:60]}: it must be a whole number from {least} to {most:,}.")


def _orders(values: NDArray[np.float32], size: tuple[int, int], random: int, seed: int) -> list[NDArray[np.int64]]:
    """For the map and each random one the place of every pixel (H, W) in its order, 0 being the most important."""
    draw = np.random.default_rng(seed)
    maps = [values, *draw.random((random, *values.shape), dtype=np.float32)]
    return [_ranks(scaled_up(each, *size), draw) for each in maps]


def _ranks(values: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.int64]:
    flat = values.ravel()
    order = np.lexsort((draw.random(flat.size), -flat))  # what is no number comes last
    ranks = np.empty(flat.size, dtype=np.int64)
    ranks[order] = np.arange(flat.size)
    return ranks.reshape(values.shape)


def _baseline(image: Tensor, missing: Baseline) -> Tensor:
    """What stands where pixels are missing, as a picture (1, C, H, W)."""
    if missing is Baseline.MEAN:
        return image.mean((2, 3), keepdim=True).expand_as(image)
    sides = [min(_KERNEL, 2 * side - 1) for side in (image.shape[3], image.shape[2])]  # its edges are mirrored
    blurred: Tensor = gaussian_blur(image, sides, [_SIGMA, _SIGMA])
    return blurred


def _probabilities(
    chance: Callable[[Tensor], list[float]], kept: Tensor, gone: Tensor, ranks: Tensor, steps: int
) -> tuple[tuple[float, ...], ...]:
    """For each order (H, W) in ``ranks`` the ``chance`` with each of ``steps`` + 1 shares of the pixels ``gone``."""
    pixels, few = kept[0].numel(), at_once(kept)
    orders = torch.arange(len(ranks), device=ranks.device).repeat_interleave(steps + 1)
    counts = (torch.arange(steps + 1, device=ranks.device) * pixels // steps).repeat(len(ranks))
    found: list[float] = []
    for start in range(0, len(orders), few):
        part = slice(start, start + few)
        mask = ranks[orders[part]] < counts[part, None, None]  # (n, H, W)
        found += chance(torch.where(mask[:, None], gone, kept))
    return tuple(tuple(found[start : start + steps + 1]) for start in range(0, len(found), steps + 1))
