"""A network's totals without its table of layers, for sweeps over thousands of networks.

From the second on, every block of a stage has the same input, the same output and the same layers. So an analysis
of two blocks a stage is enough, and networks that differ only in their blocks per stage share it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Layer
from explorer.network.options import Activation, Init

MACS_OF_TRAINING = 3  # forward, and as many for the gradients of the inputs and of the weights each

_SAME_SIZES = {"activation": Activation.RELU, "init": Init.HE_FAN_OUT, "zero_init_residual": False}
_Sum = tuple[int, int, int]  # parameters, MACs, activation bytes
_Parts = tuple[_Sum, tuple[tuple[_Sum, _Sum], ...]]  # stem and head, then each stage's first and second block


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of ``analyze``: parameters, multiply-adds and bytes of all outputs for one image, weighted layers."""

    params: int
    macs: int
    activation_bytes: int
    depth: int


def totals(config: ResNetConfig) -> Totals:
    """The totals of a network: ``analyze``'s, equal to the last digit, at a price that does not grow with the depth.

    Raises:
        ValueError: as ``analyze``: a feature map would vanish or a kernel would not fit.
    """
    return _added(_parts(folded(config)), config)


def totals_by_depth(config: ResNetConfig, depths: Iterable[tuple[int, ...]]) -> Iterator[tuple[ResNetConfig, Totals]]:
    """``config`` with other blocks per stage, each with its totals: many depths for the price of one.

    ``depths`` holds blocks per stage as a configuration has checked them, one number for each stage of ``config``.

    Raises:
        ValueError: as ``analyze``.
    """
    parts = _parts(folded(config))
    for blocks in depths:
        other = with_depth(config, blocks)
        yield other, _added(parts, other)


def with_depth(config: ResNetConfig, blocks: tuple[int, ...]) -> ResNetConfig:
    """``config`` with these blocks per stage, unchecked: the caller vouches that each is within the bounds.

    No rule ties the number of blocks to any other field, and checking costs more than all else in a sweep.
    """
    return _unchecked(config, {"stage_blocks": blocks})


def _unchecked(config: ResNetConfig, values: Mapping[str, object]) -> ResNetConfig:
    """``config`` with other values that are in their fields' own types, and valid with all others."""
    other = object.__new__(ResNetConfig)
    vars(other).update(vars(config), **values)
    return other


def folded(config: ResNetConfig) -> ResNetConfig:
    """The network with two blocks in each stage, one of each kind, and what no layer's size depends on at its default.

    Even a stage of one block gets two: its second is left out of the sums, and more networks share one analysis.
    """
    blocks = (2,) * len(config.stage_blocks)
    return _unchecked(config, {"stage_blocks": blocks, **_SAME_SIZES})


@lru_cache(maxsize=512)  # numbers only, about a kilobyte each: two sweeps and what is asked between them
def _parts(config: ResNetConfig) -> _Parts:
    """Sums of a folded network: those of stem and head together, and of the first and the second block of each stage.

    Raises:
        ValueError: as ``analyze``.
    """
    arch = analyze.__wrapped__(config)  # past the cache, which keeps the few networks that people look at
    fixed = _sum([*arch.unit_layers("stem"), *arch.unit_layers("head")])
    names = [f"layer{stage}" for stage in range(1, len(config.stage_blocks) + 1)]
    pairs = ((_sum(arch.unit_layers(f"{name}.0")), _sum(arch.unit_layers(f"{name}.1"))) for name in names)
    return fixed, tuple(pairs)


def _added(parts: _Parts, config: ResNetConfig) -> Totals:
    (params, macs, memory), stages = parts
    for count, (first, other) in zip(config.stage_blocks, stages, strict=True):
        params += first[0] + (count - 1) * other[0]
        macs += first[1] + (count - 1) * other[1]
        memory += first[2] + (count - 1) * other[2]
    return Totals(params, macs, memory, config.depth)


def _sum(layers: Iterable[Layer]) -> _Sum:
    params = macs = memory = 0
    for layer in layers:
        params += layer.params
        macs += layer.macs
        memory += layer.activation_bytes
    return params, macs, memory
