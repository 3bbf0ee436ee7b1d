"""Where a network's parameters, MACs or memory go: by stage and role, as a tree, and as steps to another network.

Everything here is a sum over ``Architecture.layers``, so each chart's numbers add up to the network's totals.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS, stage_label
from explorer.network.layer import Layer, Role
from explorer.network.names import name_of
from explorer.text.quantities import counted, human, percent, signed, size

MOST_LEAVES = 400  # more rectangles than this in one picture are dust, and a browser takes seconds to draw them

_ROLES = tuple(Role)


class Measure(StrEnum):
    """What is counted."""

    PARAMS = "params"
    MACS = "macs"
    MEMORY = "memory"

    @property
    def label(self) -> str:
        """The name people know it by."""
        return {"params": "Parameters", "macs": "MACs", "memory": "Activation memory"}[self]

    @property
    def noun(self) -> str:
        """The name within a sentence."""
        return self.label if self is Measure.MACS else self.label.lower()

    @property
    def unit(self) -> str:
        """The unit in words; empty for parameters, which have none."""
        return {"params": "", "macs": "multiply-adds for one image", "memory": "bytes, float32, one image"}[self]

    def of(self, layer: Layer) -> int:
        """One layer's amount: parameters, MACs for one image, or bytes of its output for one image."""
        return _OF_LAYER[self](layer)

    def total(self, arch: Architecture) -> int:
        """The network's amount, as ``analyze`` gives it."""
        return {"params": arch.params, "macs": arch.macs, "memory": arch.activation_bytes}[self]

    def words(self, value: float) -> str:
        """An amount as people say it: ``25.6 M``, ``4.09 G``, ``143 MiB``."""
        return size(value) if self is Measure.MEMORY else human(value)

    def signed(self, value: float) -> str:
        """A difference with its sign: ``+3.76 M``, ``−1.2 MiB``, ``±0``."""
        return signed(value, self.words)


_OF_LAYER: Mapping[Measure, Callable[[Layer], int]] = {
    Measure.PARAMS: lambda layer: layer.params,
    Measure.MACS: lambda layer: layer.macs,
    Measure.MEMORY: lambda layer: layer.activation_bytes,
}


class By(StrEnum):
    """What the steps from one network to another are grouped by."""

    STAGE = "stage"
    ROLE = "role"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one role has in one stage, never zero."""

    stage: str
    role: Role
    value: int


@dataclass(frozen=True, slots=True)
class BudgetStep:
    """The second network's amount minus the first's; ``role`` is None by stage, ``stage`` empty by role."""

    stage: str
    role: Role | None
    value: int


@dataclass(frozen=True, slots=True)
class TreemapNode:
    """One rectangle of a treemap. Its value is the sum of its children's; ``parent`` is an id, ``tip`` plain text.

    The root has neither id nor parent. A stage's id is its name, a block's its dotted name, and a layer's (a leaf,
    the only kind with a role) its own; a node for several equal blocks is named after the first of them.
    """

    id: str
    parent: str
    label: str
    value: int
    role: Role | None
    tip: str


def stage_names(*archs: Architecture) -> tuple[str, ...]:
    """The names of all stages that at least one network has, in forward order: "stem", "layer1" ... "head"."""
    count = max((len(arch.config.stage_blocks) for arch in archs), default=0)
    return ("stem", *(f"layer{stage}" for stage in range(1, count + 1)), "head") if archs else ()


def budget(arch: Architecture, measure: Measure) -> tuple[Cell, ...]:
    """Each stage's share of each role, in stage order and then the order of Role; their sum is the total."""
    sums = _sums(arch, measure)
    return tuple(Cell(stage, role, value) for stage, role in _places(arch) if (value := sums.get((stage, role), 0)))


def budget_steps(first: Architecture, second: Architecture, measure: Measure, by: By) -> tuple[BudgetStep, ...]:
    """The differences that lead from the first network's total to the second's, in order; zeros are left out."""
    deltas: dict[tuple[str, Role | None], int] = {}
    before, after = _sums(first, measure), _sums(second, measure)
    for stage, role in _places(first, second):
        key = (stage if by is not By.ROLE else "", role if by is not By.STAGE else None)
        deltas[key] = deltas.get(key, 0) + after.get((stage, role), 0) - before.get((stage, role), 0)
    return tuple(BudgetStep(stage, role, value) for (stage, role), value in deltas.items() if value)


