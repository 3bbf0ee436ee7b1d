"""What a rule works on and yields, and how the sentences of the table of causes are filled in."""

from collections.abc import Callable, Iterable, Iterator
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
    "conv": conv_words,
    "sides": sides_words,
}


class _Sentences(Formatter):
    """Fills the braces of a sentence with attributes of the object that a rule found.

    After the colon stands how to write the value: a name in ``_SPECS``, or a noun to count. ``{read.kernel:×}`` becomes
    "3×3" and ``{has:channel}`` "64 channels"; ``{has}`` alone becomes "3" for (3, 3).
    """

    def get_value(self, key: Any, args: Any, kwargs: Any) -> Any:
        return getattr(args[0], key)

    def format_field(self, value: Any, format_spec: str) -> Any:
        spec = format_spec or ("sides" if isinstance(value, tuple) else "")
        if spec in _SPECS:
            return _SPECS[spec](value)
        return counted(value, spec) if spec.isalpha() else super().format_field(value, spec)


def fill(sentence: str, found: object) -> str:
    """Returns a sentence of the table with what was found in place of its braces."""
    return _Sentences().vformat(sentence, (found,), {})


@dataclass
class Case:
    """What no rule has explained yet in one unit. Rules take out what they explain.

    ``arriving`` are the channels that arrive, as they were read. ``number`` is the stage's, from 1, and ``index`` the
    block's in it, from 0. ``fields`` holds the unexplained fields of each matched pair by the match's ``id``, and
    ``unmatched`` the layers without counterpart.
    """

    unit: UnitMatch
    config: ResNetConfig
    visible: Visible
    arriving: int | None = None
    number: int = 0
    index: int = 0
    fields: dict[int, DifferingFields] = field(default_factory=dict)
    unmatched: list[Match] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fields = {id(match): dict(match.differing_fields) for match in self.matches}
        self.unmatched = [match for match in self.matches if not (match.read and match.intended)]

    @property
    def matches(self) -> tuple[Match, ...]:
        """The matches of both paths."""
        return (*self.unit.main, *self.unit.shortcut)

    @property
    def name(self) -> str:
        """The unit's name in the text, or torchvision's where the text has none."""
        return self.unit.read.name or self.unit.intended.name

    @property
    def halves(self) -> bool:
        """Whether the block was meant to halve the map."""
        return bool(self.unit.intended.name) and self.index == 0 and self.number > 1

    def path(self, *, on_shortcut: bool) -> tuple[Match, ...]:
        """Returns the matches of one path."""
        return self.unit.shortcut if on_shortcut else self.unit.main

    def faults(self, name: str, *kinds: Kind, on_shortcut: bool) -> "list[Fault]":
        """Returns what differs in a field of layers of these kinds, and leaves it unexplained."""
        path = self.path(on_shortcut=on_shortcut)
        return [
            Fault(self, match, match.read, match.intended, name, *self.fields[id(match)][name])
            for kind in kinds
            for match in path
            if match.read and match.intended and match.intended.kind is kind and name in self.fields[id(match)]
        ]

    def take(self, match: Match, name: str) -> "Fault | None":
        """Takes a field out as explained. Returns what differs in it, or None if nothing does."""
        pair = self.fields[id(match)].pop(name, None)
        return (
            Fault(self, match, match.read, match.intended, name, *pair)
            if match.read and match.intended and pair
            else None
        )

    def explain(self, *matches: Match) -> None:
        """Takes out layers without counterpart as explained."""
        self.unmatched = [match for match in self.unmatched if all(match is not other for other in matches)]

    def missing(self, *kinds: Kind, on_shortcut: bool | None = None) -> list[tuple[Match, ReadLayer]]:
        """Returns intended layers of these kinds that were not read; ``on_shortcut`` None means both paths."""
        rest = self._unmatched(on_shortcut)
        return [(match, match.intended) for match in rest if match.intended and match.intended.kind in kinds]

    def extra(self, *kinds: Kind, on_shortcut: bool | None = None) -> list[tuple[Match, ReadLayer]]:
        """Returns layers that were read and not intended, of these kinds or of any."""
        rest = self._unmatched(on_shortcut)
        return [(match, match.read) for match in rest if match.read and (not kinds or match.read.kind in kinds)]

    def _unmatched(self, on_shortcut: bool | None) -> Iterator[Match]:
        shortcut = {id(match) for match in self.unit.shortcut}
        for match in self.unmatched:
            if on_shortcut is None or on_shortcut is (id(match) in shortcut):
                yield match

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
        for match in self.matches:
            if match.read and match.intended and stem != local:
                own = match.read.local.rstrip("0123456789")
                if own != match.read.local and match.intended.local.rstrip("0123456789") == stem:
                    return own + local[len(stem) :]
        return local


@dataclass(frozen=True, slots=True)
class Fault:
    """A field in which a layer differs from its counterpart: the value that it ``has``, and the one expected."""

    case: Case
    match: Match
    read: ReadLayer
    intended: ReadLayer
    field: str
    has: Any
    expected: Any

    @property
    def name(self) -> str:
        """The layer's name in the text."""
        return self.read.name

    @property
    def layer(self) -> ReadLayer:
        """The layer that was meant."""
        return self.intended

    @property
    def times(self) -> float:
        """How many times the expected number the number is: the same for a mistake in blocks of different widths."""
        return float(self.has / self.expected)

    @property
    def on_shortcut(self) -> bool:
        """Whether the layer is on the shortcut."""
        return any(match is self.match for match in self.case.unit.shortcut)

    @property
    def in_block(self) -> bool:
        """Whether the layer is in a block, rather than in stem or head."""
        return bool(self.case.unit.intended.name)

    @property
    def is_last(self) -> bool:
        """Whether no convolution comes after it on its path."""
        return not any(match.intended and match.intended.kind is Kind.CONV for match in self._around()[1])

    @property
    def follower(self) -> ReadLayer | None:
        """The norm directly after the layer, if there is one."""
        after = self._around()[1][:1]
        return after[0].read if after and after[0].read and after[0].read.kind is Kind.NORM else None

    @property
    def conv(self) -> ReadLayer | None:
        """The last convolution before the layer on its path."""
        before = [match.read for match in self._around()[0] if match.read and match.read.kind is Kind.CONV]
        return before[-1] if before else None

    @property
    def side(self) -> int:
        """The side of the map that was not pooled, if that is why a classifier has more features than expected."""
        return int((self.has / self.expected) ** 0.5 + 0.5)

    @property
    def effect(self) -> str:
        """What a wrong padding does to the map."""
        change = 2 * (self.has[0] - self.expected[0])
        if self.intended.stride != (1, 1):
            return f"gets {'larger' if change > 0 else 'smaller'} than it was meant to be"
        return f"{'grows' if change > 0 else 'shrinks'} by {abs(change)} in height and width"

    def _around(self) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        path = self.case.path(on_shortcut=self.on_shortcut)
        place = next(at for at, match in enumerate(path) if match is self.match)
        return path[:place], path[place + 1 :]


def as_differences(findings: Iterable[Finding]) -> tuple[Difference, ...]:
    """Makes one difference of all findings with the same key, the worst first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.key, []).append(finding)
    order = list(Severity)
    found = []
    for first, *rest in groups.values():
        also = tuple(dict.fromkeys(other.name for other in rest if other.name != first.name))
        found.append(Difference(first.name, first.what, first.cause, first.severity, also))
    return tuple(sorted(found, key=lambda entry: order.index(entry.severity)))
