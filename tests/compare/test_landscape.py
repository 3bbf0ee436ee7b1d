"""The sweep, the budget and the best inside it."""

import re
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import PRESETS, ResNetConfig, analyze, name_of, preset
from explorer.compare.landscape import (
    WIDTHS,
    Budget,
    Candidate,
    Goal,
    best,
    nothing_fits,
    parse_amount,
    presets_of_landscape,
    space,
    sweep,
    within,
)
from explorer.network.config import LIMITS
from explorer.network.options import Block, Shortcut
from tests.network.kinds import KINDS
from tests.network.strategies import HEAVIEST, LONGEST, configs

BASE = preset("resnet50")
BUDGET = Budget(parse_amount("12 M"), parse_amount("2 GMACs"))
KEPT = ("stem", "order", "activation", "norm", "stride_in", "conv_bias", "num_classes", "in_channels", "image_size")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_sweep_has_two_thousand_networks_and_its_base(name: str) -> None:
    found = [candidate.config for candidate in sweep(PRESETS[name])]
    assert len(found) >= 2_000
    assert len(set(found)) == len(found)
    assert PRESETS[name] in found
    assert {config.shortcut for config in found} == set(Shortcut)
    assert {config.block for config in found} == set(Block)
    assert {config.widths[0] for config in found} == set(WIDTHS)
    assert {len(config.stage_blocks) for config in found} == {len(PRESETS[name].stage_blocks)}


@pytest.mark.slow
@settings(max_examples=30)
@given(base=configs(small=False), seed=st.integers(0, 2**32))
def test_each_candidate_is_a_checked_network_with_the_totals_of_its_analysis(base: ResNetConfig, seed: int) -> None:
    candidates = sweep(base)
    assert base in {candidate.config for candidate in candidates}
    assert tuple(candidate.config for candidate in candidates) == space(base)
    for config, price in ((c.config, c.totals) for c in Random(seed).sample(candidates, 12)):
        assert replace(config) == config  # the constructor's checks, which a sweep saves itself
        assert [getattr(config, field) for field in KEPT] == [getattr(base, field) for field in KEPT]
        arch = analyze.__wrapped__(config)
        assert (price.params, price.macs) == (arch.params, arch.macs)
        assert (price.activation_bytes, price.depth) == (arch.activation_bytes, arch.depth)


@pytest.mark.parametrize("name", ["resnet18", "resnet110", "preact_resnet164", "resnet50d"])
def test_every_network_of_a_sweep_passes_the_constructors_checks(name: str) -> None:
    assert all(replace(config) == config for config in space(preset(name)))


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 5])
def test_any_number_of_stages_has_two_thousand(stages: int) -> None:
    base = replace(BASE, stage_blocks=(2,) * stages, widths=(64,) * stages)
    assert len(sweep(base)) >= 2_000


def test_groups_are_swept_when_asked() -> None:
    base = preset("resnet50")
    with_groups, plain = sweep(base, grouped=True), sweep(base)
    assert set(plain) < set(with_groups)
    found = {(candidate.config.groups, candidate.config.width_per_group) for candidate in with_groups}
    assert found == {(1, 64), (32, 4), (32, 8), (64, 4), (1, 128)}
    assert {preset("resnext50_32x4d"), preset("wide_resnet50_2")} <= {candidate.config for candidate in with_groups}
    assert all(candidate.config.block == "bottleneck" for candidate in set(with_groups) - set(plain))
    for candidate in Random(0).sample(with_groups, 12):
        assert candidate.totals.params == analyze.__wrapped__(candidate.config).params


def test_widths_that_shrink_keep_the_shortcuts_that_allow_it() -> None:
    base = replace(BASE, widths=(64, 32, 16, 8))
    shrinking = {config.shortcut for config in space(base) if config.widths == base.widths}
    assert shrinking == {Shortcut.NONE, Shortcut.B, Shortcut.C, Shortcut.AVGPOOL_PROJECTION}
    assert len(space(base)) >= 2_000


def test_a_base_whose_image_is_too_small_is_refused_by_the_layer() -> None:
    base = replace(BASE, image_size=2)
    with pytest.raises(ValueError) as of_analyze:
        analyze(base)
    with pytest.raises(ValueError) as of_sweep:
        sweep(base)
    assert str(of_sweep.value) == str(of_analyze.value)


@pytest.mark.parametrize("base", [HEAVIEST, LONGEST], ids=["heaviest", "longest"])
def test_a_base_at_the_bounds_is_swept_too(base: ResNetConfig) -> None:
    assert base in {candidate.config for candidate in sweep(base)}


