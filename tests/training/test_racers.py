"""The racers are He et al.'s networks; what they need is estimated."""

from dataclasses import replace

import pytest

from explorer.network.arithmetic import analyze
from explorer.network.options import Shortcut
from explorer.network.presets import preset
from explorer.training.data import DataSet
from explorer.training.effort import MAX_MINUTES, check_effort, minutes_needed
from explorer.training.racers import fitted, racer, racer_name, racers
from explorer.training.recipe import Recipe
from explorer.training.trainer import check_fit


def test_they_are_the_papers_for_other_pictures() -> None:
    names = ("plain20", "plain56", "resnet20", "resnet56")
    for config, name in zip(racers(DataSet.FASHION), names, strict=True):
        assert config == fitted(preset(name), DataSet.FASHION)
        assert replace(config, in_channels=3, image_size=32) == preset(name)
    for config, name in zip(racers(DataSet.DIGITS), names, strict=True):
        assert replace(config, in_channels=3, image_size=32, widths=(16, 32, 64)) == preset(name)
        check_fit(config, DataSet.DIGITS.load())


def test_their_names() -> None:
    assert [racer_name(each) for each in racers(DataSet.DIGITS)] == [
        "plain-20",
        "plain-56",
        "residual-20",
        "residual-56",
    ]


@pytest.mark.parametrize("depth", [2, 7, 9, 57])
def test_other_depths_are_none_of_that_family(depth: int) -> None:
    with pytest.raises(ValueError, match=r"not 6n \+ 2: take 8, 14, 20"):
        racer(DataSet.DIGITS, depth, Shortcut.A)


def test_the_effort_grows_with_the_steps_and_is_bounded() -> None:
    configs = racers(DataSet.DIGITS)
    assert minutes_needed(configs, Recipe()) < 1
    assert minutes_needed(configs, Recipe(legs=(240,))) == pytest.approx(2 * minutes_needed(configs, Recipe()))
    check_effort(configs, Recipe(legs=(1000,)))
    big = racers(DataSet.FASHION)
    assert analyze(big[0]).macs > analyze(configs[0]).macs
    with pytest.raises(ValueError, match=f"about [0-9,]+ minutes of one core, and {MAX_MINUTES} is the most here"):
        check_effort(big, Recipe(legs=(5000,)))
