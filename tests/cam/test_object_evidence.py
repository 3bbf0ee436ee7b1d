"""How much of the evidence lies on the object, in numbers and words, of constructed maps."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.cam.evidence_place import GRID, locate_evidence
from explorer.cam.foreground import Foreground
from explorer.cam.map_description import picture_sentences, place_sentence
from explorer.cam.object_evidence import DENSER_FROM, PART_FROM, evidence_on
from explorer.cam.saliency_map import SaliencyMap, predictions
from explorer.cam.words import share_words
from tests.cam.maps import maps, of

SIDE = 28
SAID = re.compile(
    r"(?:(?P<most>Most|All) of the evidence for cat \((?P<off>.+ %)\) lies beside the object, (?P<where>[a-z ]+)\. )?"
    r"(?P<on>.+? %)(?: of the evidence for cat)? lies on the object, which covers (?P<area>.+ %) of the picture"
    r"(?:: (?P<chance>no more|less) than its area would get by chance)?"
    r"(?P<lies>; (?:(?:most|strongest) (?P<part>.+?), (?P<there>.+ %) of that on (?P<covers>.+ %) of the object"
    r"|spread over the object))?"
    r"\. The object is what is (?P<how>brighter|darker) than the ground, by Otsu's threshold\."
)


@st.composite
def objects(draw: st.DrawFn) -> Foreground:
    """A box anywhere in the picture."""
    top, left = draw(st.integers(0, SIDE - 6)), draw(st.integers(0, SIDE - 6))
    bottom, right = draw(st.integers(top + 4, SIDE)), draw(st.integers(left + 4, SIDE))
    return an_object(top, left, bottom, right, brighter=draw(st.booleans()))


def an_object(top: int, left: int, bottom: int, right: int, *, brighter: bool = True) -> Foreground:
    mask, step = np.zeros((GRID, GRID), bool), GRID // SIDE
    mask[top * step : bottom * step, left * step : right * step] = True
    return Foreground(mask, brighter)


def fine(there: np.ndarray) -> SaliencyMap:
    """A map of as many values as there are places, so that no value reaches over an edge."""
    return of(there.astype(np.float32))


@given(objects())
def test_evidence_all_on_the_object(found: Foreground) -> None:
    assume(round(100 * found.area) < 100)
    said = SAID.fullmatch(place_sentence(fine(found.mask), "cat", found))
    assert said is not None
    assert said.group("on", "area", "chance", "most") == ("100 %", share_words(found.area), None, None)
    assert said["lies"] == "; spread over the object"
    assert said["how"] == ("brighter" if found.brighter else "darker")


@given(objects())
def test_evidence_all_off_the_object(found: Foreground) -> None:
    assume(found.area < 1)
    said = SAID.fullmatch(place_sentence(fine(~found.mask), "cat", found))
    assert said is not None and said.group("on", "chance", "lies") == ("0 %", "less", None)
    assert said.group("most", "off") == ("All", "100 %")


@given(objects())
def test_evidence_that_is_the_same_everywhere_gets_what_chance_gives(found: Foreground) -> None:
    said = SAID.fullmatch(place_sentence(of(np.ones((7, 7))), "cat", found))
    assert said is not None and said["on"] == said["area"] == share_words(found.area)
    assert said["chance"] == "no more" and said["lies"] == "; spread over the object"


@given(objects(), st.floats(0.05, 0.95))
def test_evidence_that_is_split(found: Foreground, share: float) -> None:
    """A given share of it on the object, the rest around it, evenly on either side."""
    assume(0.02 < found.area < 0.98)
    values = np.where(found.mask, share / found.mask.sum(), (1 - share) / (~found.mask).sum())
    located = locate_evidence(values.astype(np.float32))
    assert located is not None
    assert evidence_on(located, found).share == pytest.approx(share, abs=1e-3)
    assume(abs(100 * share % 1 - 0.5) > 0.2)  # half a percent is rounded either way
    said = SAID.fullmatch(place_sentence(fine(values), "cat", found))
    assert said is not None and said["on"] == f"{round(100 * share)} %"
    mine, by_chance = round(100 * share), round(100 * found.area)
    assert said["off"] == (f"{100 - mine} %" if mine < 50 else None)
    assert said["chance"] == (None if mine > by_chance else "no more" if mine == by_chance else "less")


@given(maps(), objects())
def test_words_and_numbers_are_those_of_the_map(saliency: SaliencyMap, found: Foreground) -> None:
    sentence = place_sentence(saliency, "cat", found)
    located = locate_evidence(saliency.values)
    if located is None:
        assert sentence == place_sentence(saliency, "cat")
        return
    said = SAID.fullmatch(sentence)
    assert said is not None, sentence
    held = located.weights[found.mask].sum()
    assert said["area"] == share_words(found.mask.mean())
    assert said.group("on") == share_words(min(held, 1.0))
    assert (said["most"] is not None) == (round(100 * held) < 50)
    part = evidence_on(located, found).part
    assert (said["part"] is None) == (part is None)
    if part is not None:
        assert said.group("part", "there", "covers") == (part.name, share_words(part.share), share_words(part.area))
        assert part.share >= PART_FROM and part.share >= DENSER_FROM * part.area
        assert ("most " in said["lies"]) == (part.share >= 0.5)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (0, 0, "in its upper left"),
        (0, 4, "at its top"),
        (0, 8, "in its upper right"),
        (4, 0, "on its left"),
        (4, 4, "in its middle"),
        (4, 8, "on its right"),
        (8, 0, "in its lower left"),
        (8, 4, "at its bottom"),
        (8, 8, "in its lower right"),
    ],
)
def test_a_spot_on_the_object_is_where_it_is(row: int, column: int, words: str) -> None:
    """On an object of 16 × 16 places away from the middle of the picture, a spot of 8 × 8."""
    found = an_object(10, 2, 26, 18)
    spot = an_object(10 + row, 2 + column, 18 + row, 10 + column)
    sentence = place_sentence(fine(spot.mask), "cat", found)
    assert f"; most {words}, 100 % of that on 25 % of the object." in sentence


def test_a_mirrored_map_has_mirrored_words() -> None:
    found, spot = an_object(6, 4, 24, 24), an_object(7, 5, 12, 11)
    one = evidence_on(locate_evidence(fine(spot.mask).values), found)  # type: ignore[arg-type]
    mirrored = Foreground(np.ascontiguousarray(found.mask[:, ::-1]), found.brighter)
    other = evidence_on(locate_evidence(fine(spot.mask[:, ::-1]).values), mirrored)  # type: ignore[arg-type]
    assert one.part is not None and other.part is not None
    assert one.part.name.replace("left", "right") == other.part.name and one.share == other.share


@pytest.mark.parametrize(
    ("spot", "words"),
    [
        ((0, 0, 8, 8), "in the upper left"),
        ((0, 20, 28, 28), "around the right"),
        ((22, 10, 28, 18), "at the bottom"),
        ((0, 0, 28, 28), "spread out"),
    ],
)
def test_where_most_lies_beside_the_object_that_comes_first(spot: tuple[int, int, int, int], words: str) -> None:
    """A tenth of the evidence on an object in the middle of the picture, the rest beside it."""
    found = an_object(10, 10, 18, 18)
    there = an_object(*spot).mask & ~found.mask
    values = 0.9 * there / there.sum() + 0.1 * found.mask / found.mask.sum()
    sentence = place_sentence(fine(values), "cat", found)
    assert sentence.startswith(f"Most of the evidence for cat (90 %) lies beside the object, {words}. 10 % lies on")


def test_without_an_object_the_parts_of_the_picture_are_said() -> None:
    thought, saliency = predictions([2.0, 1.0], ["cat", "dog"]), of(np.eye(4))
    assert picture_sentences("It", thought, saliency, thought[0])[-1].startswith("Half of the evidence for cat")
    found = an_object(3, 3, 20, 20)
    assert picture_sentences("It", thought, saliency, thought[0], found)[-1] == place_sentence(saliency, "cat", found)
