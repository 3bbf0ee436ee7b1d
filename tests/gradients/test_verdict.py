"""Verdicts and sentences: right for every number (tests/pages/test_one_truth.py looks at what the stories measure)."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import ResNetConfig, preset
from explorer.gradients.advice import advice
from explorer.gradients.conditions import condition
from explorer.gradients.depth_sweep import measure_depth_sweep
from explorer.gradients.page_jobs import Question, study, study_steps
from explorer.gradients.paired_networks import Contrast, pair
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.trend_values import DepthCurve, DepthPoint, FirstSteps
from explorer.gradients.trend_verdicts import growth_sentence, told
from explorer.gradients.values import FlowReading, ReadingState, main_path_convs
from explorer.gradients.verdict import (
    EXPLODES_ABOVE,
    VANISHES_BELOW,
    Verdict,
    conclusion,
    finding,
    ratio_words,
    reply,
    verdict,
    verdict_of,
)
from tests.gradients.test_values import flow

LOST, ONE = FlowReading(0.0, ReadingState.UNDERFLOW, -52.0), FlowReading.of(1.0)


def band(first: FlowReading, last: FlowReading = ONE, *more: FlowReading) -> FlowBand:
    """Seeds whose gradients at the stem are ``first`` and ``more``, and at the last block ``last``."""
    return FlowBand(tuple(flow(one, last, seed=seed) for seed, one in enumerate((first, *more))))


@given(st.floats(-400, 400))
def test_the_verdict_is_by_the_thresholds(log10: float) -> None:
    found = verdict(log10)
    assert (found is Verdict.VANISHES) == (log10 < math.log10(VANISHES_BELOW))
    assert (found is Verdict.EXPLODES) == (log10 > math.log10(EXPLODES_ABOVE))


def test_what_is_no_number_breaks() -> None:
    assert verdict(math.nan) is Verdict.BREAKS
    assert verdict(math.inf) is Verdict.EXPLODES
    assert verdict(-math.inf) is Verdict.VANISHES


def number(words: str) -> float:
    """The first number of a text, as sentences write it: 0.21, 17,000, 3.2·10⁻¹²."""
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    found = re.search(r"(?:([\d.,]+)·)?10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)|([\d.,]*\d)", words)
    assert found, words
    if found[2]:
        return float((found[1] or "1").replace(",", "")) * 10.0 ** int(found[2].translate(raised))
    return float(found[3].replace(",", ""))


@given(st.floats(-30, 30))
def test_the_sentence_says_the_ratio_and_the_factor(log10: float) -> None:
    found = finding(band(FlowReading.of(10.0**log10)), "It")
    assert found.sentence.startswith("It (each sum goes through the ReLU; batch norm, He fan-out init; noise): ")
    assert f": before the first step the gradient {found.verdict}: the stem gets " in found.sentence
    assert number(found.sentence.partition("the stem gets ")[2]) == pytest.approx(10.0**log10, rel=0.06)
    convs = main_path_convs(preset("resnet20"))
    assert number(found.sentence.partition("× ")[2]) == pytest.approx(10 ** (log10 / convs), rel=0.006)
    assert f"each of {convs} convolutions" in found.sentence


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (LOST, ONE, "below what float32 can hold"),
        (FlowReading.of(0.0), ONE, "nothing at all arrives at the stem"),
        (ONE, FlowReading.of(0.0), "at the last block it is exactly zero"),
        (FlowReading.of(math.inf), ONE, "what arrives at the stem is above float32"),
        (FlowReading.of(math.nan), ONE, "is no number, since the signal or the gradient left"),
        (FlowReading.of(math.inf), FlowReading.of(math.inf), "is no number, since the signal or the gradient left"),
        (FlowReading.of(0.0), FlowReading.of(0.0), "the gradient is exactly zero, at the last block and at the stem."),
    ],
)
def test_what_has_no_plain_ratio_is_said_as_it_is(first: FlowReading, last: FlowReading, said: str) -> None:
    assert said in finding(band(first, last), "It").sentence


def test_zero_over_zero_is_no_matter_of_float32() -> None:
    """One class: its probability is 1 whatever the network puts out, so the loss is 0 and so is every gradient."""
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8, num_classes=1)
    question = Question((config, config), (0, 1), 2)
    (found, _) = study(question)
    said = finding(found, "It").sentence
    assert verdict_of(found.flows[0]) is Verdict.NOTHING is finding(found, "It").verdict
    assert said.endswith("exactly zero, at the last block and at the stem, since with one class the loss is constant.")
    steps = " ".join(told(study_steps(question, steps=2, learning_rate=0.1), ("A", "B")))
    depths = growth_sentence(measure_depth_sweep([config], (8, 14), (0,), batch_size=2).curves[0], "It")
    assert "is exactly zero at every depth, since with one class the loss is constant" in depths
    assert "before the first step the gradient is exactly zero (ratio 0/0)" in steps
    for each in (said, steps, depths):
        assert "float32" not in each and "no number" not in each
    assert "class" in advised(config)


def advised(config: ResNetConfig) -> str:
    suggestion = advice(config, Verdict.NOTHING)
    assert suggestion and suggestion[1].num_classes == 10
    return suggestion[0]


def test_zeros_among_other_seeds_are_counted_as_what_they_are() -> None:
    zero = flow(FlowReading.of(0.0), FlowReading.of(0.0), seed=1)
    found = finding(FlowBand((flow(ONE, ONE, seed=0), flow(ONE, ONE, seed=2), zero)), "It")
    assert found.verdict is Verdict.HEALTHY and found.sentence.endswith("; in 1 of 3 seeds it is exactly zero.")


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.00996, "0.00996"),
        (0.0099999, "0.0099999"),
        (0.009999999999, "just below 0.01"),
        (0.01, "0.01"),
        (0.01004, "0.01004"),
        (100.3, "100.3"),
        (100.0000001, "just above 100"),
        (100, "100"),
        (99.6, "99.6"),
        (0.21, "0.21"),
    ],
)
def test_a_ratio_beside_a_threshold_does_not_print_as_the_threshold(ratio: float, words: str) -> None:
    assert ratio_words(FlowReading.of(ratio).log10) == words
    said = finding(band(FlowReading.of(ratio)), "It").sentence
    assert f"the stem gets {words} " in said


@given(st.floats(-2.01, -1.99) | st.floats(1.99, 2.01) | st.floats(-30, 30))
def test_a_reader_who_applies_the_rule_to_the_printed_ratio_finds_the_verdict(log10: float) -> None:
    words = ratio_words(log10)
    printed = number(words)
    below, above = printed < VANISHES_BELOW or "just below" in words, printed > EXPLODES_ABOVE or "just above" in words
    found = verdict(log10)
    assert (below and printed < 1) == (found is Verdict.VANISHES)
    assert (above and printed > 1) == (found is Verdict.EXPLODES)


def test_seeds_that_disagree_are_counted() -> None:
    found = finding(band(FlowReading.of(1e-1), ONE, FlowReading.of(1e-9), FlowReading.of(0.5)), "It")
    assert found.verdict is Verdict.HEALTHY
    assert found.sentence.endswith("; in 1 of 3 seeds it vanishes.")


@pytest.mark.parametrize("first", Verdict)
@pytest.mark.parametrize("second", Verdict)
def test_the_conclusion_follows_from_the_verdicts(first: Verdict, second: Verdict) -> None:
    said = conclusion(first, second, "the shortcut", "plain, ReLU; no norm")
    assert "the shortcut" in said and said.startswith("So before the first step ")
    assert said.endswith(" (plain, ReLU; no norm).")
    healthy = (first is Verdict.HEALTHY, second is Verdict.HEALTHY)
    assert ("keeps the gradient healthy" in said) == (healthy == (True, False))
    assert ("does harm" in said) == (healthy == (False, True))
    assert ("both are healthy" in said) == all(healthy)


@pytest.mark.parametrize("guess", [Verdict.VANISHES, Verdict.HEALTHY, Verdict.EXPLODES])
@pytest.mark.parametrize("measured", Verdict)
def test_a_prediction_is_answered(guess: Verdict, measured: Verdict) -> None:
    said = reply(guess, measured)
    assert f"it {guess}" in said
    assert ("says the same" in said) == (guess is measured)
    assert ("to be wrong about" in said) == (guess is not measured)


# First steps and depth.


def test_the_first_steps_are_told_as_they_were() -> None:
    small = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8)
    runs = study_steps(Question(pair(small, Contrast.SKIPS), (0,), 4), steps=3, learning_rate=0.05)
    said = " ".join(told(runs, ("With", "Without")))
    for run, name in zip(runs, ("With", "Without"), strict=True):
        assert f"{name} ({condition(run.config, 'noise')}): before the first step the gradient" in said
        assert f"before the first step the gradient {verdict(run.log10_ratios[0])} (ratio" in said
        assert f"from {run.losses[0]:.3g} to {run.losses[-1]:.3g}" in said
    ahead = "With" if runs[0].losses[-1] < runs[1].losses[-1] else "Without"
    assert f"So after 3 steps “{ahead}” is ahead" in said
    healthy = all(verdict(log10) is Verdict.HEALTHY for run in runs for log10 in run.log10_ratios)
    assert ("after every step the gradients of both are healthy" in said) == healthy


def run_of(losses: Sequence[float], ratios: Sequence[float]) -> FirstSteps:
    """First steps with these losses and ratios first/last."""
    flows = [replace(flow(FlowReading.of(ratio), ONE), loss=loss) for loss, ratio in zip(losses, ratios, strict=True)]
    return FirstSteps(0.1, len(flows) - 1, tuple(flows), "")


def race(first: FirstSteps, second: FirstSteps) -> str:
    return told((first, second), ("A", "B"))[-1]


@pytest.mark.parametrize("losses", [((0.0, 0.0), (0.0, 0.0)), ((2.3, 1.501), (2.4, 1.502)), ((2.3, 0.5), (2.4, 0.5))])
def test_a_tie_is_a_tie(losses: tuple[Sequence[float], Sequence[float]]) -> None:
    """Also where the two differ in a digit that no reader is shown."""
    said = race(*(run_of(each, (1, 1)) for each in losses))
    assert said.startswith("So after 1 step neither is ahead (") and "is ahead of" not in said
    assert said.endswith(f"): both have a loss of {losses[0][-1]:.3g}.")


def test_the_race_looks_at_the_whole_way() -> None:
    well, ill = run_of((2, 1, 0.5), (1, 2, 1)), run_of((2, 1, 0.7), (13_000, 5, 1))
    assert race(well, ill).endswith(
        "; by then the gradients of both are healthy, but on the way that of “B” explodes before the first step."
    )
    assert "that of “B” last vanishes after 1 step." in race(well, run_of((2, 1, 0.7), (1, 1e-9, 1)))
    assert race(well, well_but_behind := run_of((2, 1, 0.7), (1, 2, 1))).endswith(
        ", although before the first step and after every step the gradients of both are healthy."
    )
    assert "health" not in race(well_but_behind, run_of((2, 1, 0.9), (1, 1, 1e9)))


def test_a_run_that_diverged_is_no_winner() -> None:
    small = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8)
    runs: tuple[FirstSteps, ...] = study_steps(Question((small, small), (0,), 2), steps=3, learning_rate=1e30)
    said = " ".join(told(runs, ("One", "Other")))
    assert "training diverged" in said
    assert "ahead" not in said


def curve(*log10_ratios: float) -> DepthCurve:
    """A curve over 6, 18 and 54 convolutions, as many as there are ratios."""
    config = preset("resnet20")
    points = [
        DepthPoint(config, convs + 2, convs, None, (log10,), 0, "")
        for convs, log10 in zip((6, 18, 54), log10_ratios, strict=False)
    ]
    return DepthCurve(config, tuple(points))


@given(st.floats(-0.5, 0.5) | st.floats(-0.001, 0.001), st.floats(-3, 3))
def test_the_growth_is_said_as_it_was_fitted(slope: float, start: float) -> None:
    said = growth_sentence(curve(*(slope * convs + start for convs in (6, 18, 54))), "It")
    word = "neither grows nor shrinks" if abs(100 * slope) < math.log10(1.05) else "grows" if slope > 0 else "shrinks"
    if abs(abs(100 * slope) - math.log10(1.05)) > 1e-6:
        assert f"the gradient {word} towards the input, ×" in said
        assert ("so over 100 of them it keeps its size, within 5 %" in said) == (word == "neither grows nor shrinks")
    assert number(said.partition("× ")[2]) == pytest.approx(10**slope, rel=0.006)
    if word != "neither grows nor shrinks":
        over = said.partition("of them to ")[2]
        assert number(over) == pytest.approx(10 ** (100 * slope), rel=0.06)
        assert f" {'times' if slope > 0 else 'of'} its size" in over


def test_a_hundredfold_loss_of_size_is_not_called_none() -> None:
    """× 0.99 a convolution over 100 of them: "neither grows nor shrinks" was false, and "by 0.38" had no direction."""
    said = growth_sentence(curve(*(math.log10(0.38) / 100 * convs for convs in (6, 18, 54))), "It")
    assert "shrinks towards the input, × 0.9904 a convolution, so over 100 of them to 0.38 of its size." in said


def test_too_few_depths_are_said() -> None:
    assert "too few depths" in growth_sentence(curve(1.0), "It")
    assert "1 ratio without a logarithm left out" in growth_sentence(curve(1.0, math.nan, 2.0), "It")
