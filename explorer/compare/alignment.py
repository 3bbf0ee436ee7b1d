"""Two networks side by side, stage by stage and block by block: each layer of both is in exactly one row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, zip_longest

from explorer.compare.budget import Likeness, Measure, likeness, run_label, stage_names
from explorer.export.csv_text import csv_text
from explorer.network.architecture import Architecture
from explorer.network.labels import stage_label
from explorer.network.unit_description import unit_words
from explorer.text.quantities import counted, shape

ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Side:
    """One network's side of a row: no unit, one unit, or several consecutive ones.

    ``layers`` describes one of several equal units in words, or is "alike" where each unit equals its counterpart but
    not its neighbours; ``output`` is the last unit's output shape. The numbers are sums over all units: parameters,
    MACs, and bytes of all outputs for one image in float32.
    """

    units: tuple[str, ...] = ()
    layers: str = ""
    output: str = ""
    params: int = 0
    macs: int = 0
    activation_bytes: int = 0

    @property
    def label(self) -> str:
        """``layer1.0``, ``layer1.1 to layer1.2``, ``stem to layer1.2: 4 units alike``; empty where the network has no
        counterpart."""
        label = run_label(self.units)
        return f"{label}: {counted(len(self.units), 'unit')} alike" if self.layers == ALIKE else label

    def amount(self, measure: Measure) -> int:
        """The side's number for a measure."""
        return {"params": self.params, "macs": self.macs, "memory": self.activation_bytes}[measure]


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """A unit of the first network beside its counterpart in the second; ``count`` pairs in one row.

    Consecutive pairs share a row where they differ in the same way, or where both units of each pair are equal, also
    across stages: ``stage`` is the first pair's.

    ``equal``: both sides have the same layers, with the same shapes, parameters and MACs. Which function the
    activation is, and how weights start, belong to no row: ``difference_sentence`` names them.
    """

    stage: str
    first: Side
    second: Side
    count: int
    equal: bool

    @property
    def stage_words(self) -> str:
        """The stage, or the stages, as a heading: "Stage 2", "Stem to stage 1"."""
        units = self.first_units or self.second_units
        first, last = (stage_label(unit.partition(".")[0]) for unit in (units[0], units[-1]))
        return first if first == last else f"{first} to {last.lower()}"

    @property
    def first_units(self) -> tuple[str, ...]:
        """The first network's units in this row."""
        return self.first.units

    @property
    def second_units(self) -> tuple[str, ...]:
        """The second network's units in this row."""
        return self.second.units

    def delta(self, measure: Measure) -> int:
        """The second's amount minus the first's."""
        return self.second.amount(measure) - self.first.amount(measure)


@lru_cache(maxsize=16)  # each keeps two architectures alive
def align(first: Architecture, second: Architecture) -> tuple[AlignedRow, ...]:
    """The rows in forward order: stem with stem, head with head, stages by index, blocks by index within a stage.

    The first block of a stage changes the shape, so it is paired with the other network's first. Blocks and stages
    that only one network has stand alone. Stages are counted from the front, also where their numbers differ: stage k
    has halved the stem's output k − 1 times in every network, and "layer3" means layer3 in both.
    """
    pairs = (_pair(first, second, one, other) for one, other in _matches(first, second))
    # Equal pairs fold across stages whatever they are; those that differ only with the same work on both sides.
    runs = groupby(pairs, key=lambda pair: () if pair.equal else (pair.stage, pair.before, pair.after))
    return tuple(_row(first, second, list(run)) for _, run in runs)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two paired units, "" for a missing one, and the likeness of each."""

    one: str
    other: str
    before: Likeness
    after: Likeness

    @property
    def stage(self) -> str:
        return (self.one or self.other).partition(".")[0]

    @property
    def equal(self) -> bool:
        return self.before == self.after


def _matches(first: Architecture, second: Architecture) -> Iterator[tuple[str, str]]:
    """The pairs of units; "" stands for a unit that the other network does not have."""
    before, after = _units_by_stage(first), _units_by_stage(second)
    for stage in stage_names(first, second):
        yield from zip_longest(before.get(stage, []), after.get(stage, []), fillvalue="")


def _pair(first: Architecture, second: Architecture, one: str, other: str) -> _Pair:
    return _Pair(one, other, likeness(first.unit_layers(one)), likeness(second.unit_layers(other)))


def _row(first: Architecture, second: Architecture, run: Sequence[_Pair]) -> AlignedRow:
    left = {pair.one: pair.before for pair in run if pair.one}
    right = {pair.other: pair.after for pair in run if pair.other}
    return AlignedRow(run[0].stage, _side(first, left), _side(second, right), len(run), run[0].equal)


def _units_by_stage(arch: Architecture) -> dict[str, list[str]]:
    return {stage: list(units) for stage, units in groupby(arch.units, key=lambda unit: unit.partition(".")[0])}


def _side(arch: Architecture, units: Mapping[str, Likeness]) -> Side:
    """One network's side of a row, from the likeness of each of its units."""
    if not units:
        return Side()
    several = [arch.unit_layers(unit) for unit in units]
    layers = [layer for unit in several for layer in unit]
    first, *others = units.values()
    return Side(
        tuple(units),
        unit_words(several[0]) if all(each == first for each in others) else ALIKE,
        shape(layers[-1].output_shape),
        *(sum(map(measure.of, layers)) for measure in Measure),
    )


MEASURES = {Measure.PARAMS: "parameters", Measure.MACS: "MACs", Measure.MEMORY: "activation bytes"}


def columns(first_name: str, second_name: str) -> tuple[str, ...]:
    """The names of the table's columns, all different even when a network is compared with itself."""
    if first_name == second_name:
        first_name, second_name = f"{first_name} (first)", f"{second_name} (second)"
    both = (first_name, second_name)
    texts = [f"{name}: {what}" for what in ("unit", "layers", "output") for name in both]
    numbers = [head for what in MEASURES.values() for head in (*(f"{name}: {what}" for name in both), f"Δ {what}")]
    return ("stage", "pairs", "equal", *texts, *numbers)


def alignment_csv(rows: Sequence[AlignedRow], first_name: str, second_name: str) -> str:
    """The table with ``columns`` as ``csv_text`` writes it: memory in bytes, deltas the second minus the first."""
    return csv_text(columns(first_name, second_name), map(_cells, rows))


def _cells(row: AlignedRow) -> tuple[str | int | bool, ...]:
    sides = (row.first, row.second)
    texts = [
        *(side.label for side in sides),
        *(side.layers for side in sides),
        *(side.output for side in sides),
    ]
    numbers = [
        number for measure in MEASURES for number in (*(side.amount(measure) for side in sides), row.delta(measure))
    ]
    return (row.stage_words, row.count, row.equal, *texts, *numbers)
