"""Applies all rules to a comparison."""

from collections.abc import Callable, Iterator

from explorer.check.intended.visible import Visible
from explorer.check.matching.comparison import Comparison
from explorer.check.matching.layers import UnitMatch
from explorer.check.rules.blocks import assigned_twice, block_shortcut, swapped_layers
from explorer.check.rules.finding import Case, Finding, as_differences
from explorer.check.rules.networks import network_notes, stages_and_blocks
from explorer.check.rules.single_layers import (
    layer_biases,
    layer_classes,
    layer_kernels,
    layer_notes,
    missing_and_extra,
)
from explorer.check.rules.strides import block_strides
from explorer.check.rules.widths import channels, classifier_counts
from explorer.check.values import Difference

Rule = Callable[[Case], Iterator[Finding]]
# In this order: what explains most comes first and takes away what it explains.
_RULES: tuple[Rule, ...] = (
    assigned_twice,
    swapped_layers,
    block_shortcut,
    block_strides,
    layer_classes,
    channels,
    classifier_counts,
    layer_kernels,
    layer_biases,
    missing_and_extra,
    layer_notes,
)


def find_differences(
    comparison: Comparison, visible: Visible, settings: tuple[Finding, ...], *, guessed: bool
) -> tuple[Difference, ...]:
    """Returns all differences with their likely causes, the worst first.

    ``settings`` are findings about the whole network that are known already. ``guessed``: the configuration was
    guessed.
    """
    notes = network_notes(comparison, visible, guessed=guessed)
    return as_differences([*settings, *stages_and_blocks(comparison), *_unit_findings(comparison, visible), *notes])


def _unit_findings(comparison: Comparison, visible: Visible) -> Iterator[Finding]:
    arriving: tuple[int | None, int | None] = (None, None)
    for unit, number, index in _numbered_units(comparison):
        case = Case(unit, comparison.config, visible, arriving, number, index)
        for rule in _RULES:
            yield from rule(case)
        arriving = (unit.read.outputs or arriving[0], unit.intended.outputs or arriving[1])


def _numbered_units(comparison: Comparison) -> Iterator[tuple[UnitMatch, int, int]]:
    """Yields every unit with the number of its stage, from 1, and its index in it; stem and head with zeros."""
    if comparison.stem:
        yield comparison.stem, 0, 0
    for stage in comparison.stages:
        for block in stage.blocks:
            number, _, index = block.intended.name.removeprefix("layer").partition(".")
            yield block, int(number), int(index)
    if comparison.head:
        yield comparison.head, 0, 0
