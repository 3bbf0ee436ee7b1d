"""The Training page: a race from click to words, what is typed wrongly, going on, the recorded runs."""

import json
import threading
import time
from collections.abc import Callable
from statistics import fmean
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.queue import JobQueue
from explorer.text.quantities import percent, three_digits
from explorer.training.curve import Axis, Measure
from explorer.training.recorded_sets import Shown, recorded_set
from explorer.ui.ideas.choices import Lesson
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import (
    charts,
    healthy,
    link,
    opened,
    opened_with_my_network,
    rerun_until,
    settled,
    warnings,
    words,
)

QUICK = {"race_depths": "8, 14", "race_steps": "2", "race_batch": "16"}
RECORDED = {"experiment": str(TrainingView.RECORDED), "recorded": str(Shown.DIGITS)}


def open_page(**query: str) -> AppTest:
    return opened("training", **query)


def raced(page: AppTest) -> AppTest:
    return settled(healthy(page.button(key="race.now").click().run()))


def test_a_race_runs_when_asked_for_and_says_what_happened() -> None:
    page = settled(open_page(**QUICK))
    assert not charts(page) and "2 steps, less than a minute of one core" in words(page)
    raced(page)
    assert charts(page) == ["race_curves"]
    said = words(page)
    assert "Plain-14 fits" in said and "Residual-14 fits" in said and "On test pictures" in said


def test_the_guess_is_answered() -> None:
    page = settled(open_page(**QUICK))
    page.button_group(key="race.guess").set_value("plain-8").run()
    raced(page)
    (answer,) = [each.value for each in page.info]
    assert answer.replace("\\", "").startswith(("Yes: ", "No: ")) and "lowest training loss" in answer


def test_it_goes_on_for_a_hundred_more() -> None:
    page = raced(open_page(**QUICK))
    page.button(key="race.more").click()
    healthy(page.run())
    assert link(page, "race_steps") == "2 + 100"
    assert "102 steps" in words(page)


def test_the_curves_so_far_are_drawn_and_cancelling_stops_them(
    monkeypatch: pytest.MonkeyPatch, fresh_queue: JobQueue
) -> None:
    import explorer.training.train  # noqa: PLC0415  torch is loaded by now

    real, go_on = explorer.training.train.race, threading.Event()

    def slow(*args: Any, progress: Callable[..., None], **kwargs: Any) -> Any:
        runs = real(*args, **kwargs)
        while not go_on.is_set():
            progress(0.5, "step 1 of 2", runs)
            time.sleep(0.01)
        return runs

    monkeypatch.setattr(explorer.training.train, "race", slow)
    page = healthy(open_page(**QUICK).button(key="race.now").click().run())
    rerun_until(page, lambda page: charts(page) == ["live_curves"])
    assert "Training: 50 % step 1 of 2" in page.status[0].label
    healthy(page.button(key="race.cancel").click().run())
    assert not charts(page)
    rerun_until(page, lambda _: not fresh_queue.busy())  # it notices at its next word of progress
    go_on.set()


def test_a_race_keeps_no_other_page_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    import explorer.training.train  # noqa: PLC0415  torch is loaded by now

    go_on = threading.Event()

    def endless(*_: Any, progress: Callable[..., None], **__: Any) -> Any:
        while not go_on.is_set():
            progress(0.5, "step 1 of 2")
            time.sleep(0.01)
        return ()

    monkeypatch.setattr(explorer.training.train, "race", endless)
    page = healthy(open_page(**QUICK).button(key="race.now").click().run())
    assert page.status
    small = {"flow": "resnet20~stage_blocks-1.1.1~image_size-8", "images": "2", "seeds": "1"}
    assert charts(settled(opened("gradients", **small))) == ["flow_chart"]
    go_on.set()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"race_depths": "21"}, "Depth 21 is not 6n + 2"),
        ({"race_depths": "8, 14, 20"}, "Depths has 3 numbers: give one or two"),
        ({"race_depths": "many"}, "'many' is not a whole number"),
        ({"race_steps": "0"}, "numbers of steps, each from 1"),
        ({"race_steps": "99999"}, "6 is the most here"),
        ({"race_steps": "120 + x"}, "'x' is not a whole number"),
        ({"learning_rate": "fast"}, "'fast' is not a number above zero"),
        ({"race_batch": "0"}, "batch_size is 0"),
        ({"race_shortcut": "Z"}, "“Shortcut” is 'Z' in this link"),
        ({"experiment": "nonsense"}, "experiment is 'nonsense' in this link"),
    ],
)
def test_what_cannot_be_is_said(query: dict[str, str], said: str) -> None:
    page = open_page(**{**QUICK, **query})
    assert any(said in each.replace("\\", "") for each in warnings(page)), warnings(page)


