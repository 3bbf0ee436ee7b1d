"""Recordings: they come back from their file, a cut-off line is left out, seeds make a band."""

from dataclasses import replace
from pathlib import Path

import pytest

from explorer.training import recorded
from explorer.training.curve import Measure, Spread
from explorer.training.data import DataSet
from explorer.training.recipe import Recipe
from explorer.training.recorded import Recording, read, spread_like
from explorer.training.train import train
from tests.training.test_trainer import SMALL

RECIPE = Recipe(legs=(5,), batch_size=16)


def recording(seed: int) -> Recording:
    run = train(SMALL, DataSet.DIGITS, replace(RECIPE, seed=seed), weights=False)
    return Recording(run, "2.14.1", 1, "python -m shipped.runs digits-5")


def test_a_recording_comes_back_from_its_line(tmp_path: Path) -> None:
    made = [recording(0), recording(1)]
    path = tmp_path / "runs.jsonl"
    path.write_text("".join(each.to_json() + "\n" for each in made) + '{"config": "cut o', encoding="utf-8")
    back = list(read(path))
    assert len(back) == 2
    for mine, theirs in zip(made, back, strict=True):
        assert theirs.to_json() == mine.to_json()
        assert theirs.run.losses == pytest.approx(mine.run.losses, rel=1e-4)
        assert replace(theirs.run, losses=(), accuracies=(), seconds=(), evaluations=()) == replace(
            mine.run, losses=(), accuracies=(), seconds=(), evaluations=()
        )
        assert [each.step for each in theirs.run.evaluations] == [5]


def test_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert list(read(tmp_path / "none.jsonl")) == []


def test_the_band_is_of_the_same_networks_recipe_and_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tuple(recording(seed) for seed in range(3))
    monkeypatch.setattr(recorded, "recordings", lambda name: made if name == "digits-120" else ())
    recorded._spread.cache_clear()
    spread = spread_like(made[0].run, Measure.TRAIN_LOSS)
    assert spread == Spread.of([each.run for each in made], Measure.TRAIN_LOSS)
    assert spread is not None
    assert all(low <= middle <= high for low, middle, high in zip(spread.low, spread.middle, spread.high, strict=True))
    assert min(run.run.losses[0] for run in made) == spread.low[0]
    other = replace(made[0].run, recipe=replace(RECIPE, learning_rate=0.2))
    assert spread_like(other, Measure.TRAIN_LOSS) is None
    recorded._spread.cache_clear()
