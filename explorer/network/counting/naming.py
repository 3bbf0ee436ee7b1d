"""Which count a number is that somebody was given: of this network, of a published one, or of neither."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from math import log

from explorer.network.config import LIMITS, ResNetConfig
from explorer.network.counting.counts import Count, tool_counts
from explorer.network.counting.modules import modules
from explorer.network.counting.rules import Unit
from explorer.network.presets import PRESET_INFO, Preset, canonical
from explorer.text.quantities import counted, listed
from explorer.text.typed_numbers import CopiedNumber, copied_number

FEW = 2  # candidates that are explained; of more, the names are enough
MOST_SHOWN = 6
MOST_TITLES = 4
_CLASSES = (0, 10, 100, 1000)  # numbers of classes that people give a published network; none is its backbone
_UNITS = {
    "parameters": (Unit.PARAMETERS,),
    "MACs": (Unit.MACS,),
    "FLOPs": (Unit.MACS, Unit.FLOPS),  # what He et al., torchvision and fvcore call FLOPs are multiply-adds
    "bytes": (Unit.MB, Unit.MIB),
    "": tuple(Unit),
}


class Fit(IntEnum):
    """How well a count fits a number's digits; the lower the better."""

    EXACT = 0
    ROUNDED = 1
    CUT_OFF = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A count that a number can be, or an explanation of it.

    ``networks`` are titles of published networks, nothing for the reader's own. ``counts`` are equal: one a tool.
    ``name`` is a sentence that says what it is, ``rule`` how it is counted.
    """

    networks: tuple[str, ...]
    counts: tuple[Count, ...]
    fit: Fit
    name: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class NamedNumber:
    """What a number can be: the candidates that fit best, and all there is to say about it, in sentences."""

    number: CopiedNumber
    candidates: tuple[Candidate, ...]
    sentences: tuple[str, ...]


def name_number(text: str, config: ResNetConfig) -> NamedNumber:
    """Find out which count of ``config`` or of a published network a printed number is.

    A rounded number stands for all counts that its digits can stand for: "4.12 G" for 4.115 G to 4.125 G.

    Raises:
        ValueError: text that is no number, as ``copied_number``, or a network as ``analyze``.
    """
    number = copied_number(text)
    own = tuple(_fitting(number, [((), tool_counts(config))]))
    if own:
        shared = _shared(number, config) if own[0].fit is not Fit.EXACT else ()
        return NamedNumber(number, own, (*_said(own), *shared))
    found = _foreign(number, config)
    if not found:
        return NamedNumber(number, (), (_nearest(number, config),))
    foreign = ("It is no count of this network.",) if found[0].networks else ()
    return NamedNumber(number, found, (*foreign, *_said(found)))


def _foreign(number: CopiedNumber, config: ResNetConfig) -> tuple[Candidate, ...]:
    """What the number can be when it is no count of this network: a published one's, or that of other classes."""
    found = tuple(_fitting(number, _others(config)))
    if not found or found[0].fit is not Fit.EXACT:
        found = tuple(_other_classes(number, config)) or found
    return found


def _said(found: Sequence[Candidate]) -> Iterator[str]:
    """The candidates as sentences: with their rules while they are few, and not all where they are many."""
    if len(found) <= FEW:
        yield from (f"{each.name} {each.rule}".rstrip() for each in found)
        return
    yield f"{len(found):,} counts fit it; more digits would tell them apart."
    yield from (each.name for each in found[:MOST_SHOWN])
    if len(found) > MOST_SHOWN:
        yield f"And {len(found) - MOST_SHOWN:,} more."


def _fitting(
    number: CopiedNumber, networks: Iterable[tuple[tuple[str, ...], tuple[Count, ...]]]
) -> Iterator[Candidate]:
    """The counts that fit best, equal ones together: all exact ones, else all rounded ones, else all cut off."""
    groups: dict[tuple[Fit, Unit, int], tuple[dict[str, None], dict[str, Count]]] = {}
    for titles, counts in networks:
        for count in counts:
            fit = _fit(number, count)
            if fit is not None:
                names, tools = groups.setdefault((fit, count.unit, count.value), ({}, {}))
                names.update(dict.fromkeys(titles))
                tools.setdefault(count.tool, count)
    best = min((fit for fit, *_ in groups), default=None)
    for (fit, *_), (names, tools) in groups.items():
        if fit is best:
            yield _candidate(number, tuple(names), tuple(tools.values()), fit)


def _fit(number: CopiedNumber, count: Count) -> Fit | None:
    return min((fit for value in _scaled(number, count) if (fit := _fit_of(number, value)) is not None), default=None)


def _fit_of(number: CopiedNumber, value: Fraction) -> Fit | None:
    above = value - number.number
    if above == 0:
        return Fit.EXACT
    if 2 * abs(above) <= number.place:
        return Fit.ROUNDED
    return Fit.CUT_OFF if 0 < above < number.place else None