def test_a_sweep_is_the_same_every_time() -> None:
    first = sweep(BASE)
    sweep.cache_clear()
    assert sweep(BASE) == first


def test_presets_stand_in_the_landscape_with_their_totals() -> None:
    found = presets_of_landscape()
    assert [candidate.config for candidate in found] == list(PRESETS.values())
    fifty = next(candidate.totals for candidate in found if candidate.config == BASE)
    assert (fifty.params, fifty.macs, fifty.depth) == (25_557_032, 4_089_184_256, 50)


@pytest.mark.slow
def test_within_leaves_out_what_exceeds_either_limit_and_nothing_else() -> None:
    inside = within(sweep(BASE), BUDGET)
    kept = set(inside)
    outside = set(sweep(BASE)) - kept
    assert inside
    assert outside
    assert all(c.totals.params <= 12_000_000 and c.totals.macs <= 2_000_000_000 for c in inside)
    assert all(c.totals.params > 12_000_000 or c.totals.macs > 2_000_000_000 for c in outside)
    assert list(inside) == [candidate for candidate in sweep(BASE) if candidate in kept]


def test_a_network_exactly_at_both_limits_is_inside() -> None:
    fifty = next(candidate for candidate in sweep(BASE) if candidate.config == BASE)
    assert within([fifty], Budget(fifty.totals.params, fifty.totals.macs)) == (fifty,)
    assert within([fifty], Budget(fifty.totals.params - 1, fifty.totals.macs)) == ()
    assert within([fifty], Budget(fifty.totals.params, fifty.totals.macs - 1)) == ()


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "12 M", None, 10**22])
def test_a_budget_that_is_none_is_refused_in_words(limit: object) -> None:
    with pytest.raises(ValueError, match="parameters is none: give a whole number from 1 to"):
        Budget(limit, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="MACs is none: give a whole number from 1 to"):
        Budget(1, limit)  # type: ignore[arg-type]


def amount(candidate: Candidate, goal: Goal) -> int:
    price = candidate.totals
    return {
        Goal.DEPTH: price.depth,
        Goal.WIDTH: sum(candidate.config.widths),
        Goal.MACS: price.macs,
        Goal.PARAMS: price.params,
    }[goal]


@pytest.mark.parametrize("goal", Goal)
def test_the_best_is_the_most_there_is_and_the_list_falls(goal: Goal) -> None:
    inside = within(sweep(BASE), BUDGET)
    found = best(inside, goal)
    assert len(found) == 10
    assert set(found) <= set(inside)
    assert amount(found[0], goal) == max(amount(candidate, goal) for candidate in inside)
    assert all(amount(one, goal) >= amount(other, goal) for one, other in pairwise(found))


@pytest.mark.parametrize("goal", Goal)
def test_no_two_of_the_best_differ_in_the_shortcut_alone(goal: Goal) -> None:
    found = best(within(sweep(BASE), BUDGET), goal, count=1000)
    assert len({replace(candidate.config, shortcut=Shortcut.B) for candidate in found}) == len(found)


def test_the_deepest_come_once_a_depth_each_as_wide_as_the_budget_allows() -> None:
    inside = within(sweep(BASE), BUDGET)
    found = best(inside, Goal.DEPTH, count=1000)
    kinds = {(candidate.config.block, candidate.config.depth) for candidate in inside}
    assert {(c.config.block, c.config.depth) for c in found} == kinds
    assert len(found) == len(kinds)
    for candidate in found:
        alike = [
            c for c in inside if (c.config.block, c.totals.depth) == (candidate.config.block, candidate.totals.depth)
        ]
        assert amount(candidate, Goal.WIDTH) == max(amount(c, Goal.WIDTH) for c in alike)


def test_the_widest_come_once_a_width_each_as_deep_as_the_budget_allows() -> None:
    inside = within(sweep(BASE), BUDGET)
    found = best(inside, Goal.WIDTH, count=1000)
    assert len({(c.config.block, c.config.widths) for c in found}) == len(found)
    for candidate in found:
        alike = [
            c for c in inside if (c.config.block, c.config.widths) == (candidate.config.block, candidate.config.widths)
        ]
        assert candidate.totals.depth == max(c.totals.depth for c in alike)


@settings(max_examples=20)
@given(goal=st.sampled_from(Goal), seed=st.integers(0, 2**32), count=st.integers(0, 30))
def test_the_order_of_the_candidates_never_counts(goal: Goal, seed: int, count: int) -> None:
    inside = list(within(sweep(BASE), BUDGET))
    shuffled = Random(seed).sample(inside, len(inside))
    assert best(shuffled, goal, count) == best(inside, goal, count)
    assert best(inside, goal, count) == best(inside, goal)[:count] or count > 10


