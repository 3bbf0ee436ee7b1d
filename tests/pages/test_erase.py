"""The Grad-CAM page's tab "Erase" without a browser."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter
from streamlit.testing.v1 import AppTest

from explorer.cam.erase_jobs import logits_of, region_to_hide
from explorer.cam.erasure import Fill, Mask, change_sentence, erased, filled, region_sentence
from explorer.cam.page_jobs import Asked
from explorer.cam.saliency_map import predictions
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.ui.cam import erase_view
from explorer.ui.cam.choices import CamView
from explorer.weights.catalogue import EMBEDDED, embedded
from tests.pages.helpers import component, healthy, link, opened, settled, words

BOOT = "ankle-boot-1"


def open_page(**query: str) -> AppTest:
    return settled(opened("cam", look=CamView.ERASE, sample=BOOT, weights=EMBEDDED, **query))


def crop() -> Image.Image:
    return embedded().preprocess.cropped(read_picture(sample_bytes(BOOT)))


def said(picture: Image.Image) -> np.ndarray:
    return logits_of(Asked(EMBEDDED), picture=embedded().preprocess.numbers(picture))


def painted(page: AppTest, mask: Mask) -> AppTest:
    """The page once the browser has sent this mask."""
    page.session_state["held"]["erased"]["mask"] = mask
    return settled(healthy(page.run()))


def test_nothing_is_erased_at_first() -> None:
    page = open_page()
    shown = component(page, "eraser")
    first = predictions(said(crop()), embedded().classes, 5)
    assert [each["name"] for each in shown["chances"]] == [each.name for each in first]
    assert all(each["was"] == each["now"] and each["before"] == each["after"] for each in shown["chances"])
    assert Mask.of_text(shown["side"], shown["mask"]) == Mask(28)
    assert "The search starts from the whole picture, whatever you have erased." in words(page)
    assert "Nothing is erased yet." in words(page)


@pytest.mark.parametrize("fill", list(Fill))
def test_what_is_erased_changes_the_probabilities(fill: Fill) -> None:
    page, mask = open_page(fill=fill), Mask(7, frozenset(range(14, 35))).refined(28)
    page = painted(page, mask)
    after = said(erased(crop(), mask, filled(crop(), fill)))
    assert change_sentence(embedded().classes, said(crop()), after, mask) in words(page)
    best = predictions(after, embedded().classes, 1)[0]
    shown = component(page, "eraser")
    (now,) = [each["now"] for each in shown["chances"] if each["name"] == best.name]
    assert now == pytest.approx(best.probability, rel=1e-3)
    assert shown["mask"] == mask.text and "mask" not in page.query_params


def test_another_picture_starts_whole() -> None:
    page = painted(open_page(), Mask(28, frozenset({1})))
    turn = component(page, "eraser")["turn"]
    (box,) = [each for each in page.selectbox if each.label == "Picture"]
    page = settled(healthy(box.select("bag-1").run()))
    shown = component(page, "eraser")
    assert shown["mask"] == Mask(28).text and shown["turn"] != turn


@pytest.mark.parametrize("side", ["7", "14"])
def test_the_region_that_must_be_hidden(side: str) -> None:
    page = open_page(cells=side)
    assert link(page, "cells") == side
    page = settled(healthy(page.button(key="cam_region.now").click().run()))
    found = region_to_hide(
        Asked(EMBEDDED), crop=crop().tobytes(), preprocess=embedded().preprocess, fill=Fill.GREY, side=int(side)
    )
    assert found.mask is not None
    assert region_sentence(embedded().classes, found) in words(page)
    assert component(page, "eraser")["region"] == found.mask.refined(28).text
    page = settled(healthy(page.button(key="cam_region.erase").click().run()))
    shown = component(page, "eraser")
    assert shown["mask"] == shown["region"]
    best = max(shown["chances"], key=lambda each: float(each["now"]))
    assert best["name"] == predictions(found.logits, embedded().classes, 1)[0].name


def test_the_picture_is_blurred_once_for_all_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    blurred: list[Image.Image] = []
    blur = Image.Image.filter

    def noted(picture: Image.Image, how: ImageFilter.Filter) -> Image.Image:
        blurred.append(picture)
        return blur(picture, how)

    monkeypatch.setattr(Image.Image, "filter", noted)
    page = open_page(fill=Fill.BLUR)
    for cell in (1, 2, 3):
        page = painted(page, Mask(28, frozenset({cell})))
    assert len(blurred) == 1


def test_the_choice_of_what_to_erase_with_counts_for_what_is_painted_already() -> None:
    page, mask = open_page(), Mask(28, frozenset(range(200, 400)))
    page = painted(page, mask)
    for fill in (Fill.BLUR, Fill.GREY):
        (buttons,) = [each for each in page.get("button_group") if each.label == "Erase with"]
        page = settled(healthy(buttons.set_value(fill).run()))
        after = said(erased(crop(), mask, filled(crop(), fill)))
        assert change_sentence(embedded().classes, said(crop()), after, mask) in words(page)


def test_what_was_painted_stays_erased_when_the_region_is_erased_too() -> None:
    page, strokes = open_page(), Mask(28, frozenset({0, 27, 783}))
    page = settled(healthy(page.button(key="cam_region.now").click().run()))
    page = painted(page, strokes)
    page = settled(healthy(page.button(key="cam_region.erase").click().run()))
    shown = component(page, "eraser")
    both = Mask.of_text(28, shown["mask"])
    assert both.cells == strokes.cells | Mask.of_text(28, shown["region"]).cells and both.cells > strokes.cells


@pytest.mark.parametrize("sent", [None, 7, "", "A" * 10_000, Mask(56).text, {"mask": 1}])
def test_what_is_no_mask_erases_nothing(sent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {"picture": ("digest", 28), "mask": Mask(28, frozenset({3})), "turn": 4}
    monkeypatch.setattr(erase_view, "held", lambda _: mine)
    erase_view._painted(sent)
    assert mine["mask"] == Mask(28) and mine["turn"] == 5


def test_a_mask_that_is_sent_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    mine: dict[str, Any] = {"picture": ("digest", 28), "mask": Mask(28), "turn": 4}
    monkeypatch.setattr(erase_view, "held", lambda _: mine)
    erase_view._painted(Mask(28, frozenset({3, 700})).text)
    assert mine["mask"] == Mask(28, frozenset({3, 700})) and mine["turn"] == 4
