"""The questions of the Training page's damage tab. Functions for the queue: module-level, picklable in and out.

The last studies are kept, with the maps of their whole networks.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.live.progress import Progress, between, no_progress, part_of
from explorer.training.damage.cuts import Damage, can_be_cut, equal_blocks
from explorer.training.damage.lesion import cut_curve, shuffle_curve
from explorer.training.damage.outcome import DamageCurve, Lesion
from explorer.training.damage.study import LesionStudy
from explorer.training.damage.trained import Load, Patient, TrainedNetwork

Sweep = tuple[TrainedNetwork, bool]
"""A network all of whose blocks are cut, and whether its batch norms are measured anew after each cut."""
KEPT = 2  # studies, of explorer.training.damage.study.KEPT_BYTES each
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 20, 24)  # numbers of random cuts
CALIBRATION_PICTURES = 512  # on which batch norms are measured anew
CURVE_PICTURES = 250  # of the curves, which need hundreds of damaged networks
_LOADED = 0.2  # of the time of a first answer


@dataclass(slots=True, eq=False)
class _Place:
    """A loaded network and its study, made once."""

    lock: threading.Lock
    made: tuple[Patient, LesionStudy] | None = None


_STUDIES: OrderedDict[tuple[Load, str], _Place] = OrderedDict()
_LOCK = threading.Lock()


def _study(network: TrainedNetwork, progress: Progress) -> tuple[Patient, LesionStudy]:
    """The network's study; threads that ask for the same one wait for the first."""
    with _LOCK:
        place = _STUDIES.setdefault((network.load, network.key), _Place(threading.Lock()))
        _STUDIES.move_to_end((network.load, network.key))
        while len(_STUDIES) > KEPT:
            _STUDIES.popitem(last=False)
    with place.lock:
        if place.made is None:
            tested = network.load(network.key)
            place.made = tested, LesionStudy(tested.net, tested.images, tested.labels, progress)
        return place.made


def _asked(
    network: TrainedNetwork, progress: Progress | None, *, recalibrated: bool
) -> tuple[LesionStudy, Tensor | None, Progress]:
    tell = progress or no_progress
    tested, study = _study(network, between(tell, 0.0, _LOADED))
    return study, _calibration(tested, recalibrated=recalibrated), between(tell, _LOADED, 1.0)


def _calibration(tested: Patient, *, recalibrated: bool) -> Tensor | None:
    return tested.calibration[:CALIBRATION_PICTURES] if recalibrated else None


def get_ready(network: TrainedNetwork, *, progress: Progress | None = None) -> None:
    """Load a network and run it once, so that a first click waits for neither."""
    _study(network, progress or no_progress)


def damage_once(
    network: TrainedNetwork, damage: Damage, recalibrated: bool, *, progress: Progress | None = None
) -> Lesion:
    """One damage that a reader chose.

    Raises:
        Refusal: as ``Damage.of`` and ``LesionStudy.lesions``.
    """
    study, calibration, tell = _asked(network, progress, recalibrated=recalibrated)
    checked = Damage.of(study.config, damage.cuts, damage.order)
    return study.lesions([checked], calibration, tell)[0]


def cut_each(network: TrainedNetwork, recalibrated: bool, *, progress: Progress | None = None) -> tuple[Lesion, ...]:
    """The whole network, and every block that can be cut, cut alone."""
    study, calibration, tell = _asked(network, progress, recalibrated=recalibrated)
    return study.lesions([Damage(), *map(Damage, zip(can_be_cut(network.config)))], calibration, tell)


def cut_all(asked: Sequence[Sweep], *, progress: Progress | None = None) -> tuple[tuple[Lesion, ...], ...]:
    """``cut_each`` for each of ``asked``."""
    tell = progress or no_progress
    return tuple(
        cut_each(network, again, progress=part_of(tell, number, len(asked), f"{network.name}: "))
        for number, (network, again) in enumerate(asked)
    )


def damage_at_random(
    networks: Sequence[TrainedNetwork], shuffled: bool, recalibrated: bool, *, progress: Progress | None = None
) -> tuple[DamageCurve | None, ...]:
    """Each network's curve over random cuts, or shuffles, on ``CURVE_PICTURES``; None where nothing can be shuffled."""
    tell = progress or no_progress
    return tuple(
        _curve(network, part_of(tell, number, len(networks), f"{network.name}: "), shuffled, recalibrated)
        for number, network in enumerate(networks)
    )


def _curve(network: TrainedNetwork, tell: Progress, shuffled: bool, recalibrated: bool) -> DamageCurve | None:
    if shuffled and not equal_blocks(network.config):
        return None
    tested = network.load(network.key)
    few = LesionStudy(tested.net, tested.images[:CURVE_PICTURES], tested.labels[:CURVE_PICTURES])
    calibration = _calibration(tested, recalibrated=recalibrated)
    if shuffled:
        return shuffle_curve(few, recalibrate_on=calibration, progress=tell)
    blocks = len(can_be_cut(network.config))
    sizes = (*(size for size in SIZES if size < blocks), blocks)
    return cut_curve(few, sizes, recalibrate_on=calibration, progress=tell)
