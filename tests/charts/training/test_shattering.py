"""Every median, range and theorem read back from the chart; words and table say the same."""

import pytest

from explorer.charts.training.shattering import shattering_alt_text, shattering_chart, shattering_rows
from explorer.training.shattered.values import Alike, Branches, Shattering, ShatteringStudy, theory

DEPTHS = (1, 4)


def study(*, normed: bool) -> ShatteringStudy:
    results = [
        Shattering(branches, depth, (0.1 * place, 0.9 / depth, -0.1), (0.5, 0.2 * place, 0.3))
        for place, branches in enumerate(Branches)
        for depth in DEPTHS
    ]
    return ShatteringStudy(normed, 200, tuple(results))


@pytest.mark.parametrize("alike", Alike)
@pytest.mark.parametrize("normed", [True, False])
def test_every_network_is_drawn_with_its_seeds(alike: Alike, normed: bool) -> None:
    found = study(normed=normed)
    figure, rows = shattering_chart(found, alike), shattering_rows(found)
    for place, branches in enumerate(Branches):
        area, line = figure.data[2 * place : 2 * place + 2]
        results = found.of(branches)
        assert list(line.y) == [each.median(alike) for each in results]
        assert list(area.y[:2]) == [max(each.of(alike)) for each in results]
        assert list(area.y[:1:-1]) == [min(each.of(alike)) for each in results]
        mine = [row for row in rows if row["network"] == branches]
        assert [row[f"{alike}, median"] for row in mine] == list(line.y)
        assert [row["theory"] for row in mine] == [theory(branches, depth, normed=normed) for depth in DEPTHS]
    laws = {trace.name: list(trace.y) for trace in figure.data[6:]}
    expected = {"Theory 2⁻ᴸ": [0.5, 0.0625]} | ({} if normed else {"Theory (3/4)ᴸ": [0.75, 0.75**4]})
    assert laws == (expected if alike is Alike.RIGHT_ANGLES else {})


def test_in_words() -> None:
    said = shattering_alt_text(study(normed=False), Alike.NEIGHBOURS)
    assert said.startswith(
        "Gradients of inputs 15° apart, fully connected, 200 wide, at initialisation, no norm. Plain: 1 layer: 0.00, "
        "4 layers: 0.00."
    )
