"""The values of the gradient flow and the arithmetic on them."""

import math
import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer import preset
from explorer.gradients.seed_bands import FlowBand, band
from explorer.gradients.values import (
    FlowReading,
    GradientFlow,
    InputSource,
    Parting,
    ReadingState,
    main_path_convs,
    power_of_ten,
)

LOST = FlowReading(0.0, ReadingState.UNDERFLOW, -52.0)
sizes = st.floats(1e-150, 1e150)


def flow(*gradients: FlowReading, config: str = "resnet20", seed: int = 0) -> GradientFlow:
    return GradientFlow(
        config=preset(config),
        seed=seed,
        batch_size=2,
        device="cpu",
        source=InputSource.NOISE,
        loss=2.3,
        layers=("conv1", "fc"),
        weight_norms=(FlowReading.of(1.0), FlowReading.of(2.0 + seed)),
        blocks=tuple(f"block {index}" for index in range(len(gradients))),
        gradient_norms=gradients,
        signal_norms=tuple(FlowReading.of(1.0) for _ in gradients),
        adds=(),
    )


@pytest.mark.parametrize(
    ("value", "state", "finite"),
    [
        (2.0, ReadingState.MEASURED, True),
        (1e-300, ReadingState.MEASURED, True),
        (0.0, ReadingState.ZERO, False),
        (math.inf, ReadingState.OVERFLOW, False),
        (math.nan, ReadingState.NOT_A_NUMBER, False),
    ],
)
def test_what_a_reading_is(value: float, state: ReadingState, finite: bool) -> None:
    reading = FlowReading.of(value)
    assert (reading.state, reading.finite) == (state, finite)
    assert repr(reading.value) == repr(value)
    if finite:
        assert 10**reading.log10 == pytest.approx(value)


def test_a_lost_reading_still_has_a_size() -> None:
    assert LOST.finite
    assert not FlowReading.of(0.0).finite


def test_the_ratio_is_first_by_last() -> None:
    found = flow(FlowReading.of(50.0), FlowReading.of(7.0), FlowReading.of(2.0))
    assert found.ratio == pytest.approx(25)
    assert main_path_convs(preset("resnet20")) == 18
    assert main_path_convs(preset("resnet50")) == 48  # projections are not on the main path


def test_the_ratio_reaches_below_float32_and_below_floats() -> None:
    found = flow(LOST, FlowReading.of(100.0))
    assert found.log10_ratio == -54
    assert found.ratio == pytest.approx(1e-54)
    deep = flow(FlowReading(0.0, ReadingState.UNDERFLOW, -400.0), FlowReading.of(1.0))
    assert (deep.ratio, deep.log10_ratio) == (0, -400)


def test_what_is_no_number_makes_the_ratio_none() -> None:
    assert math.isnan(flow(FlowReading.of(math.nan), FlowReading.of(1.0)).ratio)
    assert math.isnan(flow(FlowReading.of(0.0), FlowReading.of(0.0)).ratio)
    assert flow(FlowReading.of(math.inf), FlowReading.of(1.0)).ratio == math.inf
    assert flow(FlowReading.of(0.0), FlowReading.of(1.0)).ratio == 0


def test_the_states_of_a_flow_are_those_of_all_its_numbers() -> None:
    assert flow(LOST, FlowReading.of(1.0)).states == {ReadingState.UNDERFLOW, ReadingState.MEASURED}


@given(st.floats(-1000, 1000))
def test_a_power_of_ten_never_fails(exponent: float) -> None:
    found = power_of_ten(exponent)
    if abs(exponent) < 300:
        assert math.log10(found) == pytest.approx(exponent)
    elif abs(exponent) > 330:
        assert found == (math.inf if exponent > 0 else 0)


# Where the gradient parts.


@given(sizes, sizes, st.floats(-0.999, 1))
def test_shares_sum_to_the_whole(shortcut: float, branch: float, cosine: float) -> None:
    one = Parting("layer1.0", FlowReading.of(shortcut), FlowReading.of(branch), cosine)
    assert one.shortcut_share + one.branch_share == pytest.approx(1)
    # The projections of both parts on the whole are in lengths of it; the law of cosines gives the whole.
    scale = max(shortcut, branch)
    a, b = shortcut / scale, branch / scale
    assert (one.whole / scale) ** 2 == pytest.approx(a * a + b * b + 2 * a * b * cosine, abs=1e-12)


