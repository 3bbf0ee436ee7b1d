"""The script of the recorded runs: what it plans, that it goes on where it was stopped, what it writes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load

from explorer.network.model import build
from explorer.training.data import DataSet, load_digits
from explorer.training.racers import racer_name
from explorer.training.recipe import Recipe
from explorer.training.recorded import read
from explorer.training.recorded_networks import weights_name
from shipped import runs
from shipped.runs import PLANS, Plan, main
from tests.training.test_trainer import SMALL

PLAN = Plan(SMALL, DataSet.DIGITS, Recipe(legs=(3,), batch_size=16), weights=True)


def plans() -> Iterator[Plan]:
    yield PLAN
    yield replace(PLAN, recipe=replace(PLAN.recipe, seed=1), weights=False)


def test_the_plans_are_those_of_the_design() -> None:
    fashion = list(PLANS["fashion"]())
    said = [(racer_name(each.config), each.recipe.seed, each.recipe.learning_rate) for each in fashion]
    assert said == [
        *((name, 0, 0.1) for name in ("plain-20", "residual-20", "plain-56", "residual-56")),
        *((name, 1, 0.1) for name in ("plain-56", "residual-56")),
        *((name, 0, rate) for rate in (0.03, 0.3) for name in ("plain-20", "plain-56")),
    ]
    assert all(each.recipe.steps == 2 * 469 for each in fashion)
    for name, steps in (("digits-120", 120), ("digits-1000", 1000)):
        digits = list(PLANS[name]())
        assert len(digits) == 80 and {each.recipe.seed for each in digits} == set(range(20))
        assert {each.recipe.steps for each in digits} == {steps}


def test_it_records_what_is_missing_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(PLANS, "digits-120", plans)
    trained = []
    record = runs.record
    monkeypatch.setattr(runs, "record", lambda plan, device: trained.append(plan) or record(plan, device))
    path = tmp_path / "digits-120.jsonl"
    assert main(["digits-120", "--out", str(tmp_path), "--threads", "1"]) == 0
    first, second = path.read_text(encoding="utf-8").splitlines()
    path.write_text(first + "\n" + second[:20], encoding="utf-8")  # stopped while it wrote
    assert main(["digits-120", "--out", str(tmp_path)]) == 0
    assert [plan.recipe.seed for plan in trained] == [0, 1, 1]
    made = list(read(path))
    assert [each.run.recipe.seed for each in made] == [0, 1]
    assert [each.step for each in made[0].run.evaluations] == [1, 2, 3]
    assert made[0].run.evaluations[-1].pictures == 360 == len(load_digits().test_images)
    assert made[0].command == "python -m shipped.runs digits-120" and made[0].torch in torch.__version__
    assert "training" in capsys.readouterr().out
    (weights,) = tmp_path.glob("*.safetensors")
    assert weights.stem == weights_name(made[0].run) == "residual-8-seed0"
    build(SMALL).load_state_dict(load(weights.read_bytes()))


def test_missing_pictures_end_it_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("explorer.training.data.DEBIAN", tmp_path)
    assert main(["fashion", "--out", str(tmp_path / "out")]) == 1
    assert "There is no train-images-idx3-ubyte.gz in" in capsys.readouterr().err
