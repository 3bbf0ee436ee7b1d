"""A network that was read beside the one it was meant to be, layer by layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from explorer.check.structure.names import canonical_name
from explorer.check.structure.network import Unit
from explorer.check.values import ReadLayer
from explorer.network.layer import Kind

_INFINITE = float("inf")
T = TypeVar("T")

_NORMS = ("BatchNorm2d", "LazyBatchNorm2d", "SyncBatchNorm", "FrozenBatchNorm2d")  # all the same to a network
_GLOBAL_POOLS = ("AdaptiveAvgPool2d", "SelectAdaptivePool2d", "FastAdaptiveAvgPool", "GlobalAvgPool2d")
_COMPARED_FIELDS = {
    Kind.CONV: ("inputs", "outputs", "kernel", "stride", "padding", "dilation", "groups", "bias"),
    Kind.NORM: ("outputs", "eps", "momentum"),
    Kind.ACTIVATION: ("inplace",),
    Kind.POOL: ("kernel", "stride", "padding"),
    Kind.LINEAR: ("inputs", "outputs", "bias"),
    Kind.PAD: ("stride",),
    Kind.ADD: (),
}
_HARMLESS_FIELDS = ("eps", "momentum", "inplace")  # fields that leave the network what it is
_GAPS = {Kind.CONV: 2.6, Kind.NORM: 2.1}

DifferingFields = dict[str, tuple[object, object]]  # by name: what it is, what was expected


@dataclass(frozen=True, slots=True)
class Match:
    """A layer beside its counterpart; one of the two is None where there is none."""

    read: ReadLayer | None
    intended: ReadLayer | None

    @property
    def differing_fields(self) -> DifferingFields:
        """In what the two differ, as far as the text tells."""
        return differing_fields(self.read, self.intended) if self.read and self.intended else {}


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A block, the stem or the head beside its counterpart."""

    read: Unit
    intended: Unit
    main: tuple[Match, ...]
    shortcut: tuple[Match, ...]


def differing_fields(read: ReadLayer, intended: ReadLayer) -> DifferingFields:
    """The fields that both know and that are not the same; ``class`` where one works differently."""
    if read.class_name and intended.class_name and not _same_class(read, intended):
        found: DifferingFields = {"class": (read.class_name, intended.class_name)}
        if intended.kind is Kind.POOL:
            return found
    else:
        found = {}
    for name in _COMPARED_FIELDS[intended.kind] if intended.kind else ():
        has, expected = getattr(read, name), getattr(intended, name)
        if has is not None and expected is not None and has != expected:
            found[name] = (has, expected)
    if intended.kind is Kind.CONV and read.stride is None and (sizes := _sizes(read, intended)):
        found["size"] = sizes
    unexplained = intended.kind is Kind.CONV and read.kernel is None and not found
    if unexplained and read.params is not None and read.params != intended.params:
        found["params"] = (read.params, intended.params)
    return found


