"""One truth on every page: all stories, all lessons and every page as it opens are read together.

Every verdict about a gradient names its condition and its moment, and no two say opposite things of one setting. What
is read is what a reader sees; the settings come from the words, not from the networks behind them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bench.server import ROOT
from explorer import ResNetConfig
from explorer.gradients.conditions import condition
from explorer.gradients.page_jobs import Question, study
from explorer.gradients.paired_networks import names, pair
from explorer.gradients.quantity import Quantity, profile
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.stories import STORIES, Story
from explorer.gradients.values import ReadingState
from explorer.gradients.verdict import Verdict, finding, verdict
from explorer.jobs.queue import JobQueue
from explorer.network.links import to_url
from explorer.ui.ideas.choices import Lesson
from explorer.ui.state.warm_up import warm_up
from tests.gradients.test_verdict import number
from tests.pages.helpers import PATIENCE_S, healthy, opened, settled, words
from tests.spoken_verdicts import Said, contradictions, sentences, spoken, unnamed


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


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """Every page, lesson and story, measured as the pages measure them."""
    assert warm_up().wait(PATIENCE_S)
    jobs = JobQueue()
    measured: dict[tuple[ResNetConfig, ...], tuple[FlowBand, ...]] = {}

    def watched(question: Question, *where: str, **options: Any) -> tuple[FlowBand, ...]:
        measured[question.configs] = found = study(question, *where, **options)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ui.widgets.job_progress.queue", lambda: jobs)
        patch.setattr("explorer.gradients.page_jobs.study", watched)
        pages = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
        texts = [Text(f"page {name}", words(waited(opened(name), jobs))) for name in pages]
        texts += [Text(f"lesson {each}", words(settled(opened("ideas", lesson=each)))) for each in Lesson]
        texts += [Text(f"story {each.key}", read_story(each, jobs)) for each in STORIES]
        texts += [Text(f"title of {each.key}", f"{each.title}.") for each in STORIES]
        yield Read(texts, {each.key: measured[pair(each.config, each.contrast)] for each in STORIES})
    jobs.close()


def verdicts(texts: list[Text]) -> list[Said]:
    return [said for text in texts for said in spoken(text.words, text.where)]


# Left out of what is read, each of these makes opposite verdicts of true ones: a condition, a condition, a moment.
KEPT_FROM_THE_READER = {
    "each sum goes through the sigmoid; ": "",  # Gradient flow against Saturation
    "skips that bypass the sigmoid": "skips",
    "; by then the gradients of both are healthy": "; the gradients of both are healthy",
}


@pytest.mark.slow
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


# The reading itself, on sentences that stood on the pages once.

SATURATION_THEN = "Measured: with skips 1.2 times the gradient. Without skips it vanishes, with skips it is healthy."
SIGMOID_THEN = """
- Shortcut A: the gradient vanishes: the stem gets 7.6·10⁻⁷ of what the last block gets, × 0.457 for each of 18
- No shortcuts: the gradient vanishes: the stem gets 2.2·10⁻¹² of what the last block gets, × 0.225 for each of 18

**So both vanish: here the shortcut does not rescue the gradient.**
"""
WORSE_THEN = """
- Shortcut A: before the first step the gradient is healthy (ratio 69), after 20 steps it is healthy (55); the loss
- No shortcuts: before the first step the gradient explodes (ratio 12,000), after 20 steps it is healthy (28); the loss
- So “Shortcut A” is ahead of “No shortcuts” although the gradients of both are healthy.
"""


def test_the_contradictions_that_were_reported_are_found() -> None:
    lesson, story = spoken(SATURATION_THEN, "lesson"), spoken(SIGMOID_THEN, "page")
    assert not contradictions(lesson) and not contradictions(story)  # each page agrees with itself
    found = contradictions([*lesson, *story])
    assert found and {each.where for two in found for each in two} == {"lesson", "page"}
    worse = contradictions(spoken(WORSE_THEN, "page"))
    assert {two.verdict for two in {one for both in worse for one in both}} == {"explodes", "is healthy"}


@pytest.mark.parametrize(
    "text", [SATURATION_THEN, SIGMOID_THEN, WORSE_THEN, "Batch norm explodes.", "Healthy and worse."]
)
def test_verdicts_without_a_condition_or_a_moment_are_found(text: str) -> None:
    assert unnamed(text, "page")


@pytest.mark.parametrize(
    "text",
    [
        "Is the gradient to blame?",
        "People say. “Skip connections keep gradients healthy.”",
        "Below 10⁻² the gradient “vanishes”, above 10² it “explodes”.",
        "Make it deeper, and see whether it stays healthy: ResNet-110.",
    ],
)
def test_questions_claims_of_others_and_definitions_are_no_verdicts(text: str) -> None:
    assert not unnamed(text, "page") and not spoken(text, "page")


CONDITION = "each sum goes through the sigmoid; no norm, Xavier init; noise"
FINDING = f"It ({CONDITION}): before the first step the gradient vanishes: the stem gets"


@pytest.mark.parametrize(
    ("there", "other"),
    [
        ("before the first step", "after 20 steps"),
        ("goes through", "bypasses"),
        ("each sum goes through the sigmoid", "plain, sigmoid"),
        ("sigmoid", "tanh"),
        ("no norm", "batch norm"),
        ("Xavier init", "He fan-in init"),
        ("Xavier init", "Xavier init, zero-init"),
        ("noise", "digits"),
    ],
)
def test_another_condition_or_moment_is_another_setting(there: str, other: str) -> None:
    """Opposite verdicts contradict each other in one setting, and only there."""
    opposite = FINDING.replace("vanishes", "is healthy")
    assert contradictions([*spoken(FINDING, "one"), *spoken(opposite, "other")])
    assert not contradictions([*spoken(FINDING, "one"), *spoken(opposite.replace(there, other), "other")])


def test_every_part_of_a_condition_is_read() -> None:
    (said,) = spoken(f"{FINDING} 0.001, for each of 18 convolutions.", "page")
    assert [getattr(said.setting, each.name) for each in fields(said.setting)] == [
        *(
            "before the first step",
            "yes",
            "goes through",
            "sigmoid",
            "no norm",
            "Xavier init",
            "no",
            "no",
            "noise",
            "18",
        )
    ]
    assert said.setting.is_named and len(sentences(f"{FINDING} 1. {FINDING} 2.")) == 2


def test_a_pair_is_read_for_both_of_its_networks() -> None:
    pre = "with it the shortcut bypasses the tanh, except in 2 blocks; without it each sum goes through the tanh"
    text = f"So before the first step it is pre-activation that keeps the gradient healthy ({pre}; no norm; noise)."
    assert [(each.verdict, each.setting.way) for each in spoken(text, "page")] == [
        ("is healthy", "bypass"),
        ("is not healthy", "goes through"),
    ]
    text = f"So before the first step both vanish: here the shortcut does not rescue the gradient ({CONDITION})."
    assert [(each.verdict, each.setting.skips, each.setting.way) for each in spoken(text, "page")] == [
        ("vanishes", "yes", "goes through"),
        ("vanishes", "no", None),
    ]
