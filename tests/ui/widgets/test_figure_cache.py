"""Figures are drawn once, and are what their drawing makes of the same arguments."""

import json

import plotly.io as pio
from plotly.graph_objects import Bar, Figure

from explorer import analyze, preset
from explorer.charts.compare import budget, waterfall
from explorer.compare.budget import By, Measure
from explorer.ui.widgets import figure_cache

ARCHS = (analyze(preset("resnet18")), analyze(preset("resnet50")))
NAMES = ("one", "two")


def test_a_figure_is_drawn_once_for_the_same_question() -> None:
    asked: list[tuple[int, ...]] = []

    def draw(*heights: int) -> Figure:
        asked.append(heights)
        return Figure(Bar(y=list(heights)))

    cached = figure_cache.drawn_once(draw)
    assert cached(1, 2) is cached(1, 2)
    assert cached(2, 1) is not cached(1, 2)
    assert asked == [(1, 2), (2, 1)]


def test_what_is_written_down_is_the_figure() -> None:
    for cached, drawn in (
        (figure_cache.budget_bars(ARCHS, NAMES, Measure.MACS), budget.budget_bars(ARCHS, NAMES, Measure.MACS)),
        (
            figure_cache.network_tree(ARCHS[0], "one", Measure.PARAMS),
            budget.network_tree(ARCHS[0], "one", Measure.PARAMS),
        ),
        (
            figure_cache.waterfall_chart(*ARCHS, NAMES, Measure.PARAMS, By.ROLE),
            waterfall.waterfall(*ARCHS, NAMES, Measure.PARAMS, By.ROLE),
        ),
    ):
        assert json.loads(pio.to_json(cached)) == json.loads(pio.to_json(drawn))
        assert cached.to_dict() is cached.to_dict()
