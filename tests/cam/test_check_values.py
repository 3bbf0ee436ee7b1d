"""The numbers that belief rests on: against scipy and definitions written down anew."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import uniform_filter
from scipy.stats import rankdata, spearmanr

from explorer.cam.check_values import Baseline, BeliefCurve, Randomisation, Trial, spearman, ssim

SHAPES = st.tuples(st.integers(1, 8), st.integers(1, 8))
FEW = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 3.0])  # many ties


@st.composite
def two_maps(draw: st.DrawFn, elements: st.SearchStrategy[float]) -> tuple[np.ndarray, np.ndarray]:
    shape = draw(SHAPES)
    first, second = (draw(arrays(np.float32, shape, elements=elements)) for _ in range(2))
    return first, second


@given(two_maps(st.one_of(FEW, st.floats(-(2.0**100), 2.0**100, width=32))))
def test_spearman_is_scipys(maps: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = maps
    found = spearman(first, second)
    if any(len(np.unique(each)) == 1 for each in maps):
        assert math.isnan(found)
        return
    assert found == pytest.approx(spearmanr(first.ravel(), second.ravel()).statistic, abs=1e-12)
    assert -1 <= found <= 1
    assert spearman(second, first) == pytest.approx(found, abs=1e-12)
    assert spearman(first, first) == 1
    assert spearman(-first, first) == pytest.approx(-1)
    ranks = rankdata(first).reshape(first.shape)
    assert spearman(ranks, second) == pytest.approx(found, abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(7, 20), st.integers(7, 20))
def test_ssim_is_its_definition_with_scipys_windows(seed: int, height: int, width: int) -> None:
    draw = np.random.default_rng(seed)
    x, y = (draw.random((height, width), dtype=np.float32) for _ in range(2))
    a, b = x.astype(np.float64), y.astype(np.float64)

    def mean(values: np.ndarray) -> np.ndarray:
        return uniform_filter(values, 7)[3 : height - 3, 3 : width - 3]

    mx, my = mean(a), mean(b)
    vx, vy, cov = mean(a * a) - mx**2, mean(b * b) - my**2, mean(a * b) - mx * my
    luminance, contrast = (2 * mx * my + 1e-4) / (mx**2 + my**2 + 1e-4), (2 * cov + 9e-4) / (vx + vy + 9e-4)
    found = ssim(x, y)
    assert found == pytest.approx(float((luminance * contrast).mean()), abs=1e-9)
    assert ssim(y, x) == pytest.approx(found)
    assert ssim(x, x) == pytest.approx(1)
    assert ssim(x, 1 - x) < 0.1


def test_ssim_of_maps_smaller_than_its_window() -> None:
    x = np.array([[0, 0.5], [1, 0.25]], dtype=np.float32)
    assert ssim(x, x) == pytest.approx(1)
    assert ssim(x, np.zeros_like(x)) < 0.5
    assert ssim(np.zeros_like(x), np.zeros_like(x)) == 1


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_similar_to_nothing(bad: float) -> None:
    good, other = (np.arange(6, dtype=np.float32).reshape(2, 3) for _ in range(2))
    other[1, 1] = bad
    for one, two in ((good, other), (other, good), (other, other)):
        assert math.isnan(spearman(one, two))
        assert math.isnan(ssim(one, two))


@given(
    st.integers(1, 60),
    st.data(),
)
def test_areas_are_numpys_trapezium(steps: int, data: st.DataObject) -> None:
    chances = st.lists(st.floats(0, 1), min_size=steps + 1, max_size=steps + 1).map(tuple)
    own, random = data.draw(chances), tuple(data.draw(st.lists(chances, max_size=4)))
    shares = tuple(step / steps for step in range(steps + 1))
    curve = BeliefCurve(Trial.DELETION, Baseline.MEAN, 3, shares, own, random)
    assert curve.area == pytest.approx(np.trapezoid(own, shares), abs=1e-9)
    expected = [np.trapezoid(each, shares) for each in random]
    assert curve.random_areas == pytest.approx(expected, abs=1e-9)
    if random:
        assert curve.random_area == pytest.approx((np.median(expected), min(expected), max(expected)), abs=1e-9)
        for rank, band in enumerate((np.median(random, 0), np.min(random, 0), np.max(random, 0))):
            assert [each[rank] for each in curve.random_band] == pytest.approx(band)
    else:
        assert all(map(math.isnan, curve.random_area))
        assert curve.random_band == ()


def test_bands_leave_out_what_has_no_answer() -> None:
    similar = ((1.0, 0.5, math.nan), (math.nan,) * 3)
    run = Randomisation("layer1", 0, ("fc", "stem"), (), (), similar, tuple(reversed(similar)))
    assert run.spearman_band[0] == (0.75, 0.5, 1.0)
    assert all(map(math.isnan, run.spearman_band[1]))
    assert run.ssim_band[1] == (0.75, 0.5, 1.0)
