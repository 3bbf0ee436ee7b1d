"""The picture with a gradient's way back on it: still whole and legible; arcs, bars and columns say their numbers."""

import math
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.network.diagram import network_diagram
from explorer.charts.network.gradient_marks import NoteMarks
from explorer.charts.network.gradient_notes import DECADES, Note, notes
from explorer.charts.network.svg import Canvas
from explorer.gradients.shortcut_shares import split
from explorer.gradients.values import FlowReading, GradientFlow, ReadingState
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.options import Block, Shortcut
from explorer.network.presets import preset
from tests.charts.network.test_diagram import EVERY, SKIP, TALL, blocks_of, check_picture, stands_for
from tests.charts.reading import NETWORKS, Box, bars, box, collisions, overlaps, picks, pressed, read, text_box
from tests.gradients.flows import INFINITE, LOST, NAN, TINY, ZERO, by_hand, flows, measured
from tests.network.strategies import configs

LIT = "var(--st-primary-color)"
SIGNS = ("0", "∞", "NaN")
ONE = FlowReading.of(1.0)
# As different, and as wide in words, as shares get.
WIDEST = [
    (ONE, FlowReading.of(1.0007), -1.0),
    (FlowReading.of(1.0007), ONE, -1.0),
    (ZERO, ZERO, math.nan),
    (NAN, ONE, math.nan),
    (ONE, LOST, math.nan),
    (FlowReading.of(9.0), ONE, 0.1),
    (ONE, ONE, 0.0),
]


def draw(flow: GradientFlow, selected: str | None = None, *, tall: bool = False) -> ET.Element:
    return read(network_diagram(analyze(flow.config), selected, tall=tall, notes=notes(flow)))


def tracks(root: ET.Element) -> list[ET.Element]:
    """What a full column would fill, for each glyph."""
    return [rect for rect in root.iter("rect") if rect.attrib.get("opacity") == "0.1"]


def filled(root: ET.Element) -> list[ET.Element]:
    """The columns, or a run's slices."""
    return [rect for rect in root.iter("rect") if "shape-rendering" in rect.attrib]


def size_of(column: ET.Element, *, tall: bool = False) -> float:
    return float(column.attrib["width" if tall else "height"])


def arcs(root: ET.Element) -> list[ET.Element]:
    return [path for path in root.iter("path") if path.attrib["stroke"] == SKIP]


def shares_said(root: ET.Element) -> list[str]:
    """The words at the arcs, those of two lines joined."""
    words = [text.text or "" for text in root.iter("text") if text.attrib.get("font-weight") == "600"]
    said: list[str] = []
    for word in words:
        if said and said[-1].endswith(" to"):
            said[-1] += f" {word}"
        elif re.match(r"([≈<>−]*\d+(\.\d)?( to| %(, [0–])?)|[0–])$", word):
            said.append(word)
    return said


def members(root: ET.Element, flow: GradientFlow) -> list[list[str]]:
    """The blocks that each glyph stands for."""
    blocks = list(flow.blocks[1:])
    return [blocks[start : start + stands_for(glyph)] for name, glyph in picks(root).items() if name in blocks
            for start in [_first(name, glyph, blocks)]]  # fmt: skip


def _first(name: str, glyph: ET.Element, blocks: list[str]) -> int:
    title = glyph.attrib["data-tip"].splitlines()[0]
    return blocks.index(title.split()[0] if " to " in title else name)


def check_notes(flow: GradientFlow, root: ET.Element, *, tall: bool) -> None:
    """The picture is as whole as without notes, and its notes lie on nothing and nothing on them."""
    check_picture(analyze(flow.config), root, tall=tall)
    rails = [box(rect) for rect in tracks(root)]
    assert len(rails) == len(picks(root)) - 1  # all but the head
    assert overlaps(rails) == []
    words = [text_box(text) for text in root.iter("text") if text.text not in SIGNS]
    assert collisions(words, rails) == []
    assert collisions(rails, [bar for group in picks(root).values() for bar in bars(group)]) == []
    for column in map(box, filled(root)):
        assert any(rail.holds(column) for rail in rails)
    assert len(shares_said(root)) == (len(blocks_of(root)) if flow.adds else 0)


