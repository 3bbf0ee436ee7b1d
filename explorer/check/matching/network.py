"""The whole network that was read beside the one that it was meant to be, without what the text cannot show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.check.intended.layers import IntendedLayers, intended_layers
from explorer.check.intended.visible import Visible
from explorer.check.matching.layers import Match, UnitMatch, align, fault_count, match_unit
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import UNNAMED, ReadLayer, Source
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind

_BLOCK_GAP = 5.0  # a block without counterpart, in faults of a block that has one
_MOST_PAIRS = 2_000  # pairs of different blocks that are compared; real stages have a handful
_WEIGHTLESS = (Kind.ACTIVATION, Kind.ADD, Kind.PAD, Kind.POOL)  # no state dict has these


@dataclass(frozen=True, slots=True)
class StageMatch:
    """A stage beside its counterpart; ``missing`` and ``extra`` are blocks that have none."""

    read: Stage
    blocks: tuple[UnitMatch, ...]
    expected: int
    missing: tuple[Unit, ...] = ()
    extra: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All units beside their counterparts; ``missing`` are numbers of stages, from 1."""

    config: ResNetConfig
    network: Network
    stem: UnitMatch | None
    stages: tuple[StageMatch, ...]
    head: UnitMatch | None
    missing: tuple[int, ...] = ()
    extra: tuple[Stage, ...] = ()

    @cached_property
    def units(self) -> tuple[UnitMatch, ...]:
        """Stem, blocks, head."""
        ends = ([self.stem] if self.stem else [], [self.head] if self.head else [])
        return (*ends[0], *(block for stage in self.stages for block in stage.blocks), *ends[1])

    @cached_property
    def cost(self) -> int:
        """How many single faults there are."""
        layers = sum(_unit_faults(unit) for unit in self.units)
        return layers + 4 * (
            len(self.missing) + len(self.extra) + sum(len(x.missing) + len(x.extra) for x in self.stages)
        )


@dataclass(frozen=True, slots=True)
class _Extent:
    """Whether a text shows where a stage begins and where it ends."""

    begins: bool
    ends: bool

    @property
    def whole(self) -> bool:
        return self.begins and self.ends


def match_networks(network: Network, config: ResNetConfig, visible: Visible) -> Comparison:
    """Every layer of either side once.

    Raises:
        ValueError: the configuration has no layers (see ``analyze``).
    """
    intended = intended_layers(config)
    numbers = _stage_numbers(network, visible)
    pairs = [
        (stage, number) for stage, number in zip(network.stages, numbers, strict=True) if number < len(intended.stages)
    ]
    stages = tuple(
        _match_stage(stage, intended.stages[number], visible, extent=_extent(stage, network, visible))
        for stage, number in pairs
    )
    extra = tuple(
        stage for stage, number in zip(network.stages, numbers, strict=True) if number >= len(intended.stages)
    )
    missing = () if visible.partial else tuple(set(range(len(intended.stages))) - set(numbers))
    whole = Comparison(
        config,
        network,
        _match_end(network.stem, intended.stem, visible),
        stages,
        _match_end(network.head, intended.head, visible),
        tuple(number + 1 for number in sorted(missing)),
        extra,
    )
    return _pruned(whole, intended, visible)


def _stage_numbers(network: Network, visible: Visible) -> list[int]:
    """Which stage of the configuration each stage of the text is, from 0: by name where all names tell."""
    found = [stage.number for stage in network.stages]
    given = [number for number in found if number is not None]
    if not visible.partial and len(given) == len(found) and given == sorted(set(given)) and given[0] in (0, 1):
        return [number - given[0] for number in given]
    return [visible.offset + place for place in range(len(found))]


