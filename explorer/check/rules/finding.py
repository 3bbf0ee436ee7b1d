"""What a rule works on and yields, and how the sentences of the table of causes are filled in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from string import Formatter
from typing import Any

from explorer.check.intended.visible import Visible, shortcut_name
from explorer.check.matching.layers import DifferingFields, Match, UnitMatch
from explorer.check.values import Difference, ReadLayer, Severity
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind
from explorer.text.quantities import counted

KIND_WORDS = {
    Kind.CONV: "a convolution",
    Kind.NORM: "a norm",
    Kind.ACTIVATION: "an activation",
    Kind.POOL: "a pool",
    Kind.ADD: "a sum",
    Kind.PAD: "a zero-pad",
    Kind.LINEAR: "a linear layer",
    Kind.DROPOUT: "a dropout",
    Kind.SCALE: "a scale",
    Kind.BLUR: "a blur",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference in one place. Findings with the same ``key`` are the same fault and become one ``Difference``."""

    name: str
    what: str
    cause: str
    severity: Severity
    key: str


def conv_words(layer: ReadLayer) -> str:
    """``a 1×1 convolution from 64 to 256 channels``, as far as the text tells."""
    ends = f" from {layer.inputs:,} to {layer.outputs:,} channels" if layer.inputs and layer.outputs else ""
    return f"a {_SPECS['×'](layer.kernel)} convolution{ends}"


def sides_words(sides: tuple[int, ...] | None) -> str:
    """``2`` for (2, 2)."""
    return str(sides[0] if sides and sides[0] == sides[-1] else sides)


