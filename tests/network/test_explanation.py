"""The computed sentences: every share and price in them worked out again, and every number a person can read."""

import re
from collections import Counter, defaultdict
from dataclasses import fields, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.explanation import badges, what_to_try, what_you_see
from explorer.network.inactive_fields import inactive_fields
from explorer.network.layer import Kind
from explorer.network.names import name_of
from explorer.network.options import Norm, Order, Shortcut, Stem, StrideIn
from explorer.network.presets import PRESET_INFO, PRESETS, canonical, differences, preset
from explorer.text.quantities import signed
from tests.network.formulas import COUNT, read
from tests.network.strategies import HEAVIEST, configs

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


def totals_of(arch: Architecture, measure: str) -> dict[str, int]:
    """Sums over the parts of the network, named as a sentence names them."""
    totals: dict[str, int] = defaultdict(int)
    for layer in arch.layers:
        part = re.match(r"layer(\d)\.", layer.name)
        head = layer.name in ("bn_last", "act_last", "avgpool", "fc")
        totals[part.group(1) if part else "head" if head else "stem"] += getattr(layer, measure)
    return totals


def check_clause(arch: Architecture, clause: str, measure: str, words: str) -> None:
    """The places named are the largest and those nearly as large, and their share is of the whole network."""
    totals = totals_of(arch, measure)
    alone = re.fullmatch(rf"(.+?) (?:holds|does) ((?:[Mm]ore than )?\d+) % of the ({NUMBER}) {words}", clause)
    even = re.fullmatch(
        rf"((?:[Mm]ore than )?\d+) % of the ({NUMBER}) {words} are spread almost evenly over (.+)", clause
    )
    if alone:
        places, share, amount = alone.groups()
    else:
        assert even, clause
        share, amount, places = even.groups()
    named = set(re.findall(r"\d|stem|head", places))
    assert named == {place for place, total in totals.items() if 1.1 * total >= max(totals.values())}
    assert (len(named) == 1) is bool(alone)
    assert not re.sub(r"the (stem|head)|stages?|\d|and|,|\s", "", places)
    assert ("stages" in places) is (len(named - {"stem", "head"}) > 1)
    whole = sum(totals.values())
    expected = 100 * sum(totals[place] for place in named) / whole
    if re.match("[Mm]ore than ", share):
        assert int(share.split()[-1]) < expected < 100
    else:
        assert int(share) == pytest.approx(expected, abs=0.5)
    assert read(amount, COUNT) == pytest.approx(whole, rel=0.005)


def check_shortcuts(arch: Architecture, clause: str) -> None:
    """The shortcuts of each kind and their price, counted again over the layers."""
    kinds: Counter[str] = Counter()
    for unit in arch.units:
        layers = arch.unit_layers(unit)
        beside = {layer.kind for layer in layers if layer.on_shortcut}
        if any(layer.kind is Kind.ADD for layer in layers):
            kinds["projection" if Kind.CONV in beside else "zero-padding" if Kind.PAD in beside else "identity"] += 1
    if not kinds:
        assert clause == "it has no shortcuts"
        return
    found = re.fullmatch(r"its (.+) shortcut(s cost|\b costs) (no|.+?) parameters?(?: \(([\d.]+) %\))?", clause)
    assert found, clause
    counts, verb, price, share = found.groups()
    assert {word: int(count.replace(",", "")) for count, word in re.findall(r"([\d,]+) ([\w-]+)", counts)} == kinds
    assert (verb == "s cost") is (kinds.total() > 1)
    params = sum(layer.params for layer in arch.layers if layer.on_shortcut)
    assert (0 if price == "no" else read(price, COUNT)) == pytest.approx(params, rel=0.005)
    assert not share or float(share) == pytest.approx(100 * params / arch.params, abs=0.051)


