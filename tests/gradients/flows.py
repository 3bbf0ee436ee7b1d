"""Gradient flows that several tests share: small measured ones, and ones by hand in every state a number can have."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from hypothesis import strategies as st

from explorer.gradients.measure import gradient_flow
from explorer.gradients.values import FlowReading, GradientFlow, InputSource, Parting, ReadingState
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.presets import preset

LOST = FlowReading(0.0, ReadingState.UNDERFLOW, -52.0)
ZERO, INFINITE, NAN = FlowReading.of(0.0), FlowReading.of(math.inf), FlowReading.of(math.nan)

_TINY = replace(preset("resnet20"), stage_blocks=(1, 2, 1), image_size=8)
TINY = {
    "pads": _TINY,
    "zero-init": replace(_TINY, zero_init_residual=True),
    "plain": replace(_TINY, shortcut="none"),
    "projections": replace(_TINY, shortcut="B"),
    "projections everywhere": replace(_TINY, shortcut="C"),
    "average pool": replace(_TINY, shortcut="avgpool"),
    "average pool and projection": replace(_TINY, shortcut="avgpool_projection"),
    "pre-activation": replace(_TINY, order="pre"),
    "bottleneck": replace(_TINY, block="bottleneck", shortcut="B"),
    "without norm, sigmoid": replace(_TINY, norm="none", activation="sigmoid", init="torch"),
    "a weak signal": replace(
        preset("resnet56"), shortcut="none", image_size=8, norm="none", activation="sigmoid", init="xavier"
    ),
}


@cache
def measured(name: str) -> GradientFlow:
    """The flow of one of ``TINY``."""
    return gradient_flow(TINY[name], batch_size=2)


def by_hand(
    config: ResNetConfig, norms: Sequence[FlowReading], parts: Sequence[tuple[FlowReading, FlowReading, float]] = ()
) -> GradientFlow:
    """A flow of a network in which norms and parts (shortcut's, branch's, cosine) are taken in turn, input first."""
    blocks = [plan.name for plan in block_plans(config)]
    ones = (FlowReading.of(1.0),) * (len(blocks) + 1)
    return GradientFlow(
        config=config,
        seed=0,
        batch_size=2,
        device="cpu",
        source=InputSource.NOISE,
        loss=2.3,
        layers=("conv1",),
        weight_norms=ones[:1],
        blocks=("stem", *blocks),
        gradient_norms=tuple(norms[index % len(norms)] for index in range(len(blocks) + 1)),
        signal_norms=ones,
        adds=tuple(Parting(name, *parts[index % len(parts)]) for index, name in enumerate(blocks)) if parts else (),
    )


def readings() -> st.SearchStrategy[FlowReading]:
    """A number in any state."""
    lost = st.floats(-4000, -38).map(lambda log10: FlowReading(0.0, ReadingState.UNDERFLOW, log10))
    return st.one_of(st.floats(-37, 38).map(lambda log10: FlowReading.of(10**log10)), lost,
                     st.sampled_from([ZERO, INFINITE, NAN]))  # fmt: skip


def partings() -> st.SearchStrategy[tuple[FlowReading, FlowReading, float]]:
    """Two parts in any state and, where both are more than zero, a cosine."""

    def with_cosine(
        shortcut: FlowReading, branch: FlowReading, cosine: float
    ) -> tuple[FlowReading, FlowReading, float]:
        numbers = 0 < shortcut.value < math.inf and 0 < branch.value < math.inf
        return shortcut, branch, cosine if numbers else math.nan

    alike = st.floats(-3, 3).map(lambda log10: FlowReading.of(10**log10))  # so that both shares are seen
    return st.builds(with_cosine, alike | readings(), alike | readings(), st.floats(-1, 1) | st.sampled_from([-1, 1]))


@st.composite
def flows(draw: st.DrawFn, config: ResNetConfig) -> GradientFlow:
    """Any flow of a network, sensible or not."""
    norms = draw(st.lists(readings(), min_size=1, max_size=7))
    parts = [] if config.is_plain else draw(st.lists(partings(), min_size=1, max_size=7))
    return by_hand(config, norms, parts)
