"""What is looked at, and by which network: the choices above every part of the page."""

import hashlib
from dataclasses import dataclass, replace

import streamlit as st
from PIL import Image

from explorer.pictures.decode import read_picture
from explorer.pictures.headers.picture_file import PictureError
from explorer.pictures.preprocess import Inversion
from explorer.pictures.samples import PictureKind, Sample, sample, sample_bytes, samples
from explorer.ui.cam.choices import AGAINST, ALL, CLASS, INVERT, LAYER, OTHER, OWN_PICTURE, SAMPLE
from explorer.ui.cam.networks import choose_weights, ready
from explorer.ui.cam.own_weights import OwnNetwork, choose_own_network
from explorer.ui.state import url
from explorer.ui.state.caching import in_session
from explorer.ui.state.markdown import escaped
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets.private_input import PRIVATE, choose_picture
from explorer.weights.catalogue import WeightSet


@dataclass(frozen=True, slots=True, eq=False)
class CamSetup:
    """What the reader asks for: a network, and a picture with its title and what it is known to show (``label``).

    ``crop`` is what the network gets of it; ``foreign`` pictures are of nothing it has been trained on.
    """

    network: WeightSet
    picture: bytes
    picture_title: str
    label: str
    source: str
    crop: Image.Image
    inverted: bool
    foreign: bool
    target: int | None
    own: OwnNetwork | None = None

    def name_of(self, index: int) -> str:
        """A class by name."""
        return self.network.classes[index].partition(",")[0]

    @property
    def provenance(self) -> str:
        """Whose network and picture these are, what is known of them, and what was done to the picture."""
        net = self.network
        known = f"{net.accuracy:.2f} % top-1 {net.measured}, " if net.accuracy is not None else ""
        said = [f"{net.title}: {known}{net.source}."]
        if self.label:
            said.append(f"The picture shows: {self.label}.")
        if self.source:
            said.append(f"Picture: {self.source}.")
        if self.foreign:
            said.append(f"It knows {len(net.classes)} kinds of clothing: whatever it is shown becomes one of them.")
        if self.inverted:
            said.append("Bright and dark were exchanged, for this network has seen light garments on black only.")
        if not self.source:
            said.append(PRIVATE)
        return " ".join(said)

    @property
    def file_name(self) -> str:
        """What files about this picture and network are called, without an ending."""
        return f"grad-cam-{self.network.key}"

    @property
    def digest(self) -> str:
        """What tells this crop from others."""
        return digest_of(self.crop.tobytes())

    def with_network(self, network: WeightSet) -> "CamSetup":
        """The same picture, prepared for another network."""
        crop, inverted = _crop(self.picture, network)
        return replace(self, network=network, crop=crop, inverted=inverted, own=None)


def digest_of(data: bytes) -> str:
    """A picture's or a map's fingerprint."""
    return hashlib.sha256(data).hexdigest()


def choose_cam_setup() -> CamSetup | None:
    """Draw the choices; None where something is missing or cannot be, which is then said."""
    with url.together():
        open_all(*ALL)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        network = choose_weights(_forget_places)
        chosen = _choose_sample(network)
    own = choose_own_network() if network is None else None
    network = own.weights if own else network
    if network is None or not (own or ready(network)):
        return None
    picture = choose_picture("Your picture", camera=True) if chosen is None else sample_bytes(chosen.key)
    if not picture:
        st.info(f"Choose a picture of yours, or one of the samples. {PRIVATE}", icon=":material/image:")
        return None
    foreign = network.preprocess.on_black and (chosen is None or chosen.kind is not PictureKind.FASHION)
    if foreign:
        INVERT.segmented()
    try:
        crop, inverted = _crop(picture, network)
    except PictureError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return None
    shown = chosen or Sample(OWN_PICTURE, "your picture", PictureKind.PHOTO, None, "", "")
    known = (shown.title, shown.label or "", shown.source)
    return CamSetup(network, picture, *known, crop, inverted, foreign, _target(network), own)


def _forget_places() -> None:
    """Another network has other classes and blocks."""
    for control in (CLASS, AGAINST, LAYER, OTHER):
        control.put(control.default)


def _forget_classes() -> None:
    """Another picture has other likely classes."""
    for control in (CLASS, AGAINST):
        control.put(control.default)


def _choose_sample(network: WeightSet | None) -> Sample | None:
    """Draw the choice of a picture; None for the reader's own."""
    kind = PictureKind.FASHION if network and network.embedded else PictureKind.PHOTO
    fitting, others = samples(kind), [each for each in samples() if each.kind is not kind]
    labels = {each.key: _label(each) for each in (*fitting, *others)} | {OWN_PICTURE: "A picture of mine"}
    key = SAMPLE.select((*labels,), labels=labels, at_first=fitting[0].key, then=_forget_classes)
    return None if key == OWN_PICTURE else sample(key)


def _label(each: Sample) -> str:
    return f"{each.title}" if each.label is None else f"{each.label} ({each.key.rpartition('-')[2]})"


def _crop(picture: bytes, network: WeightSet) -> tuple[Image.Image, bool]:
    """What the network gets of the picture, and whether bright and dark changed places."""
    inversion, digest = Inversion(INVERT.value), digest_of(picture)

    def made() -> tuple[Image.Image, bool]:
        upright = read_picture(picture)
        return network.preprocess.cropped(upright, inversion), network.preprocess.inverts(upright, inversion)

    return in_session(("crop", digest, network.key, inversion), made)


def _target(network: WeightSet) -> int | None:
    """The class that is chosen; None for the likeliest. What the link asks for in vain is said."""
    asked = CLASS.value
    if not asked:
        return None
    if asked.isascii() and asked.isdigit() and int(asked) < len(network.classes):
        return int(asked)
    CLASS.refuse(
        f"{network.title} has the classes 0 to {len(network.classes) - 1:,}; the likeliest one is shown instead"
    )
    return None
