"""Bars and treemaps read back from their traces: they show exactly what the network has."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings

from explorer.charts.compare.budget import BRANCH, ROOT, budget_alt_text, budget_bars, network_tree
from explorer.charts.palette import ROLE_COLOURS, contrast
from explorer.compare.budget import Measure, stage_names
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Role
from explorer.network.names import name_of
from explorer.network.presets import preset
from tests.charts.reading import plain
from tests.network.kinds import KINDS
from tests.network.strategies import configs


def bars(figure: object) -> list[tuple[int, str, str, float]]:
    """Every part of every bar: network's index, stage, role, length."""
    found = []
    for trace in figure.data:
        assert trace.type == "bar"
        for length, (index, stage, role, _) in zip(trace.x, trace.customdata, strict=True):
            found.append((index, stage, role, length))
    return found


def check_bars(archs: list[Architecture], measure: Measure) -> None:
    names = [name_of(arch.config) for arch in archs]
    parts = bars(budget_bars(archs, names, measure))
    places = [part[:3] for part in parts]
    assert len(places) == len(set(places))
    for index, arch in enumerate(archs):
        expected = Counter()
        for layer in arch.layers:
            expected[index, layer.stage, layer.role.value] += measure.of(layer)
        assert {part[:3]: part[3] for part in parts if part[0] == index} == {k: v for k, v in expected.items() if v}
        assert sum(part[3] for part in parts if part[0] == index) == measure.total(arch)


@pytest.mark.parametrize("measure", Measure)
def test_the_bars_of_every_preset_are_its_layers(measure: Measure) -> None:
    archs = [analyze(config) for config in KINDS.values()]
    for start in range(0, len(archs), 4):  # four at once, as many as a page compares
        check_bars(archs[start : start + 4], measure)


def test_the_bars_of_two_presets_add_up_to_both_totals() -> None:
    archs = [analyze(config) for config in KINDS.values()]
    for first, second in pairwise(archs):
        parts = bars(budget_bars([first, second], ["one", "two"], Measure.PARAMS))
        assert sum(part[3] for part in parts if part[0] == 0) == first.params
        assert sum(part[3] for part in parts if part[0] == 1) == second.params


@pytest.mark.slow
@given(configs(), configs())
@settings(max_examples=20)
def test_the_bars_of_any_pair_are_its_layers(first: ResNetConfig, second: ResNetConfig) -> None:
    for measure in Measure:
        check_bars([analyze(first), analyze(second)], measure)


@given(configs(), configs())
@settings(max_examples=20)
def test_shares_add_up_to_a_hundred_in_each_network(first: ResNetConfig, second: ResNetConfig) -> None:
    parts = bars(budget_bars([analyze(first), analyze(second)], ["one", "two"], Measure.MACS, share=True))
    for index in range(2):
        assert sum(part[3] for part in parts if part[0] == index) == pytest.approx(100)


def test_the_same_role_has_its_colour_and_name_and_every_bar_its_own_row() -> None:
    archs = [analyze(preset(name)) for name in ("resnet34", "resnet50")]
    figure = budget_bars(archs, ["ResNet-34", "ResNet-50"], Measure.PARAMS)
    drawn = {layer.role for arch in archs for layer in arch.layers if layer.params}
    assert {trace.name: trace.marker.color for trace in figure.data} == {
        ROLE_LABELS[role]: ROLE_COLOURS[role] for role in Role if role in drawn
    }
    rows = defaultdict(set)
    for trace in figure.data:
        for y, (index, stage, _, _) in zip(trace.y, trace.customdata, strict=True):
            rows[index, stage].add(y)
    assert all(len(places) == 1 for places in rows.values())
    assert len({min(places) for places in rows.values()}) == len(rows) == 2 * len(stage_names(*archs))


def test_the_words_at_the_bars_are_the_stages_totals() -> None:
    archs = [analyze(preset(name)) for name in ("resnet34", "resnet20")]
    words = [plain(note.text) for note in budget_bars(archs, ["a", "b"], Measure.PARAMS).layout.annotations]
    expected = []
    for stage in stage_names(*archs):
        for arch in archs:
            value = sum(layer.params for layer in arch.layers if layer.stage == stage)
            expected.append(Measure.PARAMS.words(value) if stage in stage_names(arch) else "no such stage")
    assert words == expected
    assert "no such stage" in words


def test_names_out_of_links_are_no_markup() -> None:
    arch = analyze(preset("resnet20"))
    bad = "<a href='x'>&"
    for figure in (budget_bars([arch], [bad], Measure.PARAMS), network_tree(arch, bad, Measure.PARAMS)):
        assert "<a" not in figure.to_json()


