"""The compared networks: two to four places, each in the link, each a preset or an edited network."""

import re
from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.network.presets import PRESET_INFO, PRESETS, preset_of
from explorer.ui.compare.choices import ALL, DEFAULTS, EDIT, EDITED, OPTIONAL, PLACES, choose_compared
from explorer.ui.state import network, url
from explorer.ui.state.markdown import escaped
from explorer.ui.state.selection import SELECTION
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets.my_network import MINE, my_network, my_network_chip
from explorer.ui.widgets.network_editor import CUSTOM, Editor

FULL = "Four networks are compared already: leave one out first."
_EXTRA_PLACE = re.compile(r"net[0-9]{1,4}")


def choose_lineup() -> tuple[ResNetConfig, ...]:
    """Draw the choices, and say what of the link could not be shown; returns the networks in their order."""
    # Streamlit leaves the Architecture page's values in this page's history when a chart leads there.
    for key in (MINE, SELECTION.key):
        url.clear(key)
    with url.together():
        opened = {place: network.open_network(place, default) for place, default in DEFAULTS.items()}
        opened |= {place: config for place in OPTIONAL if (config := network.open_another(place)) is not None}
        open_all(*ALL)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="lineup"):
        for number, (place, config) in enumerate(opened.items(), start=1):
            _choice(place, config, number)
            if len(opened) > len(DEFAULTS):
                st.button(
                    "",
                    icon=":material/close:",
                    key=f"{place}.remove",
                    help=f"Leave network {number} out",
                    on_click=partial(_remove, place, dict(opened)),
                )
        _more(tuple(opened.values()))
    _editor(opened)
    _problems()
    return tuple(opened.values())


def free_place() -> str | None:
    """Returns the place one more network would take; None where there are four."""
    return next((place for place in OPTIONAL if not network.shown_link(place)), None)


def add(config: ResNetConfig) -> None:
    """Put this network into the first free place, which must exist."""
    place = free_place()
    assert place
    network.attempt("preset", lambda: config, place)


def names_of(configs: Sequence[ResNetConfig]) -> tuple[str, ...]:
    """Returns their names; where one network stands in several places, its names get numbers."""
    names = [name_of(config) for config in configs]
    return tuple(f"{name} ({number})" if names.count(name) > 1 else name for number, name in enumerate(names, start=1))


def _more(compared: tuple[ResNetConfig, ...]) -> None:
    """Draw the buttons that add a network; with four they stay, and say why they are off."""
    full = "" if free_place() else FULL
    st.button(
        "Add a network",
        icon=":material/add:",
        key="add",
        on_click=lambda: add(_suggestion(compared)),
        disabled=bool(full),
        help=full or None,
    )
    mine = my_network()
    here = f"It is network {compared.index(mine) + 1} here already." if mine in compared else ""
    my_network_chip(add, off=here or full)
    if full:  # where nothing can be pointed at, nobody reads a button's help
        st.caption(full)


def _choice(place: str, config: ResNetConfig, number: int) -> None:
    key = f"{place}.pick"
    known = preset_of(config)
    st.session_state[key] = known.name if known else CUSTOM

    def label(name: str) -> str:
        return PRESET_INFO[name].title if name in PRESET_INFO else name_of(config)

    def chosen() -> None:
        name = st.session_state[key]
        choices = {CUSTOM: config, **PRESETS}
        network.attempt("preset", lambda: choices[name], place)

    options = [*([] if known else [CUSTOM]), *PRESET_INFO]
    st.selectbox(f"Network {number}", options, format_func=label, key=key, on_change=chosen, width=280)


def _suggestion(compared: Sequence[ResNetConfig]) -> ResNetConfig:
    """Returns the first preset of the last network's family that is not compared yet, else that network."""
    last = compared[-1]
    known = preset_of(last)
    family = [info.config for info in PRESET_INFO.values() if known is None or info.family == known.family]
    return next((config for config in family if config not in compared), last)


def _remove(place: str, opened: dict[str, ResNetConfig]) -> None:
    """Remove a network; those behind it move up."""
    left = [config for other, config in opened.items() if other != place]
    for target, config in zip(PLACES, left, strict=False):
        network.change_network(config, target)
    for target in PLACES[len(left) :]:
        network.close_network(target)


def _editor(opened: dict[str, ResNetConfig]) -> None:
    """Draw the whole editor of one of the networks, in an expander."""
    expander = EDIT.expander(place="setting")
    if expander:
        with expander:
            number = choose_compared(EDITED, names_of(list(opened.values())))
            place, config = list(opened.items())[number - 1]
            Editor(config, place).draw()


def _problems() -> None:
    for place in PLACES:
        problem = network.problem(place)
        if problem:
            st.warning(escaped(f"Network {PLACES.index(place) + 1}: {problem.message}"), icon=":material/error:")
    extra = sorted(key for key in st.query_params if _EXTRA_PLACE.fullmatch(key) and key not in PLACES)
    if extra:
        left_out = f"{', '.join(extra[:5])} {'is' if len(extra) == 1 else 'are'}"
        st.warning(f"At most four networks can be compared: {left_out} left out of this link.", icon=":material/error:")
        for key in extra:
            url.clear(key)
