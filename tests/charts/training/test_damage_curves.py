"""The curves read back: medians and ranges of every damage, from the whole network on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.training.damage_curves import (
    damage_curves_alt_text,
    damage_curves_chart,
    damage_curves_rows,
)
from explorer.training.damage.outcome import Band, DamageCurve
from tests.charts.reading import plain
from tests.training.damage.lesions import RESIDUAL, damage_curves

CASES = st.booleans().flatmap(
    lambda shuffled: st.tuples(st.lists(damage_curves(shuffled), min_size=1, max_size=3), st.just(shuffled))
)


@given(CASES)
def test_every_band_is_drawn_from_the_whole_network_on(case: tuple[list[DamageCurve], bool]) -> None:
    curves, shuffled = case
    names = [f"Network {number}" for number in range(len(curves))]
    figure = damage_curves_chart(curves, names, shuffled=shuffled)
    rows = damage_curves_rows(curves, names, shuffled=shuffled)
    left, right = figure.layout.xaxis.range
    for number, curve in enumerate(curves):
        area, line = figure.data[2 * number : 2 * number + 2]
        assert line.y[0] == pytest.approx(100 * curve.accuracy)
        places = list(line.x)
        assert places == sorted(places, reverse=shuffled)
        assert all(min(left, right) <= place <= max(left, right) for place in places)
        bands = {band.place: band for band in curve.bands if band.place != places[0]}
        assert set(places[1:]) == set(bands)
        assert list(area.x) == [*places, *places[::-1]]
        for place, y, high, low in zip(places, line.y, area.y, list(area.y)[::-1], strict=False):
            band = bands.get(place) or Band(place, (curve.accuracy,))
            assert (y, high, low) == pytest.approx((100 * band.median, 100 * band.high, 100 * band.low))
        mine = [row for row in rows if row["network"] == names[number]]
        assert [row["median"] for row in mine] == pytest.approx([y / 100 for y in line.y])
    assert (left > right) == shuffled


def test_words_are_the_numbers() -> None:
    bands = (Band(1, (0.8, 0.9)), Band(3, (0.5, 0.5)))
    curve = DamageCurve(RESIDUAL, False, 0.9, 250, (0, 1), bands)
    assert damage_curves_alt_text([curve], ["It"]) == (
        "Accuracy with several blocks cut. It: whole 90.0 %, 1 block cut: 85.0 % right, 80.0 % to 90.0 %, 3 blocks "
        "cut: 50.0 % right."
    )
    tau = DamageCurve(RESIDUAL, False, 0.9, 250, (0,), (Band(0.5, (0.2,)),))
    assert "Kendall's tau 0.50: 20.0 % right." in damage_curves_alt_text([tau], ["It"], shuffled=True)


@pytest.mark.parametrize("shuffled", [False, True])
def test_nothing_measured_is_said_and_names_are_no_markup(shuffled: bool) -> None:
    assert "nothing measured yet" in plain(damage_curves_chart([], [], shuffled=shuffled).layout.title.text)
    assert damage_curves_alt_text([], [], shuffled=shuffled).endswith("nothing measured yet.")
    curve = DamageCurve(RESIDUAL, False, 0.9, 250, (0,), (Band(1.0, (0.2,)),))
    assert "<b>!" not in damage_curves_chart([curve], ["It <b>!"], shuffled=shuffled).to_json()