def _scaled(number: CopiedNumber, count: Count) -> Iterator[Fraction]:
    """The count in the number's unit; in each that the number can have, where it was given none."""
    size = count.unit.is_size
    if count.unit not in _UNITS[number.counted] or (size and number.power and number.counted != "bytes"):
        return
    base = 1024 if count.unit is Unit.MIB or number.binary else 1000
    for power in (0, 6, 9) if number.power is None else (number.power,):
        yield Fraction(count.value, base ** (power // 3) if size else 10**power)


def _candidate(number: CopiedNumber, networks: tuple[str, ...], counts: tuple[Count, ...], fit: Fit) -> Candidate:
    first = counts[0]
    whose = _titles(networks) if networks else "this network"
    if len(counts) > 1:
        what = f"what {listed([count.tool for count in counts])} count as {_noun(first.unit)} of {whose}"
    else:
        what = f"{_possessive(first.tool)} “{first.label}” of {whose}"
    return Candidate(
        networks, counts, fit, f"{number.text} is {what}{_difference(first, fit)}.", first.rule + _beyond(first)
    )


def _difference(count: Count, fit: Fit) -> str:
    """What the digits left out."""
    how = {Fit.EXACT: "", Fit.ROUNDED: ", rounded", Fit.CUT_OFF: ", cut off rather than rounded"}[fit]
    return f"{how}: {count.shown}" if how else ""


def _beyond(count: Count) -> str:
    """What a count of MACs holds that this app's does not, in numbers."""
    if not count.more:
        return ""
    parts = listed([f"{extra:,} for {part}" for part, extra in count.more])
    return f" Beyond the multiply-adds with weights, {count.value - sum(extra for _, extra in count.more):,}: {parts}."


def _noun(unit: Unit) -> str:
    return "size" if unit.is_size else str(unit)


def _possessive(name: str) -> str:
    return f"{name}'" if name == "ptflops" else f"{name}'s"


@lru_cache(maxsize=1)
def _published() -> tuple[tuple[Preset, tuple[Count, ...]], ...]:
    """All published networks with their counts."""
    return tuple((info, tool_counts.__wrapped__(info.config)) for info in PRESET_INFO.values())


def _others(config: ResNetConfig) -> Iterator[tuple[tuple[str, ...], tuple[Count, ...]]]:
    """Titles and counts of the published networks but this one."""
    own = canonical(config)
    return (((info.title,), counts) for info, counts in _published() if canonical(info.config) != own)


def _shared(number: CopiedNumber, config: ResNetConfig) -> Iterator[str]:
    """A sentence on the published networks that the number fits as well, if there are any."""
    fit = [title for (title,), counts in _others(config) if any(_fit(number, count) is not None for count in counts)]
    if fit:
        yield f"It fits counts of other networks, too: {_titles(fit)}."


def _titles(networks: Sequence[str]) -> str:
    """Titles in a sentence: some have commas of their own."""
    more = len(networks) - MOST_TITLES
    return "; ".join(networks[:MOST_TITLES]) + (f" and {more:,} more" if more > 0 else "")


def _other_classes(number: CopiedNumber, config: ResNetConfig) -> Iterator[Candidate]:
    """Networks that have exactly that many parameters with another number of classes, or without their classifier."""
    if number.counted not in ("", "parameters") or number.power or number.place != 1:
        return
    own = list(_with_classes(number, config, (), tool_counts(config)[0]))
    yield from own
    for info, counts in () if own else _published():
        yield from _with_classes(number, info.config, (info.title,), counts[0])


def _with_classes(
    number: CopiedNumber, config: ResNetConfig, networks: tuple[str, ...], count: Count
) -> Iterator[Candidate]:
    """The network with other classes, if it then has that many parameters; ``count`` is of its parameters."""
    features = next(module.layer.input_shape[0] for module in modules(config) if module.layer.name == "fc")
    change, rest = divmod(int(number.number) - count.value, features + 1)
    classes = config.num_classes + change
    if rest or not (classes in _CLASSES if networks else 0 <= classes <= LIMITS["num_classes"][1]):
        return
    how = f"with {counted(classes, 'class')} instead of {config.num_classes:,}" if classes else "without its classifier"
    said = f"{number.text} is the number of parameters of {networks[0] if networks else 'this network'} {how}."
    rule = f"A class costs {features + 1:,} parameters: a weight for each of {features:,} features, and a bias."
    yield Candidate(networks, (replace(count, value=int(number.number)),), Fit.EXACT, said, rule)


def _nearest(number: CopiedNumber, config: ResNetConfig) -> str:
    """The count of this network that comes nearest, in the unit that brings them nearest."""
    pairs = [(value, count) for count in tool_counts(config) for value in _scaled(number, count) if value]
    none = f"{number.text} is no count of this network or of a published one"
    if not pairs:
        return f"{none}: nothing is counted in such a unit."
    value, count = min(pairs, key=lambda pair: abs(log(pair[0] / number.number)))
    share = 100 * (number.number / value - 1)
    less = "more" if share > 0 else "less"
    far = f": the number is {abs(float(share)):.3g} % {less}" if abs(share) < 50 else ""
    return f"{none}. The nearest of this network is {_possessive(count.tool)} “{count.label}”, {count.shown}{far}."
