"""All differences of a comparison, each with its likely cause."""

from collections.abc import Callable, Iterator

from explorer.check.intended.visible import Visible
from explorer.check.matching.layers import UnitMatch
from explorer.check.matching.network import Comparison
from explorer.check.rules.blocks import assigned_twice, shortcut, swapped
from explorer.check.rules.finding import Case, Finding, merged
from explorer.check.rules.networks import habits as network_habits
from explorer.check.rules.networks import stages
from explorer.check.rules.single_layers import biases, classes, habits, kernels, lone
from explorer.check.rules.strides import strides
from explorer.check.rules.widths import classifier, widths
from explorer.check.values import Difference

Rule = Callable[[Case], Iterator[Finding]]
# In this order: what explains most comes first and takes away what it explains.
_RULES: tuple[Rule, ...] = (
    assigned_twice,
    swapped,
    shortcut,
    strides,
    classes,
    widths,
    classifier,
    kernels,
    biases,
    lone,
    habits,
)


def differences(
    found: Comparison, view: Visible, settings: tuple[Finding, ...], *, guessed: bool
) -> tuple[Difference, ...]:
    """Everything in which the two networks part; ``settings`` are known already. ``guessed``: nobody said what it was
    meant to be."""
    habits = network_habits(found, view, guessed=guessed)
    return merged([*settings, *stages(found), *_of_layers(found, view), *habits])


def _of_layers(found: Comparison, view: Visible) -> Iterator[Finding]:
    arriving: tuple[int | None, int | None] = (None, None)
    for unit, number, index in _places(found):
        case = Case(unit, found.config, view, arriving, number, index)
        for rule in _RULES:
            yield from rule(case)
        arriving = (unit.read.outputs or arriving[0], unit.want.outputs or arriving[1])


def _places(found: Comparison) -> Iterator[tuple[UnitMatch, int, int]]:
    """Every unit with the number of its stage and its index in it; stem and head with zeros."""
    if found.stem:
        yield found.stem, 0, 0
    for stage in found.stages:
        for block in stage.blocks:
            number, _, index = block.want.name.removeprefix("layer").partition(".")
            yield block, int(number), int(index)
    if found.head:
        yield found.head, 0, 0
