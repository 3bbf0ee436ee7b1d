"""The recipe: its learning rates against PyTorch's schedulers, and what it refuses."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.text.errors import Refusal
from explorer.training.recipe import Optimizer, Recipe, Schedule


@given(steps=st.integers(1, 400))
def test_the_rate_rises_to_its_peak_once_and_falls(steps: int) -> None:
    recipe = Recipe(legs=(steps,), schedule=Schedule.WARM_UP_COSINE, learning_rate=1)
    rates = [recipe.rate(step) for step in range(steps)]
    peak = rates.index(max(rates))
    assert max(rates) == 1 and min(rates) > 0
    assert peak == max(round(0.2 * steps), 1) - 1
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def scheduler(optimizer: torch.optim.Optimizer, schedule: Schedule, steps: int) -> Any:
    if schedule is Schedule.CONSTANT:
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    if schedule is Schedule.COSINE:
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    rise = round(0.2 * steps)
    up = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / rise, total_iters=rise - 1)
    down = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps - rise + 1)
    return torch.optim.lr_scheduler.SequentialLR(optimizer, [up, down], milestones=[rise - 1])


@pytest.mark.filterwarnings("ignore:The epoch parameter in")
@pytest.mark.parametrize("schedule", Schedule)
def test_the_schedule_is_torchs(schedule: Schedule) -> None:
    recipe = Recipe(legs=(100,), schedule=schedule, learning_rate=0.3)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    theirs = scheduler(optimizer, schedule, 100)
    for step in range(100):
        assert recipe.rate(step) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-9)
        optimizer.step()
        theirs.step()


@given(legs=st.lists(st.integers(1, 30), min_size=1, max_size=4), schedule=st.sampled_from(Schedule))
def test_each_leg_is_a_schedule_of_its_own(legs: list[int], schedule: Schedule) -> None:
    recipe = Recipe(legs=tuple(legs), schedule=schedule)
    alone = [replace(recipe, legs=(leg,)) for leg in legs]
    assert recipe.steps == sum(legs)
    assert [recipe.rate(step) for step in range(recipe.steps)] == [
        each.rate(step) for each in alone for step in range(each.steps)
    ]
    with pytest.raises(ValueError, match="There are"):
        recipe.rate(recipe.steps)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"legs": ()}, "give numbers of steps"),
        ({"legs": (0,)}, "give numbers of steps"),
        ({"legs": (True,)}, "give numbers of steps"),
        ({"legs": (60_000, 60_000)}, "100,000 in all"),
        ({"batch_size": 0}, "batch_size is .* whole number from 1 to 4,096"),
        ({"batch_size": 1.5}, "whole number"),
        ({"learning_rate": 0}, "changes nothing"),
        ({"learning_rate": float("nan")}, "learning_rate is"),
        ({"momentum": 1}, "momentum is"),
        ({"weight_decay": -1}, "weight_decay is"),
        ({"padding": 9}, "padding is"),
        ({"seed": -1}, "seed is"),
        ({"optimizer": "lion"}, "'lion' is not a valid Optimizer"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Recipe(**wrong)


def test_options_are_plain_text_and_refusals_are_refusals() -> None:
    text: Any = "adam"
    assert Recipe(optimizer=text).optimizer is Optimizer.ADAM
    with pytest.raises(Refusal):
        Recipe(legs=(0,))
