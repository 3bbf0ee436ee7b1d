"""What a checked text has beside what was meant, setting by setting and layer by layer."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.check import ReadLayer, Report
from explorer.check.intended.config_words import value_words
from explorer.check.matching.forgive import Comparison
from explorer.check.matching.layers import HARMLESS_FIELDS, Match, UnitMatch, is_harmless
from explorer.check.rules.finding import KIND_WORDS, conv_words
from explorer.network.config import ResNetConfig
from explorer.network.labels import FIELD_LABELS
from explorer.network.layer import Kind
from explorer.network.presets import differences
from explorer.text.quantities import counted

_WORDS = {"inputs": "input channels", "outputs": "output channels", "size": "output size", "params": "parameters"}
_WORDS_OF_KIND = {
    (Kind.NORM, "outputs"): "features",
    (Kind.LINEAR, "inputs"): "input features",
    (Kind.LINEAR, "outputs"): "classes",
}
_NOT_THERE = "not there"


@dataclass(frozen=True, slots=True)
class Departure:
    """What a text ``has`` and what was ``meant``, in words.

    ``place`` is the network, a stage or a layer by its name in the text, ``what`` the setting that differs. ``more``
    counts the layers of other blocks that differ in the same way.
    """

    place: str
    what: str
    has: str
    meant: str
    more: int = 0

    @property
    def where(self) -> str:
        """The place, and how many others are like it."""
        return f"{self.place} and {self.more:,} more" if self.more else self.place

    @property
    def change(self) -> str:
        """``256 → 64``: the text's value and the one that was meant."""
        return f"{self.has} → {self.meant}"


def departures(report: Report) -> tuple[Departure, ...]:
    """Returns what makes the text another network than the one that was meant, in forward order.

    It is empty for PyTorch's error messages, which show no layers. What leaves a network what it is, such as an
    activation in place, is left out.
    """
    comparison = report.comparison
    if comparison is None:
        return ()
    return (
        *_settings(comparison.config, report.config),
        *_blocks(comparison),
        *_together(entry for unit in comparison.units for entry in _layers(unit)),
    )


def _settings(found: ResNetConfig, meant: ResNetConfig) -> Iterator[Departure]:
    for name in differences(found, meant):
        has, wanted = (value_words(name, getattr(config, name)) for config in (found, meant))
        yield Departure("network", FIELD_LABELS[name].lower(), has, wanted)


def _blocks(comparison: Comparison) -> Iterator[Departure]:
    for stage in comparison.stages:
        if stage.missing or stage.extra:
            name = stage.read.name or stage.read.blocks[0].name
            yield Departure(name, "blocks", f"{len(stage.read.blocks):,}", f"{stage.expected:,}")
    for number in comparison.missing:
        blocks = counted(comparison.config.stage_blocks[number - 1], "block")
        yield Departure(f"stage {number}", "stage", _NOT_THERE, blocks)
    for extra in comparison.extra:
        name = extra.name or extra.blocks[0].name
        yield Departure(name, "stage", counted(len(extra.blocks), "block"), _NOT_THERE)


def _layers(unit: UnitMatch) -> Iterator[tuple[str, Departure]]:
    """Yields each departure of a unit with the layer's name inside of the unit."""
    for match in (*unit.main, *unit.shortcut):
        layer = match.intended or match.read
        assert layer is not None
        inside = layer.name.removeprefix(f"{unit.intended.name}.").removeprefix(f"{unit.read.name}.")
        for entry in _of_match(match):
            yield inside, entry


def _of_match(match: Match) -> Iterator[Departure]:
    read, intended = match.read, match.intended
    if read and intended:
        for name, (has, meant) in match.differing_fields.items():
            if name not in HARMLESS_FIELDS:
                what = _WORDS_OF_KIND.get((intended.kind, name)) if intended.kind else None
                yield Departure(read.name, what or _WORDS.get(name, name), _words(name, has), _words(name, meant))
    elif intended:
        yield Departure(intended.name, "layer", _NOT_THERE, _layer_words(intended))
    elif read and not is_harmless(read):
        yield Departure(read.name, "layer", _layer_words(read), _NOT_THERE)


def _together(found: Iterator[tuple[str, Departure]]) -> Iterator[Departure]:
    """Makes one of all that differ in the same way at the same place of their blocks."""
    groups: dict[tuple[str, ...], list[Departure]] = {}
    for inside, entry in found:
        groups.setdefault((inside, entry.what, entry.has, entry.meant), []).append(entry)
    for first, *rest in groups.values():
        yield Departure(first.place, first.what, first.has, first.meant, len(rest))


def _words(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple() if name in ("kernel", "size") or len({*value}) > 1:
            return "×".join(map(str, value))
        case tuple():
            return str(value[0])
        case int():
            return f"{value:,}"
    return str(value)


def _layer_words(layer: ReadLayer) -> str:
    match layer.kind:
        case Kind.CONV:
            return conv_words(layer)
        case Kind.NORM if layer.outputs:
            return f"a norm of {counted(layer.outputs, 'feature')}"
        case None:
            return layer.class_name or "a layer"
    return KIND_WORDS[layer.kind]
