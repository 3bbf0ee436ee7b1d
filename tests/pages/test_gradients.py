"""The Gradient-flow page's logic, without a browser: stories, settings, predictions, measurements and nonsense."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

import explorer.gradients.page_jobs
from explorer import from_url, to_url
from explorer.gradients.conditions import shared_condition
from explorer.gradients.page_jobs import Question, study, study_steps
from explorer.gradients.paired_networks import Contrast, pair
from explorer.gradients.stories import STORIES, Story
from explorer.gradients.story_jobs import story_requests
from explorer.gradients.values import InputSource
from explorer.gradients.verdict import conclusion, finding
from explorer.jobs.idle import work_when_idle
from explorer.jobs.queue import JobQueue
from explorer.live.devices import default_device
from explorer.ui.gradients.choices import GradientsView
from tests.pages.helpers import PATIENCE_S, healthy, link, opened, opened_with_my_network, settled, warnings

SMALL = "resnet20~stage_blocks-1.1.1~image_size-8"
QUICK = {"flow": SMALL, "images": "2", "seeds": "1"}


open_page = partial(opened, "gradients")


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in (*page.markdown, *page.info, *page.caption)).replace("\\", "")


def charts(page: AppTest) -> list[str]:
    return [each.proto.id.rpartition("-")[2] for each in page.get("plotly_chart")]


def title(page: AppTest) -> str:
    (found,) = page.header
    return str(found.value).replace("\\", "")


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> str:
    """The device that the page chooses. What is measured there twice is the same, on a GPU too."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    return default_device().name


def test_opens_on_the_classic_already_measured(device: str) -> None:
    page = settled(open_page())
    story = STORIES[0]
    bands = study(Question(pair(story.config, story.contrast)), device)
    said = words(page)
    assert story.claim in said
    for band, name in zip(bands, ("Shortcut A", "No shortcuts"), strict=True):
        assert finding(band, name).sentence in said
    assert "Below 10⁻²" in said
    assert charts(page) == ["flow_chart"]
    assert not page.query_params
    assert not warnings(page)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_every_story_is_one_click_and_a_link(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        explorer.gradients.page_jobs,
        "study",
        lambda *_, **__: study(Question(pair(from_url(SMALL), Contrast.SKIPS), (0,), 2)),
    )
    page = open_page(**QUICK)
    healthy(page.pills[0].set_value(story.title).run())
    assert story.claim in words(page)
    query = {name: link(page, name) for name in page.query_params}
    for name, value in story.choices.items():
        assert query[name] == value
    other = open_page(**query)
    assert story.claim in words(other)
    assert other.pills[0].value == story.title


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_storys_link_says_what_people_say_and_what_happened(story: Story) -> None:
    """With few images. One story trains."""
    few = {"images": "2", "seeds": "1"}
    page = settled(open_page(flow=to_url(story.config), contrast=story.contrast, **few, **story.choices))
    assert story.claim in words(page)
    assert "**What happened.**" in words(page) and charts(page)
    assert page.pills[0].value == story.title


def test_a_story_about_training_trains_without_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    (story,) = [each for each in STORIES if each.trains]
    running = threading.Event()
    monkeypatch.setattr(explorer.gradients.page_jobs, "study_steps", lambda *_, **__: running.wait(PATIENCE_S))
    page = settled(open_page())
    healthy(page.pills[0].set_value(story.title).run())
    assert page.status or charts(page)
    assert not [each for each in page.button if each.key == "flow_steps.now"]
    running.set()


