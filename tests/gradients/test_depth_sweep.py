"""The sweep over depths: each ratio is gradient_flow's, the growth is the line's, and what is refused is said."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import ResNetConfig, preset
from explorer.gradients import depth_sweep as module
from explorer.gradients.depth_sweep import DEPTHS, measure_depth_sweep
from explorer.gradients.measure import gradient_flow, over_seeds
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.trend_values import fit_growth
from explorer.gradients.values import ReadingState
from explorer.jobs.job import JobCancelled
from explorer.live.devices import DeviceError

PLAIN, RESIDUAL = preset("plain20"), preset("resnet20")
SIGMOID = replace(PLAIN, activation="sigmoid", init="xavier", norm="none")


@pytest.mark.slow
def test_every_point_is_gradient_flows() -> None:
    found = measure_depth_sweep([PLAIN, RESIDUAL], [8, 14], [5, 1], batch_size=2)
    assert (found.depths, found.seeds) == ((8, 14), (5, 1))
    assert [curve.variant for curve in found.curves] == [PLAIN, RESIDUAL]
    for curve in found.curves:
        for point, blocks in zip(curve.points, (1, 2), strict=True):
            assert point.config == replace(curve.variant, stage_blocks=(blocks,) * 3)
            assert (point.depth, point.convs, point.note) == (6 * blocks + 2, 6 * blocks, "")
            flows = [gradient_flow(point.config, seed=seed, batch_size=2) for seed in (5, 1)]
            assert point.log10_ratios == tuple(flow.log10_ratio for flow in flows)
            assert point.ratio
            assert (point.ratio.low.value, point.ratio.high.value) == tuple(sorted(flow.ratio for flow in flows))
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.slow
def test_with_batch_norm_plain_nets_explode_and_residual_ones_hardly_grow() -> None:
    found = measure_depth_sweep([PLAIN, RESIDUAL], [8, 20, 32, 56], [0], batch_size=8)
    plain, residual = (curve.growth for curve in found.curves)
    assert plain
    assert residual
    assert 1.15 < plain.per_conv < 1.25  # Yang et al. 2019: about 1.2 a convolution
    assert 1.0 < residual.per_conv < 1.1
    assert plain.scatter < 1.5  # it is a line
    assert plain.points == 4


def test_what_is_below_float32_keeps_its_place_on_the_line() -> None:
    found = measure_depth_sweep([SIGMOID], [20, 44, 110], [0], batch_size=4)
    points = found.curves[0].points
    assert [point.below_float32 for point in points] == [0, 0, 1]
    assert points[2].log10_ratios[0] < -55
    growth = found.curves[0].growth
    assert growth
    assert (growth.points, growth.left_out) == (3, 0)
    assert 0.2 < growth.per_conv < 0.28
    assert growth.scatter < 3


def test_bottlenecks_sweep_over_their_own_depths() -> None:
    variant = replace(RESIDUAL, block="bottleneck", shortcut="B")
    (curve,) = measure_depth_sweep([variant], [11, 20], [0], batch_size=2).curves
    assert [point.convs for point in curve.points] == [9, 18]


# The line.


@given(st.floats(-3, 3), st.floats(-50, 50), st.lists(st.integers(1, 200), min_size=2, max_size=9, unique=True))
def test_a_line_is_found_exactly(slope: float, start: float, convs: list[int]) -> None:
    found = fit_growth(convs, [slope * count + start for count in convs])
    assert found
    assert math.log10(found.per_conv) == pytest.approx(slope, abs=1e-6)
    assert math.log10(found.at_zero) == pytest.approx(start, abs=1e-4)
    assert found.scatter == pytest.approx(1, abs=1e-4)


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(-100, 100)), min_size=2, max_size=12))
def test_the_fit_is_numpys(points: list[tuple[int, float]]) -> None:
    convs, logs = zip(*points, strict=True)
    found = fit_growth(convs, logs)
    if len(set(convs)) < 2:
        assert found is None
        return
    slope, start = np.polyfit(convs, logs, 1)
    assert found
    assert math.log10(found.per_conv) == pytest.approx(slope, abs=1e-6)
    rest = np.sqrt(np.mean((np.array(logs) - slope * np.array(convs) - start) ** 2))
    assert math.log10(found.scatter) == pytest.approx(rest, abs=1e-6)


def test_what_has_no_logarithm_is_left_out() -> None:
    found = fit_growth([6, 12, 18, 24, 30], [1.0, 2.0, math.nan, -math.inf, 5.0])
    assert found
    assert (found.points, found.left_out) == (3, 2)
    assert found.per_conv == pytest.approx(10 ** (1 / 6))
    assert fit_growth([6, 12], [1.0, math.inf]) is None
    assert fit_growth([], []) is None


# Refused, stopped, and bad input.


def test_what_does_not_fit_gets_a_note_and_the_others_are_measured() -> None:
    huge = replace(RESIDUAL, image_size=2048, widths=(256, 256, 256))
    refused, fine = measure_depth_sweep([huge, RESIDUAL], [8], [0], batch_size=2).curves
    assert refused.points[0].ratio is None
    assert refused.points[0].log10_ratios == ()
    assert "multiply-adds" in refused.points[0].note or "would need about" in refused.points[0].note
    assert refused.growth is None
    assert fine.points[0].ratio


def test_out_of_memory_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def runs_out(config: ResNetConfig, *args: object, **options: object) -> FlowBand:
        if config.is_plain:
            raise DeviceError("cpu ran out of memory.")
        return over_seeds(config, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "over_seeds", runs_out)
    broken, fine = measure_depth_sweep([PLAIN, RESIDUAL], [8], [0], batch_size=2).curves
    assert broken.points[0].note == "cpu ran out of memory."
    assert fine.points[0].ratio
    assert fine.points[0].ratio.median.state is ReadingState.MEASURED


def test_progress_goes_by_work_and_cancels() -> None:
    told: list[tuple[float, str]] = []
    measure_depth_sweep([RESIDUAL], [8, 20], [0], batch_size=2, progress=lambda *one: told.append(one))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1
    deeper = next(fraction for fraction, message in told if message.startswith("ResNet-20"))
    assert 0.2 < deeper < 0.35  # a third of the blocks

    def cancel(fraction: float, message: str) -> None:
        raise JobCancelled("Nobody waits for this any more.")

    with pytest.raises(JobCancelled):
        measure_depth_sweep([RESIDUAL], [8], [0], progress=cancel)


@pytest.mark.parametrize(
    ("variants", "depths", "seeds", "message"),
    [
        ([RESIDUAL], [2000], [0], r"^Depth 2000 does not exist for 3 equal stages of basic blocks: it must be 6n \+ 2"),
        ([RESIDUAL], [21], [0], "^Depth 21 does not exist"),
        ([preset("resnet50")], [20], [0], "^No four-stage network of bottleneck blocks is known with depth 20"),
        ([], [8], [0], "^There are 0 variants: give 1 to 8"),
        ([RESIDUAL], [], [0], "^There are 0 depths: give 1 to 16"),
        ([RESIDUAL], [8, 8], [0], "hold one twice"),
        ([RESIDUAL], [8], [], "^There are 0 seeds"),
        ([RESIDUAL], [8], [0, 0], "hold one twice"),
        ([replace(RESIDUAL, image_size=1)], [8], [0], "would halve a map"),
    ],
)
def test_bad_input_is_an_error(variants: list[ResNetConfig], depths: list[int], seeds: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        measure_depth_sweep(variants, depths, seeds)


def test_other_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="batch_size is 1000000"):
        measure_depth_sweep([RESIDUAL], [8], [0], batch_size=10**6)
    with pytest.raises(DeviceError, match="no device 'tpu'"):
        measure_depth_sweep([RESIDUAL], [8], [0], device="tpu")


def test_the_default_depths_exist() -> None:
    assert (DEPTHS[0], DEPTHS[-1]) == (8, 110)
    assert all(depth % 6 == 2 for depth in DEPTHS)
