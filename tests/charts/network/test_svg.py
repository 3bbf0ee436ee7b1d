"""The drawing surface: one set of calls, two directions; words that are safe and that fit."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.network.svg import Canvas, fitted, text_width
from tests.charts.reading import box, path_points, picks, pressed, read

NUMBERS = st.floats(-500, 500)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=6)
HOSTILE = "<script>&\"'</g> ⌊7/2⌋ \N{SNOWMAN}"


def drawn(canvas: Canvas) -> str:
    return canvas.svg(300, 100, "a picture")


def test_the_flow_runs_to_the_right_or_downwards() -> None:
    assert Canvas(tall=False).at(3, 4) == (3, 4)
    assert Canvas(tall=True).at(3, 4) == (4, 3)
    assert read(drawn(Canvas(tall=False))).attrib["viewBox"] == "0 0 300 100"
    assert read(drawn(Canvas(tall=True))).attrib["viewBox"] == "0 0 100 300"


@pytest.mark.parametrize("tall", [False, True])
def test_a_rectangle_keeps_its_length_along_the_flow(tall: bool) -> None:
    canvas = Canvas(tall)
    canvas.rect(10, 20, 30, 5, "#123456", stroke_width=2)
    rect = next(read(drawn(canvas)).iter("rect"))
    assert box(rect) == ((20, 10, 25, 40, "#123456") if tall else (10, 20, 40, 25, "#123456"))
    assert rect.attrib["stroke-width"] == "2"


@pytest.mark.parametrize("tall", [False, True])
def test_circles_and_words_are_centred(tall: bool) -> None:
    canvas = Canvas(tall)
    canvas.circle(10, 20, 3, "none")
    canvas.text(10, 20, "word")
    root = read(drawn(canvas))
    where = ("20.0", "10.0") if tall else ("10.0", "20.0")
    circle, text = next(root.iter("circle")), next(root.iter("text"))
    assert (circle.attrib["cx"], circle.attrib["cy"]) == (text.attrib["x"], text.attrib["y"]) == where
    assert (text.attrib["text-anchor"], text.attrib["dominant-baseline"]) == ("middle", "central")


def test_words_names_and_tips_are_escaped() -> None:
    canvas = Canvas(tall=False)
    canvas.open_group(HOSTILE, f"{HOSTILE}\nsecond line", selected=True)
    canvas.text(0, 0, HOSTILE)
    canvas.close_group()
    root = read(canvas.svg(300, 100, HOSTILE))
    group = picks(root)[HOSTILE]
    assert group.attrib["data-tip"] == group.attrib["aria-label"] == f"{HOSTILE}\nsecond line"
    assert [text.text for text in root.iter("text")] == [HOSTILE]
    assert root.attrib["aria-label"] == HOSTILE


def test_a_part_can_be_called_by_other_words_than_its_tip() -> None:
    canvas = Canvas(tall=False)
    canvas.open_group("one", "its tip", selected=False, label=f"{HOSTILE}\nsecond line")
    canvas.close_group()
    group = picks(read(drawn(canvas)))["one"]
    assert (group.attrib["data-tip"], group.attrib["aria-label"]) == ("its tip", f"{HOSTILE}\nsecond line")


def test_parts_can_be_reached_by_keyboard_and_say_whether_they_are_selected() -> None:
    canvas = Canvas(tall=False)
    for name in ("one", "two"):
        canvas.open_group(name, name, selected=name == "two")
        canvas.close_group()
    root = read(drawn(canvas))
    assert [(group.attrib["tabindex"], group.attrib["role"]) for group in picks(root).values()] == [("0", "button")] * 2
    assert pressed(root) == ["two"]


@given(points=POINTS)
def test_a_rounded_line_starts_and_ends_where_it_should_and_never_leaves_its_corners(
    points: list[tuple[float, float]],
) -> None:
    canvas = Canvas(tall=False)
    canvas.line(points, "#000000")
    path = next(read(drawn(canvas)).iter("path"))
    reached = path_points(path)
    ends = [points[0], points[-1]]
    assert all(math.dist(here, there) < 0.1 for here, there in zip((reached[0], reached[-1]), ends, strict=True))
    assert path.attrib["d"].count("Q") == len(points) - 2
    assert all(_near_line(point, points) for point in reached)


def _near_line(point: tuple[float, float], corners: list[tuple[float, float]]) -> bool:
    """Whether the point is on one of the straight lines between the corners, up to the rounding to a tenth."""
    detours = (math.dist(start, point) + math.dist(point, end) - math.dist(start, end)
               for start, end in pairwise(corners))  # fmt: skip
    return min(detours) < 0.5


@given(words=st.text(min_size=1, max_size=40), size=st.floats(6, 20), room=st.floats(20, 400))
def test_fitted_words_fit(words: str, size: float, room: float) -> None:
    fitting = fitted(words, size, room)
    assert text_width(words, fitting) <= room * (1 + 1e-9)
    assert fitting <= size


def test_words_are_left_alone_where_they_fit_and_else_made_smaller() -> None:
    words = "64×56×56"
    assert fitted(words, 10, text_width(words, 10)) == 10
    assert fitted(words, 10, text_width(words, 10) / 2) == pytest.approx(5)
