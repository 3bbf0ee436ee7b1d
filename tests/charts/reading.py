"""Reads a picture back from its SVG, or words from a figure, as a reader of the page finds them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import unescape
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np

from explorer.network.config import ResNetConfig
from explorer.network.options import Block, Norm, Order, Shortcut, Stem
from explorer.network.presets import PRESETS
from tests.network.kinds import KINDS

_BASE = ResNetConfig()

# The edges of what is allowed: fewest and most stages, blocks, channels and pixels, and every kind of shortcut.
ODD = {
    "five stages, one block each": replace(_BASE, stage_blocks=(1,) * 5, widths=(64, 128, 256, 512, 1024)),
    "five basic stages": replace(_BASE, block=Block.BASIC, stage_blocks=(1,) * 5, widths=(64, 128, 256, 512, 1024)),
    "five stages, 256 blocks each": replace(_BASE, stage_blocks=(256,) * 5, widths=(64, 128, 256, 512, 1024)),
    "one block": replace(_BASE, stage_blocks=(1,), widths=(64,)),
    "one stage of 256": replace(_BASE, stage_blocks=(256,), widths=(64,)),
    "width 1": replace(_BASE, widths=(1,) * 4),
    "width 4096": replace(_BASE, widths=(4096,) * 4),
    "everything at its largest": ResNetConfig(
        stage_blocks=(256,) * 5, widths=(4096,) * 5, image_size=2048, num_classes=100_000, in_channels=256
    ),
    "largest, deep stem": ResNetConfig(
        stage_blocks=(3,) * 5,
        widths=(4096,) * 5,
        image_size=2048,
        num_classes=100_000,
        in_channels=256,
        stem=Stem.DEEP,
        shortcut=Shortcut.AVGPOOL_PROJECTION,
    ),
    "largest map": ResNetConfig(
        stage_blocks=(2, 2), widths=(4096, 4096), stem=Stem.CIFAR, image_size=2048, order=Order.PRE
    ),
    "a last stage as narrow as its caption": ResNetConfig(
        stage_blocks=(17, 1), widths=(4096, 4096), stem=Stem.CIFAR, image_size=2048, num_classes=100_000
    ),
    "one long stage among short ones": ResNetConfig(
        stage_blocks=(1, 1, 1, 14, 1),
        widths=(4096, 512, 512, 4096, 512),
        stem=Stem.CIFAR,
        image_size=2048,
        num_classes=100_000,
    ),
    "image of 8": replace(_BASE, image_size=8, stem=Stem.CIFAR),
    "image of 2048": replace(_BASE, image_size=2048),
    "widths that shrink": replace(_BASE, widths=(4096, 1, 4096, 1)),
    "projections everywhere": replace(_BASE, shortcut=Shortcut.C),
    "pads after average pools": replace(_BASE, shortcut=Shortcut.AVGPOOL),
    "pads": replace(_BASE, shortcut=Shortcut.A),
    "pre-activation": replace(_BASE, order=Order.PRE, shortcut=Shortcut.C),
    "pre-activation without norms": replace(_BASE, order=Order.PRE, norm=Norm.NONE),
    "plain, without norms": replace(_BASE, shortcut=Shortcut.NONE, norm=Norm.NONE),
    "smallest": ResNetConfig(
        block=Block.BASIC, stage_blocks=(1,), widths=(1,), stem=Stem.CIFAR, num_classes=1, in_channels=1, image_size=1
    ),
}
LONG = ("resnet34", "resnet152", "resnet110", "plain110")  # drawn as more blocks than others of their kind
NETWORKS = {**KINDS, **{name: PRESETS[name] for name in LONG}, **ODD}


TOUCHING = 0.11  # pixels: a rounding error


class Box(NamedTuple):
    """A rectangle on the screen, with what it is for messages."""

    left: float
    top: float
    right: float
    bottom: float
    what: str = ""

    def holds(self, other: "Box") -> bool:
        """Whether the other lies inside, up to a rounding error."""
        return (
            other.left >= self.left - TOUCHING
            and other.top >= self.top - TOUCHING
            and other.right <= self.right + TOUCHING
            and other.bottom <= self.bottom + TOUCHING
        )


def plain(html: str) -> str:
    """Words of a plotly figure without the markup around them; line breaks are spaces."""
    return unescape(re.sub(r"<[^>]*>", "", html.replace("<br>", " ")))


def read(svg: str) -> ET.Element:
    """The picture's root, its tags without their namespace."""
    root = ET.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def picks(root: ET.Element) -> dict[str, ET.Element]:
    """What can be picked, by name, in drawing order; each name once."""
    groups = [element for element in root.iter("g") if "data-pick" in element.attrib]
    named = {group.attrib["data-pick"]: group for group in groups}
    assert len(named) == len(groups), "two parts have the same name"
    return named


