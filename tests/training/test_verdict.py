"""The sentences against runs that are made up, so that it is known what may be said of them."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.data import DataSet
from explorer.training.racers import racer_name, racers
from explorer.training.recipe import Recipe
from explorer.training.run import LAST, Evaluation, TrainingRun
from explorer.training.verdict import Result, Stage, accuracy_differs, loss_differs, lowest, reply, told

CONFIGS = racers(DataSet.DIGITS)
PAIRS = ((0, 1), (2, 3))


def result(number: int, losses: list[float], test: float = 0.9, stopped: str = "", pictures: int = 360) -> Result:
    config = CONFIGS[number]
    run = TrainingRun(
        config=config,
        recipe=Recipe(legs=(len(losses),)),
        data=DataSet.DIGITS,
        losses=tuple(losses),
        accuracies=(0.5,) * len(losses),
        seconds=tuple(map(float, range(len(losses)))),
        evaluations=(Evaluation(len(losses), pictures, losses[-1], 0.5, losses[-1], test),),
        stopped=stopped,
    )
    return Result(run, racer_name(config))


def flat(loss: float, steps: int = 200) -> list[float]:
    """Settled at a loss, with batches that differ by a tenth."""
    return [loss * (1 + 0.1 * (-1) ** step) for step in range(steps)]


def falling(start: float, end: float, steps: int = 200) -> list[float]:
    return [start * (end / start) ** (step / (steps - 1)) for step in range(steps)]


def pair(shallow: Result, deep: Result) -> str:
    return " ".join(told([shallow, deep], [(0, 1)]))


def test_the_stages() -> None:
    assert result(0, flat(2.2)).stage is Stage.HARDLY_STARTED
    assert result(0, falling(2.3, 0.01)).stage is Stage.LEARNING
    assert result(0, flat(0.3)).stage is Stage.SETTLED
    assert result(0, [1.0, math.nan], stopped="it diverged").stage is Stage.DIVERGED


def test_a_network_that_hardly_started_is_not_called_degraded() -> None:
    said = pair(result(0, flat(0.03), 0.97), result(1, flat(1.8), 0.3))
    assert "plain-56 has hardly started: after 200 steps its training loss is 1.8," in said
    assert "uniform guess among 10 classes has 2.30" in said
    assert "So far it is only slower" in said and "degradation" not in said
    assert "right less often (30.0 % against 97.0 % of 360)" in said and "overfitting" not in said


def test_degradation_needs_two_settled_networks_of_which_the_deeper_is_worse() -> None:
    said = pair(result(0, flat(0.2)), result(1, flat(0.4), 0.7))
    assert "worse than plain-20 (loss 0.4 against 0.2; 50.0 % against 50.0 % right)" in said
    assert "this is degradation, and no overfitting" in said
    still = pair(result(0, flat(0.2)), result(1, falling(2.0, 0.4)))
    assert "degradation" not in still and "still falling" in still


def test_overfitting_is_a_better_fit_and_a_worse_test() -> None:
    said = pair(result(2, flat(0.2), 0.95), result(3, flat(0.01), 0.80))
    assert "residual-56 fits its training pictures better" in said
    assert "fits the training pictures better and these worse, which is overfitting" in said


def test_what_is_within_chance_is_a_tie() -> None:
    said = pair(result(2, flat(0.2), 0.93), result(3, flat(0.2), 0.94))
    assert "as well as residual-20 (loss 0.2 against 0.2: a tie; 50.0 % against 50.0 % right)" in said
    assert "On test pictures they tie (94.0 % against 93.0 % of 360)" in said
    more = pair(result(2, flat(0.2), 0.93, pictures=100_000), result(3, flat(0.2), 0.94, pictures=100_000))
    assert "right more often" in more


def test_a_diverged_network_is_said_and_compared_with_nothing() -> None:
    results = [result(0, flat(0.2)), result(1, [2.3, math.nan], stopped="After 1 step the loss is NaN.")]
    assert told(results, [(0, 1)]) == ["plain-56: After 1 step the loss is NaN."]
    assert [each.name for each in lowest(results)] == ["plain-20"]


def test_the_reply_to_a_guess() -> None:
    results = [result(0, flat(0.2)), result(1, flat(1.8)), result(2, flat(0.003)), result(3, flat(0.003))]
    assert reply("residual-20", results) == "Yes: residual-20 and residual-56 tie for the lowest training loss."
    assert reply("plain-56", results).startswith("No: ")
    assert reply("plain-20", results[:2]) == "Yes: plain-20 has the lowest training loss."
    assert reply("plain-20", [result(0, [math.nan], stopped="x")]) == ""


levels = st.floats(1e-3, 2.2)


@given(loss=st.tuples(levels, levels), test=st.tuples(st.floats(0.1, 1), st.floats(0.1, 1)), shrink=st.floats(0.2, 1))
def test_every_sentence_agrees_with_its_numbers(
    loss: tuple[float, float], test: tuple[float, float], shrink: float
) -> None:
    shallow = result(0, falling(loss[0] / shrink, loss[0]), test[0])
    deep = result(1, falling(loss[1] / shrink, loss[1]), test[1])
    said = pair(shallow, deep)
    worse = deep.loss > shallow.loss and loss_differs(shallow, deep)
    assert ("worse than plain-20" in said) == worse
    assert ("a tie" in said) == (not loss_differs(shallow, deep))
    assert ("degradation" in said) == (worse and deep.stage is shallow.stage is Stage.SETTLED)
    less = accuracy_differs(shallow, deep) and test[1] < test[0]
    assert ("right less often" in said) == less
    assert ("which is overfitting" in said) == (less and deep.loss < shallow.loss and loss_differs(shallow, deep))
    assert ("hardly started" in said) == (Stage.HARDLY_STARTED in (shallow.stage, deep.stage))


def test_the_error_of_a_mean_is_scipys() -> None:
    from scipy.stats import sem  # noqa: PLC0415  slow to load

    losses = falling(2, 0.1)
    assert result(0, losses).error == pytest.approx(sem(losses[-LAST:]))
    assert replace(result(0, losses)).loss == pytest.approx(sum(losses[-LAST:]) / LAST)