def check_what_you_see(arch: Architecture) -> None:
    """One sentence of three clauses, each of them true."""
    sentence = what_you_see(arch)
    assert sentence[0].isupper() or sentence[0].isdigit()
    assert sentence.endswith(".")
    spread, _, shortcuts = (sentence[0].lower() + sentence[1:-1]).partition("; ")
    check_shortcuts(arch, shortcuts)
    if ", while " in spread:
        weights, _, work = spread.partition(", while ")
    else:
        weights, _, work = spread.partition(" and does ")
        work = f"{weights.partition(' holds ')[0]} does {work}"
    check_clause(arch, weights, "params", "parameters")
    check_clause(arch, work, "macs", "MACs")


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
        "Stage 4 holds 72 % of the 11.7 M parameters, while stage 1 does 25 % of the 1.81 G MACs; "
        "its 5 identity and 3 projection shortcuts cost 174 k parameters (1.5 %)."
    )
    assert what_you_see(analyze(preset("resnet101"))) == (
        "Stage 3 holds 59 % of the 44.5 M parameters and does 66 % of the 7.8 G MACs; "
        "its 29 identity and 4 projection shortcuts cost 2.78 M parameters (6.2 %)."
    )
    assert what_you_see(analyze(preset("plain34"))).endswith("; it has no shortcuts.")


def test_one_parameter_is_one() -> None:
    config = ResNetConfig(
        block="basic", stage_blocks=(1, 1), widths=(1, 1), norm=Norm.NONE, stem=Stem.CIFAR, num_classes=100
    )
    assert what_you_see(analyze(config)).endswith(
        "; its 1 identity and 1 projection shortcuts cost 1 parameter (0.4 %)."
    )


