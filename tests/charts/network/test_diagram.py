"""The picture of the whole network: complete, pickable, bounded, legible, and its arcs the network's shortcuts."""

import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.network.diagram import LONGEST, network_diagram
from explorer.charts.network.glyphs import MAX_PER_STAGE, MAX_PER_STAGE_TALL, fold
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.presets import preset
from tests.charts.reading import (
    NETWORKS,
    ODD,
    Box,
    bars,
    box,
    cards,
    collisions,
    cut_off,
    overlaps,
    page,
    picks,
    pressed,
    read,
    text_box,
)
from tests.network.strategies import configs

SKIP = ROLE_COLOURS[Role.SHORTCUT]
APART = 6.0  # between two words on a line, so that they do not read as one
TALL = pytest.mark.parametrize("tall", [False, True], ids=["wide", "tall"])
EVERY = pytest.mark.parametrize("name", NETWORKS)


def draw(arch: Architecture, selected: str | None = None, *, tall: bool) -> ET.Element:
    return read(network_diagram(arch, selected, tall=tall))


def blocks_of(root: ET.Element) -> list[str]:
    """The blocks that have a glyph: those that stand for a run by the name of its first."""
    return [name for name in picks(root) if name not in ("stem", "head")]


def stands_for(glyph: ET.Element) -> int:
    """How many blocks a glyph says it stands for."""
    folded = re.search(r"(\d+) equal blocks", glyph.attrib["data-tip"])
    return int(folded.group(1)) if folded else 1


def mark_of(arch: Architecture, unit: str) -> str:
    """The mark a block's arc must carry, by the layers that are on its shortcut."""
    kinds = {layer.kind for layer in arch.unit_layers(unit) if layer.on_shortcut}
    words = "1×1" if Kind.CONV in kinds else "pad" if Kind.PAD in kinds else ""
    return f"avg {words}" if Kind.POOL in kinds else words


def check_parts(arch: Architecture, root: ET.Element) -> None:
    """Stem, head, first and last block of each stage can be picked, in forward order, and stand for all blocks."""
    drawn = list(picks(root))
    assert drawn == [unit for unit in arch.units if unit in set(drawn)]
    assert (drawn[0], drawn[-1]) == ("stem", "head")
    for stage, count in enumerate(arch.config.stage_blocks, start=1):
        own = {name: glyph for name, glyph in picks(root).items() if name.startswith(f"layer{stage}.")}
        assert {f"layer{stage}.0", f"layer{stage}.{count - 1}"} <= set(own)
        assert sum(map(stands_for, own.values())) == count


def frame_of(hit: Box, *, tall: bool) -> Box:
    """What the frame of a selected part takes up across the flow, with a little air around its line of 2.5."""
    across, down = (3, 0) if tall else (0, 3)
    return Box(hit.left - across, hit.top - down, hit.right + across, hit.bottom + down, "frame")


def check_tips(arch: Architecture, root: ET.Element) -> None:
    """Pointing at a part gives its numbers, to the eye and to the ear."""
    for name, glyph in picks(root).items():
        layers = arch.unit_layers(name)
        assert f"{sum(layer.params for layer in layers):,} parameters" in glyph.attrib["data-tip"]
        assert f"{sum(layer.macs for layer in layers):,} MACs" in glyph.attrib["data-tip"]
        assert glyph.attrib["aria-label"] == glyph.attrib["data-tip"]
        shapes = [f"{c:,}×{h:,}×{w:,}" for c, h, w in (layers[0].input_shape, layers[-1].output_shape)]
        assert glyph.attrib["data-tip"].splitlines()[1] == " → ".join(shapes)  # no space to break a line inside one


