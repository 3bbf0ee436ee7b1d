"""One truth on every page: all stories, all lessons and every page as it opens are read together.

Every verdict about a gradient names its condition and its moment, and no two say opposite things of one setting. What
is read is what a reader sees; the settings come from the words, not from the networks behind them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bench.server import ROOT
from explorer.gradients.conditions import condition
from explorer.gradients.page_jobs import study
from explorer.gradients.paired_networks import names, pair
from explorer.gradients.quantity import Quantity, profile
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.stories import STORIES, Story
from explorer.gradients.values import ReadingState
from explorer.gradients.verdict import Verdict, finding, verdict
from explorer.jobs.queue import JobQueue
from explorer.network.config import ResNetConfig
from explorer.network.links import to_url
from explorer.ui.ideas.choices import Lesson
from tests.gradients.test_verdict import number
from tests.pages.helpers import PATIENCE_S, healthy, opened, settled, words
from tests.spoken_verdicts import Said, contradictions, spoken, unnamed


@dataclass(frozen=True)
class Text:
    """All that a page says, and where it stands."""

    where: str
    words: str


@dataclass(frozen=True)
class Read:
    """All texts, and what each story has measured before the first step, by the story's key."""

    texts: list[Text]
    bands: dict[str, tuple[FlowBand, ...]]


def waited(page: AppTest, jobs: JobQueue) -> AppTest:
    """The page with its measurements; the page is not drawn again and again meanwhile, which costs as much."""
    work = page.session_state["held"].get("work", {})
    for key in {"flow_study.handle", "flow_steps.handle"} & set(work):
        jobs.result(work[key], timeout=5 * PATIENCE_S)
    return settled(page)


def read_story(story: Story, jobs: JobQueue) -> str:
    """The story as it opens, in its own view, with what it measures."""
    page = opened("gradients", flow=to_url(story.config), contrast=str(story.contrast), **story.choices)
    if any(each.key == "flow_steps.now" for each in page.button):
        page = healthy(page.button(key="flow_steps.now").click().run())
    page = waited(page, jobs)
    assert story.claim in words(page), "the link opened something else"
    return words(page)


@pytest.fixture
def fresh_queue(shared_queue: JobQueue) -> JobQueue:
    """The queue of the paths' steps, which ask for what the stories ask for."""
    return shared_queue


