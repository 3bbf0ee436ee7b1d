"""Up to 64 pictures of the reader's: a gallery of maps with guesses, the most doubtful first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from PIL import Image

from explorer.cam.gallery import Gallery, Order, Seen, gallery_csv, gallery_sentence
from explorer.cam.words import chance_words
from explorer.charts.cam import overlay
from explorer.jobs.job import Attachment
from explorer.pictures.archive import MAX_ARCHIVE, MOST_PICTURES, Entry, PictureArchive
from explorer.pictures.decode import MEGABYTE
from explorer.text.errors import Refusal
from explorer.text.quantities import counted, first_few
from explorer.ui.cam.cam_setup import CamSetup, forget_classes
from explorer.ui.cam.choices import INVERT, ORDER, OWN_PICTURE, SAMPLE, SHOWN, VIEW, CamView
from explorer.ui.cam.pictures import Style, chosen_style
from explorer.ui.cam.several_measurement import gallery_of
from explorer.ui.state.caching import in_session
from explorer.ui.state.markdown import escaped, readable
from explorer.ui.state.session import held
from explorer.ui.widgets.gallery import Card, gallery
from explorer.ui.widgets.image_panels import source_of
from explorer.ui.widgets.private_input import PRIVATE, choose_pictures, put_picture

_CARD = 160  # pixels of a small picture's side
_TOLD = 8  # files that were not read, classes that there are


def several_heading(setup: CamSetup) -> str:
    """Returns the page's headline while this part is open: none of the one picture's."""
    return readable(f"Several pictures, seen by {setup.network.title}")


def several_view(setup: CamSetup, device: str) -> None:
    """Draw the fields for pictures, and what the network makes of them."""
    archive = choose_pictures("archive", "my pictures")
    if archive is None:
        st.info(
            f"Send up to {MOST_PICTURES} pictures (PNG, JPEG, WebP), a folder of them, or a zip: at most "
            f"{MAX_ARCHIVE // MEGABYTE} MB together. {PRIVATE}",
            icon=":material/photo_library:",
        )
        return
    found = gallery_of(setup, device, archive)
    if found is None:
        return
    _forget_class((archive.name, setup.network.key))
    names, style = setup.network.classes, chosen_style(signed=False)
    key = ("several", archive.name, setup.network.key, hash(names), INVERT.value, style)
    drawn = in_session(key, lambda: _drawn(setup, found, style))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        order = Order(ORDER.segmented(labels={Order.DOUBT: "doubt, most first", Order.NAME: "name"}))
        target = _choose_class(setup, found, drawn.classes)
        st.download_button(
            "Table as CSV",
            lambda: gallery_csv(found, names).encode("utf-8-sig"),
            f"{setup.file_name}-pictures.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    st.markdown(drawn.words)
    shown = [drawn.cards[each.number] for each in drawn.orders[order] if target in ("", str(each.target))]
    gallery(shown, key="cam_gallery", on_pick=partial(_open, archive, found))
    _say_refused(found)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """All that is shown of a gallery, made once: the cards by the pictures' places in the archive, the words, the
    pictures in each order, and the labels of the list of classes."""

    cards: Mapping[int, Card]
    words: str
    orders: Mapping[Order, Sequence[Seen]]
    classes: Mapping[str, str]


def _drawn(setup: CamSetup, found: Gallery, style: Style) -> _Drawn:
    said = readable(gallery_sentence(found, setup.network.classes))
    counts = {index: len(found.ordered(Order.NAME, index)) for index in found.targets}
    return _Drawn(
        {each.number: _card(setup, each, style) for each in found.seen},
        f"**What you see.** {said} A click opens a picture under “{CamView.MAP}”.",
        {order: found.ordered(order) for order in Order},
        {
            "": f"all {counted(len(found.seen), 'picture')}",
            **{str(index): f"{setup.name_of(index)} ({count})" for index, count in counts.items()},
        },
    )


def _choose_class(setup: CamSetup, found: Gallery, labels: Mapping[str, str]) -> str:
    """Draw the choice of the class that is shown; returns its index, or nothing for all."""
    if SHOWN.value not in labels:
        named = [f"{index} ({setup.name_of(index)})" for index in found.targets]
        SHOWN.refuse(f"these pictures are taken for {first_few(named, _TOLD)}")
    return SHOWN.select((*labels,), labels=labels)


def _forget_class(asked: tuple[str, str]) -> None:
    """Show all classes again after a change of pictures or network: the chosen one may not be among them."""
    mine = held("several")
    if mine.setdefault("asked", asked) != asked:
        SHOWN.put(SHOWN.default)
    mine["asked"] = asked


def _card(setup: CamSetup, seen: Seen, style: Style) -> Card:
    best = seen.best(setup.network.classes)[0]
    small = Image.frombytes("RGB", (seen.side, seen.side), seen.small)
    drawn = overlay.overlay(small, seen.saliency, opacity=style.opacity, colours=style.colours, words=False)
    drawn.thumbnail((_CARD, _CARD))
    guess = f"{setup.name_of(best.index)}, {chance_words(best.probability)}"
    return Card(str(seen.number), seen.name, source_of(drawn, small=True), guess, bool(seen.strange))


def _open(archive: Attachment, found: Gallery, picked: str) -> None:
    """Show one picture of the archive in the other tabs, as if it had been sent alone."""
    chosen = [each for each in found.seen if str(each.number) == picked]
    for each in chosen:
        try:
            data = PictureArchive(archive.data).read(Entry(each.number, each.name))
        except Refusal:
            return
        put_picture(each.name, data)
        SAMPLE.put(OWN_PICTURE)
        VIEW.put(CamView.MAP)
        forget_classes()


def _say_refused(found: Gallery) -> None:
    told: Sequence[tuple[str, str]] = found.refused[:_TOLD]
    if told:
        rest = len(found.refused) - len(told)
        lines = [f"- {escaped(name)}: {escaped(why)}" for name, why in told]
        if rest:
            lines.append(f"- and {counted(rest, 'more file')}, all of them in the table")
        st.warning("\n".join(["Not read:\n", *lines]), icon=":material/error:")