def check_shortcuts(arch: Architecture, root: ET.Element) -> None:
    """One arc for each glyph with a shortcut; pads are dashed, and marks say what is on it."""
    marks = [mark_of(arch, unit) for unit in blocks_of(root)]
    arcs = [path for path in root.iter("path") if path.attrib["stroke"] == SKIP]
    assert len(arcs) == (0 if arch.config.is_plain else len(marks))
    dashed = [path for path in arcs if "stroke-dasharray" in path.attrib]
    assert len(dashed) == sum(mark.endswith("pad") for mark in marks)
    badges = [rect for rect in root.iter("rect") if rect.attrib.get("stroke") == SKIP]
    assert sum(rect.attrib["fill"] == SKIP for rect in badges) == sum(mark.endswith("1×1") for mark in marks)
    words = [text.text for text in root.iter("text") if text.text in ("1×1", "pad", "avg 1×1", "avg pad")]
    assert Counter(words) == Counter(filter(None, marks))
    assert not overlaps(map(box, badges))


def check_geometry(root: ET.Element, *, tall: bool) -> None:
    """Nothing is cut off, nothing lies on anything else, and the wide picture fits its page."""
    assert cut_off(root) == []
    drawn = [bar for group in picks(root).values() for bar in bars(group)]
    words = [text_box(text) for text in root.iter("text")]
    hits = [box(rect) for rect in root.iter("rect") if rect.attrib.get("class") == "hit"]
    assert overlaps(drawn) == []
    assert overlaps(words) == []
    assert overlaps(word._replace(right=word.right + APART) for word in words) == []
    assert overlaps(hits) == []
    assert collisions(words, [frame_of(hit, tall=tall) for hit in hits]) == []
    assert collisions(words, drawn) == []
    for group in picks(root).values():
        if behind := cards(group):
            own = bars(group)
            assert collisions(behind, [*words, *(bar for bar in drawn if bar not in own)]) == []
    assert page(root).right <= (340 if tall else LONGEST + 6)


def check_picture(arch: Architecture, root: ET.Element, *, tall: bool) -> None:
    check_parts(arch, root)
    check_tips(arch, root)
    check_shortcuts(arch, root)
    check_geometry(root, tall=tall)


@TALL
@EVERY
def test_every_network_with_nothing_selected(name: str, tall: bool) -> None:
    arch = analyze(NETWORKS[name])
    root = draw(arch, tall=tall)
    assert pressed(root) == []
    check_picture(arch, root, tall=tall)


@pytest.mark.slow
@settings(max_examples=80)
@given(config=configs(small=False), tall=st.booleans(), data=st.data())
def test_any_network_with_any_selection(config: ResNetConfig, tall: bool, data: st.DataObject) -> None:
    arch = analyze(config)
    selected = data.draw(st.sampled_from(arch.units))
    root = draw(arch, selected, tall=tall)
    assert pressed(root) == [selected]
    assert stands_for(picks(root)[selected]) == 1
    check_picture(arch, root, tall=tall)


@TALL
@pytest.mark.parametrize("config", [preset("resnet1202"), ODD["five stages, 256 blocks each"]], ids=["1202", "5x256"])
def test_long_runs_fold_into_a_bounded_picture(config: ResNetConfig, tall: bool) -> None:
    arch = analyze(config)
    for selected in (None, "layer1.0", "layer2.1", "layer3.100", f"layer1.{config.stage_blocks[0] - 2}", "head"):
        root = draw(arch, selected, tall=tall)
        assert pressed(root) == [name for name in (selected,) if name]
        assert len(blocks_of(root)) <= 3 * len(config.widths) + 2
        check_picture(arch, root, tall=tall)


@given(
    count=st.integers(1, 256),
    chosen=st.none() | st.integers(0, 255),
    most=st.sampled_from([MAX_PER_STAGE, MAX_PER_STAGE_TALL]),
)
def test_folding_keeps_every_block_once_and_the_selected_one_alone(count: int, chosen: int | None, most: int) -> None:
    plans = list(block_plans(ResNetConfig(stage_blocks=(count,), widths=(8,))))
    selected = None if chosen is None else f"layer1.{chosen}"
    groups = fold(plans, selected, most)
    assert [plan for group in groups for plan in group] == plans
    assert len(groups) <= max(5, most)
    assert len(groups[0]) == len(groups[-1]) == 1
    if chosen is not None and chosen < count:
        assert [plans[chosen]] in groups