def _sizes(read: ReadLayer, intended: ReadLayer) -> tuple[object, object] | None:
    """The size of the output and the one expected of the input, where these are known and not the same."""
    if not read.before or not read.size or not intended.stride or read.before == (1, 1):
        return None
    expected = tuple(-(-side // step) for side, step in zip(read.before, intended.stride, strict=True))
    return (read.size, expected) if read.size != expected else None


def _same_class(read: ReadLayer, intended: ReadLayer) -> bool:
    one, other = read.class_name, intended.class_name
    match intended.kind:
        case Kind.CONV:
            return one not in ("Conv1d", "Conv3d")
        case Kind.NORM:
            return one in _NORMS
        case Kind.POOL if other in _GLOBAL_POOLS:
            return one in _GLOBAL_POOLS
        case Kind.ACTIVATION | Kind.POOL:
            return one == other
    return True


def fault_count(fields: DifferingFields) -> int:
    """How many fields make it another network."""
    return sum(name not in _HARMLESS_FIELDS for name in fields)


def match_unit(read: Unit, intended: Unit, *, by_name: bool, shift: int = 0) -> UnitMatch:
    """Both paths of a unit; ``shift`` is added to the reader's numbers where they begin at 0."""
    main = match_layers(read.main, intended.main, by_name=by_name, shift=shift)
    return UnitMatch(read, intended, main, match_layers(read.shortcut, intended.shortcut, by_name=False))


def match_layers(
    read: Sequence[ReadLayer], intended: Sequence[ReadLayer], *, by_name: bool, shift: int = 0
) -> tuple[Match, ...]:
    """Every layer of either side once, in the order of the wanted ones, each extra one after what it follows.

    By name where names tell, since a printed network has its layers in the order of their definition; the rest, and
    all where names do not, by the cheapest way to turn one sequence into the other.
    """
    named: dict[int, int] = {}
    if by_name:
        places = {
            (layer.kind, canonical_name(layer)): place for place, layer in enumerate(intended) if canonical_name(layer)
        }
        for place, layer in enumerate(read):
            other = places.pop((layer.kind, _shifted(canonical_name(layer), shift)), None)
            if other is not None:
                named[place] = other
    rest_read = [place for place in range(len(read)) if place not in named]
    rest_intended = [place for place in range(len(intended)) if place not in named.values()]
    pairs = align(
        [read[place] for place in rest_read], [intended[place] for place in rest_intended], _pair_cost, _gap_cost
    )
    for one, other in pairs:
        if one is not None and other is not None:
            named[rest_read[one]] = rest_intended[other]
    return _in_order(read, intended, named)


def _shifted(name: str | None, shift: int) -> str | None:
    if name is None or not shift:
        return name
    stem = name.rstrip("0123456789")
    return f"{stem}{int(name[len(stem) :]) + shift}"


def _in_order(read: Sequence[ReadLayer], intended: Sequence[ReadLayer], named: dict[int, int]) -> tuple[Match, ...]:
    back = {other: one for one, other in named.items()}
    out: list[Match] = []
    extras = [place for place in range(len(read)) if place not in named]
    for place, layer in enumerate(intended):
        one = back.get(place)
        while extras and one is not None and extras[0] < one:
            out.append(Match(read[extras.pop(0)], None))
        out.append(Match(None if one is None else read[one], layer))
    return (*out, *(Match(read[place], None) for place in extras))


def _pair_cost(read: ReadLayer, intended: ReadLayer) -> float:
    if read.kind is not intended.kind:
        return _INFINITE
    return min(fault_count(differing_fields(read, intended)), 3)


def _gap_cost(layer: ReadLayer) -> float:
    return _GAPS.get(layer.kind, 1.6) if layer.kind else 0.5


def align(
    one: Sequence[T], other: Sequence[T], pair: Callable[[T, T], float], gap: Callable[[T], float]
) -> list[tuple[int | None, int | None]]:
    """Places of both sequences in order, side by side at the least total cost (Needleman and Wunsch 1970).

    Where several ways cost the same, what has no counterpart comes last.
    """
    most = min(len(one), len(other))
    start = next((place for place in range(most) if pair(one[place], other[place])), most)
    most -= start
    end = next((place for place in range(most) if pair(one[-1 - place], other[-1 - place])), most)
    inner = _Alignment(one[start : len(one) - end], other[start : len(other) - end], pair, gap).walk()
    between = [
        (None if row is None else row + start, None if column is None else column + start) for row, column in inner
    ]
    after = [(len(one) - place, len(other) - place) for place in range(end, 0, -1)]
    return [*((place, place) for place in range(start)), *between, *after]


class _Alignment(Generic[T]):
    def __init__(
        self, one: Sequence[T], other: Sequence[T], pair: Callable[[T, T], float], gap: Callable[[T], float]
    ) -> None:
        self.one, self.other, self.pair, self.gap = one, other, pair, gap
        # Of what is left, from each place to both ends.
        self.costs = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
        for row in range(len(one), -1, -1):
            for column in range(len(other), -1, -1):
                if row < len(one) or column < len(other):
                    self.costs[row][column] = min(self.steps(row, column))

    def steps(self, row: int, column: int) -> tuple[float, float, float]:
        """The cost of going on with a pair, with one of the first's alone, with one of the other's alone."""
        first, second = row < len(self.one), column < len(self.other)
        return (
            self.pair(self.one[row], self.other[column]) + self.costs[row + 1][column + 1]
            if first and second
            else _INFINITE,
            self.gap(self.one[row]) + self.costs[row + 1][column] if first else _INFINITE,
            self.gap(self.other[column]) + self.costs[row][column + 1] if second else _INFINITE,
        )

    def walk(self) -> list[tuple[int | None, int | None]]:
        out: list[tuple[int | None, int | None]] = []
        row = column = 0
        while row < len(self.one) or column < len(self.other):
            steps = self.steps(row, column)
            step = steps.index(min(steps))
            out.append((None if step == 2 else row, None if step == 1 else column))
            row, column = row + (step != 2), column + (step != 1)
        return out
