"""Rows of bars and their headings have a place each."""

from itertools import pairwise

from explorer.charts.bar_rows import row_layout
from tests.charts.reading import plain


def test_rows_follow_each_other_and_never_overlap() -> None:
    layout = row_layout([("Stem", ("a", "b")), ("", ("c",)), ("Head", ("d", "e"))])
    places = sorted([*layout.heading_places, *(place for group in layout.places for place in group)])
    assert list(map(len, layout.places)) == [2, 1, 2]
    assert all(after - before >= 0.9 for before, after in pairwise(places))
    assert places[0] > 0 and places[-1] < layout.end
    texts = layout.axis["ticktext"]
    assert list(map(plain, texts)) == ["Stem", "Head", "a", "b", "c", "d", "e"]
    assert ["<b>" in text for text in texts] == [True] * 2 + [False] * 5
