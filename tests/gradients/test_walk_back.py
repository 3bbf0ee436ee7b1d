"""The walk back from the loss: every unit once, factors that multiply to the ratio, and sentences that are true."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.gradients.number_words import reading_words
from explorer.gradients.shortcut_shares import split
from explorer.gradients.values import FlowReading, GradientFlow, ReadingState
from explorer.gradients.walk_back import BackStep, steps
from explorer.network.presets import preset
from tests.gradients.flows import INFINITE, LOST, NAN, TINY, ZERO, by_hand, flows, measured

CONFIG = TINY["pads"]
ONE = FlowReading.of(1.0)


def check_walk(flow: GradientFlow) -> None:
    """From the last block to the stem, each with its own numbers."""
    walk = steps(flow)
    assert [step.unit for step in walk] == list(reversed(flow.blocks))
    assert [step.arrives for step in walk] == list(reversed(flow.gradient_norms))
    assert [step.before for step in walk] == [None, *reversed(flow.gradient_norms[1:])]
    assert {step.unit: step.parting for step in walk if step.parting} == {part.block: part for part in flow.adds}
    assert walk[0].log10_since == 0
    if all(reading.finite for reading in flow.gradient_norms):
        assert math.fsum(step.arrives.log10 - step.before.log10 for step in walk if step.before) == pytest.approx(
            flow.log10_ratio, abs=1e-9
        )
    assert walk[-1].log10_since == pytest.approx(flow.log10_ratio, nan_ok=True)
    for step in walk:
        check_sentence(step)


def check_sentence(step: BackStep) -> None:
    """The sentence says the numbers of its step and none that it does not have."""
    sentence = step.sentence
    assert sentence.endswith(".") and sentence.count(".") >= 1 and "nan" not in sentence and "inf " not in sentence
    assert step.unit in sentence
    state = step.arrives.state
    assert ("exactly zero arrives" in sentence or "|dL/dh| is exactly zero" in sentence) == (state is ReadingState.ZERO)
    assert ("what arrives is not a number" in sentence) == (state is ReadingState.NOT_A_NUMBER)
    assert ("more than float32 can hold arrives" in sentence) == (state is ReadingState.OVERFLOW)
    if step.arrives.finite:
        assert f"|dL/dh| of {reading_words(step.arrives)} arrives" in sentence
    both = step.arrives.finite and step.start.finite
    assert ("has grown" in sentence) == (both and step.before is not None and step.log10_since >= math.log10(1.05))
    assert ("of its size" in sentence) == (both and step.before is not None and step.log10_since <= -math.log10(1.05))
    if step.parting:
        parts = split(step.parting)
        assert parts.clause in sentence
        assert ("works against" in sentence) == (not parts.missing and min(parts.shortcut, parts.branch) < 0)
    else:
        assert "%" not in sentence.replace("within 5 %", "") and "branch" not in sentence


@pytest.mark.parametrize("name", TINY)
def test_the_walk_of_measured_networks(name: str) -> None:
    check_walk(measured(name))


@given(st.sampled_from(["pads", "plain", "bottleneck"]).flatmap(lambda name: flows(TINY[name])))
def test_the_walk_of_any_flow(flow: GradientFlow) -> None:
    check_walk(flow)


def test_the_sentence_of_a_block() -> None:
    norms = [FlowReading.of(0.4), FlowReading.of(0.34), FlowReading.of(0.2), FlowReading.of(0.1), FlowReading.of(0.1)]
    flow = by_hand(CONFIG, norms, [(FlowReading.of(3.0), FlowReading.of(1.0), 0.0)])
    last, _, _, first, stem = (step.sentence for step in steps(flow))
    assert re.fullmatch(
        r"From the loss back through layer3.0, the last block: \|dL/dh\| of 0\.10* arrives; of the gradient "
        r"that goes on, 90 % comes by the shortcut and 10 % through the branch\.",
        last,
    )
    assert re.search(r"since the last block the gradient has grown 3\.40*-fold\.$", first)
    assert re.fullmatch(
        r"At the stem, the end of the way: \|dL/dh\| of 0\.40* arrives; since the last block the gradient has grown "
        r"4(\.0+)?-fold\.",
        stem,
    )


def test_zero_init_says_that_the_branch_is_exactly_zero() -> None:
    *blocks, _ = steps(measured("zero-init"))
    assert len(blocks) == 4
    assert all("by the shortcut, for the branch's part is exactly zero" in step.sentence for step in blocks)


def test_a_plain_network_has_one_way_only() -> None:
    *blocks, _ = steps(measured("plain"))
    assert all("no shortcut runs beside" in step.sentence for step in blocks)


@pytest.mark.parametrize(
    ("start", "arrives", "words"),
    [
        (ONE, ZERO, "since the last block the gradient has shrunk to nothing"),
        (ONE, INFINITE, "since the last block the gradient has outgrown float32"),
        (ONE, NAN, "so there is no comparing it with the last block"),
        (NAN, ONE, "so there is no comparing it with the last block"),
        (ZERO, ZERO, "at the last block it was exactly zero, too"),
        (ZERO, ONE, "at the last block it was exactly zero, so there is no factor"),
        (INFINITE, INFINITE, "at the last block it was above float32, too"),
        (INFINITE, LOST, "at the last block it was above float32, so there is no factor"),
        (ONE, FlowReading.of(1.04), "since the last block the gradient has kept its size, within 5 %"),
        (ONE, FlowReading.of(0.96), "since the last block the gradient has kept its size, within 5 %"),
    ],
)
def test_what_became_of_it_since_the_last_block(start: FlowReading, arrives: FlowReading, words: str) -> None:
    flow = by_hand(preset("plain20"), [arrives, *[start] * 9])
    assert steps(flow)[-1].since == words


def test_below_float32_is_walked_with_the_second_looks_numbers() -> None:
    step = steps(by_hand(preset("plain20"), [LOST, *[FlowReading.of(100.0)] * 9]))[-1]
    assert step.log10_since == -54
    assert "shrunk to" in step.sentence and reading_words(LOST) in step.sentence