def test_shares_of_equal_and_opposed_parts() -> None:
    def shares(shortcut: float, branch: float, cosine: float) -> tuple[float, float]:
        one = Parting("layer1.0", FlowReading.of(shortcut), FlowReading.of(branch), cosine)
        return one.shortcut_share, one.branch_share

    assert shares(3, 3, 0) == pytest.approx((0.5, 0.5))
    assert shares(3, 1, 1) == pytest.approx((0.75, 0.25))
    assert shares(3, 1, -1) == pytest.approx((1.5, -0.5))
    assert shares(2, 1, 0) == pytest.approx((0.8, 0.2))
    assert shares(2, 0, math.nan) == (1, 0)
    assert shares(0, 2, math.nan) == (0, 1)
    for nothing in ((0, 0, math.nan), (math.inf, 1, math.nan), (1, math.nan, math.nan), (1, 1, -1)):
        assert all(math.isnan(share) for share in shares(*nothing))


def test_the_whole_of_one_part_is_that_part() -> None:
    assert Parting("b", FlowReading.of(2.0), FlowReading.of(0.0), math.nan).whole == 2
    assert math.isnan(Parting("b", FlowReading.of(math.inf), FlowReading.of(1.0), math.nan).whole)


# Several seeds.


def test_a_band_is_median_and_range() -> None:
    readings = [FlowReading.of(value) for value in (5.0, 1.0, 9.0)]
    found = band(readings)
    assert (found.low.value, found.median.value, found.high.value) == (1, 5, 9)
    assert band(readings[:2]).median.value == 1  # one that was measured
    assert band([LOST, FlowReading.of(1e-30), FlowReading.of(0.0)]).median == LOST
    odd = band([FlowReading.of(math.nan), FlowReading.of(1.0), FlowReading.of(math.inf)])
    assert (odd.low.value, odd.median.state, odd.high.state) == (1, ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER)
    with pytest.raises(ValueError, match="readings is empty"):
        band([])


@given(st.lists(st.floats(0, 1e30), min_size=1, max_size=9))
@example([0.0, 9.999999999999961e29, 9.99999999999996e29])  # one logarithm
def test_a_band_holds_its_median(values: list[float]) -> None:
    found = band([FlowReading.of(value) for value in values])
    assert found.low.value == min(values)
    assert found.high.value == max(values)
    assert found.median.value in values
    assert sum(value < found.median.value for value in values) <= len(values) / 2
    assert sum(value > found.median.value for value in values) <= len(values) / 2


def test_a_flow_band_is_element_by_element() -> None:
    flows = tuple(flow(FlowReading.of(10.0 * (seed + 1)), FlowReading.of(2.0), seed=seed) for seed in range(3))
    found = FlowBand(flows)
    assert found.seeds == (0, 1, 2)
    assert (found.config, found.layers, found.blocks) == (flows[0].config, flows[0].layers, flows[0].blocks)
    assert [one.median.value for one in found.gradient_norms] == [20, 2]
    assert [one.high.value for one in found.weight_norms] == [1, 4]
    assert [one.low.value for one in found.signal_norms] == [1, 1]
    assert (found.ratio.low.value, found.ratio.median.value, found.ratio.high.value) == pytest.approx((5, 10, 15))
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_flow_band_is_of_one_network() -> None:
    one, other = flow(LOST), flow(LOST, config="resnet32")
    with pytest.raises(ValueError, match="different networks"):
        FlowBand((one, other))
    with pytest.raises(ValueError, match="flows is empty"):
        FlowBand(())


def test_the_ratio_of_a_band_keeps_its_logarithm() -> None:
    found = FlowBand((flow(FlowReading(0.0, ReadingState.UNDERFLOW, -400.0), FlowReading.of(1.0)),)).ratio.median
    assert (found.value, found.state, found.log10) == (0, ReadingState.MEASURED, -400)
    assert FlowBand((flow(FlowReading.of(0.0), FlowReading.of(1.0)),)).ratio.median.state is ReadingState.ZERO
    assert FlowBand((flow(FlowReading.of(math.inf), FlowReading.of(1.0)),)).ratio.median.state is ReadingState.OVERFLOW
    assert (
        FlowBand((flow(FlowReading.of(math.nan), FlowReading.of(1.0)),)).ratio.median.state is ReadingState.NOT_A_NUMBER
    )
