"""Matches a network that was read with the layers of a configuration: stages, then blocks, then layers."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from operator import attrgetter

from explorer.check.intended.layers import intended_layers
from explorer.check.intended.visible import Visible
from explorer.check.matching.alignment import Places, align
from explorer.check.matching.forgive import Comparison, StageMatch, forgive_cut, forgive_invisible
from explorer.check.matching.layers import Match, UnitMatch, match_layers
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import UNNAMED, ReadLayer
from explorer.network.config import ResNetConfig

_BLOCK_GAP_COST = 5.0  # of a block without counterpart, in faults of a block that has one
_MOST_PAIRS = 2_000  # pairs of different blocks that are compared; real stages have a handful
_ALL_BUT_NAME = attrgetter(*(field.name for field in fields(ReadLayer) if field.name != "name"))


def match_networks(config: ResNetConfig, visible: Visible) -> Comparison:
    """Returns every layer of the network and every one that ``config`` has and that the text could show, once.

    Raises:
        ValueError: the configuration has no layers (see ``analyze``).
    """
    network, intended = visible.network, intended_layers(config)
    count = len(intended.stages)
    numbers = [visible.offset + place for place in range(len(network.stages))]
    named = [stage.number for stage in network.stages if stage.number is not None]
    if not network.partial and len(named) == len(numbers) and named == sorted(set(named)) and named[0] in (0, 1):
        numbers = [number - named[0] for number in named]
    read = dict(zip(numbers, network.stages, strict=True))
    missing = () if network.partial else (number + 1 for number in range(count) if number not in read)
    comparison = Comparison(
        config,
        network,
        _match_end(network.stem, intended.stem, visible),
        tuple(_match_stage(stage, intended.stages[at], visible) for at, stage in read.items() if at < count),
        _match_end(network.head, intended.head, visible),
        missing=tuple(missing),
        extra=tuple(stage for at, stage in read.items() if at >= count),
    )
    return forgive_cut(comparison, intended, visible)


def _match_stage(stage: Stage, intended: Sequence[Unit], visible: Visible) -> StageMatch:
    blocks, network = stage.blocks, visible.network
    alone = network.partial and not stage.bounded
    begins = stage is not network.stages[0] or bool(network.stem.main) or not (network.text.cut_start or alone)
    ends = stage is not network.stages[-1] or bool(network.head.main) or not (network.text.cut_end or alone)
    if len(blocks) == len(intended):
        pairs: Places = [(place, place) for place in range(len(intended))]
    elif places := _places_in_stage(blocks, len(intended), network, begins=begins, ends=ends):
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
    return StageMatch(stage, matches, len(intended), missing if begins and ends else (), extra)


def _places_in_stage(blocks: Sequence[Unit], most: int, network: Network, *, begins: bool, ends: bool) -> list[int]:
    """Returns which blocks of a stage of ``most`` a part of a network shows, or nothing where nothing tells.

    Their numbers tell, or that the part begins or ends with the stage.
    """
    if not network.partial:
        return []
    places = [int(name) for block in blocks if (name := block.name.rpartition(".")[2]).isdigit() and len(name) < 6]
    told = network.text.named and len(places) == len(blocks)
    if told and places == sorted(set(places)) and places[-1] < most:
        return places
    if len(blocks) > most or begins == ends:
        return []
    return list(range(len(blocks))) if begins else list(range(most - len(blocks), most))


def _cached(cost: Callable[[Unit, Unit], float], units: Sequence[Unit]) -> Callable[[Unit, Unit], float]:
    """Computes ``cost`` once for blocks with the same layers: a stage repeats one block many times."""
    numbers: dict[tuple[object, ...], int] = {}
    looks = {}
    for unit in units:
        look = tuple((layer.local, _ALL_BUT_NAME(layer)) for layer in unit.layers)
        looks[id(unit)] = numbers.setdefault(look, len(numbers))
    known: dict[tuple[int, int], float] = {}

    def cached(one: Unit, other: Unit) -> float:
        key = (looks[id(one)], looks[id(other)])
        if key not in known:
            known[key] = cost(one, other) if len(known) < _MOST_PAIRS else _BLOCK_GAP_COST
        return known[key]

    return cached


def _match(read: Unit, intended: Unit, visible: Visible) -> UnitMatch:
    main = match_layers(read.main, intended.main, number_shift=visible.number_shift)
    unit = UnitMatch(read, intended, main, match_layers(read.shortcut, intended.shortcut))
    unit = forgive_invisible(unit, visible)
    return unit if visible.network.text.named and UNNAMED not in read.name else _with_intended_names(unit)


def _match_end(read: Unit, intended: Unit, visible: Visible) -> UnitMatch | None:
    """Matches the stem or the head. Returns None if a part of a network shows nothing of it."""
    if visible.network.partial and not read.main:
        return None
    return _match(read, intended, replace(visible, number_shift=None))


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