def test_what_the_server_measured_when_idle_is_every_storys_chart(
    device: str, fresh_queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each story, opened afresh, has its chart at once: the page asks for what the server asked for, word for word."""
    small, asked = Question(pair(from_url(SMALL), Contrast.SKIPS), (0,), 2), []
    bands, steps = study(small), study_steps(small, steps=1, learning_rate=0.1)
    monkeypatch.setattr(explorer.gradients.page_jobs, "study", lambda *_, **__: asked.append("flow") or bands)
    monkeypatch.setattr(explorer.gradients.page_jobs, "study_steps", lambda *_, **__: asked.append("steps") or steps)
    work_when_idle(fresh_queue, story_requests(device), threading.Event(), pause=0.0)
    assert len(asked) == len(STORIES) + 1  # one of them trains, too
    for story in STORIES:
        setting = {"flow": to_url(story.config), "contrast": str(story.contrast)}
        page = open_page(**setting, **story.choices)
        assert page.pills[0].value == story.title
        assert charts(page) and not page.status, story.title
        page = open_page(**setting, **{**story.choices, "view": str(GradientsView.LAYERS)})
        assert charts(page) and not page.status, story.title
    assert len(asked) == len(STORIES) + 1


def test_a_setting_of_ones_own_has_no_story() -> None:
    page = settled(open_page(**QUICK))
    assert "Your own setting" in words(page)
    assert page.pills[0].value is None


def test_an_edited_network_is_measured_and_goes_into_the_link(device: str) -> None:
    page = settled(open_page(**QUICK))
    settled(healthy(page.selectbox(key="flow.activation").select("sigmoid").run()))
    config = from_url(link(page, "flow"))
    assert config.activation == "sigmoid"
    (first, second) = study(Question(pair(config, Contrast.SKIPS), (0,), 2), device)
    said = finding(first, "Shortcut A"), finding(second, "No shortcuts")
    assert all(each.sentence in words(page) for each in said)
    where = shared_condition(first.config, second.config, InputSource.NOISE)
    assert conclusion(said[0].verdict, said[1].verdict, "the shortcut", where) in words(page)


@pytest.mark.parametrize("view", GradientsView)
@pytest.mark.parametrize("contrast", Contrast)
def test_every_part_opens_for_every_contrast(view: GradientsView, contrast: Contrast) -> None:
    page = settled(open_page(**QUICK, view=str(view), contrast=str(contrast)))
    assert contrast.label in title(page)
    assert not warnings(page)


@pytest.mark.parametrize("shortcut", ["none", "A", "B", "C", "avgpool", "avgpool_projection"])
def test_every_shortcut_is_measured(shortcut: str) -> None:
    page = settled(open_page(**{**QUICK, "flow": f"{SMALL}~shortcut-{shortcut}"}, view=str(GradientsView.ADDS)))
    assert "Back through" in words(page) or "From the loss back through" in words(page)
    assert not page.error


@pytest.mark.parametrize("quantity", ["gradient", "weight", "signal"])
@pytest.mark.parametrize("scale", ["log", "linear"])
def test_every_look_at_the_numbers_has_its_table(quantity: str, scale: str) -> None:
    page = settled(open_page(**QUICK, show=quantity, scale=scale, relative="true", values="true"))
    (table,) = page.dataframe
    (band, _) = study(Question(pair(from_url(SMALL), Contrast.SKIPS), (0,), 2))
    assert len(table.value) == len(band.layers if quantity == "weight" else band.blocks)


def test_my_network_is_measured_with_one_click(device: str) -> None:
    mine = f"{SMALL}~activation-tanh"
    page = settled(opened_with_my_network("gradients", mine, images="2", seeds="1"))
    assert not page.button(key="my_network").disabled
    settled(healthy(page.button(key="my_network").click().run()))
    assert from_url(link(page, "flow")) == from_url(mine)
    assert charts(page) == ["flow_chart"]
    (first, _) = study(Question(pair(from_url(mine), Contrast.SKIPS), (0,), 2), device)
    assert finding(first, "Shortcut A").sentence in words(page)
    assert page.button(key="my_network").disabled and page.button(key="my_network").help == "It is measured here."


def test_a_contrast_that_my_network_does_not_have_gives_way() -> None:
    mine = f"{SMALL}~shortcut-none"
    page = settled(opened_with_my_network("gradients", mine, **QUICK, contrast="zero_init"))
    settled(healthy(page.button(key="my_network").click().run()))
    assert not warnings(page) and charts(page)


# Predict first.


def test_a_prediction_comes_before_the_measurement_and_is_answered() -> None:
    page = settled(open_page(**QUICK, predict="true"))
    assert "Predict." in words(page)
    assert "What happened" not in words(page)
    assert not charts(page)
    healthy(page.button(key="guess.VANISHES").click().run())
    assert "You predicted that it vanishes" in words(page)
    assert charts(page)


def test_whoever_would_rather_see_is_shown() -> None:
    page = settled(open_page(**QUICK, predict="true"))
    healthy(page.button(key="guess.none").click().run())
    assert "What happened" in words(page)
    assert "You predicted" not in words(page)


# Step backward.


def test_the_walk_lights_a_block_and_says_its_numbers() -> None:
    page = settled(open_page(**QUICK, view=str(GradientsView.ADDS)))
    assert "From the loss back through layer3.0, the last block" in words(page)
    healthy(page.select_slider(key="lit.widget").set_value("layer1.0").run())
    assert "Back through layer1.0" in words(page)
    assert link(page, "lit") == "layer1.0"
    other = settled(open_page(**{name: link(page, name) for name in page.query_params}))
    assert "Back through layer1.0" in words(other)


# First steps and depth: on request, cancelled, and still there after another page.


def test_the_first_steps_are_trained_when_asked_for() -> None:
    page = settled(open_page(**QUICK, view=str(GradientsView.STEPS), sgd_steps="2"))
    assert not charts(page)
    settled(healthy(page.button(key="flow_steps.now").click().run()))
    assert charts(page) == ["steps_chart", "losses_chart"]
    assert "after 2 steps" in words(page)


def test_a_loss_that_is_no_number_is_said() -> None:
    page = open_page(**QUICK, view=str(GradientsView.STEPS), sgd_steps="3", rate="1e30")
    settled(healthy(page.button(key="flow_steps.now").click().run()))
    assert "training diverged" in words(page)


def test_a_sweep_is_cancelled_twice_and_asked_for_again(monkeypatch: pytest.MonkeyPatch, fresh_queue: JobQueue) -> None:
    import explorer.gradients.depth_sweep  # noqa: PLC0415  torch is loaded by now

    running, real = threading.Event(), explorer.gradients.depth_sweep.measure_depth_sweep

    def slow(*args: Any, progress: Callable[[float, str], None], **kwargs: Any) -> Any:
        running.set()
        for _ in range(200):
            progress(0.1, "still at it")
            time.sleep(0.05)
        return real(*args, progress=progress, **kwargs)

    monkeypatch.setattr(explorer.gradients.depth_sweep, "measure_depth_sweep", slow)
    page = open_page(**QUICK, view=str(GradientsView.DEPTH))
    healthy(page.button(key="flow_depth.now").click().run())
    assert running.wait(PATIENCE_S)
    handle = page.session_state["held"]["work"]["flow_depth.handle"]
    (cancel,) = [each for each in page.button if each.label == "Cancel"]
    healthy(cancel.click().run())
    fresh_queue.cancel(handle)
    fresh_queue.cancel(handle)
    assert fresh_queue.status(handle).state == "cancelled"
    assert page.button(key="flow_depth.now")
    assert not page.status
    monkeypatch.setattr(explorer.gradients.depth_sweep, "measure_depth_sweep", real)


def test_another_page_and_back_finds_the_finished_result() -> None:
    page = settled(open_page(**QUICK, view=str(GradientsView.STEPS), sgd_steps="1"))
    settled(healthy(page.button(key="flow_steps.now").click().run()))
    page.switch_page("pages/compare.py")
    healthy(page.run())
    page.switch_page("pages/gradients.py")
    healthy(page.run())
    assert not page.status
    assert charts(page) == ["steps_chart", "losses_chart"]


# Nonsense.


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"flow": "plain-56"}, "This link's network cannot be shown"),
        ({"flow": "x" * 10_000}, "This link's network cannot be shown"),
        ({"images": "1e6"}, "Images: '1e6' is not a whole number"),
        ({"images": "-4"}, "Images: '-4' is not a whole number"),
        ({"contrast": "<b>"}, "“Compare with and without” is '<b>' in this link: it must be one of shortcuts"),
        ({"view": "nonsense"}, "view is 'nonsense' in this link"),
        ({"seeds": "NaN"}, "“Seeds” is 'NaN' in this link"),
        ({"input": "images"}, "Choose a picture first"),
        ({"view": "First steps", "rate": "-1"}, "Learning rate: '-1' is not a number above zero"),
        ({"view": "First steps", "sgd_steps": "many"}, "SGD steps: 'many' is not a whole number"),
        ({"view": "Activations", "product": "5000"}, "Layers: 5,000 is out of range, take 1 to 2,000"),
        ({"flow": "plain20", "contrast": "zero_init"}, "Without shortcuts a branch that starts at zero"),
    ],
)
def test_nonsense_is_said_and_the_page_alive(query: dict[str, str], said: str) -> None:
    page = settled(open_page(**{**QUICK, **query}))
    assert any(said in warning.replace("\\", "") for warning in warnings(page)), warnings(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"images": "1000000"}, "A batch of 1,000,000 images is out of range"),
        ({"images": "0"}, "A batch of 0 images is out of range"),
        ({"flow": "resnet152", "images": "512"}, "Take a smaller batch"),
    ],
)
def test_what_cannot_be_measured_is_said(query: dict[str, str], said: str) -> None:
    page = settled(open_page(**{**QUICK, **query}))
    assert any(said in each.value.replace("\\", "") for each in page.error), [each.value for each in page.error]


def test_a_story_that_lit_a_block_of_another_network_shows_the_last_block() -> None:
    page = settled(open_page(**QUICK, view=str(GradientsView.ADDS), lit="layer9.9"))
    assert "From the loss back through layer3.0, the last block" in words(page)
