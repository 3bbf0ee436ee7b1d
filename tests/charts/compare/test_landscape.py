"""The landscape read back from its traces: every network at its own numbers, under a link that opens it."""

import math
import re
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings

from explorer.charts.compare import landscape, landscape_points, landscape_words
from explorer.charts.compare.landscape import landscape_alt_text, landscape_chart
from explorer.charts.compare.landscape_points import link_of
from explorer.compare.landscape import Budget, Candidate, Goal, best, presets_of_landscape, sweep, within
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.links import from_url
from explorer.network.names import name_of
from explorer.network.presets import preset
from explorer.network.totals import totals
from tests.charts.reading import plain
from tests.network.strategies import configs

BUDGET = Budget(12_000_000, 2_000_000_000)


def pointed_at(figure: object) -> list[object]:
    """The traces that a pointer finds."""
    return [trace for trace in figure.data if trace.hoverinfo != "skip"]


def points(figure: object) -> dict[str, list[tuple[ResNetConfig, int, int]]]:
    """By the legend's words the configuration behind each point's link, and where the point is."""
    found: dict[str, list[tuple[ResNetConfig, int, int]]] = {}
    for trace in pointed_at(figure):
        columns = zip(trace.customdata, trace.x, trace.y, strict=True)
        found.setdefault(trace.name, []).extend((from_url(link_of(data)), x, y) for data, x, y in columns)
    return found


def shown(candidates: tuple[Candidate, ...]) -> list[tuple[ResNetConfig, int, int]]:
    return [(each.config, each.totals.params, each.totals.macs) for each in candidates]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet50", "resnet20", "keller_b", "resnet50d"])
def test_every_point_is_its_network_and_its_link_opens_it(name: str) -> None:
    base = replace(preset(name), zero_init_residual=True, num_classes=7)
    swept, presets = sweep(base), presets_of_landscape()
    chosen = best(within(swept, BUDGET), Goal.DEPTH, 5)
    found = points(landscape_chart(presets, swept, chosen, BUDGET))
    for block, (label, _) in landscape_points._SWEPT.items():
        expected = shown(tuple(each for each in swept if each.config.block is block))
        assert Counter(found[label]) == Counter(expected)
    assert Counter(found["published"]) == Counter(shown(presets))
    assert found["best inside the budget"] == shown(chosen[::-1])


@given(configs())
@settings(max_examples=50)
def test_any_network_may_be_swept(config: ResNetConfig) -> None:
    candidate = Candidate(config, totals(config))
    found = points(landscape_chart((), (candidate,), (), None))
    arch = analyze(config)
    assert list(found.values()) == [[(config, arch.params, arch.macs)]]


def hovers(trace: object) -> list[str]:
    """What the hover labels of a trace's points say, as plotly fills the template in."""

    def filled(place: int) -> str:
        data = trace.customdata[place]
        text = re.sub(r"%{customdata\[(\d)\]}", lambda found: str(data[int(found[1])]), trace.hovertemplate)
        text = text.replace("%{x:,}", f"{trace.x[place]:,.0f}").replace("%{y:,}", f"{trace.y[place]:,.0f}")
        named = trace.hovertext[place] if trace.hovertext else ""
        return plain(text.replace("%{hovertext}", named).removesuffix("<extra></extra>"))

    return [filled(place) for place in range(len(trace.x))]


def test_hover_labels_name_the_network() -> None:
    swept, presets = sweep(preset("resnet50")), presets_of_landscape()
    figure = landscape_chart(presets, swept, (), None)
    said = [text for trace in pointed_at(figure) for text in hovers(trace)]
    for each in swept:
        config, price = each.config, each.totals
        kind = "Plain" if config.is_plain else "ResNet"
        shortcut = "" if config.is_plain else f", shortcut {config.shortcut.replace('_', ' ')}"
        words = (
            f"{kind}-{config.depth}, {config.block} blocks {'-'.join(map(str, config.stage_blocks))} "
            f"widths {'-'.join(map(str, config.widths))}{shortcut} {price.params:,} parameters {price.macs:,} MACs"
        )
        assert words in said
    assert len(said) == len(set(said[: len(swept)])) + len(presets)
    for each in presets:
        assert f"{name_of(each.config)} {each.totals.params:,} parameters {each.totals.macs:,} MACs" in said


def test_the_pointer_finds_a_published_or_best_network_before_the_swept_ones_at_its_place() -> None:
    swept = sweep(preset("resnet34"))
    chosen = best(within(swept, BUDGET), Goal.DEPTH, 3)
    figure = landscape_chart(presets_of_landscape(), swept, chosen, BUDGET)
    traces = pointed_at(figure)
    sizes = [trace.marker.size for trace in traces]
    assert sizes == sorted(sizes, reverse=True)  # plotly takes the smallest of markers, and the last of those alike
    assert [trace.name for trace in traces][-2:] == ["published", "best inside the budget"]
    for trace in (trace for trace in figure.data if trace.hoverinfo == "skip"):
        (found,) = [other for other in traces if other.name == trace.name]
        assert (trace.x, trace.y, trace.legendgroup) == (found.x, found.y, found.legendgroup)
        assert trace.visible is None and trace.marker.opacity is None


def test_of_networks_at_one_place_the_one_that_people_know_is_found() -> None:
    (published,) = pointed_at(landscape_chart(presets_of_landscape(), (), (), None))
    order = list(published.customdata)
    for known, other in (("resnet34", "plain34"), ("resnet18", "plain18"), ("resnet50", "resnet50d")):
        assert order.index(known) > order.index(other)  # plotly takes the last


