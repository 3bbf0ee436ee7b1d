"""Curves: what is drawn of a run, and where on each axis."""

from statistics import fmean

import pytest

from explorer.training.curve import Axis, Measure
from explorer.training.data import DataSet
from explorer.training.run import LAST
from tests.training.test_verdict import falling, result


def test_the_measures_are_the_runs_own() -> None:
    run = result(0, falling(2.3, 0.1), 0.9).run
    steps, losses = Measure.TRAIN_LOSS.of(run)
    assert steps == list(range(200))
    assert losses[0] == run.losses[0]
    assert losses[50] == pytest.approx(fmean(run.losses[51 - LAST : 51]))
    assert Measure.TRAIN_ACCURACY.of(run)[1] == [50.0] * 200
    assert Measure.TEST_ACCURACY.of(run) == ([200], [90.0])


def test_the_axes() -> None:
    run = result(0, falling(2.3, 0.1)).run
    pictures = DataSet.DIGITS.pictures
    assert Axis.STEPS.at(run, 7, pictures) == 7
    assert Axis.EPOCHS.at(run, 1437, pictures) == 128
    assert Axis.SECONDS.at(run, 0, pictures) == 0
    assert Axis.SECONDS.at(run, 8, pictures) == run.seconds[7]


@pytest.mark.parametrize("data", DataSet)
def test_the_number_of_pictures_is_known_before_they_are_loaded(data: DataSet) -> None:
    if data is DataSet.DIGITS:
        assert len(data.load().train_images) == data.pictures
    assert data.pictures == {DataSet.DIGITS: 1437, DataSet.FASHION: 60_000}[data]
