"""The choices above every part of the Grad-CAM page: which network, which picture, which class."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
from plotly.graph_objects import Figure

from explorer.jobs.job import Attachment
from explorer.pictures.samples import PictureKind, Sample, sample, sample_bytes, samples
from explorer.ui.cam.choices import AGAINST, ALL, CLASS, INVERT, LAYER, OTHER, OWN_PICTURE, SAMPLE
from explorer.ui.cam.networks import (
    choose_my_network,
    choose_weights,
    offer_for_photographs,
    ready,
    take_for_photographs,
)
from explorer.ui.cam.own_weights import OwnNetwork, choose_own_network
from explorer.ui.cam.prepared_picture import PreparedPicture, prepared_for
from explorer.ui.state import url
from explorer.ui.state.caching import kept, shared
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets.figure_cache import DrawnFigure
from explorer.ui.widgets.private_input import PRIVATE, choose_picture, private
from explorer.weights.catalogue import WeightSet

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class CamSetup:
    """What the reader asks for: a network, a picture with its title, and the class it is known to show (``label``).

    ``seen`` is the picture as the network gets it. ``foreign`` pictures are unlike all that
    the network was trained on. ``target`` is the chosen class, None for the likeliest.
    """

    network: WeightSet
    picture: Attachment
    picture_title: str
    label: str
    source: str
    seen: PreparedPicture
    foreign: bool
    target: int | None
    own_network: OwnNetwork | None = None

    def name_of(self, index: int) -> str:
        """The name of a class, by its index."""
        return self.network.classes[index].partition(",")[0]

    @property
    def provenance(self) -> str:
        """Where network and picture come from, what is known of them, and how the picture was changed."""
        net = self.network
        known = f"{net.accuracy:.2f} % top-1 {net.measured}, " if net.accuracy is not None else ""
        said = [f"{net.title}: {known}{net.source}."]
        if self.foreign:
            said.append(f"It knows {net.knows}: whatever it is shown becomes one of them.")
        if self.label:
            said.append(f"The picture shows: {self.label}.")
        if self.source:
            said.append(f"Picture: {self.source}.")
        if self.seen.inverted:
            said.append("Bright and dark were exchanged, for this network has seen light garments on black only.")
        if not self.source:
            said.append(private("Your picture"))
        return " ".join(said)

    @property
    def file_name(self) -> str:
        """The name of downloads about this picture and network, without an ending."""
        return f"grad-cam-{self.network.key}"

    @property
    def is_private(self) -> bool:
        """Whether the picture or the network is the reader's own: nothing made from it is for another session."""
        return not self.source or self.own_network is not None

    def kept(self, key: object, make: Callable[[], T]) -> T:
        """Returns what ``make`` makes of this picture and network; ``key`` tells what that is, and how it looks."""
        network = self.network.key, hash(self.network.classes)  # the reader names the classes of weights of theirs
        everything = (*network, self.seen.digest, key)
        return kept(everything, make, private=self.is_private)

    def drawn(self, key: object, draw: Callable[[], Figure]) -> DrawnFigure:
        """Returns the figure that ``draw`` draws of them; ``key`` must name all it is drawn from."""
        return self.kept(("figure", key), lambda: DrawnFigure(draw()))

    def with_network(self, network: WeightSet) -> "CamSetup | None":
        """The same picture, prepared for another network; None while it is read, which the page says."""
        seen = prepared_for(network, self.picture, again=True)
        return replace(self, network=network, seen=seen, own_network=None) if seen else None


def choose_cam_setup() -> CamSetup | None:
    """Draw the choices. Returns None where something is missing or invalid, which the page then says."""
    with url.together():
        open_all(*ALL)
        take_for_photographs(_forget_places)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        network = choose_weights(_forget_places)
        chosen = _choose_sample(network)
        choose_my_network(network, _forget_places)
    own = choose_own_network() if network is None else None
    network = own.weights if own else network
    if network is None or not (own or ready(network)):
        return None
    picture = choose_picture("Your picture", camera=True) if chosen is None else _shipped(chosen.key)
    if picture is None:
        st.info(f"Choose a picture of yours, or one of the samples. {PRIVATE}", icon=":material/image:")
        return None
    foreign = network.preprocess.on_black and (chosen is None or chosen.kind is not PictureKind.FASHION)
    if foreign:
        if network.trained:
            offer_for_photographs(network, _forget_places)
        INVERT.segmented(place="setting")
    seen = prepared_for(network, picture)
    if seen is None:
        return None
    shown = chosen or Sample(OWN_PICTURE, "your picture", PictureKind.PHOTO, None, "", "")
    known = (shown.title, shown.label or "", shown.source)
    return CamSetup(network, picture, *known, seen, foreign, _target(network), own)


def _forget_places() -> None:
    """Reset what belongs to one network: its classes and blocks."""
    forget_classes()
    for control in (LAYER, OTHER):
        control.put(control.default)


def forget_classes() -> None:
    """Reset what belongs to one picture: its likely classes."""
    for control in (CLASS, AGAINST):
        control.put(control.default)


def _choose_sample(network: WeightSet | None) -> Sample | None:
    """Draw the choice of a picture; returns None for the reader's own."""
    kind = PictureKind.FASHION if network and network.embedded else PictureKind.PHOTO
    fitting, others = samples(kind), [each for each in samples() if each.kind is not kind]
    labels = {each.key: _label(each) for each in (*fitting, *others)} | {OWN_PICTURE: "A picture of mine"}
    key = SAMPLE.select((*labels,), labels=labels, at_first=fitting[0].key, then=forget_classes)
    return None if key == OWN_PICTURE else sample(key)


def _label(each: Sample) -> str:
    return f"{each.title}" if each.label is None else f"{each.label} ({each.key.rpartition('-')[2]})"


@shared(16)
def _shipped(key: str) -> Attachment:
    return Attachment(key, sample_bytes(key))


def _target(network: WeightSet) -> int | None:
    """Returns the chosen class, None for the likeliest; a link that asks for a class that does not exist is told so."""
    asked = CLASS.value
    if not asked:
        return None
    if asked.isascii() and asked.isdigit() and int(asked) < len(network.classes):
        return int(asked)
    CLASS.refuse(
        f"{network.title} has the classes 0 to {len(network.classes) - 1:,}; the likeliest one is shown instead"
    )
    return None
