"""Totals and the stage with most of them, against sums over the layers by hand."""

import re

import pytest
from hypothesis import given

from explorer.compare.budget import Measure
from explorer.compare.sentences import largest_shares, largest_stage
from explorer.network.architecture import Architecture
from tests.compare.sentences.pairs import arch_of, pairs


def test_the_published_pair_is_told_with_ratios_and_stages() -> None:
    two = arch_of("resnet34"), arch_of("resnet50")
    assert largest_shares(two, Measure.PARAMS) == (
        "Parameters: ResNet-34 has 21.8 M, the largest part, 60.2 %, in stage 4; ResNet-50 (v1.5) has 25.6 M "
        "(1.17\N{NO-BREAK SPACE}×), the largest part, 58.6 %, in stage 4."
    )
    assert largest_shares(two[:1], Measure.MEMORY) == (
        "Activation memory: ResNet-34 has 48.1 MiB, the largest part, 33.4 %, in stage 1."
    )


@pytest.mark.parametrize("measure", Measure)
@given(pairs())
def test_no_stage_has_more_than_the_one_that_is_named(measure: Measure, two: tuple[Architecture, Architecture]) -> None:
    shares = re.findall(r"([\d.]+) %, in (?:the )?([a-z]+ ?\d*)", largest_shares(two, measure))
    for arch, (share, place) in zip(two, shares, strict=True):
        totals = {
            stage: sum(measure.of(layer) for layer in arch.layers if layer.stage == stage)
            for stage in {layer.stage for layer in arch.layers}
        }
        assert totals[largest_stage(arch, measure)] == max(totals.values())
        assert totals[place.replace("stage ", "layer")] == max(totals.values())
        # A tenth, since 99.95 % is "more than 99.9 %".
        assert float(share) == pytest.approx(100 * max(totals.values()) / measure.total(arch), abs=0.1)
