"""The object: Otsu's threshold against all thresholds tried in turn, and when there is an object at all."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from explorer.cam.evidence_place import GRID
from explorer.cam.foreground import AREA_FROM, AREA_TO, CONNECTED_FROM, EDGE_TO, SEPARABLE_FROM, foreground_of, otsu
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.weights.catalogue import embedded, weight_set


def picture(object_at: np.ndarray, ground: int = 20, thing: int = 220, noise: int = 10, seed: int = 0) -> Image.Image:
    """A ground and a thing on it, both noisy."""
    rng = np.random.default_rng(seed)
    values = np.where(object_at, thing, ground) + rng.integers(-noise, noise + 1, object_at.shape)
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def box(side: int, top: int, left: int, bottom: int, right: int) -> np.ndarray:
    there = np.zeros((side, side), bool)
    there[top:bottom, left:right] = True
    return there


@given(st.lists(st.integers(0, 255) | st.integers(100, 104), min_size=2, max_size=60))
def test_no_threshold_separates_better(levels: list[int]) -> None:
    """By the definition: the variance of the two sides' means, written without any of Otsu's sums."""
    threshold, separability = otsu(np.bincount(levels, minlength=256))
    whole = statistics.pvariance(levels)
    if not whole:
        assert separability == 0
        return

    def apart(at: int) -> float:
        sides = [[each for each in levels if (each > at) is side] for side in (False, True)]
        if not all(sides):
            return 0.0
        middle = statistics.fmean(levels)
        return sum(len(side) * (statistics.fmean(side) - middle) ** 2 for side in sides) / len(levels)

    best = max(map(apart, range(255)))
    assert apart(threshold) == pytest.approx(best)
    assert separability == pytest.approx(best / whole)


CORNERS, SIDES = (st.tuples(st.integers(low, high), st.integers(low, high)) for low, high in ((3, 15), (8, 12)))


@given(CORNERS, SIDES, st.booleans(), st.integers(0, 99))
def test_a_thing_on_its_ground_is_found(corner: tuple[int, int], sides: tuple[int, int], dark: bool, seed: int) -> None:
    (top, left), (high, wide) = corner, sides
    there = box(28, top, left, top + high, left + wide)
    shown = picture(there, seed=seed)
    found = foreground_of(ImageOps.invert(shown) if dark else shown)
    assert found is not None and found.brighter is not dark
    assert np.array_equal(found.mask, there.repeat(GRID // 28, 0).repeat(GRID // 28, 1))
    assert found.area == pytest.approx(there.mean())


def test_large_pictures_are_read_at_a_smaller_size() -> None:
    there = box(1000, 200, 300, 700, 800)
    found = foreground_of(picture(there).convert("RGB"))
    assert found is not None and found.area == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("there", "noise"),
    [
        (box(100, 10, 10, 23, 23), 10),  # covers less than 2 %
        (box(100, 3, 3, 97, 97), 10),  # more than 80 %
        (box(100, 0, 0, 50, 100), 10),  # half of the edge: neither side is the ground
        (box(100, 10, 10, 40, 40) | box(100, 60, 60, 90, 90), 10),  # two things
        (box(100, 30, 30, 70, 70), 250),  # the thing drowns in noise
        (np.zeros((100, 100), bool), 0),  # nothing at all
    ],
)
def test_no_object_is_claimed_where_a_rule_is_broken(there: np.ndarray, noise: int) -> None:
    assert foreground_of(picture(there, noise=noise)) is None


def test_the_rules_are_these() -> None:
    assert (AREA_FROM, AREA_TO, EDGE_TO, SEPARABLE_FROM, CONNECTED_FROM) == (0.02, 0.8, 0.25, 0.8, 0.8)
    even = np.ones(256, np.int64)
    assert otsu(even)[1] < SEPARABLE_FROM  # evenly spread brightness is no object


@pytest.mark.parametrize(
    ("key", "there"), [("ankle-boot-1", True), ("bag-1", True), ("flower", True), ("china", False)]
)
def test_of_the_samples(key: str, there: bool) -> None:
    for how in (embedded().preprocess, weight_set("resnet18-v1").preprocess):
        found = foreground_of(how.cropped(read_picture(sample_bytes(key))))
        assert (found is not None) is there
