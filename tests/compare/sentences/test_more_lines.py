"""The lines under the sentence: shares, the stage that changes most, the bottleneck's own arithmetic."""

import re

import pytest
from hypothesis import given, settings

from explorer.compare.budget import Measure
from explorer.compare.sentences import explanation
from explorer.network.architecture import Architecture
from explorer.network.names import spoken
from tests.compare.sentences.pairs import (
    AMOUNT,
    amount_of,
    arch_of,
    pairs,
    says_amount,
)
from tests.network.formulas import outcome


def test_the_explanation_has_the_bottlenecks_own_arithmetic() -> None:
    assert explanation(arch_of("resnet34"), arch_of("resnet50")) == (
        # 21,086,208 / 21,797,672 and 11,317,248 / 25,557,032
        "3×3 convolutions hold 96.7 % of the parameters of ResNet-34 and 44.3 % of the parameters of ResNet-50 (v1.5).",
        "Stage 4 changes most, from 13,114,368 to 14,964,736 parameters: +1.85 M, where all stages together make "
        "+3.76 M.",
        "A bottleneck at 256 channels has 1·1·256·64 + 3·3·64·64 + 1·1·64·256 = 69,632 weights; two 3×3 convolutions "
        "at 256 channels would have 2·3·3·256·256 = 1,179,648, 16.9 times as many.",
    )


@pytest.mark.parametrize(
    ("name", "arithmetic"),
    [
        ("resnext50_32x4d", "1·1·256·128 + 3·3·4·128 + 1·1·128·256 = 70,144"),
        ("seresnet50", "1·1·256·64 + 3·3·64·64 + 1·1·64·256 = 69,632"),
    ],
)
def test_the_bottlenecks_arithmetic_knows_groups_and_leaves_attention_out(name: str, arithmetic: str) -> None:
    assert (
        f"A bottleneck at 256 channels has {arithmetic} weights;" in explanation(arch_of("resnet34"), arch_of(name))[-1]
    )


def test_stages_that_change_alike_are_named_together() -> None:
    assert explanation(arch_of("resnet50"), arch_of("resnet50_v1")) == (
        "Stage 2, stage 3 and stage 4 change most, each by −77.1 M MACs, where all stages together make −231 M.",
    )
    assert explanation(arch_of("resnet50"), arch_of("resnet50")) == ()


@pytest.mark.slow
@settings(max_examples=100)
@given(pairs())
def test_every_explanation_is_true(pair: tuple[Architecture, Architecture]) -> None:
    first, second = pair
    lines = explanation(first, second)
    blocks = {first.config.block, second.config.block}
    assert any(line.startswith("A bottleneck at") for line in lines) <= (len(blocks) == 2)
    for line in lines:
        assert line.endswith(".")
        if line.startswith("A bottleneck"):
            sums = re.findall(r"[\d·+, ]+ = [\d,]+\d", line)
            assert len(sums) == 2
            for text in sums:
                outcome(text.strip())
        elif line.startswith("3×3"):
            shares = re.findall(r"(more than |less than |)([\d.]+) %", line)
            for (bound, share), arch in zip(shares, pair, strict=True):
                exact = 100 * amount_of(arch, "3×3 convolutions", Measure.PARAMS) / arch.params
                if bound == "more than ":
                    assert float(share) < exact < 100
                elif bound == "less than ":
                    assert 0 < exact < float(share)
                else:
                    assert float(share) == pytest.approx(exact, abs=0.051)
        else:
            _check_stage_line(line, first, second)


def _check_stage_line(line: str, first: Architecture, second: Architecture) -> None:
    measure = Measure.MACS if " MACs" in line else Measure.PARAMS
    words, _, _ = line.lower().partition(", which only ")
    names = re.findall(r"stage \d|the stem|the head", words)
    amounts: list[dict[str, int]] = [{}, {}]
    for found, arch in zip(amounts, (first, second), strict=True):
        for layer in arch.layers:
            name = f"the {layer.stage}" if layer.stage in ("stem", "head") else layer.stage.replace("layer", "stage ")
            found[name] = found.get(name, 0) + measure.of(layer)
    before, after = amounts
    deltas = {name: after.get(name, 0) - before.get(name, 0) for name in before | after}
    most = max(map(abs, deltas.values()))
    assert {abs(deltas[name]) for name in names} == {most}
    alone = re.search(r", which only (.+) has, (brings most|takes most away): ([\d,]+) (parameters|MACs), where", line)
    assert bool(alone) is (len(names) == 1 and (names[0] in before) != (names[0] in after))
    signed = re.findall(rf"([+−±])({AMOUNT})", line)
    totals = (sum(deltas.values()),) if alone else (deltas[names[0]], sum(deltas.values()))
    for (sign, number), exact in zip(signed, totals, strict=True):
        assert sign == ("+" if exact > 0 else "−" if exact < 0 else "±")
        assert says_amount(number, abs(exact)) if exact else number == "0"
    if alone:
        owner, does, amount, noun = alone.groups()
        brings = names[0] in after
        assert owner == spoken((second if brings else first).config)
        assert does == ("brings most" if brings else "takes most away")
        assert (int(amount.replace(",", "")), noun) == (most, measure.noun)
    elif len(names) == 1:
        range_said = re.search(r"from ([\d,]+) to ([\d,]+) (parameters|MACs)", line)
        assert range_said
        assert [int(text.replace(",", "")) for text in range_said.groups()[:2]] == [before[names[0]], after[names[0]]]


def test_a_stage_that_only_one_network_has_is_said_to_be_its_own() -> None:
    assert explanation(arch_of("resnet20"), arch_of("resnet50"))[1] == (
        "Stage 4, which only ResNet-50 (v1.5) has, brings most: 14,964,736 parameters, where all stages together make "
        "+25.3 M."
    )
    assert explanation(arch_of("resnet50"), arch_of("resnet20"))[1] == (
        "Stage 4, which only ResNet-50 (v1.5) has, takes most away: 14,964,736 parameters, where all stages together "
        "make −25.3 M."
    )