@pytest.mark.slow
@TALL
@EVERY
def test_every_network_with_the_widest_notes(name: str, tall: bool) -> None:
    config = NETWORKS[name]
    norms = [ONE, LOST, ZERO, NAN, INFINITE, FlowReading.of(1e9)]
    flow = by_hand(config, norms, [] if config.is_plain else WIDEST)
    selected = list(flow.blocks)[len(flow.blocks) // 2]
    for chosen in (None, selected):
        check_notes(flow, draw(flow, chosen, tall=tall), tall=tall)


@pytest.mark.slow
@settings(max_examples=30)  # each is a hundred notes
@given(configs(small=False).flatmap(flows), st.booleans(), st.data())
def test_any_flow_of_any_network_with_any_selection(flow: GradientFlow, tall: bool, data: st.DataObject) -> None:
    selected = data.draw(st.sampled_from(flow.blocks))
    root = draw(flow, selected, tall=tall)
    assert pressed(root) == [selected]
    check_notes(flow, root, tall=tall)


@TALL
def test_a_mark_wider_than_its_note_is_apart_from_the_next_note(tall: bool) -> None:
    config = ResNetConfig(
        block=Block.BASIC, stage_blocks=(1, 1, 1, 6, 8), widths=(1,) * 5, shortcut=Shortcut.AVGPOOL, image_size=33
    )
    flow = by_hand(config, [ONE], [(ONE, FlowReading.of(10.0), -1.0)])
    root = draw(flow, "layer5.1", tall=tall)
    assert {text.text for text in root.iter("text")} >= {"avg pad", "−11 %"}
    check_notes(flow, root, tall=tall)


@TALL
@pytest.mark.parametrize("name", TINY)
def test_measured_flows(name: str, tall: bool) -> None:
    flow = measured(name)
    for selected in flow.blocks:
        check_notes(flow, draw(flow, selected, tall=tall), tall=tall)


@TALL
@pytest.mark.parametrize("name", ["resnet20", "plain20", "resnet18"])
def test_without_notes_the_picture_has_none_of_it_and_with_them_the_same_parts(name: str, tall: bool) -> None:
    arch = analyze(preset(name))
    bare = network_diagram(arch, "layer1.0", tall=tall)
    for none in (None, ()):
        assert network_diagram(arch, "layer1.0", tall=tall, notes=none) == bare
    root = read(bare)
    assert tracks(root) == filled(root) == []
    assert {arc.attrib["stroke-width"] for arc in arcs(root)} <= {"2"}
    assert not any("fill-opacity" in rect.attrib for group in picks(root).values() for rect in group.iter("rect")
                   if group.attrib["data-pick"].startswith("layer"))  # fmt: skip
    assert not any("%" in (text.text or "") or "dL" in (text.text or "") for text in root.iter("text"))
    noted = draw(by_hand(arch.config, [ONE], [] if arch.config.is_plain else WIDEST), "layer1.0", tall=tall)
    drawn, bared = ({name: [bar.what for bar in bars(group)] for name, group in picks(one).items()}
                    for one in (noted, root))  # fmt: skip
    assert drawn == bared


def test_arcs_are_as_thick_and_bars_as_full_as_the_shares() -> None:
    root = draw(flow := measured("pads"))
    found = [split(parting).shortcut for parting in flow.adds]
    widths = [float(arc.attrib["stroke-width"]) for arc in arcs(root)]
    groups = [group for name, group in picks(root).items() if name.startswith("layer")]
    fulls = [
        {float(rect.attrib["fill-opacity"]) for rect in group.iter("rect") if "fill-opacity" in rect.attrib}
        for group in groups
    ]
    assert len(found) == len(widths) == len(fulls) == 4
    for share, width, full in zip(found, widths, fulls, strict=True):
        assert width == pytest.approx(1 + 5 * share, abs=0.051)
        assert len(full) == 1 and full.pop() == pytest.approx(0.08 + 0.92 * (1 - share), abs=0.0051)
    assert shares_said(root) == [split(parting).shortcut_words for parting in flow.adds]


def test_zero_init_empties_the_branches() -> None:
    root = draw(measured("zero-init"))
    assert {arc.attrib["stroke-width"] for arc in arcs(root)} == {"6.0"}
    assert shares_said(root) == ["100 %"] * 4
    groups = [group for name, group in picks(root).items() if name.startswith("layer")]
    opacities = [rect.attrib["fill-opacity"] for group in groups for rect in group.iter("rect")
                 if "fill-opacity" in rect.attrib]  # fmt: skip
    assert set(opacities) == {"0"} and len(opacities) == 8


def test_shares_beyond_the_whole_are_clamped_and_said() -> None:
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 1))
    parts = [(ONE, FlowReading.of(3.0), -0.5), (FlowReading.of(3.0), ONE, -0.5), (ONE, ONE, 0.0)]
    root = draw(by_hand(config, [ONE], parts))
    assert shares_said(root) == ["−7 %", "107 %", "50 %"]
    assert [arc.attrib["stroke-width"] for arc in arcs(root)] == ["1.0", "6.0", "3.5"]