def test_the_legend_names_each_kind_of_point_once() -> None:
    swept = sweep(preset("resnet50"))
    figure = landscape_chart(presets_of_landscape(), swept, swept[:3], BUDGET)
    named = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert named == ["swept, basic blocks", "swept, bottlenecks", "published", "best inside the budget"]
    assert {trace.legendgroup for trace in figure.data if trace.showlegend is False} <= set(named)


def test_a_link_is_the_shortest_for_its_network_and_nonsense_is_refused() -> None:
    assert link_of("resnet50") == link_of(["resnet50"]) == "resnet50"
    assert link_of(["resnet50", "3-4-6-3", "64-128-256-512", 50]) == "resnet50"
    assert link_of(["resnet50~shortcut-C", "3-4-23-3", "64-128-256-512", 101]) == "resnet101~shortcut-C"
    for bad in (["resnet5000", "3-4-6-3", "64-128-256-512"], ["resnet50", "many", "64"]):
        with pytest.raises(ValueError, match=r"resnet5000|many"):
            link_of(bad)


@pytest.mark.parametrize("budget", [BUDGET, Budget(12_345_678, 2_345_678_901), Budget(1, 999_900_000_000)])
def test_the_words_below_the_title_fit_on_one_line(budget: Budget) -> None:
    figure = landscape_chart(presets_of_landscape(), (), (), budget)
    assert figure.layout.title.text.count("<br>") == 1
    assert plain(figure.layout.title.text).endswith(f"Shaded: {budget.words}")


def test_the_budget_is_drawn_where_it_is() -> None:
    figure = landscape_chart(presets_of_landscape(), (), (), BUDGET)
    area = figure.layout.shapes[0]
    assert (area.x1, area.y1) == (BUDGET.max_params, BUDGET.max_macs)
    words = [plain(note.text) for note in figure.layout.annotations]
    assert "12 M parameters" in words and "2 G MACs" in words
    assert not landscape_chart(presets_of_landscape(), (), (), None).layout.shapes


@pytest.mark.parametrize("budget", [BUDGET, Budget(10, 10), Budget(10, 10**12), Budget(10**12, 10), Budget(200, 3)])
def test_the_words_at_the_budget_cover_neither_each_other_nor_leave_the_plot(budget: Budget) -> None:
    presets = presets_of_landscape()
    ranges = landscape._ranges(presets, budget)
    boxes = landscape_words._budget_boxes(budget, ranges)
    said = landscape_words.budget_words(budget, ranges)
    assert len(boxes) == len(said)
    for (l1, r1, b1, t1), (l2, r2, b2, t2) in combinations(boxes, 2):
        assert r1 <= l2 or r2 <= l1 or t1 <= b2 or t2 <= b1
    assert all(left >= -landscape_words._LINE and right <= landscape_words._PHONE[0] for left, right, _, _ in boxes)
    words = ", ".join(plain(note["text"]) for note in said)
    assert "parameters" in words and "MACs" in words


@pytest.mark.parametrize("budget", [None, BUDGET, Budget(1, 1), Budget(10**12, 10**15)])
def test_everything_is_inside_the_axes(budget: Budget | None) -> None:
    swept = sweep(preset("resnet20"))
    figure = landscape_chart(presets_of_landscape(), swept, (), budget)
    for axis, values in (("xaxis", "x"), ("yaxis", "y")):
        low, high = figure.layout[axis].range
        assert all(low <= math.log10(value) <= high for trace in figure.data for value in getattr(trace, values))
        assert 2 <= len(figure.layout[axis].tickvals) == len(set(figure.layout[axis].ticktext)) <= 8


def test_names_cover_neither_each_other_nor_a_point() -> None:
    swept, presets = sweep(preset("resnet50")), presets_of_landscape()
    ranges = landscape._ranges([*presets, *swept], BUDGET)
    notes = landscape_words.preset_names(presets, swept, ranges, BUDGET)
    boxes = []
    for note in notes:
        point = landscape_words._pixels(round(10 ** note["x"]), round(10 ** note["y"]), ranges)
        way = 1 if note["xanchor"] == "left" else -1
        boxes.append(landscape_words._name_box(point, len(plain(note["text"])), way, abs(note["ay"])))
    assert {"ResNet-18", "ResNet-34", "ResNet-50, v1.5"} <= {plain(note["text"]) for note in notes}
    for (l1, r1, b1, t1), (l2, r2, b2, t2) in combinations(boxes, 2):
        assert r1 <= l2 + 0.1 or r2 <= l1 + 0.1 or t1 <= b2 + 0.1 or t2 <= b1 + 0.1
    for each in (*presets, *swept):
        x, y = landscape_words._pixels(each.totals.params, each.totals.macs, ranges)
        assert not any(left < x < right and bottom < y < top for left, right, bottom, top in boxes)


def test_no_network_at_all_is_said() -> None:
    figure = landscape_chart((), (), (), None)
    assert "no network" in figure.layout.title.text.replace("<br>", " ")
    assert landscape_alt_text((), (), (), None).endswith("no network to show.")


def test_the_figure_stays_small() -> None:
    swept = sweep(preset("resnet50"))
    assert len(swept) > 2000
    assert len(landscape_chart(presets_of_landscape(), swept, swept[:10], BUDGET).to_json()) < 250_000


def test_the_alt_text_counts_and_names_the_best() -> None:
    swept = sweep(preset("resnet50"))
    chosen = best(within(swept, BUDGET), Goal.DEPTH, 3)
    text = landscape_alt_text(presets_of_landscape(), swept, chosen, BUDGET)
    assert f"{len(swept):,} swept" in text and text.endswith(f"the best is {name_of(chosen[0].config)}.")
    assert "12 M parameters and 2 G MACs" in text
