"""Applies all rules to a comparison. The rules find mistakes; the table in ``causes`` has a sentence for each."""

from collections.abc import Callable, Iterator

from explorer.check.intended.visible import Visible
from explorer.check.matching.forgive import Comparison
from explorer.check.rules import blocks, layers
from explorer.check.rules.finding import Case, Finding, as_differences
from explorer.check.rules.settings import network_notes, stages_and_blocks
from explorer.check.values import Difference

# In this order: what explains most comes first and takes away what it explains.
_RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    blocks.assigned_twice,
    blocks.swapped_layers,
    blocks.block_shortcut,
    blocks.block_strides,
    layers.fields("class"),
    layers.channels,
    layers.layer_kernels,
    layers.layer_biases,
    layers.missing_and_extra,
    layers.fields("inplace", "eps", "momentum"),
)


def find_differences(
    comparison: Comparison, visible: Visible, settings: tuple[Finding, ...], *, guessed: bool
) -> tuple[Difference, ...]:
    """Returns all differences with their likely causes, the worst first.

    ``settings`` are findings on the whole network that are known already. ``guessed``: the configuration was guessed.
    """
    findings = [*settings, *stages_and_blocks(comparison)]
    arriving = None
    for unit in comparison.units:
        number, _, index = unit.intended.name.removeprefix("layer").partition(".")  # of a block; empty for the ends
        case = Case(unit, comparison.config, visible, arriving, int(number or 0), int(index or 0))
        findings += [finding for rule in _RULES for finding in rule(case)]
        arriving = unit.read.outputs or arriving
    return as_differences([*findings, *network_notes(comparison, visible, guessed=guessed)])
