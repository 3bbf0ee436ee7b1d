"""The computed sentences: every share and price in them worked out again, and every number a person can read."""

import re
from collections import defaultdict
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings

from explorer.arithmetic import Architecture, analyze
from explorer.config import Norm, Order, ResNetConfig, Shortcut, Stem, StrideIn
from explorer.explain import badges, what_to_try, what_you_see
from explorer.presets import PRESET_INFO, PRESETS, canonical, name_of, preset
from explorer.units import signed
from tests.formulas import COUNT, read
from tests.strategies import HEAVIEST, configs

NUMBER = r"[\d,.]+(?: [kMGTP])?"

# A single stage has no stride to move, widths that shrink cannot be padded, the heaviest can grow no further.
NARROW = [
    ResNetConfig(stage_blocks=(2,), widths=(8,)),
    ResNetConfig(stage_blocks=(2,), widths=(8,), shortcut=Shortcut.NONE, stride_in=StrideIn.CONV1X1),
    ResNetConfig(block="basic", stage_blocks=(1,), widths=(1,), stem=Stem.CIFAR, image_size=1),
    ResNetConfig(widths=(64, 32, 16, 8), shortcut=Shortcut.NONE),
    ResNetConfig(norm=Norm.NONE, order=Order.PRE, image_size=2048),
    HEAVIEST,
]


def check_what_you_see(arch: Architecture) -> None:
    """The places named are the largest, and their shares are of the whole network."""
    sums: dict[str, dict[str, int]] = {"params": defaultdict(int), "macs": defaultdict(int)}
    for layer in arch.layers:
        part = re.match(r"layer(\d)\.", layer.name)
        head = layer.name in ("bn_last", "act_last", "avgpool", "fc")
        place = f"Stage {part.group(1)}" if part else "The head" if head else "The stem"
        for measure, totals in sums.items():
            totals[place] += getattr(layer, measure)
    sentence = re.fullmatch(
        rf"(.+) holds (\d+)% of the ({NUMBER}) parameters(?:, while (.+)| and) does (\d+)% of the ({NUMBER}) MACs\.",
        what_you_see(arch),
    )
    assert sentence, what_you_see(arch)
    heavy, params_share, params, busy, macs_share, macs = sentence.groups()
    busy = busy[0].upper() + busy[1:] if busy else heavy
    for totals, place, share, total in (
        (sums["params"], heavy, params_share, params),
        (sums["macs"], busy, macs_share, macs),
    ):
        assert totals[place] == max(totals.values())
        assert int(share) == pytest.approx(100 * totals[place] / sum(totals.values()), abs=0.5)
        assert read(total, COUNT) == pytest.approx(sum(totals.values()), rel=0.005)


@pytest.mark.parametrize("name", PRESETS)
def test_what_you_see_in_presets(name: str) -> None:
    check_what_you_see(analyze(PRESETS[name]))


@pytest.mark.parametrize("config", NARROW)
def test_what_you_see_at_the_edges_of_what_is_allowed(config: ResNetConfig) -> None:
    check_what_you_see(analyze(config))


@settings(max_examples=80)
@given(configs(small=False))
def test_what_you_see_in_any_network(config: ResNetConfig) -> None:
    check_what_you_see(analyze(config))


def test_what_you_see_in_words() -> None:
    assert what_you_see(analyze(preset("resnet18"))) == (
        "Stage 4 holds 72% of the 11.7 M parameters, while stage 1 does 25% of the 1.81 G MACs."
    )
    assert what_you_see(analyze(preset("resnet101"))) == (
        "Stage 3 holds 59% of the 44.5 M parameters and does 66% of the 7.8 G MACs."
    )


def check_what_to_try(config: ResNetConfig) -> None:
    """One field changes, the network with it, and the price is the difference that the arithmetic gives."""
    sentence, changed = what_to_try(config)
    before, after = analyze(config), analyze(changed)
    names = [field.name for field in fields(config)]
    assert sum(getattr(config, name) != getattr(changed, name) for name in names) == 1
    assert canonical(changed) != canonical(config)
    assert before.layers != after.layers
    question, _, price = sentence.partition(": ")
    params, macs = after.params - before.params, after.macs - before.macs
    share = re.search(r"parameters \(([+−][\d.]+)%\)", price)
    expected = 100 * params / before.params
    assert price == (
        f"{signed(params)} parameters{f' ({share.group(1)}%)' if share else ''}, {signed(macs)} MACs, "
        f"{name_of(changed)}."
    )
    assert bool(share) == (abs(expected) >= 0.1)
    assert not share or float(share.group(1).replace("−", "-")) == pytest.approx(expected, abs=0.051)
    assert question[0].isupper()


@pytest.mark.parametrize("name", PRESETS)
def test_what_to_try_in_presets(name: str) -> None:
    check_what_to_try(PRESETS[name])


@pytest.mark.parametrize("config", NARROW)
def test_what_to_try_where_little_can_be_changed(config: ResNetConfig) -> None:
    check_what_to_try(config)


@settings(max_examples=100)
@given(configs(small=False))
def test_what_to_try_in_any_network(config: ResNetConfig) -> None:
    check_what_to_try(config)


def test_trying_again_and_again_never_gets_stuck() -> None:
    config = preset("plain18")
    for _ in range(12):
        check_what_to_try(config)
        config = what_to_try(config)[1]


def test_a_plain_network_is_given_shortcuts_for_nothing() -> None:
    sentence, changed = what_to_try(preset("plain34"))
    assert sentence == "Give it shortcuts: ±0 parameters, ±0 MACs, ResNet-34, shortcut A."
    assert changed == replace(preset("plain34"), shortcut=Shortcut.A)


@pytest.mark.parametrize("name", PRESETS)
def test_a_published_network_has_its_badges_and_its_neighbour_none(name: str) -> None:
    info = PRESET_INFO[name]
    texts = [badge.text for badge in badges(info.config)]
    assert texts == ([f"equals {info.equals}"] if info.equals else []) + [info.source]
    assert all(badge.reason.endswith(".") for badge in badges(info.config))
    assert badges(replace(info.config, num_classes=info.config.num_classes + 1)) == ()


def test_a_field_that_changes_nothing_takes_no_badge_away() -> None:
    assert badges(replace(preset("resnet18"), stride_in=StrideIn.CONV1X1)) == badges(preset("resnet18"))