def test_no_share_is_an_empty_or_a_dashed_block() -> None:
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 1))
    root = draw(by_hand(config, [ONE], [(ZERO, ZERO, math.nan), (NAN, ONE, math.nan), (LOST, LOST, math.nan)]))
    assert shares_said(root) == ["0", "–", "–"]
    dashed = [
        {"stroke-dasharray" in rect.attrib for rect in group.iter("rect") if "fill-opacity" in rect.attrib}
        for name, group in picks(root).items()
        if name.startswith("layer")
    ]
    assert dashed == [{False}, {True}, {True}]


@TALL
def test_a_folded_run_says_its_range(tall: bool) -> None:
    config = preset("resnet110")
    parts = [(FlowReading.of(1.0 + index % 18), FlowReading.of(3.0), 0.2) for index in range(54)]
    flow = by_hand(config, [FlowReading.of(10.0**-index) for index in range(55)], parts)
    root = draw(flow, "layer2.4", tall=tall)
    found = {parting.block: split(parting) for parting in flow.adds}
    said = shares_said(root)
    groups = members(root, flow)
    assert sorted(name for group in groups for name in group) == sorted(found)
    assert ["layer2.4"] in groups and any(len(group) > 1 for group in groups)
    for group, words in zip(groups, said, strict=True):
        ranked = sorted((found[name] for name in group), key=lambda parts: parts.shortcut)
        low, high = ranked[0].shortcut_words, ranked[-1].shortcut_words
        assert words == (low if low == high else f"{low.removesuffix(' %')} to {high}")


def test_a_run_in_which_some_have_no_share_says_so() -> None:
    blank = by_hand(preset("resnet110"), [ONE, ZERO, NAN], [(ONE, ONE, 0.0), (ONE, NAN, math.nan)])
    root = draw(blank)
    assert "50 %, –" in shares_said(root)
    tip = picks(root)["layer1.1"].attrib["data-tip"]
    states = [reading.state for reading in blank.gradient_norms[2:18]]
    said = [
        f"{states.count(state)} of 16 {state}" for state in dict.fromkeys(states) if state is not ReadingState.MEASURED
    ]
    assert len(said) == 2 and tip.splitlines()[-1] == f"|dL/dh|: {', '.join(said)}"


@TALL
def test_columns_are_higher_for_larger_gradients(tall: bool) -> None:
    for name in ("plain", "pads"):
        flow = measured(name)
        heights = [size_of(column, tall=tall) for column in filled(draw(flow, tall=tall))]
        sizes = [reading.log10 for reading in flow.gradient_norms]
        assert len(heights) == len(sizes)
        assert max(heights) == NoteMarks.RAIL
        by_size = [height for _, height in sorted(zip(sizes, heights, strict=True))]
        assert by_size == sorted(by_size)


