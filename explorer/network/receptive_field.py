"""Where a receptive field comes from: 1 + Σ (kernel − 1) · jump over the layers on the path that sees most.

That path is the branch of every block: it has a 3x3 convolution, and a shortcut at most a pooling as large as its
stride. Araujo et al. 2019, "Computing Receptive Fields of Convolutional Neural Networks" (Distill).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from explorer.network.architecture import Architecture
from explorer.network.layer import Kind, Layer, Role
from explorer.network.names import spoken
from explorer.text.quantities import counted, listed


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """``count`` layers in a row with the same kernel side and dilation, on maps whose neighbours are ``jump`` input
    pixels apart."""

    kind: Kind
    kernel: int
    jump: int
    dilation: int = 1
    count: int = 1

    @property
    def pixels(self) -> int:
        """What the layers add to the receptive field's side."""
        return self.count * (self.kernel - 1) * self.dilation * self.jump

    @property
    def formula(self) -> str:
        """The term as a receipt shows it: ``7·(3 − 1)·4``."""
        count, dilation = f"{self.count:,}·" if self.count > 1 else "", f"·{self.dilation}" if self.dilation > 1 else ""
        return f"{count}({self.kernel} − 1){dilation}·{self.jump:,}"


@lru_cache(maxsize=32)
def field_terms(arch: Architecture) -> Mapping[str, tuple[FieldTerm, ...]]:
    """Returns the terms of every layer's receptive field, by the layer's name: from the image to its output."""
    found: dict[str, tuple[FieldTerm, ...]] = {}
    gate: tuple[FieldTerm, ...] = ()
    for unit in arch.units:
        # In front of the unit both paths are one.
        branch = shortcut = found[previous] if (previous := next(reversed(found), "")) else ()
        for layer in arch.unit_layers(unit):
            if layer.role is Role.ATTENTION:  # the means of whole maps do not count
                gate = _extended(branch if layer.kind is Kind.POOL else gate, layer)
                found[layer.name] = branch if layer.kind is Kind.SCALE else gate
            elif layer.on_shortcut:
                shortcut = found[layer.name] = _extended(shortcut, layer)
            else:
                branch = found[layer.name] = _extended(branch, layer)
    return MappingProxyType(found)


def _extended(terms: tuple[FieldTerm, ...], layer: Layer) -> tuple[FieldTerm, ...]:
    if layer.kernel == 1:
        return terms
    term = FieldTerm(layer.kind, layer.kernel, layer.jump_in, layer.dilation)
    if terms and replace(terms[-1], count=1) == term:
        return (*terms[:-1], replace(term, count=terms[-1].count + 1))
    return (*terms, term)


def field_sum(terms: Sequence[FieldTerm]) -> str:
    """Returns the whole sum: ``1 + (7 − 1)·1 + (3 − 1)·2 + 7·(3 − 1)·4 = 67``."""
    return f"{' + '.join(['1', *(term.formula for term in terms)])} = {1 + sum(term.pixels for term in terms):,}"


def before_pooling(arch: Architecture) -> tuple[FieldTerm, ...]:
    """Returns the terms of the network's own receptive field: that of a position before the global pooling."""
    last = arch.layers[-3]  # the pooling and the classifier come after it
    return field_terms(arch)[last.name]


def field_difference(first: Architecture, second: Architecture) -> str:
    """Returns why one network sees farther than the other, in a sentence; "" where both see equally far."""
    if first.receptive_field == second.receptive_field:
        return ""
    wholes = [f"{arch.receptive_field:,} px in {spoken(arch.config)}" for arch in (first, second)]
    one, other = (_by_kernel(before_pooling(arch)) for arch in (first, second))
    none = _Share(0, 0)
    reasons = [
        f"{name}s add {before.words} against {after.words}{_distance(before, after)}"
        for name in dict.fromkeys([*one, *other])
        if (before := one.get(name, none)).pixels != (after := other.get(name, none)).pixels
    ]
    return f"The receptive field is {listed(wholes)}: {'; '.join(reasons)}."


@dataclass(frozen=True, slots=True)
class _Share:
    """What layers of one kind and kernel side add to a receptive field."""

    count: int
    pixels: int

    @property
    def words(self) -> str:
        return f"{self.pixels:,} px ({counted(self.count, 'layer')})" if self.count else "none"


_NOUNS = {Kind.CONV: "convolution", Kind.POOL: "pooling", Kind.BLUR: "blur"}


def _by_kernel(terms: Sequence[FieldTerm]) -> dict[str, _Share]:
    found: dict[str, _Share] = {}
    for term in terms:
        dilated = "dilated " if term.dilation > 1 else ""
        name = f"{dilated}{term.kernel}×{term.kernel} {_NOUNS[term.kind]}"
        before = found.get(name, _Share(0, 0))
        found[name] = _Share(before.count + term.count, before.pixels + term.pixels)
    return found


def _distance(before: _Share, after: _Share) -> str:
    """Says what else differs where both have as many layers: how coarse the maps are that the kernels slide over."""
    if before.count != after.count:
        return ""
    return f", on {'coarser' if after.pixels > before.pixels else 'finer'} maps"
