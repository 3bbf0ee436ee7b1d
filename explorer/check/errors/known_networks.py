"""Finds the two published networks that an error of ``load_state_dict`` is about: the code's and the file's."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import product

from explorer.check.errors.load_error import LoadError, Shape
from explorer.network.config import LIMITS, ResNetConfig, with_fields
from explorer.network.presets import PRESET_INFO, Preset
from explorer.network.weight_shapes import weight_shapes

_MOST_SIDES = 12  # networks that are tried for each side: those that explain the message best
_ENDS = ("fc.weight", "fc.bias")


@dataclass(frozen=True, slots=True)
class Pair:
    """The network in the code and the one in the file. ``exact``: between them the very same names differ."""

    model: Preset
    file: Preset
    exact: bool


def likely_pair(error: LoadError) -> Pair:
    """Returns the two published networks, of all pairs, whose names and shapes differ most like those in the message.

    What contradicts the message decides, then whether it leaves something out, for people shorten what they post.
    Numbers of classes and of image channels are set aside. Of several pairs the one that comes first is taken.
    """
    model, file = min(product(_sides(error, 1), _sides(error, 0)), key=lambda pair: _distance(error, *pair))
    return Pair(model, file, _distance(error, model, file) == (0, 0))


def _sides(error: LoadError, side: int) -> list[Preset]:
    """Returns the networks that contradict the fewest names and shapes of the file (``side`` 0) or the network (1)."""
    listed = (error.unexpected, error.missing)

    def wrong(info: Preset) -> tuple[int, int]:
        shapes = weight_shapes(info.config)
        if error.all_names:
            return _compared([error.all_names[side]], [shapes.keys()])
        cost = sum(name not in shapes for name in listed[side]) + sum(name in shapes for name in listed[1 - side])
        return cost + sum(not _alike(name, shapes.get(name), both[side]) for name, both in error.mismatches.items()), 0

    return sorted(PRESET_INFO.values(), key=wrong)[:_MOST_SIDES]


def _compared(said: Sequence[Set[str]], known: Sequence[Set[str]]) -> tuple[int, int]:
    """Counts the names that a message has and a network has not; then the lists in which it leaves others out."""
    pairs = list(zip(said, known, strict=True))
    return sum(len(one - other) for one, other in pairs), sum(bool(other - one) for one, other in pairs)


def _alike(name: str, known: Shape | None, shape: Shape) -> bool:
    """Whether two shapes are equal, but for the classes and the channels of the image."""
    if known is None or len(known) != len(shape):
        return False
    if name in _ENDS:
        return known[1:] == shape[1:]
    stem = len(shape) == 4 and name.startswith("conv1.")
    return (known[0], known[2:]) == (shape[0], shape[2:]) if stem else known == shape


def _distance(error: LoadError, model: Preset, file: Preset) -> tuple[int, int]:
    wanted, given = weight_shapes(model.config), weight_shapes(file.config)
    if error.all_names:
        return _compared(error.all_names, (given.keys(), wanted.keys()))
    other = {name for name in wanted.keys() & given.keys() if not _alike(name, wanted[name], given[name])}
    said = {name for name, (one, two) in error.mismatches.items() if not _alike(name, one, two)}
    known = (wanted.keys() - given.keys(), given.keys() - wanted.keys(), other)
    return _compared((error.missing, error.unexpected, said), known)


def with_counts(config: ResNetConfig, error: LoadError, side: int) -> ResNetConfig:
    """Returns ``config`` with the classes and image channels of the file (``side`` 0) or of the network (1)."""
    counts: dict[str, int] = {}
    if "fc.weight" in error.mismatches:
        counts["num_classes"] = error.mismatches["fc.weight"][side][0]
    stem = error.mismatches.get("conv1.weight", error.mismatches.get("conv1.0.weight"))
    if stem and len(stem[side]) == 4:
        counts["in_channels"] = stem[side][1]
    possible = {name: min(max(count, LIMITS[name][0]), LIMITS[name][1]) for name, count in counts.items()}
    return with_fields(config, possible)
