"""The chart of times read back: ratios to one network, whiskers from low to high, and words for what is missing."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.compare.timings import timings_alt_text, timings_chart
from explorer.charts.palette import NETWORKS, ROLE_COLOURS, SAVES
from explorer.compare.timings import Spread, Timing
from explorer.network.config import ResNetConfig
from tests.charts import test_palette as ruler
from tests.charts.reading import plain


def timing(forward: Spread | None, training: Spread | None, macs: int, batch_size: int = 8) -> Timing:
    return Timing(ResNetConfig(), "cpu", batch_size, forward, training, None, None, "", macs, "")


@st.composite
def spreads(draw: st.DrawFn) -> Spread:
    low, median, high = sorted(draw(st.tuples(*[st.floats(0.01, 10_000)] * 3)))
    return Spread(median, low, high, draw(st.integers(1, 99)))


def timings() -> st.SearchStrategy[list[Timing]]:
    maybe = st.none() | spreads()
    one = st.builds(timing, maybe, maybe, st.integers(1, 10**11))
    return st.lists(one, min_size=1, max_size=4)


@pytest.mark.slow
@given(timings())
def test_bars_are_ratios_and_whiskers_are_the_spread(measured: list[Timing]) -> None:
    names = [f"net {index}" for index in range(len(measured))]
    figure = timings_chart(measured, names)
    unit = max(measured, key=lambda each: (each.forward is not None) + (each.training is not None))
    macs, forward, training = figure.data
    assert list(macs.x) == pytest.approx([each.macs / unit.macs for each in measured])
    for trace, field in ((forward, "forward"), (training, "training")):
        one = getattr(unit, field)
        there = [index for index, each in enumerate(measured) if getattr(each, field) and one]
        assert [index for index, _ in trace.customdata] == there
        for place, index in enumerate(there):
            spread = getattr(measured[index], field)
            assert trace.x[place] * one.median == pytest.approx(spread.median)
            assert (trace.x[place] + trace.error_x.array[place]) * one.median == pytest.approx(spread.high)
            assert (trace.x[place] - trace.error_x.arrayminus[place]) * one.median == pytest.approx(
                spread.low, abs=1e-6
            )


@pytest.mark.slow
@given(timings())
def test_what_was_not_measured_is_said_and_never_a_zero(measured: list[Timing]) -> None:
    names = [f"net {index}" for index in range(len(measured))]
    figure = timings_chart(measured, names)
    missing = sum((each.forward is None) + (each.training is None) for each in measured)
    words = [plain(note.text) for note in figure.layout.annotations]
    assert words.count("not measured") == timings_alt_text(measured, names).count("not measured") == missing
    assert len(words) == 3 * len(measured)
    assert all(x > 0 for trace in figure.data for x in trace.x or ())


def test_words_ends_and_reference() -> None:
    slow = timing(Spread(20, 18, 30, 5), None, 2_000_000, batch_size=1)
    fast = timing(Spread(10, 9, 11, 5), Spread(1234.5, 1200, 1300, 5), 4_000_000, batch_size=1)
    figure = timings_chart([slow, fast], ["slow <b>", "fast"])
    words = [plain(note.text) for note in figure.layout.annotations]
    assert words == [
        "2 M (0.50 ×)",
        "20 ms (2.00 ×)",
        "not measured",
        "4 M (1.00 ×)",
        "10 ms (1.00 ×)",
        "1,234 ms (1.00 ×)",
    ]
    assert figure.layout.annotations[1].x == pytest.approx(3.0)  # behind the whisker
    assert plain(figure.layout.xaxis.title.text) == "Ratio to fast (×)"
    assert "Milliseconds for 1 image on CPU" in plain(figure.layout.title.text)
    titled = timings_chart([slow, fast], ["slow", "fast"], device="Some GPU")
    assert "for 1 image on Some GPU" in plain(titled.layout.title.text)
    assert "for 1 image on CPU." in timings_alt_text([slow, fast], ["slow", "fast"])
    assert "for 1 image on Some GPU." in timings_alt_text([slow, fast], ["slow", "fast"], device="Some GPU")
    assert "slow <b>" not in figure.to_json()


def test_nothing_measured_is_said() -> None:
    assert "nothing measured yet" in timings_chart([], []).layout.title.text
    assert timings_alt_text([], []) == "Measured time: nothing measured yet."


def test_colours_and_hatching_mean_neither_a_network_nor_a_role_nor_what_is_saved() -> None:
    spread = Spread(10, 9, 11, 5)
    figure = timings_chart([timing(spread, spread, 1000)], ["it"])
    own = {trace.name: trace.marker.color for trace in figure.data}
    taken = {*ROLE_COLOURS.values(), *(style.colour for style in NETWORKS)}
    for matrix in ruler.SIGHT.values():
        seen = {c: ruler.lab(ruler.times(matrix, ruler.linear(c))) for c in (*own.values(), *taken)}
        for name in ("forward", "forward + backward"):
            assert min(math.dist(seen[own[name]], seen[other]) for other in taken) >= ruler.APART
        assert min(math.dist(seen[a], seen[b]) for a, b in combinations(own.values(), 2)) >= ruler.APART
    for background in ruler.BACKGROUNDS:
        assert min(ruler.contrast(colour, background) for colour in own.values()) >= ruler.VISIBLE
    patterns = [trace.marker.pattern.shape for trace in figure.data]
    assert patterns[0] == patterns[1] == "" and patterns[2]
    assert patterns[2] not in {SAVES, *(style.pattern for style in NETWORKS)}
