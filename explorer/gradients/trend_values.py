"""How the gradient flow changes over the first steps of training and with depth, as values, with the fitted growth.

``explorer.gradients.first_steps`` and ``explorer.gradients.depth_sweep`` measure; nothing here needs torch.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression

from explorer.gradients.seed_bands import Band
from explorer.gradients.values import FlowReading, GradientFlow, power_of_ten
from explorer.network.config import ResNetConfig
from explorer.network.depths import blocks_for_depth, known_depths

DEPTHS = (8, 14, 20, 32, 44, 56, 110)
MAX_DEPTHS = 16
Grid = tuple[tuple[FlowReading, ...], ...]


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The flow before each step of plain SGD (no momentum, no decay) on one batch, and after the last.

    ``flows`` has ``steps`` + 1 entries, or fewer where the loss stopped being a number: then the last one shows how,
    and ``stopped`` says so in a sentence. The grids have a row for each layer or block, from the input to the output,
    and a column for each flow.
    """

    learning_rate: float
    steps: int
    flows: tuple[GradientFlow, ...]
    stopped: str

    @property
    def config(self) -> ResNetConfig:
        """The network."""
        return self.flows[0].config

    @property
    def layers(self) -> tuple[str, ...]:
        """Rows of ``weight_norms``."""
        return self.flows[0].layers

    @property
    def blocks(self) -> tuple[str, ...]:
        """Rows of ``gradient_norms`` and ``signal_norms``."""
        return self.flows[0].blocks

    @property
    def losses(self) -> tuple[float, ...]:
        """Cross-entropy after 0, 1, 2 ... steps."""
        return tuple(flow.loss for flow in self.flows)

    @property
    def log10_ratios(self) -> tuple[float, ...]:
        """``GradientFlow.log10_ratio`` after 0, 1, 2 ... steps."""
        return tuple(flow.log10_ratio for flow in self.flows)

    @property
    def weight_norms(self) -> Grid:
        """|dL/dW|, layer by step."""
        return tuple(zip(*(flow.weight_norms for flow in self.flows), strict=True))

    @property
    def gradient_norms(self) -> Grid:
        """|dL/dh|, block by step."""
        return tuple(zip(*(flow.gradient_norms for flow in self.flows), strict=True))

    @property
    def signal_norms(self) -> Grid:
        """Mean square of h, block by step."""
        return tuple(zip(*(flow.signal_norms for flow in self.flows), strict=True))


@dataclass(frozen=True, slots=True)
class Growth:
    """A line through the logarithms of ratios: ratio ≈ ``at_zero`` · ``per_conv`` ** convolutions.

    The line is fitted to ``points`` ratios; ``left_out`` others have no logarithm (zero, infinite or no number).
    ``scatter`` is the root mean square of the residuals as a factor; it is 1 where the line fits exactly.
    """

    per_conv: float
    at_zero: float
    scatter: float
    points: int
    left_out: int


def fit_growth(convs: Sequence[int], log10_ratios: Sequence[float]) -> Growth | None:
    """Least squares of log10(ratio) on the number of convolutions; None with fewer than two different numbers of them.

    Ratios far below float32 count like all others, by the logarithm that the second look gave them.
    """
    points = [(x, y) for x, y in zip(convs, log10_ratios, strict=True) if math.isfinite(y)]
    if len({x for x, _ in points}) < 2:
        return None
    slope, start = linear_regression([x for x, _ in points], [y for _, y in points])
    rest = math.sqrt(sum((y - slope * x - start) ** 2 for x, y in points) / len(points))
    return Growth(
        per_conv=power_of_ten(slope),
        at_zero=power_of_ten(start),
        scatter=power_of_ten(rest),
        points=len(points),
        left_out=len(convs) - len(points),
    )


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """One depth of one network: the ``ratio`` first/last of |dL/dh| over the seeds, and each seed's logarithm of it.

    ``below_float32`` is the number of seeds in which an end of the ratio was, ``both_zero`` of those in which both were
    exactly zero. What was not measured has no ratio, and ``note`` says why.
    """

    config: ResNetConfig
    depth: int
    convs: int
    ratio: Band | None
    log10_ratios: tuple[float, ...]
    below_float32: int
    note: str
    both_zero: int = 0


@dataclass(frozen=True, slots=True)
class DepthCurve:
    """One variant at every depth."""

    variant: ResNetConfig
    points: tuple[DepthPoint, ...]

    @property
    def growth(self) -> Growth | None:
        """The growth of the ratio per convolution, over all depths and seeds."""
        pairs = [(point.convs, log10) for point in self.points for log10 in point.log10_ratios]
        return fit_growth([convs for convs, _ in pairs], [log10 for _, log10 in pairs])


@dataclass(frozen=True, slots=True)
class DepthSweep:
    """Several variants over the same depths and seeds."""

    depths: tuple[int, ...]
    seeds: tuple[int, ...]
    curves: tuple[DepthCurve, ...]


def depths_for(config: ResNetConfig) -> tuple[int, ...]:
    """The depths over which this network is swept: ``DEPTHS`` where all of them exist, else the known ones up to 110,
    or the two smallest there are."""
    try:
        for depth in DEPTHS:
            blocks_for_depth(config, depth)
    except ValueError:
        known = sorted(known_depths(config))
        return tuple(depth for depth in known if depth <= DEPTHS[-1])[:MAX_DEPTHS] or tuple(known[:2])
    return DEPTHS
