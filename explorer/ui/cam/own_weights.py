"""The reader's own weights: a file that stays in this session's memory, read only after its header was checked."""

from dataclasses import dataclass, replace

import streamlit as st

from explorer.jobs.job import Attachment
from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.pictures.preprocess import Preprocess
from explorer.text.errors import Refusal
from explorer.text.quantities import capitalised, counted
from explorer.ui.cam.choices import CONFIG_FROM, NAMES
from explorer.ui.state.markdown import readable
from explorer.ui.widgets.job_progress import Work
from explorer.ui.widgets.my_network import my_network
from explorer.ui.widgets.private_input import LANE, choose_file, paste_text
from explorer.weights.catalogue import WeightSet
from explorer.weights.known_classes import KnownClasses, class_names_of
from explorer.weights.uploaded import Own, read_own

_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and standard deviation, as torchvision's presets
_READ = Work("cam_own", "Reading your file", automatic=True, patience=0.1)


@dataclass(frozen=True, slots=True)
class OwnNetwork:
    """The file, what was read from it, and the network as the page knows networks."""

    file: Attachment
    what: Own
    weights: WeightSet


def choose_own_network() -> OwnNetwork | None:
    """Draw the fields for a file and the names of its classes.

    Returns None while there is no file, or where the file is no such network, which the page then says.
    """
    file = choose_file("Your weights (.safetensors)", ["safetensors"], key="own", forget="my weights")
    names = _choose_names()
    config_from = CONFIG_FROM.segmented(labels={"file": "what its shapes tell", "page": "my network"})
    if file is None:
        st.info(
            "Send a .safetensors file of a residual network in torchvision's naming: "
            "`safetensors.torch.save_file(model.state_dict(), ...)`. Pickles (.pth, .pt) are never opened. It stays in "
            "this session's memory.",
            icon=":material/upload_file:",
        )
        return None
    config = my_network() if config_from == "page" else None
    asked = file.name, NAMES.value, names.name if isinstance(names, Attachment) else names, config
    what: Own | None = _READ.run(asked, read_file, file, names, config, lane=LANE)
    if what is None:
        return None
    for note in what.notes:
        st.caption(readable(f"{capitalised(note)}."))
    return OwnNetwork(file, what, _described(what, file.name))


def _choose_names() -> str | Attachment | KnownClasses:
    """Draw the choice of the classes' names; returns them, the reader's file of them, or the data that has them."""
    known = {each.value: f"{each.label}'s" for each in KnownClasses}
    chosen = NAMES.segmented(labels={"typed": "type or paste", "file": "a text file", **known})
    if chosen == "typed":
        label = "One a line, or a JSON list; empty: class 0, class 1 …"
        return paste_text(label, key="own", height=90, placeholder="cat\ndog")
    if chosen == "file":
        return choose_file("One a line, or JSON (.txt, .json)", ["txt", "json"], key="own_names", forget="names") or ""
    return KnownClasses(chosen)


def read_file(file: Attachment, classes: str | Attachment | KnownClasses, config: ResNetConfig | None) -> Own:
    """What a reader's ``.safetensors`` file holds; see ``read_own``. ``classes`` may be a file of names, in UTF-8.

    Raises:
        Refusal: nothing that can look at a picture, or another number of classes than the known data has.
    """
    names = classes.data.decode("utf-8-sig", errors="replace") if isinstance(classes, Attachment) else classes
    own = read_own(file.data, "" if isinstance(names, KnownClasses) else names, config)
    if isinstance(names, KnownClasses):
        own = replace(own, classes=_fitting(names, own.config.num_classes))
    if own.config.in_channels not in (1, 3):
        raise Refusal(
            f"This network wants {own.config.in_channels} channels, and pictures have 1 (grey) or 3 (red, green, blue)."
        )
    return own


def _fitting(known: KnownClasses, count: int) -> tuple[str, ...]:
    names = class_names_of(known)
    if len(names) != count:
        raise Refusal(
            f"{known.label} has {counted(len(names), 'class')}, and this network {count:,}: choose other names of the "
            "classes."
        )
    return names


def _described(what: Own, name: str) -> WeightSet:
    """Returns the reader's network as a set of weights, its pictures prepared as torchvision's for ImageNet."""
    return WeightSet(
        key=f"own-{name[-12:]}",
        model=name_of(what.config),
        weights="weights of yours",
        config=what.config,
        classes=what.classes,
        preprocess=_preprocess(what.config),
        accuracy=None,
        measured="",
        source="a file of yours; its pictures are prepared as for ImageNet, which may not be how it was trained",
        size=0,
        file="",
    )


def _preprocess(config: ResNetConfig) -> Preprocess:
    side, channels = config.image_size, config.in_channels
    mean, std = _IMAGENET if channels == 3 else ((0.5,) * channels, (0.5,) * channels)
    return Preprocess(side if side < 64 else round(side * 256 / 224), side, mean, std)
