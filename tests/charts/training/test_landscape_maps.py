"""Every loss and accuracy read back from the maps; one scale for all of them; words and table say the same."""

import math

import numpy as np
import pytest

from explorer.charts.training.landscape_maps import Seen, landscape_alt_text, landscape_chart, landscape_rows
from explorer.training.landscape.values import Landscapes
from tests.training.landscape.made import PICTURES, landscape, surface

BOWL = surface(lambda x, y: 0.05 + 40 * (x**2 + y**2))
RIGHT = np.arange(25).reshape(5, 5) * 4
SMALL = landscape(np.full((5, 5), 1.0) + np.eye(5), RIGHT)
SHOWN = Landscapes("plain-8", (BOWL,) * 4, ("seed 0, plane 1", "two", "three", "four"))


def test_losses_are_logarithmic_and_end_with_the_colours() -> None:
    figure = landscape_chart(SHOWN, Seen.LOSS)
    maps, lines = figure.data[:4], figure.data[4:]
    for each in maps:
        assert np.allclose(each.z, np.log10(np.clip(BOWL.losses, 0.1, 10))) and each.z[10, 10] == -1
        assert np.array_equal(each.customdata, BOWL.losses)
        assert tuple(each.x) == tuple(each.y) == BOWL.places
    for each in lines:
        assert 10**each.contours.start == pytest.approx(10) or each.contours.start == math.log10(math.log(10))
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (-1, 1)
    bar = figure.layout.coloraxis.colorbar
    assert "2.303" in bar.title.text and any("2.3" in words for words in bar.ticktext)
    assert "≥ 10" in bar.ticktext[-1] and bar.tickvals[3] == math.log10(math.log(10))


def test_accuracies_go_from_0_to_100_percent_in_every_chart() -> None:
    figure = landscape_chart(Landscapes("plain-8", (SMALL,), ("plane 1",)), Seen.ACCURACY)
    (only,) = figure.data
    assert np.allclose(only.z, 100 * RIGHT / PICTURES) and np.array_equal(only.customdata, RIGHT)
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 100)


def test_maps_do_not_overlap() -> None:
    layout = landscape_chart(SHOWN, Seen.LOSS).layout
    boxes = [(layout[f"xaxis{n}"].domain, layout[f"yaxis{n}"].domain) for n in ("", 2, 3, 4)]
    for number, (across, up) in enumerate(boxes):
        assert 0 <= across[0] < across[1] <= 1 and 0 <= up[0] < up[1] <= 1
        for other_across, other_up in boxes[:number]:
            apart = across[0] >= other_across[1] or up[1] <= other_up[0]
            assert apart
    assert [note.text for note in layout.annotations] == [
        f'<span style="color:currentColor">{name}</span>' for name in ("seed 0<br>plane 1", "two", "three", "four")
    ]


def test_in_words_and_as_a_table() -> None:
    said = landscape_alt_text(SHOWN, Seen.LOSS)
    assert said.startswith(
        "plain-8: training loss around the trained weights. seed 0, plane 1: 0.05 in the middle, median "
    )
    shown = Landscapes("plain-8", (SMALL,), ("plane 1",))
    assert landscape_alt_text(shown, Seen.ACCURACY).endswith("plane 1: 48.0 % in the middle, median 48.0 %.")
    (row,) = landscape_rows(shown)
    assert row["median loss"] == SMALL.median and row["minima"] == SMALL.minima
    assert [row["bends down within 1"], row["bends down within 0.3"]] == list(SMALL.non_convex_shares)
    assert row["right in the middle"] == 0.48 and row["loss in the middle"] == 2