def test_a_diverged_race_is_said() -> None:
    page = raced(open_page(**QUICK, race_norm="none", learning_rate="1e20"))
    assert "training diverged" in words(page)


def test_my_network_races_against_itself_without_shortcuts() -> None:
    net = "resnet20~stage_blocks-1.1.1~widths-4.8.16"
    page = settled(opened_with_my_network("training", net, own_race="true", **QUICK))
    raced(page)
    assert charts(page) == ["race_curves"]
    assert [option for option in page.button_group(key="race.guess").options if "plain" in str(option)]


@pytest.mark.parametrize("measure", Measure)
def test_recorded_runs_are_there_at_once(measure: Measure) -> None:
    page = open_page(**RECORDED, curves=str(measure), race_values="true")
    assert charts(page) == ["race_curves"]
    said = words(page)
    assert "What happened." in said and "Recorded with PyTorch" in said and "python -m shipped.runs" in said
    assert len(page.dataframe) == len(page.table) == 1


def test_recorded_seconds_are_no_axis() -> None:
    """Other work ran on the machine."""
    page = open_page(**RECORDED, axis=str(Axis.SECONDS))
    choice = page.segmented_control(key="axis.widget")
    assert (choice.options, choice.value) == (["steps", "epochs"], "steps")
    (figure,) = [json.loads(each.proto.spec) for each in page.get("plotly_chart")]
    assert Axis.STEPS.words in figure["layout"]["xaxis"]["title"]["text"]


def test_a_replay_is_in_the_link() -> None:
    page = open_page(**RECORDED)
    page.select_slider[0].set_value("500").run()
    assert link(page, "replay") == "500"


@pytest.mark.parametrize("shown", Shown)
def test_in_the_middle_of_a_replay_nothing_tells_its_end(shown: Shown) -> None:
    found = recorded_set(shown)
    assert found is not None
    middle = found.runs[0].recipe.steps // 2
    query = {**RECORDED, "recorded": str(shown), "race_values": "true"}
    whole, page = open_page(**query), open_page(**query, replay=str(middle))
    assert "What happened." in words(whole) and "at the end of the replay" not in words(whole)
    assert f"Up to step {middle}." in words(page) and "What happened." not in words(page)
    for run, name in zip(found.runs, found.names, strict=True):
        end, there = (each.table[0].value.loc[name] for each in (whole, page))
        assert end["training loss"] == three_digits(run.loss)
        assert there["training loss"] == three_digits(fmean(run.losses[middle - 20 : middle]))
        tested = max((each for each in run.evaluations if each.step <= middle), key=lambda each: each.step)
        assert there["training accuracy"] == percent(tested.train_accuracy, 1)
        assert f"evaluated last after {tested.step} steps" in words(page)
    steps = [int(each.dataframe[0].value["steps"].max()) for each in (whole, page)]
    assert steps == [2 * middle - 1, middle - 1]
    alts = [each.get("plotly_chart")[0].proto.alt for each in (whole, page)]
    assert f"after {middle - 1:,}" in alts[1] and f"after {2 * middle - 1:,}" not in alts[1]


def test_the_pages_about_training_lead_here() -> None:
    lessons = {
        Lesson.IDENTITY: "",
        Lesson.ZERO_INIT: "race_zero_init=true",
    }
    for lesson, query in lessons.items():
        page = settled(opened("ideas", lesson=str(lesson)))
        (found,) = [each.proto for each in page.get("page_link")]
        assert found.page.endswith("training") and found.query_string == query
    page = settled(opened("gradients", view="First steps", sgd_steps="1", images="2", seeds="1"))
    settled(healthy(page.button(key="flow_steps.now").click().run()))
    assert [each.proto.page for each in page.get("page_link")] == ["training"]
