"""The parts of a network that have parameters, as people call them, and what each has in two networks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from explorer.compare.budget import Measure
from explorer.network.architecture import Architecture
from explorer.network.layer import Kind, Layer, Role
from explorer.text.quantities import human

# A sentence names the second cause of a gain (or of a loss) if it makes at least this share of that gain, and names
# gains beside losses if the smaller of the two is at least this share of the larger. The tables have all causes.
_WORTH_NAMING = 0.05


class Part(StrEnum):
    """What a sentence blames. A convolution's biases are a part of their own: they are no growth of its weights."""

    STEM = "stem"
    CONV3X3 = "3×3 convolutions"
    CONV1X1 = "1×1 convolutions"
    PROJECTIONS = "projections"
    ALL_1X1 = "1×1 convolutions, projections included,"
    BIASES = "convolution biases"
    NORMS = "norms"
    ATTENTION = "squeeze-and-excitation layers"
    SCALES = "learned scales"
    CLASSIFIER = "classifier"

    @property
    def convolves(self) -> bool:
        """Whether its parameters are weights of convolutions and nothing else."""
        return self not in (Part.BIASES, Part.NORMS, Part.ATTENTION, Part.SCALES, Part.CLASSIFIER)

    def verb(self, stem: str) -> str:
        """The verb in the number that the part has: the stem grows, norms grow."""
        return f"{stem}s" if self in (Part.STEM, Part.CLASSIFIER) else stem


_PARTS: Mapping[Role, Part] = {
    Role.STEM: Part.STEM,
    Role.CONV3X3: Part.CONV3X3,
    Role.REDUCE: Part.CONV1X1,
    Role.EXPAND: Part.CONV1X1,
    Role.SHORTCUT: Part.PROJECTIONS,
    Role.NORM: Part.NORMS,
    Role.CLASSIFIER: Part.CLASSIFIER,
    Role.ATTENTION: Part.ATTENTION,
    Role.OTHER: Part.SCALES,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What one part has in the first network and in the second: parameters or MACs."""

    part: Part
    before: int
    after: int

    @property
    def value(self) -> int:
        """The difference, second minus first."""
        return self.after - self.before


def amounts(arch: Architecture, measure: Measure) -> dict[Part, int]:
    """What each part has of a network's parameters or MACs, none left out: their sum is the total."""
    found = dict.fromkeys(Part, 0)
    for layer in arch.layers:
        amount = measure.of(layer)
        if not amount:
            continue
        biases = _biases(layer) if measure is Measure.PARAMS else 0
        found[_PARTS[layer.role]] += amount - biases
        found[Part.BIASES] += biases
    return found


def _biases(layer: Layer) -> int:
    """A convolution's biases, one for each channel; the classifier and squeeze-and-excitation keep their own."""
    counted = layer.kind is Kind.CONV and layer.role is not Role.ATTENTION
    return layer.output_shape[0] if counted and layer.bias else 0


def changes(first: Architecture, second: Architecture, measure: Measure) -> tuple[Change, ...]:
    """The parts whose parameters or MACs differ, the largest difference first; the differences add up to the totals'.

    Projections are 1×1 convolutions too: where both grow, or both shrink, they are one part.

    Raises:
        ValueError: a measure that is not of weights, such as memory, which every layer has.
    """
    if measure is Measure.MEMORY:
        raise ValueError(f"Measure {measure.value!r} belongs to no part with weights: ask for params or macs.")
    before, after = amounts(first, measure), amounts(second, measure)
    found = {part: Change(part, before[part], after[part]) for part in Part}
    main, beside = found[Part.CONV1X1], found[Part.PROJECTIONS]
    if main.value * beside.value > 0:
        del found[Part.CONV1X1], found[Part.PROJECTIONS]
        found[Part.ALL_1X1] = Change(Part.ALL_1X1, main.before + beside.before, main.after + beside.after)
    differing = (change for change in found.values() if change.value)
    return tuple(sorted(differing, key=lambda change: -abs(change.value)))


def moves(moved: Sequence[Change], measure: Measure) -> str:
    """The largest changes, what is saved before what is added: ``its ... shrink from a to b, while its ...``."""
    directions = [[change for change in moved if change.value < 0], [change for change in moved if change.value > 0]]
    least = _WORTH_NAMING * max(map(_movement, directions))
    return ", while ".join(
        " and ".join(_moved(change, measure) for change in _main(direction))
        for direction in directions
        if _movement(direction) >= least
    )


def _movement(direction: Sequence[Change]) -> int:
    return sum(abs(change.value) for change in direction)


def _main(direction: Sequence[Change]) -> Iterator[Change]:
    """The largest change, and the second where it matters."""
    yield direction[0]
    least = _WORTH_NAMING * _movement(direction)
    yield from (change for change in direction[1:2] if abs(change.value) >= least)


def _moved(change: Change, measure: Measure) -> str:
    """One part's change with its figures, exact where rounded ones would look alike."""
    part = change.part
    unit = "MACs" if measure is Measure.MACS else "weights" if part.convolves else "parameters"
    if not change.after:
        return f"the {part} disappear with their {human(change.before)} {unit}"
    if not change.before:
        return f"its {part} bring {human(change.after)} {unit}"
    before, after = human(change.before), human(change.after)
    if before == after:
        before, after = f"{change.before:,}", f"{change.after:,}"
    return f"its {part} {part.verb('grow' if change.value > 0 else 'shrink')} from {before} to {after} {unit}"