def _match_stage(stage: Stage, intended: Sequence[Unit], visible: Visible, *, extent: _Extent) -> StageMatch:
    blocks = stage.blocks
    cache: dict[tuple[int, int], UnitMatch] = {}

    def matched(one: Unit, other: Unit) -> UnitMatch:
        return cache.setdefault((id(one), id(other)), _match(one, other, visible))

    if len(blocks) == len(intended):
        pairs: list[tuple[int | None, int | None]] = [(place, place) for place in range(len(intended))]
    elif places := _places_in_stage(blocks, len(intended), visible, extent):
        pairs = list(enumerate(places))
    else:
        cost = _cached_cost(blocks, intended, lambda one, other: float(_unit_faults(matched(one, other))))
        pairs = align(blocks, intended, cost, lambda _: _BLOCK_GAP)
    taken = {other for _, other in pairs}
    pairs += [(None, other) for other in range(len(intended)) if other not in taken]
    both = tuple(matched(blocks[one], intended[other]) for one, other in pairs if one is not None and other is not None)
    missing = tuple(intended[other] for one, other in pairs if one is None and other is not None)
    extra = tuple(blocks[one] for one, other in pairs if other is None and one is not None)
    return StageMatch(stage, both, len(intended), missing if extent.whole else (), extra)


def _places_in_stage(blocks: Sequence[Unit], most: int, visible: Visible, extent: _Extent) -> list[int]:
    """Which blocks of the stage these are, in a part of a network: by name, or as the first or the last ones."""
    if not visible.partial:
        return []
    places = [int(name) for block in blocks if (name := block.name.rpartition(".")[2]).isdigit() and len(name) < 6]
    if visible.named and len(places) == len(blocks) and places == sorted(set(places)) and places[-1] < most:
        return places
    if len(blocks) > most or extent.begins == extent.ends:
        return []
    return list(range(len(blocks))) if extent.begins else list(range(most - len(blocks), most))


def _cached_cost(
    blocks: Sequence[Unit], intended: Sequence[Unit], cost: Callable[[Unit, Unit], float]
) -> Callable[[Unit, Unit], float]:
    """``cost``, computed once for blocks that look the same: a stage repeats one block many times."""
    numbers: dict[tuple[object, ...], int] = {}
    appearances = {id(unit): numbers.setdefault(_appearance(unit), len(numbers)) for unit in (*blocks, *intended)}
    known: dict[tuple[int, int], float] = {}

    def cached(one: Unit, other: Unit) -> float:
        key = (appearances[id(one)], appearances[id(other)])
        if key not in known:
            known[key] = cost(one, other) if len(known) < _MOST_PAIRS else _BLOCK_GAP
        return known[key]

    return cached


def _appearance(unit: Unit) -> tuple[object, ...]:
    return tuple(replace(layer, name=layer.local) for layer in unit.layers)


def _extent(stage: Stage, network: Network, visible: Visible) -> _Extent:
    first, last = stage is network.stages[0], stage is network.stages[-1]
    alone = visible.partial and not stage.bounded
    starts = not first or bool(network.stem.main) or not (visible.cut_start or alone)
    ends = not last or bool(network.head.main) or not (visible.cut_end or alone)
    return _Extent(starts, ends)


def _match(read: Unit, intended: Unit, visible: Visible) -> UnitMatch:
    matched = match_unit(read, intended, by_name=visible.by_name, shift=visible.shift)
    matched = replace(
        matched, main=_without_unshown(matched.main, visible), shortcut=_without_unshown(matched.shortcut, visible)
    )
    return matched if visible.named and UNNAMED not in read.name else _with_torchvision_names(matched)


def _match_end(read: Unit, intended: Unit, visible: Visible) -> UnitMatch | None:
    """Stem or head; in a part of a network that shows nothing of it there is nothing to compare."""
    if visible.partial and not read.main:
        return None
    return _match(read, intended, replace(visible, by_name=False))


def _without_unshown(matches: Sequence[Match], visible: Visible) -> tuple[Match, ...]:
    """Without wanted layers that the text could not show if they were there."""
    activations = sum(match.intended is not None and match.intended.kind is Kind.ACTIVATION for match in matches)
    spare = max(activations - visible.activations, 0)
    kept: list[Match] = []
    for match in reversed(matches):
        lacking = match.intended.kind if match.intended and match.read is None else None
        if lacking is Kind.ACTIVATION and spare:
            spare -= 1
        elif lacking is None or not _is_unshown(lacking, visible):
            kept.append(match)
    return tuple(reversed(kept))