@pytest.fixture
def read(fresh_queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Every page, lesson and story, measured as the pages measure them."""
    asked: dict[tuple[ResNetConfig, ...], str] = {}
    submit = fresh_queue.submit

    def watched(function: Callable[..., Any], *args: Any, **options: Any) -> str:
        handle = submit(function, *args, **options)
        if function is study:
            asked[args[0].configs] = handle
        return handle

    monkeypatch.setattr(fresh_queue, "submit", watched)
    pages = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
    texts = [Text(f"page {name}", words(waited(opened(name), fresh_queue))) for name in pages]
    texts += [Text(f"lesson {each}", words(settled(opened("ideas", lesson=each)))) for each in Lesson]
    texts += [Text(f"story {each.key}", read_story(each, fresh_queue)) for each in STORIES]
    texts += [Text(f"title of {each.key}", f"{each.title}.") for each in STORIES]
    measured = {each.key: fresh_queue.result(asked[pair(each.config, each.contrast)]) for each in STORIES}
    return Read(texts, measured)


def verdicts(texts: list[Text]) -> list[Said]:
    return [said for text in texts for said in spoken(text.words, text.where)]


# Left out of what is read, each of these makes opposite verdicts of true ones: a condition, a condition, a moment.
KEPT_FROM_THE_READER = {
    "each sum goes through the sigmoid; ": "",  # Gradient flow against Saturation
    "skips that bypass the sigmoid": "skips",
    "; by then the gradients of both are healthy": "; the gradients of both are healthy",
}


def test_all_pages_lessons_and_stories_tell_one_truth(read: Read) -> None:
    """One test, for reading everything takes half a minute, and parallel workers would each do it."""
    texts = read.texts
    found = contradictions(verdicts(texts))
    assert not found, "\n\n".join(f"{one.where}: {one.text}\n{two.where}: {two.text}" for one, two in found)
    loose = [each for text in texts for each in unnamed(text.words, text.where)]
    assert not loose, "\n".join(loose)
    assert_nothing_is_overlooked(texts)
    for kept, replacement in KEPT_FROM_THE_READER.items():  # the same measurements, and the test would fail
        changed = [Text(each.where, each.words.replace(kept, replacement)) for each in texts]
        assert changed != texts and contradictions(verdicts(changed)), kept
        assert [each for text in changed for each in unnamed(text.words, text.where)], kept
    for story in STORIES:
        assert_its_sentence_agrees_with_its_chart(read.bands[story.key])
    assert_the_stories_show_what_the_design_measured(read.bands)
    assert_plain_and_healthy_and_still_worse(texts)


def assert_nothing_is_overlooked(texts: list[Text]) -> None:
    """Each story passes a verdict on both of its networks and compares them; the lessons say what they must, too."""
    read = {each.where: each.words for each in texts}
    for story in STORIES:
        text = read[f"story {story.key}"]
        assert len([each for each in spoken(text, "") if each.topic == "gradient"]) >= 4, text
        for name, config in zip(names(story.config, story.contrast), pair(story.config, story.contrast), strict=True):
            assert f"{name} ({condition(config)}" in text
    stack = [(each.verdict, each.setting.way) for each in spoken(read["lesson saturation"], "")]
    assert stack == [("vanishes", None), ("is healthy", "bypass")]
    assert [each.topic for each in spoken(read["lesson identity"], "")] == ["ahead"]


def assert_its_sentence_agrees_with_its_chart(bands: tuple[FlowBand, ...]) -> None:
    for one in bands:
        for seeds in ((0,), (1, 2), (0, 1, 2)):
            some = FlowBand(tuple(one.flows[seed] for seed in seeds))
            drawn = profile(some, Quantity.GRADIENT, relative=True).bands[0].median
            found = finding(some, "It")
            assert found.verdict is verdict(drawn.log10)
            assert number(found.sentence.partition("the stem gets ")[2]) == pytest.approx(10**drawn.log10, rel=0.06)
            assert ("below what float32" in found.sentence) == (
                profile(some, Quantity.GRADIENT).bands[0].median.state is ReadingState.UNDERFLOW
            )


def assert_the_stories_show_what_the_design_measured(bands: dict[str, tuple[FlowBand, ...]]) -> None:
    """The direction of each, with what the contrast is about and without."""
    assert {key: tuple(finding(one, key).verdict for one in both) for key, both in bands.items()} == {
        "sigmoid": (Verdict.VANISHES, Verdict.VANISHES),
        "small_init": (Verdict.HEALTHY, Verdict.VANISHES),
        "batch_norm": (Verdict.HEALTHY, Verdict.EXPLODES),
        "pre_activation": (Verdict.HEALTHY, Verdict.VANISHES),
        "zero_init": (Verdict.HEALTHY, Verdict.HEALTHY),
        "he_without_norm": (Verdict.EXPLODES, Verdict.HEALTHY),
        "learned_scale": (Verdict.HEALTHY, Verdict.EXPLODES),
        "healthy_and_worse": (Verdict.HEALTHY, Verdict.EXPLODES),
    }


def assert_plain_and_healthy_and_still_worse(texts: list[Text]) -> None:
    """He et al. 2015, section 4.1: after some steps the plain network's gradient is healthy, and its loss is higher."""
    (said,) = (text.words for text in texts if text.where == "story healthy_and_worse")
    lines = [line.removeprefix("- ").replace("**", "") for line in said.splitlines()]
    without = next(line for line in lines if line.startswith("No shortcuts (") and "after 20 steps" in line)
    race = next(line for line in lines if line.startswith("So after 20 steps"))
    assert without.startswith("No shortcuts (plain, ReLU; batch norm, He fan-out init; digits): before the first step")
    assert "the gradient explodes (ratio" in without and "after 20 steps it is healthy (ratio" in without
    assert race.startswith("So after 20 steps “Shortcut A” is ahead of “No shortcuts” (") and "although" not in race
    assert "by then the gradients of both are healthy, but on the way" in race
    assert "that of “No shortcuts” last explodes after" in race