def test_the_pictures_label_counts_one_as_one() -> None:
    label = draw(analyze(ODD["one block"]), tall=False).attrib["aria-label"]
    assert label == "Diagram of the network: 1 block in 1 stage, from the image, 3×224×224, to 1,000 logits"


def test_a_run_that_folds_says_so_and_names_its_first_and_last() -> None:
    root = draw(analyze(preset("resnet110")), tall=False)
    tip = picks(root)["layer2.1"].attrib["data-tip"]
    assert tip.splitlines()[0] == "layer2.1 to 16: 16 equal blocks, each"
    assert "×16" in [text.text for text in root.iter("text")]


@TALL
def test_captions_say_the_shapes_along_the_way(tall: bool) -> None:
    root = draw(analyze(preset("resnet50")), tall=tall)
    words = [text.text for text in root.iter("text")]
    for caption in ("3×224×224", "64×56×56", "256×56×56", "2,048×7×7", "1,000 logits", "layer3 ×6"):
        assert words.count(caption) == 1


@TALL
@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [
        ("resnet50", "layer1.0", "bottleneck block, projection shortcut (1×1)"),
        ("resnet50", "layer1.1", "bottleneck block, identity shortcut"),
        ("resnet50d", "layer2.0", "bottleneck block, average-pooled projection shortcut (1×1)"),
        ("resnet20", "layer2.0", "basic block, shortcut padded with zeros (pad)"),
        ("keller_avgpool", "layer2.0", "basic block, average-pooled shortcut padded with zeros (pad)"),
        ("plain20", "layer1.1", "basic block, no shortcut"),
    ],
)
def test_a_blocks_name_says_its_type_and_its_kind_of_shortcut(name: str, unit: str, kind: str, tall: bool) -> None:
    assert kind in picks(draw(analyze(preset(name)), tall=tall))[unit].attrib["aria-label"].splitlines()


@TALL
def test_what_a_screen_reader_hears_is_stem_stages_with_their_blocks_and_head(tall: bool) -> None:
    root = draw(analyze(preset("resnet18")), tall=tall)
    assert {text.attrib.get("aria-hidden") for text in root.iter("text")} == {"true"}
    heard = [group for group in root.iter("g") if "aria-label" in group.attrib]
    shapes = ("64×56×56", "128×28×28", "256×14×14", "512×7×7")
    stages = [[f"layer{number} ×2, {shape}", f"layer{number}.0", f"layer{number}.1"]
              for number, shape in enumerate(shapes, start=1)]  # fmt: skip
    first = [group.attrib["aria-label"].splitlines()[0] for group in heard]
    assert first == [
        "stem",
        *(name for stage in stages for name in stage),
        "head: global average pooling and classifier",
    ]
    sections = [group for group in heard if group.attrib["role"] == "group"]
    assert [len(picks(section)) for section in sections] == [2, 2, 2, 2]


@TALL
def test_a_name_the_network_does_not_have_selects_nothing(tall: bool) -> None:
    assert pressed(draw(analyze(preset("resnet18")), "layer9.0", tall=tall)) == []


def test_longer_bars_are_higher_resolutions_and_thicker_ones_more_channels() -> None:
    root = draw(analyze(preset("resnet18")), tall=False)
    glyphs = [bars(picks(root)[f"layer{stage}.1"])[0] for stage in (1, 2, 3, 4)]
    heights = [bar.bottom - bar.top for bar in glyphs]
    widths = [bar.right - bar.left for bar in glyphs]
    assert heights == sorted(heights, reverse=True)
    assert widths == sorted(widths)
    assert len(set(heights)) == len(set(widths)) == 4


@EVERY
def test_the_smallest_letters_have_9_pixels_on_a_screen_of_1024(name: str) -> None:
    """There the picture is 864 pixels wide."""
    root = draw(analyze(NETWORKS[name]), tall=False)
    sizes = [float(text.attrib["font-size"]) for text in root.iter("text")]
    assert min(sizes) * 864 / page(root).right >= 8.9
