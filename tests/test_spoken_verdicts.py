"""The reading of verdicts, on sentences that stood on the pages once."""

from dataclasses import fields

import pytest

from tests.spoken_verdicts import contradictions, sentences, spoken, unnamed

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
