"""What of a flow is looked at: places, medians over seeds, and numbers relative to where they start."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import preset
from explorer.gradients.measure import over_seeds
from explorer.gradients.quantity import Quantity, divided, profile
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import FlowReading, ReadingState

SMALL = replace(preset("resnet20"), stage_blocks=(1, 2, 1), image_size=8)


@pytest.fixture(scope="module")
def flow() -> FlowBand:
    return over_seeds(SMALL, (0, 1, 2), batch_size=2)


@pytest.mark.parametrize("quantity", Quantity)
def test_a_profile_has_the_flows_own_bands(flow: FlowBand, quantity: Quantity) -> None:
    found = profile(flow, quantity)
    own = {"gradient": flow.gradient_norms, "weight": flow.weight_norms, "signal": flow.signal_norms}[quantity]
    assert found.bands == own
    assert found.places == (flow.layers if quantity is Quantity.WEIGHT else flow.blocks)


@pytest.mark.parametrize("quantity", Quantity)
def test_relative_numbers_are_each_seeds_own(flow: FlowBand, quantity: Quantity) -> None:
    found = profile(flow, quantity, relative=True)
    start = 0 if quantity is Quantity.SIGNAL else -1
    assert [found.bands[start].low.value, found.bands[start].high.value] == [1, 1]
    for place, band in enumerate(found.bands):
        seeds = [quantity.readings(one)[place].value / quantity.readings(one)[start].value for one in flow.flows]
        expected = sorted(seeds)
        assert [band.low.value, band.median.value, band.high.value] == pytest.approx(expected)


def test_the_gradients_far_end_is_the_ratio(flow: FlowBand) -> None:
    assert profile(flow, Quantity.GRADIENT, relative=True).bands[0].median.value == pytest.approx(
        flow.ratio.median.value
    )


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_measured_numbers_divide_as_numbers_do(a: float, b: float) -> None:
    found = divided(FlowReading.of(a), FlowReading.of(b))
    assert found.log10 == pytest.approx(math.log10(a) - math.log10(b))
    assert found.state is ReadingState.MEASURED


@pytest.mark.parametrize(
    ("reading", "by", "state", "log10"),
    [
        (FlowReading(0.0, ReadingState.UNDERFLOW, -52.0), FlowReading.of(10.0), ReadingState.UNDERFLOW, -53.0),
        (FlowReading.of(0.0), FlowReading.of(10.0), ReadingState.ZERO, -math.inf),
        (FlowReading.of(math.inf), FlowReading.of(10.0), ReadingState.OVERFLOW, math.inf),
        (FlowReading.of(10.0), FlowReading.of(math.inf), ReadingState.ZERO, -math.inf),
        (FlowReading.of(10.0), FlowReading.of(0.0), ReadingState.OVERFLOW, math.inf),
        (FlowReading.of(0.0), FlowReading.of(0.0), ReadingState.NOT_A_NUMBER, math.nan),
        (FlowReading.of(math.nan), FlowReading.of(1.0), ReadingState.NOT_A_NUMBER, math.nan),
    ],
)
def test_what_is_known_stays_known(reading: FlowReading, by: FlowReading, state: ReadingState, log10: float) -> None:
    found = divided(reading, by)
    assert found.state is state
    assert found.log10 == pytest.approx(log10, nan_ok=True)


def test_every_quantity_has_words() -> None:
    for what in ("symbol", "label", "short"):
        words = [getattr(quantity, what) for quantity in Quantity]
        assert len(set(words)) == len(words) == 3
