"""A feature map before and after a shortcut, channel by channel."""

import plotly.graph_objects as go

from explorer.charts.ideas.panels import MatrixPanel, Strip, panels_chart
from explorer.charts.table_twin import Row
from explorer.ideas.limits import Matrix
from explorer.ideas.six_shortcuts import INPUTS, SHORTCUT_NAMES, ShortcutRun, sentence

_SIDE = 78  # pixels of a channel: four fit beside each other on a phone


def channels_chart(run: ShortcutRun) -> go.Figure:
    """The four input channels, and below them the output channels, four in a row."""
    starts = range(0, len(run.outputs), INPUTS)
    out = [Strip("" if start else "out", _panels(run.outputs[start : start + INPUTS], start)) for start in starts]
    side = len(run.inputs[0])
    became = f"{len(run.outputs)}×{len(run.outputs[0])}×{len(run.outputs[0])}" if run.outputs else "nothing"
    return panels_chart(
        [Strip("in", _panels(run.inputs, 0)), *out],
        f"What shortcut {SHORTCUT_NAMES[run.setting.shortcut]} hands on",
        f"{len(run.inputs)}×{side}×{side} becomes {became}\nfour handwritten digits as channels",
        "value",
        side=_SIDE,
    )


def _panels(maps: tuple[Matrix, ...], start: int) -> list[MatrixPanel]:
    return [MatrixPanel(f"{number}", values) for number, values in enumerate(maps, start + 1)]


def channels_alt_text(run: ShortcutRun) -> str:
    """The channels in words."""
    return f"{len(run.inputs)} channels that go in and {len(run.outputs)} that come out. {sentence(run)}"


def channels_rows(run: ShortcutRun) -> list[Row]:
    """Each channel's mean, smallest and largest value."""
    return [
        {
            "side": side,
            "channel": number,
            "size": f"{len(values)}×{len(values[0])}",
            "mean": sum(map(sum, values)) / (len(values) * len(values[0])),
            "smallest": min(map(min, values)),
            "largest": max(map(max, values)),
        }
        for side, maps in (("in", run.inputs), ("out", run.outputs))
        for number, values in enumerate(maps, 1)
    ]
