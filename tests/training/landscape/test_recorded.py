"""The recorded landscapes: whole, small, and the same when they are measured again."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.training.landscape.measure import landscape
from explorer.training.landscape.recorded import (
    FILE,
    RecordedLandscape,
    read,
    recorded_landscapes,
    recorded_pairs,
    recorded_plane,
    told_made,
)
from explorer.training.landscape.sentences import told_landscapes
from explorer.training.landscape.values import LIVE_SIDE, PICTURES, PLANES, SIDE
from explorer.training.recorded_networks import load, recorded_networks
from tests.training.landscape.made import evaluated, moved, surface

MADE = recorded_landscapes()
IDS = [f"{each.key}, plane {each.landscape.plane}" for each in MADE]


def test_each_network_has_all_planes() -> None:
    configs = {each.key: each.config for each in recorded_networks()}
    assert {each.landscape.plane for each in MADE} == set(PLANES)
    assert len(MADE) == len({(each.key, each.landscape.plane) for each in MADE})
    for each in MADE:
        found = each.landscape
        assert configs[each.key] == found.config and not found.recalibrated
        assert (found.side, found.pictures) == (SIDE, PICTURES)
        assert all(len(row) == SIDE for row in (*found.losses, *found.right))
        assert recorded_plane(each.key, found.plane) is found
    assert recorded_plane("nobody", 0) is None
    assert FILE.stat().st_size < 300_000


def test_plain_and_residual_stand_beside_each_other() -> None:
    assert set(recorded_pairs()) == {20, 56}
    for depth, pair in recorded_pairs().items():
        assert [shown.network for shown in pair] == [f"plain-{depth}", f"residual-{depth}"]
        for shown in pair:
            assert len(shown.names) == len(set(shown.names)) == len(shown.found) >= len(PLANES)
        assert all(told_landscapes(*pair))
    assert told_made().endswith("python -m shipped.landscapes")


def measured_again(key: str, plane: int, x: float, y: float) -> tuple[float, int]:
    """A single point, by hand."""
    patient = load(key)
    there = moved(patient.net, plane, x, y).to(memory_format=torch.channels_last)
    return evaluated(there, patient.calibration[:PICTURES], patient.calibration_labels[:PICTURES])


def assert_same(found: tuple[float, int], made: RecordedLandscape, row: int, column: int) -> None:
    loss, right = found
    assert math.isclose(loss, made.landscape.losses[row][column], rel_tol=1e-3)
    assert abs(right - made.landscape.right[row][column]) <= 1  # a tie between two classes may be rounded away


@pytest.mark.slow
@pytest.mark.parametrize("made", MADE, ids=IDS)
def test_a_corner_is_the_same_when_measured_again(made: RecordedLandscape) -> None:
    """As far along the first direction as against the second: it shows both, each with its sign."""
    assert_same(measured_again(made.key, made.landscape.plane, 1, -1), made, 0, -1)


@pytest.mark.slow
@pytest.mark.parametrize("key", {each.key: each for each in MADE})
def test_the_middle_is_the_same_when_measured_again(key: str) -> None:
    """It is the trained network, the same in each plane."""
    found = measured_again(key, 0, 0, 0)
    for made in MADE:
        if made.key == key:
            assert_same(found, made, SIDE // 2, SIDE // 2)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["plain-20-seed0", "residual-20-seed0"])
def test_what_records_them_finds_the_same_at_nine_points(key: str) -> None:
    """The middle, and those at the borders."""
    patient, recorded = load(key), [each for each in MADE if each.key == key][1].landscape.thinned(3)
    images, labels = patient.calibration[:PICTURES], patient.calibration_labels[:PICTURES]
    found = landscape(patient.net, images, labels, plane=recorded.plane, side=3)
    assert np.allclose(found.losses, recorded.losses, rtol=1e-3)
    assert np.abs(np.array(found.right) - recorded.right).max() <= 1


def test_a_line_of_the_file_keeps_six_digits_and_what_is_infinite() -> None:
    found = surface(lambda x, y: np.where(x > 0.5, math.inf, 1.23456789 + y), LIVE_SIDE)
    made = RecordedLandscape("residual-8-seed3", found, "2.0", "cpu", 1, 4.5, "python -m shipped.landscapes")
    line = made.to_json()
    assert "\n" not in line and "Infinity" not in line
    again = RecordedLandscape.from_json(line)
    assert again.seed == 3 and replace(again, landscape=found) == made
    assert np.allclose(again.landscape.losses, found.losses, rtol=1e-5)
    assert again.landscape.losses[0][-1] == math.inf and again.landscape.losses[5][0] == 1.23457


def test_an_unfinished_line_is_left_out(tmp_path) -> None:
    path = tmp_path / "landscapes.jsonl"
    assert list(read(path)) == []
    path.write_text(MADE[0].to_json() + "\n" + MADE[0].to_json()[:99], encoding="utf-8")
    assert list(read(path)) == [MADE[0]]
