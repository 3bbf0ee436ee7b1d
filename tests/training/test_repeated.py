"""What holds of several seeds or rates is counted over all of their runs."""

from dataclasses import replace
from statistics import median_low

from explorer.training.racers import racer_name
from explorer.training.recorded import recordings
from explorer.training.recorded_sets import Shown, recorded_set
from explorer.training.repeated import middle_seed, told_best_rates, told_often, told_seed
from explorer.training.run import TrainingRun
from explorer.training.verdict import Result
from tests.training.test_verdict import flat, result

SETTLED, BETTER, WORSE = (result(number, flat(loss)) for number, loss in ((0, 0.1), (1, 0.05), (1, 0.4)))


def by_seed(name: str) -> dict[int, TrainingRun]:
    runs = [each.run for each in recordings("digits-1000") if racer_name(each.run.config) == name]
    return {run.recipe.seed: run for run in runs}


def test_every_seed_is_counted() -> None:
    same = result(1, flat(0.1), test=0.4)
    pairs = [(SETTLED, WORSE), (SETTLED, BETTER), (SETTLED, same), (SETTLED, WORSE)]
    assert told_often(pairs, "seed") == (
        "Beside plain-20, plain-56 fits its training pictures worse with 2, better with 1 and equally well with 1 of 4 "
        "seeds; on test pictures it is right equally often with 3 and less often with 1."
    )


def test_each_network_has_its_best_rate() -> None:
    assert told_best_rates([(result(0, flat(0.2)), WORSE), (SETTLED, BETTER)]) == (
        "At the best rate of each, plain-56 fits better: loss 0.05 (rate 0.1) against 0.1 (rate 0.1)."
    )


def test_the_recorded_digits_show_the_middle_seed_and_tell_of_all() -> None:
    found = recorded_set(Shown.DIGITS)
    assert found is not None
    deep, shallow = by_seed("plain-56"), by_seed("plain-20")
    losses = {seed: run.loss for seed, run in deep.items()}
    (shown,) = {run.recipe.seed for run in found.runs}
    assert len(found.runs) == 4 and losses[shown] == median_low(losses.values())
    said = " ".join(found.over_all)
    assert f"Seed {shown} is shown, a middle one: by the training loss of plain-56" in said
    assert "it is number 10 of 20." in said
    worse = sum(deep[seed].loss > shallow[seed].loss for seed in deep)
    assert f"plain-56 fits its training pictures worse with {worse} of {len(deep)} seeds" in said
    assert "Beside residual-20, residual-56 fits" in said


def test_the_recorded_rates_are_told_of_together() -> None:
    found = recorded_set(Shown.RATES)
    assert found is not None
    first, best = found.over_all
    assert "plain-56 fits its training pictures worse with 3 of 3 learning rates" in first
    for depth in (20, 56):
        least = min((run for run in found.runs if run.config.depth == depth), key=lambda run: run.loss)
        assert f"{least.loss:.3f} (rate {least.recipe.learning_rate:g})" in best


def with_seed(seed: int, loss: float) -> Result:
    found = result(1, flat(loss))
    return replace(found, run=replace(found.run, recipe=replace(found.run.recipe, seed=seed)))


def test_the_middle_of_an_even_number_is_the_lower_one() -> None:
    results = [with_seed(seed, loss) for seed, loss in enumerate((0.4, 0.1, 0.3, 0.2))]
    assert middle_seed(results) == 3 and middle_seed(results[:3]) == 2
    assert told_seed(results) == (
        "Seed 3 is shown, a middle one: by the training loss of plain-56, 0.1 to 0.4, it is number 2 of 4."
    )