def test_a_residual_network_is_never_passed_over_for_a_plain_one() -> None:
    inside = within(sweep(BASE), BUDGET)
    assert all(not c.config.is_plain for c in best(inside, Goal.DEPTH, 1000) + best(inside, Goal.WIDTH, 1000))


def test_resnet18_is_among_the_best_of_its_own_size() -> None:
    small = preset("resnet18")
    price = analyze(small)
    found = best(within(sweep(small), Budget(price.params, price.macs)), Goal.MACS)
    assert found[0].config == small


def test_nothing_is_the_best_of_nothing() -> None:
    assert best((), Goal.DEPTH) == ()
    with pytest.raises(ValueError, match="best -1"):
        best(sweep(BASE), Goal.DEPTH, -1)


@settings(max_examples=60)
@given(params=st.integers(1, 200_000), macs=st.integers(1, 40_000_000))
def test_the_advice_where_nothing_fits_is_enough(params: int, macs: int) -> None:
    """Following the sentence to the letter lets exactly the network it names into the budget."""
    candidates, budget = sweep(BASE), Budget(params, macs)
    words = nothing_fits(candidates, budget)
    assert (words == "") is bool(within(candidates, budget))
    if not words:
        return
    assert f"None of the {len(candidates):,} networks" in words
    advice = words.partition("allow at least ")[2]
    numbers = [part.strip().split(" ")[0] for part in advice.partition(", or")[0].split(" and ")]
    wanted = dict(
        zip((part.rsplit(" ", 1)[1] for part in advice.partition(", or")[0].split(" and ")), numbers, strict=True)
    )
    enough = Budget(parse_amount(wanted.get("parameters", str(params))), parse_amount(wanted.get("MACs", str(macs))))
    assert any(f"nearest, {name_of(c.config)}," in words for c in within(candidates, enough))


def test_what_to_do_where_there_is_nothing_at_all() -> None:
    assert "larger image or fewer stages" in nothing_fits((), BUDGET)
    one_class = replace(BASE, num_classes=1, image_size=64)
    words = nothing_fits(sweep(one_class), Budget(5, 10**18))
    assert "fewer classes" not in words
    assert "smaller image" not in words


def test_a_budget_is_read_from_what_people_write() -> None:
    assert Budget.read("12 M", "2 GMACs") == BUDGET


@pytest.mark.parametrize(
    ("params", "macs", "message"),
    [
        ("banana", "2 G", r"Parameters: 'banana' is not an amount\. Write .*"),
        ("12 M", "", r"MACs: '' is not an amount\. Write .*"),
        ("0", "2 GFLOPs", r"Parameters: '0' is out of range: .*\. MACs: '2 GFLOPs' could mean two things: .*"),
        ("banana", "banana", r"Parameters: 'banana' is not an amount\..*\. MACs: 'banana' is not an amount\. Write .*"),
    ],
)
def test_each_limit_that_cannot_be_read_is_named(params: str, macs: str, message: str) -> None:
    with pytest.raises(ValueError, match="is") as refused:
        Budget.read(params, macs)
    assert re.fullmatch(message, str(refused.value))
    assert ("Parameters:" in str(refused.value)) is (params != "12 M")
    assert ("MACs:" in str(refused.value)) is (macs != "2 G")


@given(params=st.text(max_size=12), macs=st.text(max_size=12))
def test_any_two_texts_are_a_budget_or_refused_by_name(params: str, macs: str) -> None:
    def readable(text: str) -> bool:
        try:
            return parse_amount(text) > 0
        except ValueError:
            return False

    if readable(params) and readable(macs):
        assert Budget.read(params, macs) == Budget(parse_amount(params), parse_amount(macs))
        return
    with pytest.raises(ValueError, match=": ") as refused:
        Budget.read(params, macs)
    starts = re.findall(r"(?:^|\. )(Parameters|MACs): ['\"]", str(refused.value))
    assert starts == [what for what, text in (("Parameters", params), ("MACs", macs)) if not readable(text)]


def test_a_budget_in_words() -> None:
    assert BUDGET.words == "at most 12 M parameters and 2 G MACs"


def test_the_heaviest_width_of_the_sweep_is_one_a_configuration_accepts() -> None:
    assert max(WIDTHS) * 2**4 <= LIMITS["widths"][1]
