"""Matches a network that was read with the layers of a configuration: stages, then blocks, then layers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from explorer.check.intended.layers import intended_layers
from explorer.check.intended.visible import Visible
from explorer.check.matching.alignment import Places, align
from explorer.check.matching.forgive import Comparison, StageMatch, forgive_cut, forgive_invisible
from explorer.check.matching.layers import Match, UnitMatch, match_unit
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import UNNAMED, ReadLayer
from explorer.network.config import ResNetConfig

_BLOCK_GAP_COST = 5.0  # of a block without counterpart, in faults of a block that has one
_MOST_PAIRS = 2_000  # pairs of different blocks that are compared; real stages have a handful
_ALL_BUT_NAME = attrgetter(*(field.name for field in fields(ReadLayer) if field.name != "name"))


@dataclass(frozen=True, slots=True)
class _Extent:
    """Whether a text shows where a stage begins and where it ends."""

    begins: bool
    ends: bool

    @property
    def whole(self) -> bool:
        return self.begins and self.ends


def match_networks(network: Network, config: ResNetConfig, visible: Visible) -> Comparison:
    """Returns every layer of ``network`` and every one that ``config`` has and that the text could show, once.

    Raises:
        ValueError: the configuration has no layers (see ``analyze``).
    """
    intended = intended_layers(config)
    count = len(intended.stages)
    numbers = _stage_numbers(network, visible)
    stages = tuple(
        _match_stage(stage, intended.stages[number], visible, extent=_extent(stage, network, visible))
        for stage, number in zip(network.stages, numbers, strict=True)
        if number < count
    )
    missing = () if visible.partial else sorted(set(range(count)) - set(numbers))
    comparison = Comparison(
        config,
        network,
        _match_end(network.stem, intended.stem, visible),
        stages,
        _match_end(network.head, intended.head, visible),
        missing=tuple(number + 1 for number in missing),
        extra=tuple(stage for stage, number in zip(network.stages, numbers, strict=True) if number >= count),
    )
    return forgive_cut(comparison, intended, visible)


def _stage_numbers(network: Network, visible: Visible) -> list[int]:
    """Returns which stage of the configuration, from 0, each stage is: by the stages' names if all have a number."""
    found = [stage.number for stage in network.stages]
    given = [number for number in found if number is not None]
    if not visible.partial and len(given) == len(found) and given == sorted(set(given)) and given[0] in (0, 1):
        return [number - given[0] for number in given]
    return [visible.offset + place for place in range(len(found))]


def _extent(stage: Stage, network: Network, visible: Visible) -> _Extent:
    first, last = stage is network.stages[0], stage is network.stages[-1]
    alone = visible.partial and not stage.bounded
    begins = not first or bool(network.stem.main) or not (visible.cut_start or alone)
    ends = not last or bool(network.head.main) or not (visible.cut_end or alone)
    return _Extent(begins, ends)


def _match_stage(stage: Stage, intended: Sequence[Unit], visible: Visible, *, extent: _Extent) -> StageMatch:
    blocks = stage.blocks
    if len(blocks) == len(intended):
        pairs: Places = [(place, place) for place in range(len(intended))]
    elif places := _places_in_stage(blocks, len(intended), visible, extent):
        pairs = list(enumerate(places))
    else:
        cost = _cached(lambda one, other: _match(one, other, visible).faults, (*blocks, *intended))
        pairs = align(blocks, intended, cost, lambda _: _BLOCK_GAP_COST)
    matched = {other for _, other in pairs}
    pairs += [(None, other) for other in range(len(intended)) if other not in matched]
    matches = tuple(
        _match(blocks[one], intended[other], visible) for one, other in pairs if one is not None and other is not None
    )
    missing = tuple(intended[other] for one, other in pairs if one is None and other is not None)
    extra = tuple(blocks[one] for one, other in pairs if other is None and one is not None)
    return StageMatch(stage, matches, len(intended), missing if extent.whole else (), extra)


def _places_in_stage(blocks: Sequence[Unit], most: int, visible: Visible, extent: _Extent) -> list[int]:
    """Returns which blocks of a stage of ``most`` the text shows, if it shows a part of a network.

    Their numbers tell, or that the part begins or ends with the stage. The list is empty where nothing tells.
    """
    if not visible.partial:
        return []
    places = [int(name) for block in blocks if (name := block.name.rpartition(".")[2]).isdigit() and len(name) < 6]
    if visible.named and len(places) == len(blocks) and places == sorted(set(places)) and places[-1] < most:
        return places
    if len(blocks) > most or extent.begins == extent.ends:
        return []
    return list(range(len(blocks))) if extent.begins else list(range(most - len(blocks), most))


def _cached(cost: Callable[[Unit, Unit], float], units: Sequence[Unit]) -> Callable[[Unit, Unit], float]:
    """Computes ``cost`` once for blocks with the same layers: a stage repeats one block many times."""
    numbers: dict[tuple[object, ...], int] = {}
    looks = {id(unit): numbers.setdefault(_without_names(unit), len(numbers)) for unit in units}
    known: dict[tuple[int, int], float] = {}

    def cached(one: Unit, other: Unit) -> float:
        key = (looks[id(one)], looks[id(other)])
        if key not in known:
            known[key] = cost(one, other) if len(known) < _MOST_PAIRS else _BLOCK_GAP_COST
        return known[key]

    return cached


def _without_names(unit: Unit) -> tuple[object, ...]:
    return tuple((layer.local, _ALL_BUT_NAME(layer)) for layer in unit.layers)


def _match(read: Unit, intended: Unit, visible: Visible) -> UnitMatch:
    unit = match_unit(read, intended, by_name=visible.by_name, number_shift=visible.number_shift)
    unit = forgive_invisible(unit, visible)
    return unit if visible.named and UNNAMED not in read.name else _with_intended_names(unit)


def _match_end(read: Unit, intended: Unit, visible: Visible) -> UnitMatch | None:
    """Matches the stem or the head. Returns None if a part of a network shows nothing of it."""
    if visible.partial and not read.main:
        return None
    return _match(read, intended, replace(visible, by_name=False))


def _with_intended_names(unit: UnitMatch) -> UnitMatch:
    """Gives the layers that were read torchvision's names, since the text has none."""
    prefix = f"{unit.intended.name}." if unit.intended.name else ""

    def named(match: Match) -> Match:
        if match.read is None:
            return match
        name = match.intended.name if match.intended else prefix + match.read.local
        return Match(replace(match.read, name=name), match.intended)

    read = replace(unit.read, name=unit.intended.name)
    return UnitMatch(read, unit.intended, tuple(map(named, unit.main)), tuple(map(named, unit.shortcut)))
