"""The picture of one block, read back from its SVG."""

from xml.etree import ElementTree as ET

import pytest

from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.start.one_block import alt_text, one_block_picture, one_block_rows
from explorer.ideas.one_block import OneBlock, Signal, X, sentence
from explorer.network.layer import Role
from tests.charts.reading import box, cut_off, picks, pressed, read

SCALES = (0.0, 0.3, 1.0)
OF_COLOUR = {"x": ROLE_COLOURS[Role.SHORTCUT], "alone": ROLE_COLOURS[Role.CONV3X3], "output": "var(--st-text-color)"}
both_ways = pytest.mark.parametrize("tall", [False, True])


def bars(root: ET.Element, colour: str) -> list[tuple[float, float]]:
    """Upper and lower edge of each bar of a colour, from left to right; the buttons are no bars."""
    buttons = {id(part) for pick in picks(root).values() for part in pick.iter()}
    boxes = [box(rect) for rect in root.iter("rect") if id(rect) not in buttons]
    return [(top, bottom) for left, top, right, bottom, fill in sorted(boxes) if fill == colour]


@both_ways
@pytest.mark.parametrize("scale", SCALES)
def test_every_bar_is_as_high_as_its_value(scale: float, tall: bool) -> None:
    block = OneBlock(scale)
    root = read(one_block_picture(block, tall=tall))
    signals: dict[str, Signal] = {"x": X, "alone": block.branch, "output": block.output}
    unit = max(bottom - top for top, bottom in bars(root, OF_COLOUR["x"])) / max(map(abs, X))
    for name, signal in signals.items():
        drawn = bars(root, OF_COLOUR[name])
        assert [bottom - top for top, bottom in drawn] == pytest.approx([abs(each) * unit for each in signal], abs=0.11)
        zero = max(top for (top, _), each in zip(drawn, signal, strict=True) if each <= 0)
        for (top, bottom), each in zip(drawn, signal, strict=True):
            assert (bottom if each > 0 else top) == pytest.approx(zero, abs=0.11)  # up is positive


@both_ways
@pytest.mark.parametrize("scale", SCALES)
def test_both_branches_can_be_picked_and_say_how_much_of_f_is_left(scale: float, tall: bool) -> None:
    root = read(one_block_picture(OneBlock(scale), tall=tall))
    assert set(picks(root)) == {"F", "F alone"}
    assert len(pressed(root)) == (2 if scale else 0)
    words = {0.0: "F is 0", 0.3: "0.3·F", 1.0: "F"}[scale]
    assert all(pick.attrib["aria-label"].startswith(f"{words}\n") for pick in picks(root).values())
    assert not cut_off(root)


def test_the_alternative_says_what_the_picture_shows() -> None:
    block = OneBlock(0.5)
    assert sentence(block) in alt_text(block)
    assert "x: 0.3, 0.7, 1" in alt_text(block) and "−0.8" in alt_text(block)


def test_the_table_has_the_same_numbers() -> None:
    block = OneBlock(0.5)
    rows = one_block_rows(block)
    assert [row["x"] for row in rows] == list(X)
    assert [list(row.values())[2:] for row in rows] == [
        pytest.approx(pair, abs=1e-4) for pair in zip(block.branch, block.output, strict=True)
    ]