def _places(*archs: Architecture) -> Iterator[tuple[str, Role]]:
    return ((stage, role) for stage in stage_names(*archs) for role in _ROLES)


@lru_cache(maxsize=64)  # each part of the page asks for them, and a network may have thousands of layers
def _sums(arch: Architecture, measure: Measure) -> dict[tuple[str, Role], int]:
    sums: dict[tuple[str, Role], int] = {}
    amount = _OF_LAYER[measure]
    for layer in arch.layers:
        key = (layer.stage, layer.role)
        sums[key] = sums.get(key, 0) + amount(layer)
    return sums


Likeness = tuple[tuple[object, ...], ...]


def likeness(layers: Iterable[Layer]) -> Likeness:
    """What two units must share to be equal: kinds, roles, shapes, kernels, parameters and MACs of all their layers.

    Names and receptive fields do not count: they say where a unit is, not what it is.
    """
    return tuple(
        (
            layer.kind,
            layer.role,
            layer.input_shape,
            layer.output_shape,
            layer.kernel,
            layer.stride,
            layer.groups,
            layer.dilation,
            layer.bias,
            layer.params,
            layer.macs,
            layer.on_shortcut,
        )
        for layer in layers
    )


def tree(arch: Architecture, measure: Measure) -> tuple[TreemapNode, ...]:
    """The network as a tree for a treemap (``branchvalues="total"``): network, stages, blocks, layers.

    Nodes with value 0 are left out. Where more than ``MOST_LEAVES`` layers have a value, equal blocks in a row share
    one node, so that ResNet-1202 is drawn as fast as ResNet-20.
    """
    fold = sum(measure.of(layer) > 0 for layer in arch.layers) > MOST_LEAVES
    name, total = name_of(arch.config), measure.total(arch)
    nodes = [TreemapNode("", "", name, total, None, f"{name}: {_amount(measure, total, total)}")]
    for stage, units in groupby(arch.units, key=lambda unit: unit.partition(".")[0]):
        below = [node for run in _runs(arch, list(units), fold=fold) for node in _run_nodes(arch, measure, stage, run)]
        value = sum(node.value for node in below if node.parent == stage)
        if value:
            label = stage_label(stage)
            nodes += [TreemapNode(stage, "", label, value, None, f"{label}: {_amount(measure, value, total)}"), *below]
    return tuple(nodes)


def _runs(arch: Architecture, units: list[str], *, fold: bool) -> list[list[str]]:
    """The units of a stage one by one, or equal ones in a row together when folded."""
    if not fold:
        return [[unit] for unit in units]
    return [list(run) for _, run in groupby(units, key=lambda unit: likeness(arch.unit_layers(unit)))]


def _run_nodes(arch: Architecture, measure: Measure, stage: str, run: list[str]) -> Iterator[TreemapNode]:
    """The node of one unit (or several equal ones) and of each of its layers; stem and head are themselves stages."""
    total, count, first = measure.total(arch), len(run), run[0]
    leaves = [(layer, count * measure.of(layer)) for layer in arch.unit_layers(first) if measure.of(layer)]
    if not leaves:
        return
    if first != stage:
        label = run_label(run)
        what = label if count == 1 else f"{label}, {counted(count, 'block')} alike"
        value = sum(value for _, value in leaves)
        yield TreemapNode(first, stage, label, value, None, f"{what}: {_amount(measure, value, total)}")
    for layer, value in leaves:
        label = layer.name.removeprefix(f"{first}.")
        times = "" if count == 1 else f" in each of {counted(count, 'block')}, together"
        tip = f"{layer.name} ({ROLE_LABELS[layer.role]}){times}: {_amount(measure, value, total)}"
        yield TreemapNode(layer.name, first, label, value, layer.role, tip)


def run_label(units: list[str] | tuple[str, ...]) -> str:
    """Consecutive units in words: ``layer1.0``, ``layer1.1 to layer1.199``; empty for no units."""
    if not units:
        return ""
    return units[0] if len(units) == 1 else f"{units[0]} to {units[-1]}"


def _amount(measure: Measure, value: int, total: int) -> str:
    """An amount to the last digit, with its share of the network."""
    what = {Measure.PARAMS: "parameter", Measure.MACS: "MAC", Measure.MEMORY: "byte"}[measure]
    if value == total:
        return counted(value, what)
    return f"{counted(value, what)}, {percent(value, total)} of the network"
