"""Pairs of networks, and what is said of them worked out a second time: amounts by what layers do."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache, lru_cache
from itertools import product

from hypothesis import assume
from hypothesis import strategies as st

from explorer.compare.budget import Measure
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import (
    ResNetConfig,
)
from explorer.network.layer import Kind, Layer
from explorer.network.presets import preset
from tests.network.formulas import COUNT, read
from tests.network.kinds import KINDS
from tests.network.strategies import configs

PAIRS = list(product(KINDS, repeat=2))
AMOUNT = r"[\d,]+(?:\.\d+)?(?: [kMGTP]\b)?"
TIMES = "\u00a0×"  # after a space that ends no line
RATIO = rf"(?:1/)?{AMOUNT}{TIMES}"


@cache
def arch_of(name: str) -> Architecture:
    return analyze(preset(name))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Architecture, Architecture]:
    """Two networks with nothing in common, or two that differ in a few settings."""
    one, other = draw(configs(small=False)), draw(configs(small=False))
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from([field.name for field in fields(ResNetConfig)]), max_size=3))
        if {"stage_blocks", "widths"} & set(names):
            names += ["stage_blocks", "widths"]
        try:
            other = replace(one, **{name: getattr(other, name) for name in names})
            analyze(other)
        except ValueError:
            assume(False)
    return analyze(one), analyze(other)


# What the sentence's parts are, told by what layers do rather than by their roles.
def _is_stem(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.stage == "stem"


def _is_3x3(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.block is not None and layer.kernel == 3


def _is_1x1(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.kernel == 1 and not layer.on_shortcut and not _attends(layer)


def _attends(layer: Layer) -> bool:
    return ".se." in layer.name


def _is_projection(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.on_shortcut


PARTS: dict[str, Callable[[Layer], bool]] = {
    "stem": _is_stem,
    "convolution biases": lambda layer: layer.kind is Kind.CONV,
    "3×3 convolutions": _is_3x3,
    "1×1 convolutions": _is_1x1,
    "projections": _is_projection,
    "1×1 convolutions, projections included,": lambda layer: _is_1x1(layer) or _is_projection(layer),
    "norms": lambda layer: layer.kind is Kind.NORM,
    "squeeze-and-excitation layers": _attends,
    "learned scales": lambda layer: layer.name.endswith(".scale"),
    "classifier": lambda layer: layer.kind is Kind.LINEAR,
}


@lru_cache(maxsize=4096)  # each preset stands in many pairs
def amount_of(arch: Architecture, part: str, measure: Measure) -> int:
    amounts = [(layer, measure.of(layer)) for layer in arch.layers if PARTS[part](layer)]
    if part == "convolution biases":
        return sum(_biases(layer) for layer, _ in amounts) if measure is Measure.PARAMS else 0
    if measure is Measure.PARAMS:  # a convolution's weights, without its biases
        amounts = [(layer, amount - _biases(layer)) for layer, amount in amounts]
    return sum(amount for _, amount in amounts)


def _biases(layer: Layer) -> int:
    """What a convolution has beyond its weights."""
    if layer.kind is not Kind.CONV or _attends(layer):
        return 0
    return layer.params - layer.kernel**2 * layer.input_shape[0] * layer.output_shape[0] // layer.groups


def says_amount(words: str, exact: int) -> bool:
    """Whether words such as ``25.6 M`` are a number rounded to three digits, or without a unit the number itself."""
    number = read(words, COUNT)
    return abs(number - exact) <= 0.005 * exact if words[-1].isalpha() else number == exact


def says_ratio(words: str, exact: float) -> bool:
    """Whether words such as ``1.17`` or ``1/2,500`` are a ratio, to three digits and to the last one written."""
    if words.startswith("1/"):
        return says_ratio(words.removeprefix("1/"), 1 / exact)
    number, decimals = float(words.replace(",", "")), len(words.partition(".")[2])
    error = abs(number - exact)
    return error <= 0.005 * exact and (not decimals or error <= 0.5000001 * 10**-decimals)
