"""The waterfall read back from its traces: it starts at one total, adds every difference, and ends at the other."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.compare.waterfall import waterfall, waterfall_alt_text
from explorer.charts.palette import ROLE_COLOURS, SAVES
from explorer.compare.budget import By, Measure, budget_steps, stage_names
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Role
from explorer.network.options import Activation
from explorer.network.presets import preset
from tests.charts.reading import plain
from tests.network.kinds import KINDS
from tests.network.strategies import configs

NAMES = ("one", "two")


def check(first: Architecture, second: Architecture, measure: Measure, by: By) -> None:
    figure = waterfall(first, second, NAMES, measure, by)
    totals = (measure.total(first), measure.total(second))
    words = [plain(note.text) for note in figure.layout.annotations]
    expected = [measure.signed(step.value) for step in budget_steps(first, second, measure, by)]
    ends = figure.data[0]
    assert tuple(ends.x) == totals
    assert words[:2] == [measure.words(total) for total in totals]
    low, high = figure.layout.xaxis.range
    assert low == 0 and high >= max(totals)  # a bar twice as long is twice as much
    if not expected:
        assert len(words) == 2 and len(figure.data) == 1
        return
    moves, whole = figure.data[1:3]
    level = 0
    for base, move in zip(moves.base, moves.x, strict=True):
        assert base == level and move
        level += move
    assert level == whole.x[0] == totals[1] - totals[0] and whole.base is None
    assert list(moves.y) == sorted(moves.y) and len(set(moves.y)) == len(moves.y) and whole.y[0] > moves.y[-1]
    assert words[2:] == [*expected, measure.signed(level)]
    for trace in (moves, whole):
        assert (trace.xaxis, trace.yaxis) == ("x2", "y2")
        assert list(trace.marker.pattern.shape) == [SAVES if move < 0 else "" for move in trace.x]
    low, high = figure.layout.xaxis2.range
    assert low <= 0 and all(low <= reached <= high for reached in (0, level, *moves.base))
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


@pytest.mark.slow
@pytest.mark.parametrize("measure", Measure)
def test_every_preset_arrives_at_its_neighbours(measure: Measure) -> None:
    """The steps themselves are those of ``steps``, tested for every pair in tests/compare/test_budget.py."""
    archs = [analyze(config) for config in KINDS.values()]
    for number, first in enumerate(archs):
        for away in (1, len(archs) // 2):
            check(first, archs[(number + away) % len(archs)], measure, list(By)[(number + away) % 3])


@pytest.mark.slow
@given(configs(), configs(), st.sampled_from(By))
@settings(max_examples=30)
def test_any_pair_arrives(first: ResNetConfig, second: ResNetConfig, by: By) -> None:
    for measure in Measure:
        check(analyze(first), analyze(second), measure, by)
        check(analyze(second), analyze(first), measure, by)


def test_stages_come_in_order_and_roles_in_their_own() -> None:
    first, second = analyze(preset("resnet34")), analyze(preset("resnet50"))
    places = [place[:2] for place in waterfall(first, second, NAMES, Measure.PARAMS, By.BOTH).data[1].customdata]
    order, roles = stage_names(first, second), [role.value for role in Role]
    assert places == sorted(places, key=lambda place: (order.index(place[0]), roles.index(place[1])))
    by_role = waterfall(first, second, NAMES, Measure.PARAMS, By.ROLE).data[1]
    assert list(by_role.marker.color) == [ROLE_COLOURS[Role(role)] for _, role, _ in by_role.customdata]


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("by", By)
def test_of_equal_numbers_no_more_is_said_than_that(by: By, measure: Measure) -> None:
    """ResNet-50 and its GELU version differ, though in nothing that is counted."""
    first = preset("resnet50")
    archs = analyze(first), analyze(replace(first, activation=Activation.GELU))
    pronoun = "it" if measure is Measure.MEMORY else "them"
    title = plain(waterfall(*archs, NAMES, measure, by).layout.title.text)
    assert title == f"one and two: the same {measure.noun} No stage or role differs in {pronoun}."
    alt = waterfall_alt_text(*archs, NAMES, measure, by)
    assert alt.endswith(f": no stage or role differs in {pronoun}.")
    assert "nothing" not in title + alt


def test_stages_that_are_the_same_only_as_a_whole_are_not_said_to_be_the_same_in_their_roles() -> None:
    arch = analyze(preset("resnet20"))
    first = next(layer for layer in arch.layers if layer.role is Role.CONV3X3)
    layers = [layer._replace(role=Role.EXPAND) if layer is first else layer for layer in arch.layers]
    moved = replace(arch, layers=tuple(layers))
    title = plain(waterfall(arch, moved, NAMES, Measure.PARAMS, By.STAGE).layout.title.text)
    assert title.endswith("No stage differs in them as a whole, only roles within a stage do.")


def test_the_totals_of_the_default_pair_are_as_long_as_they_are() -> None:
    figure = waterfall(analyze(preset("resnet34")), analyze(preset("resnet50")), NAMES, Measure.PARAMS, By.STAGE)
    start, end = figure.layout.xaxis.range
    lengths = [(total - start) / (end - start) for total in figure.data[0].x]
    assert lengths[1] / lengths[0] == pytest.approx(25_557_032 / 21_797_672)


@pytest.mark.parametrize("name", ["resnet50", "keras_resnet50"])
def test_the_largest_step_is_seen_however_small_beside_the_totals(name: str) -> None:
    for by, measure in product(By, Measure):
        figure = waterfall(analyze(preset("resnet152")), analyze(preset(name)), NAMES, measure, by)
        if len(figure.data) > 1:
            low, high = figure.layout.xaxis2.range
            assert max(map(abs, figure.data[1].x)) >= 0.1 * (high - low)


def test_the_legend_says_what_hatching_and_by_stage_the_colours_mean() -> None:
    pair = analyze(preset("resnet34")), analyze(preset("resnet50"))
    by_stage = waterfall(*pair, NAMES, Measure.PARAMS, By.STAGE)
    keys = {trace.name: trace.marker for trace in by_stage.data if trace.showlegend is not False}
    assert list(keys) == ["adds: two has more", "saves: one has more"]
    moves = by_stage.data[1]
    shown = {(colour, shape) for colour, shape in zip(moves.marker.color, moves.marker.pattern.shape, strict=True)}
    assert shown == {(key.color[0], key.pattern.shape[0]) for key in keys.values()}
    assert {key.color[0] for key in keys.values()} == set(by_stage.data[0].marker.color)  # as in the networks' totals
    for by in (By.ROLE, By.BOTH):
        figure = waterfall(*pair, NAMES, Measure.PARAMS, by)
        keys = {trace.name: trace.marker.pattern.shape[0] for trace in figure.data if trace.showlegend is not False}
        assert keys == {"adds": "", "saves": SAVES}
        assert "Colours are the roles'" in plain(figure.layout.title.text)


def test_the_alt_text_names_both_ends_and_the_largest_steps() -> None:
    text = waterfall_alt_text(analyze(preset("resnet34")), analyze(preset("resnet50")), NAMES, Measure.PARAMS, By.ROLE)
    # 3x3: 21.1 M to 11.3 M; expanding 1x1: 0 to 16 of them, 3 at 64·256, 4 at 128·512, 6 at 256·1024, 3 at 512·2048
    expanding = 3 * 64 * 256 + 4 * 128 * 512 + 6 * 256 * 1024 + 3 * 512 * 2048
    assert "(21.8 M)" in text and "(25.6 M)" in text
    assert Measure.PARAMS.signed(expanding) in text and "3×3 convolution −9.77 M" in text


def test_names_out_of_links_are_no_markup() -> None:
    first, second = analyze(preset("resnet20")), analyze(preset("resnet32"))
    figure = waterfall(first, second, ("<img src=x>&", "<b>b</b>"), Measure.PARAMS, By.STAGE)
    assert "<img" not in figure.to_json() and "<b>b</b>" not in figure.to_json()


def test_the_figure_stays_small() -> None:
    figure = waterfall(analyze(preset("resnet1202")), analyze(preset("resnet152")), NAMES, Measure.MEMORY, By.BOTH)
    assert len(figure.to_json()) < 300_000
