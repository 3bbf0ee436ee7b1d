"""Races: side by side is as one by one; what is told on the way, stopping, going on, refusing."""

from dataclasses import replace
from typing import Any

import pytest

from explorer.jobs.job import JobCancelled
from explorer.jobs.queue import JobQueue
from explorer.network.options import Norm, Shortcut
from explorer.training import train as training
from explorer.training.data import DataSet, load_digits
from explorer.training.recipe import Recipe
from explorer.training.run import TrainingRun
from explorer.training.train import race, train
from tests.training.test_trainer import SMALL

RECIPE = Recipe(legs=(6,), batch_size=32, seed=2)
PLAIN = replace(SMALL, shortcut=Shortcut.NONE)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_KEPT", training._Kept())


def values(run: TrainingRun) -> Any:
    return run.losses, run.accuracies, run.evaluations, run.weights


def test_a_race_is_each_network_trained_alone() -> None:
    together = race((SMALL, PLAIN), DataSet.DIGITS, RECIPE, weights=True)
    alone = [train(config, load_digits(), RECIPE) for config in (SMALL, PLAIN)]
    assert list(map(values, together)) == list(map(values, alone))
    assert [run.steps for run in together] == [6, 6]
    assert [each.step for each in together[0].evaluations] == [6]
    assert together[0].seconds == tuple(sorted(together[0].seconds))


def test_it_goes_on_where_it_ended_as_if_it_had_never_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    longer = replace(RECIPE, legs=(6, 4))
    race((SMALL,), DataSet.DIGITS, RECIPE)
    built = []
    monkeypatch.setattr(training, "Trainer", lambda *given: built.append(given))
    (went_on,) = race((SMALL,), DataSet.DIGITS, longer)
    assert not built  # the first six steps were not taken again
    monkeypatch.undo()
    monkeypatch.setattr(training, "_KEPT", training._Kept())
    (whole,) = race((SMALL,), DataSet.DIGITS, longer)
    assert went_on.losses == whole.losses and went_on.steps == 10
    assert went_on.evaluations[-1] == whole.evaluations[-1]


def test_what_is_kept_to_go_on_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = training._Kept(most_bytes=0)
    monkeypatch.setattr(training, "_KEPT", kept)
    race((SMALL,), DataSet.DIGITS, RECIPE)
    assert not kept.trainers
    assert train(SMALL, DataSet.DIGITS, replace(RECIPE, legs=(6, 1))).steps == 7


def test_pictures_of_ones_own_are_never_taken_for_others() -> None:
    few = load_digits().first(64)
    train(SMALL, few, RECIPE)
    assert not training._KEPT.trainers


def test_the_curves_so_far_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "TOLD_SECONDS", 0.0)
    told: list[tuple[float, str, Any]] = []

    def progress(fraction: float, message: str = "", so_far: Any = None) -> None:
        told.append((fraction, message, so_far))

    found = race((SMALL, PLAIN), DataSet.DIGITS, RECIPE, progress=progress)
    fractions = [fraction for fraction, _, _ in told]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == 1
    partial = [so_far for _, _, so_far in told if so_far]
    assert [[run.steps for run in runs] for runs in partial] == [[step, step] for step in range(1, 7)]
    assert all(
        run.losses == whole.losses[: run.steps] for runs in partial for run, whole in zip(runs, found, strict=True)
    )
    assert told[0][1] == "step 1 of 6"


def test_a_raise_from_progress_stops_it_at_once() -> None:
    steps = []

    def progress(fraction: float, message: str = "", so_far: Any = None) -> None:
        steps.append(fraction)
        if len(steps) == 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        race((SMALL, PLAIN), DataSet.DIGITS, RECIPE, progress=progress)
    assert len(steps) == 4


def test_one_that_diverges_stops_and_the_others_go_on() -> None:
    recipe = Recipe(legs=(30,), batch_size=16, learning_rate=1000.0)
    fallen, standing = race((replace(SMALL, norm=Norm.NONE), SMALL), DataSet.DIGITS, recipe)
    assert fallen.stopped and fallen.steps < 30 and fallen.ended
    assert not standing.stopped and standing.steps == 30


def test_too_many_or_no_networks_are_refused() -> None:
    for configs in ((), (SMALL,) * 5):
        with pytest.raises(ValueError, match="networks cannot race: give 1 to 4"):
            race(configs)
    with pytest.raises(ValueError, match="image_size to 8"):
        train(replace(SMALL, image_size=28))
    with pytest.raises(ValueError, match="'nothing' is not a valid DataSet"):
        train(SMALL, "nothing")


def test_thirty_people_who_ask_for_the_same_race_share_one() -> None:
    queue = JobQueue()
    try:
        asked = ((SMALL, PLAIN), DataSet.DIGITS, RECIPE)
        handles = [queue.submit(race, *asked, owner=f"reader {number}") for number in range(30)]
        found = [queue.result(handle, 60) for handle in handles]
        assert all(each is found[0] for each in found)
        assert len({handle.split(":")[0] for handle in handles}) == 1
    finally:
        queue.close()
