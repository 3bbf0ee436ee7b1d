"""What to try next: always another network that exists, and a change that fits what was measured."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import ResNetConfig, analyze, name_of, preset
from explorer.gradients.advice import advice
from explorer.gradients.verdict import Verdict
from tests.network.strategies import configs


@given(configs(), st.sampled_from(Verdict))
def test_advice_leads_to_another_network_and_names_it(config: ResNetConfig, verdict: Verdict) -> None:
    found = advice(config, verdict)
    if found is None:
        return
    words, changed = found
    assert changed != config
    assert name_of(changed) in words
    analyze(changed)
    differing = {field.name for field in fields(config) if getattr(config, field.name) != getattr(changed, field.name)}
    assert len(differing) == 1


@given(configs(), st.sampled_from([Verdict.VANISHES, Verdict.EXPLODES, Verdict.BREAKS]))
def test_advice_comes_to_an_end(config: ResNetConfig, verdict: Verdict) -> None:
    seen = [config]
    while (found := advice(seen[-1], verdict)) is not None:
        assert found[1] not in seen
        seen.append(found[1])
    assert len(seen) < 6


@pytest.mark.parametrize(
    ("config", "verdict", "change"),
    [
        (preset("plain56"), Verdict.EXPLODES, {"shortcut": "A"}),
        (replace(preset("resnet56"), activation="sigmoid", norm="none"), Verdict.VANISHES, {"order": "pre"}),
        (replace(preset("resnet56"), norm="none", init="torch"), Verdict.VANISHES, {"init": "he_fan_in"}),
        (replace(preset("resnet56"), norm="none"), Verdict.EXPLODES, {"residual_scale": "learned"}),
        (preset("resnet56"), Verdict.EXPLODES, {"zero_init_residual": True}),
        (preset("resnet20"), Verdict.HEALTHY, {"stage_blocks": (18, 18, 18)}),
    ],
)
def test_the_change_fits_what_was_measured(config: ResNetConfig, verdict: Verdict, change: dict[str, object]) -> None:
    found = advice(config, verdict)
    assert found is not None
    assert found[1] == replace(config, **change)


def test_what_is_deep_and_healthy_is_left_alone() -> None:
    assert advice(preset("resnet110"), Verdict.HEALTHY) is None
    assert advice(preset("resnet50"), Verdict.HEALTHY) is None  # there is no ResNet-110 of four stages
