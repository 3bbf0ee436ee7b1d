"""The maps of all blocks as thumbnails in forward order, with the stages marked and an alt text each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from explorer.cam.evidence_place import EvidenceSpread, locate_evidence
from explorer.cam.saliency_map import SaliencyMap
from explorer.charts.cam.overlay import Colours, missing_words, overlay
from explorer.charts.gradients.network_axis import stage_runs
from explorer.charts.palette import MUTED
from explorer.charts.table_twin import Row

SIDE = 112  # pixels of a thumbnail's longer side
_MARK = 4  # pixels of the bar left of a stage's first thumbnail, and of the frame around the highlighted one
LIT = "#E69F00"


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """One block's map over the picture.

    ``opens`` tells whether the block is the first of its ``stage``. ``missing`` says why the map has no colours, if it
    has none, and ``alt`` is the alt text.
    """

    layer: str
    stage: str
    opens: bool
    image: Image.Image
    missing: str
    alt: str


def strip(
    picture: Image.Image,
    maps: Sequence[SaliencyMap],
    target: str,
    *,
    opacity: float = 0.6,
    colours: Colours = Colours.VIRIDIS,
    signed: bool = False,
    scale: float | None = None,
    lit: str = "",
) -> tuple[Thumbnail, ...]:
    """A thumbnail for each map, for the class called ``target``; the layer ``lit`` has a frame.

    Each map has its own colour scale unless ``scale`` is given: values differ by powers of ten between the first block
    and the last, so most maps would look empty on a common scale.
    """
    small = thumbnail_size(picture)
    picture = picture.reduce(max(max(picture.size) // (4 * SIDE), 1))  # a large one is not drawn whole for each block
    firsts = {first: name for name, first, _ in stage_runs([one.layer for one in maps])}
    found = []
    for place, saliency in enumerate(maps):
        drawn = overlay(picture, saliency, opacity=opacity, colours=colours, signed=signed, scale=scale, words=False)
        image = drawn.resize(small, Image.Resampling.BILINEAR)
        _mark(image, opens=place in firsts, lit=saliency.layer == lit)
        stage = saliency.layer.partition(".")[0]
        missing = missing_words(saliency, signed=signed)
        found.append(Thumbnail(saliency.layer, stage, place in firsts, image, missing, _alt(saliency, target, missing)))
    return tuple(found)


def thumbnail_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height of the picture's thumbnail."""
    longer = max(picture.size)
    return max(round(picture.width * SIDE / longer), 1), max(round(picture.height * SIDE / longer), 1)


def _mark(image: Image.Image, *, opens: bool, lit: bool) -> None:
    draw = ImageDraw.Draw(image)
    if opens:
        draw.rectangle((0, 0, _MARK - 1, image.height), fill=MUTED)
    if lit:
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=LIT, width=_MARK)


def _alt(saliency: SaliencyMap, target: str, missing: str) -> str:
    found = locate_evidence(saliency.values)
    if missing or found is None:
        return f"{saliency.layer}: {missing or 'nothing here speaks for this class'}."
    place = "spread over the picture" if found.spread is EvidenceSpread.SPREAD else found.zone
    return f"{saliency.layer}: evidence for {target} {place}."


def strip_alt_text(thumbnails: Sequence[Thumbnail]) -> str:
    """The strip in words: the number of maps, and what each of them shows."""
    if not thumbnails:
        return "Maps of all blocks: nothing measured yet."
    return (
        f"Maps of {len(thumbnails):,} blocks from the input to the output. {' '.join(each.alt for each in thumbnails)}"
    )


def strip_rows(maps: Sequence[SaliencyMap]) -> Iterator[Row]:
    """Where each block sees the evidence, or why it sees none, a row for each block."""
    for saliency in maps:
        found = locate_evidence(saliency.values)
        yield {
            "block": saliency.layer,
            "resolution": "×".join(map(str, saliency.values.shape)),
            "largest value": float(saliency.values.max()),
            "smallest value": float(saliency.values.min()),
            "half of the evidence in": found.half_area if found else None,
            "locate_evidence": found.zone if found else missing_words(saliency),
            "hottest quarter holds": found.hottest_quarter if found else None,
        }