_SPECS: dict[str, Callable[[Any], str]] = {
    "×": lambda sides: f"{sides[0]}×{sides[1]}" if sides else "of unknown size",
    "window": lambda sides: f"{sides[0]}×{sides[1]}" if sides else "fixed",
    "area": lambda sides: str(prod(sides)),
    "half": lambda sides: sides_words(tuple(side // 2 for side in sides)),
    "an": lambda word: f"{'an' if word[:1] in 'AEIOU' else 'a'} {word}",
    "kind": lambda kind: KIND_WORDS[kind],
    "any": lambda value: str(bool(value)),
    "lower": str.lower,
    "times": lambda count: {1: "once", 2: "twice"}.get(count) or counted(count, "time"),
    "conv": conv_words,
    "sides": sides_words,
}


class _Sentences(Formatter):
    """Fills the braces of a sentence with attributes of the object that a rule found.

    After the colon stands how to write the value: a name in ``_SPECS``, or a noun to count. ``{read.kernel:×}`` becomes
    "3×3" and ``{has:channel}`` "64 channels"; ``{has}`` alone becomes "3" for (3, 3).
    """

    def get_value(self, key: Any, args: Any, kwargs: Any) -> Any:
        return kwargs[key] if key in kwargs else getattr(args[0], key)

    def format_field(self, value: Any, format_spec: str) -> Any:
        spec = format_spec or ("sides" if isinstance(value, tuple) else "")
        if spec in _SPECS:
            return _SPECS[spec](value)
        return counted(value, spec) if spec.isalpha() else super().format_field(value, spec)


def fill(sentence: str, found: object = None, **words: object) -> str:
    """Returns a sentence of a table with what was found, or with ``words``, in place of its braces."""
    return _Sentences().vformat(sentence, (found,), words)


def first_cause(
    topic: str, causes: Mapping[str, str], conditions: Mapping[str, Callable[[Any], Any]], it: Any
) -> tuple[str, str]:
    """Returns the first row of a table of causes that is about ``topic`` and holds for ``it``, and its sentence.

    A row is called by its topic and a condition; without a condition it always holds.
    """
    for row, cause in causes.items():
        name, _, condition = row.partition(" ")
        if name == topic and (not condition or conditions[condition](it)):
            return row, cause
    raise KeyError(topic)


@dataclass
class Case:
    """What no rule has explained yet in one unit. Rules take out what they explain.

    ``arriving`` are the channels that arrive, as they were read. ``number`` is the stage's, from 1, and ``index`` the
    block's in it, from 0. ``fields`` holds the unexplained fields of each matched pair, and ``unmatched`` the layers
    without counterpart.
    """

    unit: UnitMatch
    config: ResNetConfig
    visible: Visible
    arriving: int | None = None
    number: int = 0
    index: int = 0
    fields: dict[Match, DifferingFields] = field(init=False)
    unmatched: list[Match] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = {match: dict(match.differing_fields) for match in self.unit.matches}
        self.unmatched = [match for match in self.unit.matches if not (match.read and match.intended)]

    @property
    def name(self) -> str:
        """The unit's name in the text, or torchvision's where the text has none."""
        return self.unit.read.name or self.unit.intended.name

    @property
    def halves(self) -> bool:
        """Whether the block was meant to halve the map."""
        return bool(self.unit.intended.name) and self.index == 0 and self.number > 1

    def faults(self, name: str, path: Sequence[Match], *kinds: Kind) -> "list[Fault]":
        """Returns what differs in a field of a path's layers of these kinds, and leaves it unexplained."""
        matches = (match for kind in kinds for match in path if match.intended and match.intended.kind is kind)
        return [fault for match in matches if (fault := _fault(self, match, name))]

    def take(self, match: Match, name: str) -> "Fault | None":
        """Takes a field out as explained. Returns what differs in it, or None if nothing does."""
        fault = _fault(self, match, name)
        self.fields[match].pop(name, None)
        return fault

    def explain(self, *matches: Match) -> None:
        """Takes out layers without counterpart as explained."""
        self.unmatched = [match for match in self.unmatched if match not in matches]

    def missing(self, *kinds: Kind | None, path: Sequence[Match] | None = None) -> list[tuple[Match, ReadLayer]]:
        """Returns intended layers of these kinds that were not read, on one path or on both."""
        rest = self._unmatched(path)
        return [(match, match.intended) for match in rest if match.intended and match.intended.kind in kinds]

    def extra(self, *kinds: Kind, path: Sequence[Match] | None = None) -> list[tuple[Match, ReadLayer]]:
        """Returns layers that were read and not intended, of these kinds or of any, on one path or on both."""
        rest = self._unmatched(path)
        return [(match, match.read) for match in rest if match.read and (not kinds or match.read.kind in kinds)]

    def _unmatched(self, path: Sequence[Match] | None) -> list[Match]:
        own = set(self.unmatched if path is None else path)
        return [match for match in self.unmatched if match in own]

    def name_of(self, intended: ReadLayer) -> str:
        """Returns what a missing layer would be called in this text."""
        local = intended.name.removeprefix(f"{self.unit.intended.name}.")
        if local.startswith("downsample"):
            own = shortcut_name(self.unit.read) or self.visible.shortcut_name
            local = own + local.removeprefix("downsample")
        else:
            local = self._styled(local)
        return f"{self.name}.{local}" if self.name else local

    def _styled(self, local: str) -> str:
        """Returns ``norm3`` for ``bn3`` where the reader calls the others norm1 and norm2."""
        stem = local.rstrip("0123456789")
        for match in self.unit.matches:
            if match.read and match.intended and stem != local:
                own = match.read.local.rstrip("0123456789")
                if own != match.read.local and match.intended.local.rstrip("0123456789") == stem:
                    return own + local[len(stem) :]
        return local


@dataclass(frozen=True, slots=True)
class Fault:
    """A field in which a layer differs from its counterpart: the value that it ``has``, and the one expected.

    ``layer`` is the one that was meant. ``is_last``: no convolution comes after it on its path. ``follower`` is the
    norm directly after it, ``conv`` the last convolution before it. ``times`` tells how many times the expected number
    its number is: the same for a mistake in blocks of different widths.
    """

    case: Case
    match: Match
    name: str
    read: ReadLayer
    layer: ReadLayer
    has: Any
    expected: Any
    on_shortcut: bool
    in_block: bool
    is_last: bool
    follower: ReadLayer | None
    conv: ReadLayer | None
    times: float

    @property
    def side(self) -> int:
        """The side of the map that was not pooled, if that is why a classifier has more features than expected."""
        return int(self.times**0.5 + 0.5)

    @property
    def effect(self) -> str:
        """What a wrong padding does to the map."""
        change = 2 * (self.has[0] - self.expected[0])
        if self.layer.stride != (1, 1):
            return f"gets {'larger' if change > 0 else 'smaller'} than it was meant to be"
        return f"{'grows' if change > 0 else 'shrinks'} by {abs(change)} in height and width"


def _fault(case: Case, match: Match, name: str) -> Fault | None:
    read, intended, pair = match.read, match.intended, case.fields[match].get(name)
    if not read or not intended or not pair:
        return None
    on_shortcut, in_block = match in case.unit.shortcut, bool(case.unit.intended.name)
    path = case.unit.shortcut if on_shortcut else case.unit.main
    place = path.index(match)
    before = [other.read for other in path[:place] if other.read and other.read.kind is Kind.CONV]
    after = [other.read for other in path[place + 1 : place + 2] if other.read and other.read.kind is Kind.NORM]
    is_last = not any(other.intended and other.intended.kind is Kind.CONV for other in path[place + 1 :])
    times = pair[0] / pair[1] if isinstance(pair[0], int) and pair[1] else 1.0
    follower, conv = after[0] if after else None, before[-1] if before else None
    return Fault(case, match, read.name, read, intended, *pair, on_shortcut, in_block, is_last, follower, conv, times)


def as_differences(findings: Iterable[Finding]) -> tuple[Difference, ...]:
    """Makes one difference of all findings with the same key, the worst first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.key, []).append(finding)
    found = []
    for first, *rest in groups.values():
        also = tuple(dict.fromkeys(other.name for other in rest if other.name != first.name))
        found.append(Difference(first.name, first.what, first.cause, first.severity, also))
    return tuple(sorted(found, key=lambda entry: [*Severity].index(entry.severity)))