def test_no_stage_is_named_alone_where_several_are_nearly_equal() -> None:
    assert what_you_see(analyze(preset("resnet1202"))) == (
        "Stage 3 holds 76 % of the 19.4 M parameters, while more than 99 % of the 2.83 G MACs are spread almost evenly "
        "over stages 1, 2 and 3; its 598 identity and 2 zero-padding shortcuts cost no parameters."
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
    share = re.search(r"parameters? \(([+−][\d.]+) %\)", price)
    expected = 100 * params / before.params
    assert price == (
        f"{signed(params)} parameter{'' if abs(params) == 1 else 's'}{f' ({share.group(1)} %)' if share else ''}, "
        f"{signed(macs)} MAC{'' if abs(macs) == 1 else 's'}, "
        f"{name_of(changed)}."
    )
    assert bool(share) == (abs(expected) >= 0.1)
    assert not share or float(share.group(1).replace("−", "-")) == pytest.approx(expected, abs=0.051)
    assert question[0].isupper()
    check_announced(question, config, changed)


WORDS_OF_SIDE_EFFECTS = {
    "stride_in": "the stride in the first 1×1 (v1)",
    "shortcut_norm": "projections without a norm",
    "zero_init_residual": "the zero-init of every block",
    "groups": "the groups of the 3×3",
    "width_per_group": "the width per group",
    "stochastic_depth": "stochastic depth",
    "residual_scale": "the learned scale of every block",
}


def check_announced(question: str, config: ResNetConfig, changed: ResNetConfig) -> None:
    """Everything that becomes different is announced, and nothing else: no setting wakes up or ends unsaid."""
    turned = set(differences(changed, config))
    actual = set(differences(canonical(changed), canonical(config)))
    assert turned <= actual
    effects = question.partition(", which also ")[2]
    assert {name for name, words in WORDS_OF_SIDE_EFFECTS.items() if words in effects} == actual - turned
    brings, _, ends = effects.partition("ends ")
    for name in actual - turned:
        awake = name not in inactive_fields(changed)
        assert WORDS_OF_SIDE_EFFECTS[name] in (brings if awake else ends), (name, question)


# Each has a setting that does nothing until the change wakes it, or that the change ends.
WITH_SIDE_EFFECTS = [
    (
        replace(preset("plain34"), zero_init_residual=True),
        "Give it shortcuts, which also brings the zero-init of every",
    ),
    (
        replace(preset("resnet50"), norm="none", shortcut_norm=False),
        "Put the norms back, which also brings projections",
    ),
    (
        replace(preset("resnet50"), shortcut_norm=False, zero_init_residual=True),
        "Take the shortcuts away, which also ends projections without a norm and the zero-init of every block:",
    ),
]


@pytest.mark.parametrize(("config", "announced"), WITH_SIDE_EFFECTS)
def test_what_else_changes_is_announced(config: ResNetConfig, announced: str) -> None:
    check_what_to_try(config)
    assert what_to_try(config)[0].startswith(announced)


@pytest.mark.parametrize("name", PRESETS)
def test_what_to_try_in_presets(name: str) -> None:
    check_what_to_try(PRESETS[name])


@pytest.mark.parametrize("config", NARROW)
def test_what_to_try_where_little_can_be_changed(config: ResNetConfig) -> None:
    check_what_to_try(config)


@pytest.mark.slow
@settings(max_examples=100)
@given(configs(small=False))
def test_what_to_try_in_any_network(config: ResNetConfig) -> None:
    check_what_to_try(config)


def walk(config: ResNetConfig, steps: int) -> list[ResNetConfig]:
    """The networks that a reader sees who presses "Try it" again and again."""
    seen = [config]
    for _ in range(steps):
        seen.append(what_to_try(seen[-1])[1])
    return seen


def ideas(seen: list[ResNetConfig]) -> set[str]:
    """The fields that the walk changed."""
    return {name for one, next_ in pairwise(seen) for name in differences(next_, one)}


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_trying_again_and_again_shows_new_networks_and_several_ideas(name: str) -> None:
    seen = walk(PRESETS[name], 6)
    assert len({canonical(config) for config in seen}) == 7
    assert len(ideas(seen)) >= 3
    assert {"shortcut", "block", "stage_blocks", "order"} <= ideas(walk(PRESETS[name], 12))


@pytest.mark.slow
@settings(max_examples=60)
@given(configs(small=False))
def test_a_walk_from_any_network_visits_several(config: ResNetConfig) -> None:
    config = replace(
        config, stem_width=0
    )  # one as wide as a single stage's output leaves its shortcuts nothing to vary
    seen = walk(config, 6)
    assert len({canonical(step) for step in seen}) >= 5
    assert len(ideas(seen)) >= 3


def test_a_walk_from_resnet50_in_words() -> None:
    networks = [name_of(config) for config in walk(preset("resnet50"), 6)]
    assert networks == [
        "ResNet-50, v1.5",
        "Plain-50, v1.5",
        "ResNet-50, v1.5, shortcut A",
        "ResNet-50, v1, shortcut A",
        "ResNet-34, shortcut A",
        "ResNet-18, shortcut A",
        "Pre-activation ResNet-18, shortcut A",
    ]


def test_trying_again_and_again_never_gets_stuck() -> None:
    for config in walk(preset("plain18"), 12):
        check_what_to_try(config)


def test_a_plain_network_is_given_shortcuts_for_nothing() -> None:
    sentence, changed = what_to_try(preset("plain34"))
    assert sentence == "Give it shortcuts: ±0 parameters, ±0 MACs, ResNet-34, shortcut A."
    assert changed == replace(preset("plain34"), shortcut=Shortcut.A)


@pytest.mark.parametrize("name", PRESETS)
def test_a_published_network_has_its_badges_and_its_neighbour_none(name: str) -> None:
    info = PRESET_INFO[name]
    texts = [badge.text for badge in badges(info.config)]
    equals = [f"equals {info.equals}"] if info.equals else []
    named_depth = name.removeprefix("wrn").partition("_")[0]  # wrn28_10: the cards say 26, which is He et al.'s count
    wide = [f"{named_depth} layers as Wide ResNets count them"] if name.startswith("wrn") else []
    assert texts == [*equals, info.source, *wide]
    assert all(badge.reason.endswith(".") for badge in badges(info.config))
    assert badges(replace(info.config, num_classes=info.config.num_classes + 1)) == ()


def test_a_field_that_changes_nothing_takes_no_badge_away() -> None:
    assert badges(replace(preset("resnet18"), stride_in=StrideIn.CONV1X1)) == badges(preset("resnet18"))
