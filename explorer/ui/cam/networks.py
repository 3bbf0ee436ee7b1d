"""Which network looks at the picture: one of the sets of weights that the app knows."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.text.quantities import size
from explorer.ui.cam.choices import CONFIG_FROM, NETWORK, OTHER, OWN_WEIGHTS
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import readable
from explorer.ui.widgets import job_progress
from explorer.ui.widgets.my_network import my_network, my_network_chip
from explorer.weights.catalogue import EMBEDDED, WeightSet, embedded, weight_set, weight_sets

_FETCH = {
    control.key: job_progress.Work(f"cam_fetch_{control.key}", "Downloading", "Download")
    for control in (NETWORK, OTHER)
}
_LANE = "network"  # the queue's lane for downloads, which need no device
_FOR_PHOTOGRAPHS = job_progress.Work("cam_photographs", "Downloading", "Download and look with it", aside=True)
_PREFERRED = ("resnet50-v2", "resnet34-v1", "resnet18-v1")  # the first of these on this machine is shown at first
_SMALLEST = _PREFERRED[-1]  # to download


def choose_weights(then: Callable[[], None]) -> WeightSet | None:
    """Draw the choice; returns None for weights of the reader's own. ``then`` is called when the reader has chosen."""
    here = _on_this_machine()
    labels = {**_labels(here), OWN_WEIGHTS: "Weights of mine"}
    key = NETWORK.select(tuple(labels), labels=labels, at_first=_at_first(here), then=then)
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
    here = _on_this_machine()
    likely = next((each for each in sorted(alike, key=lambda known: not known.trained) if each.key in here), others[0])
    labels = {key: label for key, label in _labels(here).items() if key != first.key}
    return weight_set(OTHER.select(tuple(labels), labels=labels, at_first=likely.key))


@shared(8)
def _labels(here: frozenset[str]) -> dict[str, str]:
    return {each.key: _label(each, each.key in here) for each in weight_sets()}


def _label(weights: WeightSet, here: bool) -> str:
    if weights.embedded:
        return f"{weights.title} · comes with the app"
    return f"{weights.title} · {'on this machine' if here else f'{size(weights.size)} to download'}"


def _on_this_machine() -> frozenset[str]:
    """Returns the keys of the sets that need no download."""
    from explorer.weights.load import file_of

    folder = file_of(_downloadable()).parent
    return _keys_in(folder, folder.stat().st_mtime_ns if folder.is_dir() else 0)


@shared(1)
def _downloadable() -> WeightSet:
    return next(known for known in weight_sets() if known.trained and not known.embedded)


@shared(4)
def _keys_in(folder: Path, changed: int) -> frozenset[str]:
    """Looks for each file only when the folder has ``changed``, in nanoseconds since 1970."""
    return frozenset(known.key for known in weight_sets() if _is_here(known))


def _is_here(weights: WeightSet) -> bool:
    from explorer.weights.load import is_cached

    return is_cached(weights)


@shared(8)
def _at_first(here: frozenset[str]) -> str:
    """Returns the key the page opens with: ImageNet weights already on this machine, else the embedded ones."""
    downloaded = {known.key for known in weight_sets() if not known.embedded} & here
    return next((key for key in (*_PREFERRED, *sorted(downloaded)) if key in downloaded), EMBEDDED)


def ready(weights: WeightSet, *, second: bool = False) -> bool:
    """Whether the network's weights are on this machine; if not, the page offers to download them."""
    from explorer.weights.load import fetch

    if weights.embedded or _is_here(weights):
        return True
    work = _FETCH[OTHER.key if second else NETWORK.key]
    said = (
        f"The weights of {weights.title} are not on this machine yet: {size(weights.size)} "
        "from torchvision, once for all."
    )
    st.info(readable(said), icon=":material/download:")
    work.run(weights.key, fetch, weights.key, lane=_LANE)
    if _is_here(weights):
        return True
    if not second:
        st.button(
            f"Look with {embedded().title}, which is here", key="cam_back", on_click=NETWORK.put, args=(EMBEDDED,)
        )
    return False


def take_for_photographs(then: Callable[[], None]) -> None:
    """Take the network that ``offer_for_photographs`` has downloaded for the reader, and call ``then``."""
    key = _FOR_PHOTOGRAPHS.asked_for
    if isinstance(key, str) and key in _on_this_machine():
        _FOR_PHOTOGRAPHS.forget()
        NETWORK.put(key)
        then()


def offer_for_photographs(small: WeightSet, then: Callable[[], None]) -> None:
    """Say what a network of clothes knows, and offer one that knows photographs: downloaded first if it has to be.

    ``then`` is called when the reader takes it.
    """
    from explorer.weights.load import fetch

    better = _for_photographs()
    knowing = f"{small.title} knows {small.knows}, {better.title} {better.knows} in photographs"

    def take() -> None:
        NETWORK.put(better.key)
        then()

    if _is_here(better):
        st.caption(readable(f"{knowing}."))
        st.button(f"Look with {better.title}", key="cam_better", on_click=take)
        return
    st.caption(readable(f"{knowing}: {size(better.size)} from torchvision, once for all."))
    _FOR_PHOTOGRAPHS.run(better.key, fetch, better.key, lane=_LANE)
    if _is_here(better):
        st.rerun()


def _for_photographs() -> WeightSet:
    """Returns the weights that the page opens with if they know photographs, else the smallest to download."""
    better = weight_set(_at_first(_on_this_machine()))
    return weight_set(_SMALLEST) if better.embedded else better
