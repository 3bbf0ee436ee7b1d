"""Which network looks at the picture: one of the sets of weights that the app knows."""

from collections.abc import Callable

import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.text.quantities import size
from explorer.ui.cam.choices import CONFIG_FROM, NETWORK, OTHER, OWN_WEIGHTS
from explorer.ui.state.markdown import readable
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.my_network import my_network, my_network_chip
from explorer.weights.catalogue import EMBEDDED, WeightSet, weight_set, weight_sets

_FETCH = {
    control.key: job_progress.Work(f"cam_fetch_{control.key}", "Downloading", "Download")
    for control in (NETWORK, OTHER)
}
_LANE = "network"  # the queue's lane for downloads, which need no device
_PREFERRED = ("resnet50-v2", "resnet34-v1", "resnet18-v1")  # the first of these on this machine is shown at first


def choose_weights(then: Callable[[], None]) -> WeightSet | None:
    """Draw the choice; returns None for weights of the reader's own. ``then`` is called when the reader has chosen."""
    labels = {**{each.key: _label(each) for each in weight_sets()}, OWN_WEIGHTS: "Weights of mine"}
    key = NETWORK.select(tuple(labels), labels=labels, at_first=_at_first(), then=then)
    return None if key == OWN_WEIGHTS else weight_set(key)


def choose_my_network(weights: WeightSet | None, then: Callable[[], None]) -> None:
    """Draw the chip that takes the reader's network: with torchvision's weights of it, else with a file of theirs.

    ``weights`` is the set that is chosen now, None for the reader's own; ``then`` is called when they have chosen.
    """

    def take(mine: ResNetConfig) -> None:
        fitting = [known for known in weight_sets() if known.config == mine and known.trained]
        keys = [known.key for known in sorted(fitting, key=_is_here, reverse=True)]
        NETWORK.put(keys[0] if keys else OWN_WEIGHTS)
        CONFIG_FROM.put(CONFIG_FROM.default if fitting else "page")
        then()

    shown = weights.config == my_network() if weights else CONFIG_FROM.value == "page"
    my_network_chip(
        take,
        about="A network sees nothing before it is trained: it comes with torchvision's weights, or with yours.",
        off="It is the network here." if shown else "",
    )


def choose_second_weights(first: WeightSet) -> WeightSet:
    """Draw the choice of a second network; returns any but the first."""
    others = [known for known in weight_sets() if known != first]
    alike = [known for known in others if known.classes == first.classes]
    likely = next(filter(_is_here, sorted(alike, key=lambda known: not known.trained)), others[0])
    labels = {each.key: _label(each) for each in others}
    return weight_set(OTHER.select(tuple(labels), labels=labels, at_first=likely.key))


def _label(weights: WeightSet) -> str:
    if weights.embedded:
        return f"{weights.title} · comes with the app"
    return f"{weights.title} · {'on this machine' if _is_here(weights) else f'{size(weights.size)} to download'}"


def _is_here(weights: WeightSet) -> bool:
    from explorer.weights.load import is_cached

    return is_cached(weights)


def _at_first() -> str:
    """Returns the key the page opens with: ImageNet weights already on this machine, else the embedded ones."""
    here = {known.key for known in weight_sets() if not known.embedded and _is_here(known)}
    return next((key for key in (*_PREFERRED, *sorted(here)) if key in here), EMBEDDED)


def ready(weights: WeightSet, *, second: bool = False) -> bool:
    """Whether the network's weights are on this machine; if not, the page offers to download them."""
    from explorer.weights.load import fetch

    if _is_here(weights):
        return True
    work = _FETCH[OTHER.key if second else NETWORK.key]
    said = (
        f"The weights of {weights.title} are not on this machine yet: {size(weights.size)} "
        "from torchvision, once for all."
    )
    st.info(readable(said), icon=":material/download:")
    work.run(weights.key, fetch, weights.key, lane=_LANE)
    return _is_here(weights)
