"""How the sentences of the table of causes are filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from string import Formatter
from typing import Any

from explorer.check.values import ReadLayer, Severity
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
    """Fills a sentence with attributes of what was found, in the form that ``_SPECS`` names, or counted.

    ``{read.kernel:×}`` is "3×3", ``{has}`` "3" for (3, 3), and ``{has:channel}`` "64 channels".
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