def test_a_run_has_a_slice_for_each_of_its_blocks_or_as_many_as_can_be_seen() -> None:
    flow = by_hand(preset("resnet110"), [FlowReading.of(10.0**-index) for index in range(55)])
    root = draw(flow)
    rails = list(map(box, tracks(root)))
    heights = [size_of(column) for column in filled(root)]
    assert all(before >= after for before, after in pairwise(heights))
    for rail in rails:
        inside = [column for column in map(box, filled(root)) if rail.holds(column)]
        assert 1 <= len(inside) <= 16
        assert (inside[0].left, inside[-1].right) == (pytest.approx(rail.left, abs=0.2),
                                                       pytest.approx(rail.right, abs=0.2))  # fmt: skip


@TALL
def test_the_selected_units_column_is_lit(tall: bool) -> None:
    flow = measured("pads")
    for selected in flow.blocks:
        lit = [rect.attrib["fill"] == LIT for rect in filled(draw(flow, selected, tall=tall))]
        assert lit == [unit == selected for unit in flow.blocks]
    assert not any(rect.attrib["fill"] == LIT for rect in filled(draw(flow, tall=tall)))


@TALL
def test_what_has_no_size_is_a_sign_and_what_is_below_float32_an_outline(tall: bool) -> None:
    config = replace(preset("resnet20"), stage_blocks=(1, 1, 2))
    root = draw(by_hand(config, [ZERO, NAN, INFINITE, LOST, ONE], [(ONE, ONE, 0.0)]), tall=tall)
    signs = [text.text for text in root.iter("text") if text.attrib.get("font-weight") == "700" and text.text in SIGNS]
    assert signs == ["0", "NaN", "∞"]
    hollow, full = filled(root)
    assert "stroke" in hollow.attrib and "stroke" not in full.attrib
    assert size_of(hollow, tall=tall) < size_of(full, tall=tall)


@given(st.lists(st.floats(-30, 30), min_size=10, max_size=10))
def test_strength_is_a_log_scale_of_two_decades_or_more(sizes: list[float]) -> None:
    found = notes(by_hand(preset("plain20"), [FlowReading.of(10**size) for size in sizes]))
    strengths = [note.strength for _, note in found]
    assert found[0][0] == "stem" and len(found) == 10
    span = max(max(sizes) - min(sizes), DECADES)
    assert strengths == [pytest.approx(1 - (max(sizes) - size) / span, abs=1e-9) for size in sizes]
    assert max(strengths) == 1 and all(strength is not None and strength >= -1e-9 for strength in strengths)


def test_tips_say_what_arrives_how_it_splits_and_what_became_of_it() -> None:
    flow = measured("pads")
    for name, group in picks(draw(flow)).items():
        lines = group.attrib["data-tip"].splitlines()
        assert len(lines) == {"head": 4, "stem": 6, "layer3.0": 7}.get(name, 8)
        if name.startswith("layer"):
            parting = next(parting for parting in flow.adds if parting.block == name)
            assert lines[6] == split(parting).short


def test_notes_are_values_that_can_be_keys() -> None:
    flow = by_hand(TINY["pads"], [NAN, ZERO], WIDEST)
    assert hash(notes(flow)) == hash(notes(flow)) and notes(flow) == notes(flow)
    assert len({notes(flow), notes(measured("pads"))}) == 2


def test_a_note_by_hand_without_a_size_or_a_share_draws_neither() -> None:
    marks = NoteMarks((("stem", Note(None, "", None, ReadingState.MEASURED, ())),), Canvas(tall=False))
    assert marks.label(["stem"]) == () and marks.pitch(["stem"], "") == 0
    assert marks.arc_width(["stem"]) == 2 and marks.bar_style(["stem"], "#000000") == {}
    marks.draw_size(["stem"], 0, 20, 30, lit=False)
    assert [box(rect) for rect in ET.fromstring(f"<g>{''.join(marks.canvas.parts)}</g>")] == [
        Box(0, 6, 20, 30, "var(--st-text-color)")
    ]


@pytest.mark.slow
@given(configs(small=False))
def test_a_plain_network_has_columns_and_no_shares(config: ResNetConfig) -> None:
    plain = replace(config, shortcut="none", zero_init_residual=False)
    root = draw(by_hand(plain, [ONE]))
    assert shares_said(root) == [] and filled(root)
