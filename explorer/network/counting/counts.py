"""What each tool counts of a network: a value for each number that it prints."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from explorer.network.config import ResNetConfig
from explorer.network.counting.modules import Module, modules
from explorer.network.counting.rules import RULES, Rule, Unit
from explorer.network.layer import Kind

_PARTS = {
    Kind.CONV: "biases",
    Kind.LINEAR: "biases",
    Kind.NORM: "norms",
    Kind.ACTIVATION: "activations",
    Kind.POOL: "pools",
    Kind.BLUR: "blurs",
}


@dataclass(frozen=True, slots=True)
class Count:
    """One number that a tool prints of a network.

    ``label`` is what the tool prints it under, ``value`` the exact number (sizes in bytes), ``rule`` a sentence on what
    is counted. ``more`` is, for MACs, what is counted beyond the MACs of this app, by part of the network.
    """

    tool: str
    label: str
    unit: Unit
    value: int
    rule: str
    more: tuple[tuple[str, int], ...] = ()

    @property
    def shown(self) -> str:
        """The number with its commas, or a size as the tool prints it."""
        scale = {Unit.MB: 10**6, Unit.MIB: 2**20}.get(self.unit)
        return f"{self.value / scale:,.2f} MB" if scale else f"{self.value:,}"


@lru_cache(maxsize=64)
def tool_counts(config: ResNetConfig) -> tuple[Count, ...]:
    """Every tool's numbers of one network, for one image in float32, in the order of ``RULES``.

    Raises:
        ValueError: as ``analyze``.
    """
    return tuple(count for rule in RULES for count in _counts(rule, config))


def _counts(rule: Rule, config: ResNetConfig) -> Iterator[Count]:
    counted = modules(config)
    value = rule.once(config) + sum(_added(rule, module) for module in counted)
    more = _more(rule, counted) if rule.unit is Unit.MACS else ()
    for tool, label in rule.prints.items():
        yield Count(tool, label, rule.unit, value, rule.sentence, more)


def _added(rule: Rule, module: Module) -> int:
    """What all modules that are like this one add."""
    measure = rule.of.get(module.name)
    return measure(module.layer) * module.times if measure else 0


def _more(rule: Rule, counted: tuple[Module, ...]) -> tuple[tuple[str, int], ...]:
    """What the rule counts beyond the multiply-adds with weights, by part."""
    sums: dict[str, int] = {}
    for module in counted:
        part = _PARTS.get(module.layer.kind, "")
        sums[part] = sums.get(part, 0) + _added(rule, module) - module.layer.macs * module.times
    return tuple((part, extra) for part, extra in sums.items() if extra)


def by_value(counts: Iterable[Count]) -> tuple[tuple[Count, ...], ...]:
    """The counts with equal ones together, one a tool: what several tools print is one number."""
    groups: dict[tuple[Unit, int], dict[str, Count]] = {}
    for count in counts:
        groups.setdefault((count.unit, count.value), {}).setdefault(count.tool, count)
    return tuple(tuple(group.values()) for group in groups.values())
