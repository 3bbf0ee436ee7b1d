"""The legend of a figure: small pictures with names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.charts.still import words
from explorer.charts.still.bars import bar
from explorer.charts.still.marks import mark, stroke

_WIDE, _HIGH = 30, 14  # pixels


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend: a small sample of how a trace is drawn, as SVG, and the trace's name."""

    svg: str
    name: str


def legend(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], name: str) -> tuple[Entry, ...]:
    """The entries of the traces that have one, in their order; none where the figure has no legend."""
    if not layout.get("showlegend"):
        return ()
    return tuple(_entries(data, name))


def _entries(data: Sequence[Mapping[str, Any]], name: str) -> Iterator[Entry]:
    for number, trace in enumerate(data):
        if trace["type"] == "heatmap" or trace.get("showlegend") is False or not trace.get("name"):
            continue
        drawn = "".join(_sign(trace, f"{name}-key-{number}"))
        plain = " ".join(line.words for line in words.lines(trace["name"]))
        yield Entry(f'<svg aria-hidden="true" width="{_WIDE}" height="{_HIGH}">{drawn}</svg>', plain)


def _sign(trace: Mapping[str, Any], name: str) -> Iterator[str]:
    marker, middle = trace.get("marker") or {}, _HIGH / 2
    if trace["type"] == "bar":
        yield from bar(marker, 0, (8, 0, _HIGH, _HIGH), name)
        return
    mode = trace.get("mode", "lines")
    if "lines" in mode:
        yield f'<path d="M0 {middle}H{_WIDE}" fill="none" {stroke(trace.get("line") or {})}/>'
    if "markers" in mode:
        symbol, colour = (_first(marker.get(key)) for key in ("symbol", "color"))
        yield mark((_WIDE / 2, middle), symbol or "circle", 8, colour or "currentColor")


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value