def _is_unshown(kind: Kind, visible: Visible) -> bool:
    if visible.source is Source.STATE_DICT and kind in _WEIGHTLESS:
        return True
    return (kind is Kind.ADD and not visible.adds) or (kind is Kind.PAD and not visible.pads)


def _with_torchvision_names(matched: UnitMatch) -> UnitMatch:
    """With torchvision's names, since the text has none."""
    prefix = f"{matched.intended.name}." if matched.intended.name else ""

    def named(matches: tuple[Match, ...]) -> tuple[Match, ...]:
        return tuple(
            Match(
                replace(match.read, name=match.intended.name if match.intended else prefix + match.read.local),
                match.intended,
            )
            if match.read
            else match
            for match in matches
        )

    read = replace(matched.read, name=matched.intended.name)
    return UnitMatch(read, matched.intended, named(matched.main), named(matched.shortcut))


def _pruned(found: Comparison, intended: IntendedLayers, visible: Visible) -> Comparison:
    """Without what is only cut off, and without pools that ``forward`` may call as functions."""
    stem, head, stages = found.stem, found.head, list(found.stages)
    if visible.cut_start:
        if found.network.stem.main:
            stem = _forgiven(stem)
        elif stages:
            stages[0] = _forgive_block(stages[0], 0)
    if visible.cut_end:
        if found.network.head.main:
            head = _forgiven(head)
        elif stages:
            stages[-1] = _forgive_block(stages[-1], -1)
    if stem and _pooled_after_stem(found.network, intended):
        stem = _forgiven(stem, Kind.POOL)
    if head and (_pooled_in_head(head) or not found.network.head.main):
        head = _forgiven(head, Kind.POOL)
    if visible.shortcuts_folded:
        stages = [replace(stage, blocks=tuple(_forgiven_shortcut(block) for block in stage.blocks)) for stage in stages]
    return replace(found, stem=stem, head=head, stages=tuple(stages))


def _forgive_block(stage: StageMatch, place: int) -> StageMatch:
    blocks = list(stage.blocks)
    if blocks:
        blocks[place] = _forgiven(blocks[place]) or blocks[place]
    return replace(stage, blocks=tuple(blocks))


def _forgiven(unit: UnitMatch | None, kind: Kind | None = None) -> UnitMatch | None:
    """Without missing layers, of one kind or of any."""
    if unit is None:
        return None

    def kept(matches: tuple[Match, ...]) -> tuple[Match, ...]:
        return tuple(
            match for match in matches if match.read or (kind and match.intended and match.intended.kind is not kind)
        )

    return replace(unit, main=kept(unit.main), shortcut=unit.shortcut if kind else kept(unit.shortcut))


def _forgiven_shortcut(unit: UnitMatch) -> UnitMatch:
    kept = tuple(
        match for match in unit.shortcut if match.read or (match.intended and match.intended.kind is not Kind.POOL)
    )
    return replace(unit, shortcut=kept)


def _pooled_after_stem(network: Network, intended: IntendedLayers) -> bool:
    """Whether sizes show that the map was pooled, by a function."""
    sizes = [conv.size for unit in network.blocks[:1] for conv in unit.convs[:1]]
    return bool(sizes) and sizes[0] is not None and sizes[0] == intended.stages[0][0].convs[0].size


def _pooled_in_head(head: UnitMatch) -> bool:
    """Whether the classifier reads as many features as channels arrive: something pooled them."""
    linear = [match for match in head.main if match.read and match.read.kind is Kind.LINEAR and match.intended]
    return bool(linear) and "inputs" not in linear[-1].differing_fields


def _unit_faults(unit: UnitMatch) -> int:
    return sum(_match_faults(match) for match in (*unit.main, *unit.shortcut))


def _match_faults(match: Match) -> int:
    if match.read and match.intended:
        return fault_count(match.differing_fields)
    layer = match.read or match.intended
    return int(layer is not None and not is_harmless(layer))


def is_harmless(layer: ReadLayer) -> bool:
    """Whether an extra layer leaves the network what it is, as Dropout does when it is evaluated."""
    return layer.class_name.startswith("Dropout")
