"""Erase parts of the picture and see what the network makes of the rest; or let it find what it cannot do without."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from explorer.cam.erasure import (
    Fill,
    HiddenRegion,
    Mask,
    change_sentence,
    erased,
    filled,
    painted_side,
    region_sentence,
    searched_sides,
)
from explorer.cam.results import Look
from explorer.cam.saliency_map import predictions
from explorer.cam.words import chance_words, short_names
from explorer.charts.cam import overlay
from explorer.text.errors import Refusal
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import FILL, GRID
from explorer.ui.cam.erase_measurement import region, what_is_left
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import readable
from explorer.ui.state.session import held
from explorer.ui.widgets.eraser import Canvas, Chance, eraser
from explorer.ui.widgets.image_panels import source_of

_SEARCH = "The search starts from the whole picture, whatever you have erased."
_SHOWN = 5  # classes
# In the session: the picture, its mask, how often the page changed that, what replaces erased pixels, what is left, and
# what is told of that.
_ERASED = "erased"

Logits = NDArray[np.float32]


def erase_view(setup: CamSetup, device: str, look: Look) -> None:
    """Draw the picture to paint on, the probabilities before and after, and the search for a region."""
    fill = Fill(FILL.segmented(labels={Fill.GREY: "its mean colour", Fill.BLUR: "blur"}))
    mask, place = _mask_of(setup), st.container()  # nothing may push the picture away while somebody paints on it
    names, after = setup.network.classes, _said_of(setup, device, look, fill, mask)
    told, chances = _told(names, look.logits, after, mask)
    st.markdown(f"{told}\n\n:small[:gray[{_SEARCH}]]")
    found = region(setup, device, fill, _choose_grid(setup))
    canvas = Canvas(
        **_pictures(setup, fill),
        pixels=setup.seen.crop.width,
        side=mask.side,
        mask=mask.text,
        turn=f"{setup.seen.digest} {held(_ERASED)['turn']}",
        region=found.mask.refined(mask.side).text if found and found.mask else "",
        chances=chances,
    )
    with place:
        eraser(canvas, key="cam_eraser", on_paint=_painted)
    if found is not None:
        _said(names, found, mask.side)


def _said(names: Sequence[str], found: HiddenRegion, side: int) -> None:
    """Say what the search found, and offer to erase it from the picture, which has ``side`` cells a side."""
    st.markdown(readable(region_sentence(names, found)))
    if found.mask:
        st.button(
            "Erase this region",
            key="cam_region.erase",
            icon=":material/ink_eraser:",
            on_click=_erase,
            args=(found.mask.refined(side),),
        )


def _choose_grid(setup: CamSetup) -> int:
    sides = tuple(map(str, searched_sides(setup.seen.crop.width)))
    if len(sides) == 1:
        return int(sides[0])
    return int(GRID.segmented(options=sides, labels={each: f"{each} × {each} cells" for each in sides}))


def _mask_of(setup: CamSetup) -> Mask:
    """Returns the mask of this picture; nothing is erased when a new picture comes."""
    mine, side = held(_ERASED), painted_side(setup.seen.crop.width)
    if mine.get("picture") != (setup.seen.digest, side):
        mine["picture"] = setup.seen.digest, side
        _put(Mask(side))
    mask: Mask = mine["mask"]
    return mask


def _put(mask: Mask) -> None:
    mine = held(_ERASED)
    mine["mask"], mine["turn"] = mask, mine.get("turn", 0) + 1


def _erase(region: Mask) -> None:
    """Erase a region, too: what the reader painted stays erased."""
    painted: Mask = held(_ERASED)["mask"]
    _put(Mask(region.side, painted.cells | region.cells))


def _painted(text: object) -> None:
    """Take over what the reader painted; a text that is not a mask of this picture erases nothing."""
    mine = held(_ERASED)
    try:
        mine["mask"] = Mask.of_text(mine["picture"][1], text)
    except Refusal:
        _put(Mask(mine["picture"][1]))


def _said_of(setup: CamSetup, device: str, look: Look, fill: Fill, mask: Mask) -> Logits | None:
    """The logits with the mask's cells erased; None while they are not known."""
    if not mask.cells:
        return look.logits
    asked, mine = (setup.seen.digest, fill, mask), held(_ERASED)
    if mine.get("asked") != asked:
        left = erased(setup.seen.crop, mask, _hidden(setup, fill))
        mine["asked"], mine["left"] = asked, replace(setup.seen, crop=left, digest=digest_of(left.tobytes()))
    return what_is_left(replace(setup, seen=mine["left"]), device)


def _hidden(setup: CamSetup, fill: Fill) -> Image.Image:
    """The pixels that replace erased ones. They are made once for all strokes: blurring 2048 pixels takes 0.1 s."""
    filling, mine = (setup.seen.digest, fill), held(_ERASED)
    if mine.get("filling") != filling:
        mine["filling"], mine["hidden"] = filling, filled(setup.seen.crop, fill)
    hidden: Image.Image = mine["hidden"]
    return hidden


def _pictures(setup: CamSetup, fill: Fill) -> dict[str, str]:
    """Returns the URLs of the picture and of the pixels that replace erased ones, by their names in ``Canvas``."""
    crop = setup.seen.crop
    return {
        "picture": setup.kept("crop", lambda: source_of(overlay.displayed(crop))),
        "hidden": setup.kept(("hidden", fill), lambda: source_of(overlay.displayed(_hidden(setup, fill)))),
    }


def _told(names: tuple[str, ...], before: Logits, after: Logits | None, mask: Mask) -> tuple[str, tuple[Chance, ...]]:
    """What erasing did, in words and numbers; found once, for a thousand classes take milliseconds to sort and name."""
    asked, mine = (names, before.tobytes(), None if after is None else after.tobytes(), mask), held(_ERASED)
    if mine.get("told_of") != asked:
        words = "" if after is None else f"**What you see.** {readable(change_sentence(names, before, after, mask))}"
        mine["told_of"], mine["told"] = asked, (words, _chances(names, before, after))
    told: tuple[str, tuple[Chance, ...]] = mine["told"]
    return told


def _chances(names: tuple[str, ...], before: Logits, after: Logits | None) -> tuple[Chance, ...]:
    """The likeliest classes of the whole picture and the likeliest one now, each with both probabilities."""
    was, now = (
        {each.index: each.probability for each in predictions(logits, names, len(names))}  # likeliest first
        for logits in (before, before if after is None else after)
    )
    shown = tuple(dict.fromkeys([*list(was)[:_SHOWN], next(iter(now))]))
    return tuple(
        Chance(
            name,
            was[index],
            now[index],
            chance_words(was[index]),
            "…" if after is None else chance_words(now[index]),
        )
        for name, index in zip(short_names([names[each] for each in shown], shown), shown, strict=True)
    )
