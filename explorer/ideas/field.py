"""Receptive fields: how far one value can see, and how far it does see (Luo et al. 2016, arXiv:1701.04128).

The theoretical field is a square whose side the kernels and strides decide. The effective one is the part of it where
the gradient of the value in the middle, with respect to the input, is not small. ``measure.field`` measures it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.options import Shortcut
from explorer.text.quantities import listed, percent
from explorer.text.ratios import times
from explorer.weights.catalogue import embedded

COUNTS = 1 - 0.9545  # of the strongest gradient: a pixel counts above it (Luo et al.: two standard deviations)
SEEDS = (0, 9)
ALIKE = 1.05  # times that two areas differ by at least for one to be called larger


class FieldNetwork(StrEnum):
    """The networks of the lesson: the one that comes with the app, and two of its configuration's untrained kin."""

    TRAINED = "trained"
    UNTRAINED = "untrained"
    PLAIN = "plain"

    @property
    def label(self) -> str:
        """What people read in the choice."""
        return {
            "trained": "trained",
            "untrained": "untrained",
            "plain": "untrained, no shortcuts",
        }[self]

    @property
    def noun(self) -> str:
        """The network inside a sentence."""
        return {"trained": "trained", "untrained": "untrained", "plain": "untrained plain"}[self] + " network"

    @property
    def config(self) -> ResNetConfig:
        """The network's configuration."""
        config = embedded().config
        return replace(config, shortcut=Shortcut.NONE) if self is FieldNetwork.PLAIN else config


def units_of(config: ResNetConfig) -> tuple[str, ...]:
    """Returns the places after which fields are measured: the stem and every block, in forward order."""
    return analyze(config).units[:-1]


def sides(config: ResNetConfig) -> tuple[int, ...]:
    """Returns the side of the theoretical field after the stem and every block, in pixels."""
    arch = analyze(config)
    return tuple(arch.unit_layers(unit)[-1].receptive_field for unit in units_of(config))


def canvas_sides(config: ResNetConfig) -> tuple[int, ...]:
    """Returns, for the stem and every block, the side of the smallest input that has the field in its middle.

    Kernels are odd and padded by half of their side, so a value at (row, column) of a map has its field around the
    pixel (row, column) · jump. That is the input's middle if every map on the way has a middle.
    """
    lasts = [analyze(config).unit_layers(unit)[-1] for unit in units_of(config)]
    return tuple(2 * last.jump * -(-(last.receptive_field - 1) // (2 * last.jump)) + 1 for last in lasts)


@dataclass(frozen=True, slots=True, eq=False)
class FieldRun:
    """One network's measured fields: ``maps`` (units, side, side) holds the average size of the gradient at each pixel
    of the input, of the middle value after each of ``units_of`` (its channels summed)."""

    network: FieldNetwork
    seed: int
    maps: NDArray[np.float32]

    def shares(self, unit: int) -> NDArray[np.float32]:
        """Returns the gradient at each pixel as a part of the strongest, (side, side); all zero if there is none."""
        strongest = self.maps[unit].max()
        shares: NDArray[np.float32] = self.maps[unit] / (strongest or 1)
        return shares

    def effective(self, unit: int) -> int:
        """Returns the number of pixels that count."""
        return int((self.shares(unit) > COUNTS).sum())

    def effective_side(self, unit: int) -> float:
        """Returns the side of a square of as many pixels (Luo et al. measure fields so)."""
        return float(self.effective(unit) ** 0.5)


def sentence(runs: tuple[FieldRun, ...], unit: int) -> str:
    """Says which part of the visible pixels counts in each network after ``unit``, and in which the part is larger."""
    config = runs[0].network.config
    side, image = sides(config)[unit], config.image_size
    whole = "more than the whole" if side > image else "a part of the"
    can = f"After {place_words(units_of(config)[unit])} a value can depend on {side}×{side} = {side * side:,} pixels"
    do = listed([f"in the {run.network.noun} {_part(run, unit, side)}" for run in runs])
    said = f"{can}, {whole} {image}×{image} picture: {do}."
    if len(runs) == 1:
        return said
    one, other = runs
    return f"{said} {_comparison(one, other, unit)}{_claim(one, other, unit)}"


def place_words(unit: str) -> str:
    """Names the stem or a block inside a sentence: ``block 2 of stage 1``."""
    if unit == "stem":
        return "the stem"
    stage, block = unit.removeprefix("layer").split(".")
    return f"block {int(block) + 1} of stage {stage}"


def _part(run: FieldRun, unit: int, side: int) -> str:
    count, square = run.effective(unit), round(run.effective_side(unit))
    return f"{count:,} count ({percent(count, side * side)}, as many as in {square}×{square})"


def _comparison(one: FieldRun, other: FieldRun, unit: int) -> str:
    smaller, larger = sorted((one, other), key=lambda run: run.effective(unit))
    small, large = smaller.effective(unit), larger.effective(unit)
    if large <= ALIKE * small:
        return "Both effective fields are about as large."
    ratio = f" {times(large, small)} times as large" if small else " the larger one"
    return f"The effective field of the {larger.network.noun} is{ratio}."


def _claim(one: FieldRun, other: FieldRun, unit: int) -> str:
    """What was published on training, where these two networks are the last block's before and after it."""
    by_network = {run.network: run.effective(unit) for run in (one, other)}
    last = unit == len(one.maps) - 1
    if not last or by_network.keys() != {FieldNetwork.TRAINED, FieldNetwork.UNTRAINED}:
        return ""
    trained, untrained = by_network[FieldNetwork.TRAINED], by_network[FieldNetwork.UNTRAINED]
    so = "so did it here" if trained > ALIKE * untrained else "here it did not"
    return (
        f" Luo et al. (2016) found that training enlarged it in a ResNet on CIFAR-10, another network and task; {so}."
    )