def pressed(root: ET.Element) -> list[str]:
    """The names of the parts shown as selected."""
    return [name for name, group in picks(root).items() if group.attrib["aria-pressed"] == "true"]


def page(root: ET.Element) -> Box:
    """The visible area."""
    x, y, width, height = map(float, root.attrib["viewBox"].split())
    return Box(x, y, x + width, y + height, "page")


def box(rect: ET.Element) -> Box:
    """Where a <rect> is."""
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height, rect.attrib["fill"])


def text_box(text: ET.Element) -> Box:
    """Where words are, with room for any sans-serif font: 0.6 of the size a sign, half that for narrow ones."""
    words, size = text.text or "", float(text.attrib["font-size"])
    width = size * sum(0.3 if sign in " ,./:" else 0.6 for sign in words)
    x, y = float(text.attrib["x"]), float(text.attrib["y"])
    if "transform" in text.attrib:  # read from bottom to top, around its middle
        assert text.attrib["transform"] == f"rotate(-90 {text.attrib['x']} {text.attrib['y']})"
        assert text.attrib["text-anchor"] == "middle"
        return Box(x - size / 2, y - width / 2, x + size / 2, y + width / 2, words)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[text.attrib["text-anchor"]]
    return Box(left, y - size / 2, left + width, y + size / 2, words)


def bars(group: ET.Element) -> list[Box]:
    """The coloured rectangles of a part: neither the area to hit nor the cards behind a folded run."""
    return [box(rect) for rect in group.iter("rect") if rect.attrib["fill"].startswith("#")]


def cards(group: ET.Element) -> list[Box]:
    """The cards that peep out behind a folded run."""
    return [box(rect) for rect in group.iter("rect") if rect.attrib["fill"].startswith("var")]


def path_points(path: ET.Element) -> list[tuple[float, float]]:
    """Every point a path names; a curve stays within those that it names."""
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path.attrib["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def outlines(root: ET.Element) -> Iterator[Box]:
    """Boxes around everything drawn."""
    yield from map(text_box, root.iter("text"))
    yield from map(box, root.iter("rect"))
    for circle in root.iter("circle"):
        x, y, radius = (float(circle.attrib[name]) for name in ("cx", "cy", "r"))
        yield Box(x - radius, y - radius, x + radius, y + radius, "circle")
    for path in root.iter("path"):
        xs, ys = zip(*path_points(path), strict=True)
        yield Box(min(xs), min(ys), max(xs), max(ys), "path")


def overlaps(boxes: Iterable[Box]) -> list[tuple[Box, Box]]:
    """The pairs that lie on each other."""
    drawn = list(boxes)
    return [(drawn[one], drawn[other]) for one, other in _overlapping(drawn, drawn) if one < other]


def collisions(some: Iterable[Box], others: Iterable[Box]) -> list[tuple[Box, Box]]:
    """The pairs, one of each, that lie on each other."""
    drawn, beside = list(some), list(others)
    return [(drawn[one], beside[other]) for one, other in _overlapping(drawn, beside)]


def _overlapping(some: Sequence[Box], others: Sequence[Box]) -> list[tuple[int, int]]:
    """The indices of the pairs that share more than a rounding error, all at once: a picture has tens of thousands."""
    if not some or not others:
        return []
    one, other = (np.array([each[:4] for each in boxes]) for boxes in (some, others))
    shared = np.minimum(one[:, None, 2:], other[:, 2:]) - np.maximum(one[:, None, :2], other[:, :2])
    return [(int(first), int(second)) for first, second in np.argwhere((shared > TOUCHING).all(axis=2))]


def cut_off(root: ET.Element) -> list[Box]:
    """What reaches out of the visible area."""
    visible = page(root)
    return [outline for outline in outlines(root) if not visible.holds(outline)]