def check_tree(arch: Architecture, measure: Measure) -> None:
    figure = network_tree(arch, "net", measure)
    (trace,) = figure.data
    assert list(trace.customdata) == list(trace.ids)
    assert plain(figure.layout.title.text).replace("\N{NO-BREAK SPACE}", " ") == (
        f"net {measure.label}: {measure.words(measure.total(arch))}"
    )
    values = dict(zip(trace.ids, trace.values, strict=True))
    assert len(values) == len(trace.ids)
    sums: Counter[str] = Counter()
    for parent, value in zip(trace.parents, trace.values, strict=True):
        sums[parent] += value
    assert sums.pop("") == values[ROOT] == measure.total(arch)
    assert {name: values[name] for name in sums} == dict(sums)  # a parent is the sum of its children
    leaves = [name for name in values if name not in sums]
    assert sum(values[name] for name in leaves) == measure.total(arch)
    for name, colour, ink in zip(trace.ids, trace.marker.colors, trace.textfont.color, strict=True):
        assert contrast(colour, ink) >= 4.5
        if name in leaves:
            assert colour == ROLE_COLOURS[arch.by_name[name].role]


@pytest.mark.slow
@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("name", KINDS)
def test_the_treemap_of_every_preset_adds_up(name: str, measure: Measure) -> None:
    check_tree(analyze(preset(name)), measure)


@pytest.mark.slow
@given(configs())
@settings(max_examples=20)
def test_the_treemap_of_any_network_adds_up(config: ResNetConfig) -> None:
    for measure in Measure:
        check_tree(analyze(config), measure)


@pytest.mark.parametrize("name", ["resnet50", "resnet110", "plain34"])
def test_a_tile_leads_to_a_layer_a_unit_or_a_stage(name: str) -> None:
    arch = analyze(preset(name))
    (trace,) = network_tree(arch, "net", Measure.PARAMS).data
    parts = {*arch.by_name, *(layer.unit for layer in arch.layers), *stage_names(arch), ROOT}
    assert set(trace.customdata) <= parts
    assert set(trace.parents) - {""} <= set(trace.ids)


def ring(figure: object) -> set[tuple[float, float, float]]:
    """Where the outlines are: start, end, row."""
    return {(shape.x0, shape.x1, (shape.y0 + shape.y1) / 2) for shape in figure.layout.shapes}


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "share"), [(Measure.PARAMS, False), (Measure.MACS, True), (Measure.MEMORY, False)])
def test_the_ring_is_around_the_chosen_part_and_no_other(measure: Measure, share: bool) -> None:
    archs = [analyze(preset(name)) for name in ("resnet34", "resnet50")]
    plainly = budget_bars(archs, ["a", "b"], measure, share=share)
    assert not plainly.layout.shapes
    before: Counter[tuple[int, str]] = Counter()
    for trace in plainly.data:  # plotly stacks a bar's parts in the order of the traces
        for x, y, (index, stage, role, _) in zip(trace.x, trace.y, trace.customdata, strict=True):
            figure = budget_bars(archs, ["a", "b"], measure, share=share, chosen=(index, stage, Role(role)))
            ((start, end, row),) = ring(figure)
            assert (start, end, row) == pytest.approx((before[index, stage], before[index, stage] + x, y))
            before[index, stage] += x


@pytest.mark.parametrize("page", ["#FFFFFF", "#12151C"])
def test_the_ring_is_seen_on_any_page_and_beside_any_colour(page: str) -> None:
    chosen = (0, "layer1", Role.CONV3X3)
    shapes = budget_bars([analyze(preset("resnet34"))], ["a"], Measure.PARAMS, chosen=chosen).layout.shapes
    assert shapes[0].line.width > shapes[1].line.width > 2
    for colour in (page, BRANCH, *ROLE_COLOURS.values()):
        assert max(contrast(shape.line.color, colour) for shape in shapes) >= 4.5


@pytest.mark.parametrize(
    "chosen", [(1, "layer1", Role.CONV3X3), (0, "layer9", Role.CONV3X3), (0, "layer1", Role.EXPAND)]
)
def test_a_part_that_no_bar_has_gets_no_ring(chosen: tuple[int, str, Role]) -> None:
    assert not budget_bars([analyze(preset("resnet34"))], ["a"], Measure.PARAMS, chosen=chosen).layout.shapes


def test_a_share_that_is_small_is_not_said_to_be_nothing() -> None:
    figure = budget_bars([analyze(preset("resnet1202"))], ["a"], Measure.MACS, share=True)
    words = [plain(note.text) for note in figure.layout.annotations]
    assert "less than 0.1 %" in words
    assert "0.0 %" not in figure.to_json()


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("pair", [("resnet1202", "resnet1202"), ("resnet152", "resnet152"), ("resnet1202", "resnet50")])
def test_figures_stay_small(pair: tuple[str, str], measure: Measure) -> None:
    archs = [analyze(preset(name)) for name in pair]
    trees = [network_tree(arch, name, measure) for arch, name in zip(archs, pair, strict=True)]
    for figure in (budget_bars(archs, pair, measure), *trees):
        assert len(figure.to_json()) < 300_000


@pytest.mark.parametrize("name", KINDS)
def test_the_alt_text_names_the_total_and_the_largest_part(name: str) -> None:
    arch = analyze(preset(name))
    parts: Counter[tuple[str, Role]] = Counter()
    for layer in arch.layers:
        parts[layer.stage, layer.role] += layer.params
    (_, role), most = parts.most_common(1)[0]
    text = budget_alt_text([arch], ["It"], Measure.PARAMS)
    assert f"It has {Measure.PARAMS.words(arch.params)}" in text
    assert f"{100 * most / arch.params:.1f} %" in text
    assert text.endswith(f"{ROLE_LABELS[role]}.")
