"""Lesions: a trained network is damaged and tested again, with nothing retrained (Veit et al. 2016, arXiv:1605.06431).

    >>> found = lesion(net, images, labels, cuts=["layer2.1"])
    >>> found.accuracy_before, found.accuracy, found.flipped

Pictures are (N, C, H, W), scaled as the network reads them; labels are (N,). The network itself is never touched: its
copy is.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from statistics import median

from torch import Tensor

from explorer.live.progress import Progress, between, no_progress
from explorer.network.model import ResNet
from explorer.training.damage.cuts import Damage, can_be_cut, random_cut, shuffled
from explorer.training.damage.outcome import Band, DamageCurve, Lesion
from explorer.training.damage.study import LesionStudy

__all__ = ["all_single_cuts", "lesion", "random_cuts", "shuffles"]

_WHOLE = 0.1  # of the time of a study, for the whole network
SEEDS = (0, 1, 2, 3, 4)
SWAPS = (1, 2, 4, 8, 16, 32)
BINS = 8  # bands along Kendall's tau


def lesion(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    cuts: Iterable[str] = (),
    order: Sequence[str] = (),
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> Lesion:
    """The network with the branches of some blocks cut, its blocks in this ``order`` (by default the trained one).

    With ``recalibrate_on``, training pictures (M, C, H, W), the batch norms' running statistics are measured anew on
    them after the damage.

    Raises:
        Refusal: as ``Damage.of``; pictures and labels do not belong together; nothing to recalibrate.
    """
    damage = Damage.of(net.config, cuts, order)
    return _study(net, images, labels, progress).lesions([damage], recalibrate_on, _rest(progress))[0]


def all_single_cuts(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> tuple[Lesion, ...]:
    """Each block that can be cut, cut alone, in forward order; see ``lesion``."""
    damages = [Damage((block,)) for block in can_be_cut(net.config)]
    return _study(net, images, labels, progress).lesions(damages, recalibrate_on, _rest(progress))


def random_cuts(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    counts: Sequence[int] = (),
    seeds: Sequence[int] = SEEDS,
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> DamageCurve:
    """Accuracy against the number of blocks cut at random: ``counts``, by default 1 to all that can be cut.

    Each seed cuts the blocks in an order of its own. See ``lesion``.
    """
    study = _study(net, images, labels, progress)
    return cut_curve(study, counts, seeds, recalibrate_on, _rest(progress))


def shuffles(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    swaps: Sequence[int] = SWAPS,
    seeds: Sequence[int] = SEEDS,
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> DamageCurve:
    """Accuracy against Kendall's tau of the blocks' order, after each number of random ``swaps`` of equal blocks.

    A band holds the shuffles of similar taus, see ``binned``. The blocks: as in ``lesion``.
    """
    study = _study(net, images, labels, progress)
    return shuffle_curve(study, swaps, seeds, recalibrate_on, _rest(progress))


def _study(net: ResNet, images: Tensor, labels: Tensor, progress: Progress | None) -> LesionStudy:
    return LesionStudy(net, images, labels, between(progress or no_progress, 0.0, _WHOLE))


def _rest(progress: Progress | None) -> Progress:
    return between(progress or no_progress, _WHOLE, 1.0)


def cut_curve(
    study: LesionStudy,
    counts: Sequence[int] = (),
    seeds: Sequence[int] = SEEDS,
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> DamageCurve:
    """``random_cuts`` of a study."""
    sizes = counts or range(1, len(can_be_cut(study.config)) + 1)
    damages = [Damage.of(study.config, random_cut(study.config, size, seed)) for size in sizes for seed in seeds]
    found = [each.accuracy for each in study.lesions(damages, recalibrate_on, progress)]
    bands = (
        Band(size, tuple(found[number * len(seeds) : (number + 1) * len(seeds)])) for number, size in enumerate(sizes)
    )
    return _curve(study, seeds, tuple(bands), recalibrated=recalibrate_on is not None)


def shuffle_curve(
    study: LesionStudy,
    swaps: Sequence[int] = SWAPS,
    seeds: Sequence[int] = SEEDS,
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> DamageCurve:
    """``shuffles`` of a study."""
    config = study.config
    damages = [Damage.of(config, order=shuffled(config, count, seed)) for count in swaps for seed in seeds]
    found = study.lesions(damages, recalibrate_on, progress)
    pairs = sorted((damage.tau(config), each.accuracy) for damage, each in zip(damages, found, strict=True))
    return _curve(study, seeds, binned(pairs), recalibrated=recalibrate_on is not None)


def _curve(study: LesionStudy, seeds: Sequence[int], bands: tuple[Band, ...], *, recalibrated: bool) -> DamageCurve:
    return DamageCurve(study.config, recalibrated, study.accuracy, len(study.labels), tuple(seeds), bands)


def binned(pairs: Sequence[tuple[float, float]]) -> tuple[Band, ...]:
    """Pairs of a place and an accuracy in at most ``BINS`` bands of equal width, each at the median of its places."""
    low, high = min(pairs)[0], max(pairs)[0]
    width = (high - low) / BINS or 1.0
    bins = groupby(sorted(pairs), key=lambda pair: min(int((pair[0] - low) / width), BINS - 1))
    groups = [list(zip(*group, strict=True)) for _, group in bins]
    return tuple(Band(median(places), accuracies) for places, accuracies in groups)
