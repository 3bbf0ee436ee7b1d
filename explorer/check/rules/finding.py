"""What a rule works on (``Case``), what it yields (``Finding``), and words that several rules use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from explorer.check.intended.visible import Visible, shortcut_name
from explorer.check.matching.layers import DifferingFields, Match, UnitMatch
from explorer.check.values import Difference, Pair, ReadLayer, Severity
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind

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
    key: tuple[object, ...]


@dataclass
class Case:
    """What no rule has explained yet in one unit. Rules take out what they explain.

    ``arriving`` are the channels that arrive, as read and as intended. ``number`` is the stage's, from 1, and ``index``
    the block's in it, from 0. ``fields`` holds the unexplained fields of each matched pair by the match's ``id``, and
    ``unmatched`` the layers without counterpart.
    """

    unit: UnitMatch
    config: ResNetConfig
    visible: Visible
    arriving: tuple[int | None, int | None] = (None, None)
    number: int = 0
    index: int = 0
    fields: dict[int, DifferingFields] = field(default_factory=dict)
    unmatched: list[Match] = field(default_factory=list)

    def __post_init__(self) -> None:
        for match in self.matches:
            if match.read and match.intended:
                self.fields[id(match)] = dict(match.differing_fields)
            else:
                self.unmatched.append(match)

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

    def unexplained(self, match: Match) -> DifferingFields:
        """Returns the fields of a pair that no rule has explained yet."""
        return self.fields.get(id(match), {})

    def take(self, match: Match, *names: str) -> tuple[object, object] | None:
        """Takes fields out as explained. Returns the first one's values, read and expected, or None if they do not
        differ."""
        taken = [self.unexplained(match).pop(name, None) for name in names]
        return taken[0] if taken else None

    def explain(self, *matches: Match) -> None:
        """Takes out layers without counterpart as explained."""
        self.unmatched = [match for match in self.unmatched if all(match is not other for other in matches)]

    def missing(self, *kinds: Kind, on_shortcut: bool | None = None) -> list[Match]:
        """Returns intended layers of these kinds that were not read; ``on_shortcut`` None means both paths."""
        return [match for match in self._unmatched(on_shortcut) if match.intended and match.intended.kind in kinds]

    def extra(self, *kinds: Kind | None, on_shortcut: bool | None = None) -> list[Match]:
        """Returns layers that were read and not intended, of these kinds or of any."""
        return [
            match for match in self._unmatched(on_shortcut) if match.read and (not kinds or match.read.kind in kinds)
        ]

    def _unmatched(self, on_shortcut: bool | None) -> Iterator[Match]:
        shortcut = {id(match) for match in self.unit.shortcut}
        for match in self.unmatched:
            if on_shortcut is None or on_shortcut is (id(match) in shortcut):
                yield match

    def pairs(self, kind: Kind, *, on_shortcut: bool) -> list[Match]:
        """Returns the matched layers of one kind on the shortcut or on the main path, in the intended order."""
        path = self.unit.shortcut if on_shortcut else self.unit.main
        return [match for match in path if match.read and match.intended and match.intended.kind is kind]

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
            if match.read and match.intended and stem != local and match.intended.local.startswith(stem):
                own = match.read.local.rstrip("0123456789")
                if own != match.read.local and match.intended.local.rstrip("0123456789") == stem:
                    return own + local[len(stem) :]
        return local


def as_differences(findings: Iterable[Finding]) -> tuple[Difference, ...]:
    """Joins findings with the same key, with the other places named. Errors come first, notes last."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.key, []).append(finding)
    order = list(Severity)
    found = [
        Difference(
            group[0].name,
            group[0].what,
            group[0].cause,
            group[0].severity,
            tuple(dict.fromkeys(other.name for other in group[1:] if other.name != group[0].name)),
        )
        for group in groups.values()
    ]
    return tuple(sorted(found, key=lambda entry: order.index(entry.severity)))


def size_words(sides: Pair | None) -> str:
    """``3×3``."""
    return "of unknown size" if sides is None else f"{sides[0]}×{sides[1]}"


def side_words(sides: object) -> str:
    """``2`` for (2, 2)."""
    if isinstance(sides, tuple):
        return f"{sides[0]}" if sides[0] == sides[-1] else f"{sides}"
    return f"{sides}"


def conv_words(layer: ReadLayer) -> str:
    """``a 1×1 convolution from 64 to 256 channels``, as far as the text tells."""
    if layer.inputs is None or layer.outputs is None:
        return f"a {size_words(layer.kernel)} convolution"
    return f"a {size_words(layer.kernel)} convolution from {layer.inputs:,} to {layer.outputs:,} channels"


def number_words(count: object) -> str:
    """``2,048``."""
    return f"{count:,}" if isinstance(count, int) else "unknown"


def times_expected(pair: tuple[object, object]) -> object:
    """Returns how many times the expected number the number is, or the pair where one of them is unknown.

    The same mistake in blocks of different widths gives the same value.
    """
    has, expected = pair
    return has / expected if isinstance(has, int) and isinstance(expected, int) and expected else pair
