"""Matches the layers of one block, of the stem or of the head with the intended ones."""

from dataclasses import dataclass, replace
from typing import Any

from explorer.check.matching.alignment import INFINITE, align
from explorer.check.structure.names import number_of
from explorer.check.structure.network import Unit
from explorer.check.values import Layers, ReadLayer
from explorer.network.layer import Kind

_BATCH_NORMS = ("BatchNormAct2d", "BatchNorm2d", "LazyBatchNorm2d", "SyncBatchNorm", "FrozenBatchNorm2d")
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
HARMLESS_FIELDS = ("eps", "momentum", "inplace")  # another value leaves the network what it is

# What a layer without counterpart costs, beside 1 for each wrong field of a pair, up to 3.
_GAP_COSTS = {Kind.CONV: 2.6, Kind.NORM: 2.1}
_OTHER_GAP_COST, _UNKNOWN_GAP_COST = 1.6, 0.5
_MOST_PAIR_COST = 3

DifferingFields = dict[str, tuple[Any, Any]]  # by the field's name: the value read, the value expected


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A layer that was read and its intended counterpart. At most one of the two is None. Each equals itself alone."""

    read: ReadLayer | None
    intended: ReadLayer | None

    @property
    def missing(self) -> Kind | None:
        """The kind of the intended layer if it was not read."""
        return self.intended.kind if self.intended and not self.read else None

    @property
    def differing_fields(self) -> DifferingFields:
        """The fields in which the two differ; empty where one of them is missing."""
        return differing_fields(self.read, self.intended) if self.read and self.intended else {}

    @property
    def faults(self) -> int:
        """The number of differences that make it another network; a layer without counterpart is one."""
        if self.read and self.intended:
            return len(self.differing_fields.keys() - HARMLESS_FIELDS)
        layer = self.read or self.intended
        return int(layer is not None and not is_harmless(layer))


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A block, the stem or the head and its intended counterpart, with the matches of both paths."""

    read: Unit
    intended: Unit
    main: tuple[Match, ...]
    shortcut: tuple[Match, ...]

    @property
    def matches(self) -> tuple[Match, ...]:
        """The matches of both paths."""
        return (*self.main, *self.shortcut)

    @property
    def faults(self) -> int:
        """The faults of all its layers."""
        return sum(match.faults for match in self.matches)

    def forgiving(self, *kinds: Kind) -> "UnitMatch":
        """Takes out missing layers of these kinds, or all missing layers."""
        main, shortcut = (
            tuple(match for match in path if match.missing not in (kinds or tuple(Kind)))
            for path in (self.main, self.shortcut)
        )
        return replace(self, main=main, shortcut=shortcut)


def is_harmless(layer: ReadLayer) -> bool:
    """Whether an extra layer does nothing when the network is evaluated, as Dropout does."""
    return layer.kind is Kind.DROPOUT


def differing_fields(read: ReadLayer, intended: ReadLayer) -> DifferingFields:
    """Returns the fields that both layers know and that are not equal.

    Three entries are no fields of a layer: ``class`` (the class works differently), ``size`` (the size of the output
    where a table shows no stride), and ``params`` (a number of parameters that no other field explains).
    """
    found: DifferingFields = {}
    if read.class_name and intended.class_name and not _same_class(read, intended):
        found["class"] = (read.class_name, intended.class_name)
        if intended.kind is Kind.POOL:
            return found
    for name in _COMPARED_FIELDS[intended.kind] if intended.kind else ():
        has, expected = getattr(read, name), getattr(intended, name)
        if has is not None and expected is not None and has != expected:
            found[name] = (has, expected)
    if intended.kind is Kind.CONV and not read.stride and read.before and read.before != (1, 1) and intended.stride:
        size = tuple(-(-side // step) for side, step in zip(read.before, intended.stride, strict=True))
        if read.size and read.size != size:
            found["size"] = (read.size, size)
    unexplained = intended.kind is Kind.CONV and read.kernel is None and not found
    if unexplained and read.params is not None and read.params != intended.params:
        found["params"] = (read.params, intended.params)
    return found


def _same_class(read: ReadLayer, intended: ReadLayer) -> bool:
    has, expected = read.class_name, intended.class_name
    match intended.kind:
        case Kind.CONV:
            return has not in ("Conv1d", "Conv3d")
        case Kind.NORM:
            return has in _BATCH_NORMS if expected in _BATCH_NORMS else has == expected
        case Kind.POOL if expected in _GLOBAL_POOLS:
            return has in _GLOBAL_POOLS
        case Kind.ACTIVATION | Kind.POOL:
            return has == expected
    return True


def match_layers(read: Layers, intended: Layers, *, number_shift: int | None = None) -> tuple[Match, ...]:
    """Returns every layer of both sides once, in the intended order; an extra layer comes before the next read one.

    With a ``number_shift``, which is added to the numbers in the names that were read, layers with equal numbers are
    matched first: a printed network lists its layers in the order of their definition. The rest is aligned in order at
    the least cost.
    """
    counterparts: dict[int, int] = {}
    if number_shift is not None:
        numbers = {(layer.kind, number_of(layer)): place for place, layer in enumerate(intended)}
        for place, layer in enumerate(read):
            number = number_of(layer)
            other = numbers.pop((layer.kind, number + number_shift), None) if number is not None else None
            if other is not None:
                counterparts[place] = other
    rest_read = [place for place in range(len(read)) if place not in counterparts]
    rest_intended = [place for place in range(len(intended)) if place not in counterparts.values()]
    pairs = align(
        [read[place] for place in rest_read], [intended[place] for place in rest_intended], _pair_cost, _gap_cost
    )
    for one, other in pairs:
        if one is not None and other is not None:
            counterparts[rest_read[one]] = rest_intended[other]
    return _in_intended_order(read, intended, counterparts)


def _in_intended_order(read: Layers, intended: Layers, counterparts: dict[int, int]) -> tuple[Match, ...]:
    read_places = {other: one for one, other in counterparts.items()}
    matches: list[Match] = []
    extras = [place for place in range(len(read)) if place not in counterparts]
    for place, layer in enumerate(intended):
        read_place = read_places.get(place)
        while extras and read_place is not None and extras[0] < read_place:
            matches.append(Match(read[extras.pop(0)], None))
        matches.append(Match(None if read_place is None else read[read_place], layer))
    return (*matches, *(Match(read[place], None) for place in extras))


def _pair_cost(read: ReadLayer, intended: ReadLayer) -> float:
    if read.kind is not intended.kind:
        return INFINITE
    return min(len(differing_fields(read, intended).keys() - HARMLESS_FIELDS), _MOST_PAIR_COST)


def _gap_cost(layer: ReadLayer) -> float:
    return _GAP_COSTS.get(layer.kind, _OTHER_GAP_COST) if layer.kind else _UNKNOWN_GAP_COST
