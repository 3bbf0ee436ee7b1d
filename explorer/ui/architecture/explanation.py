"""The words beside the picture: what it shows, and one experiment with its price."""

import streamlit as st

from explorer.network.architecture import Architecture
from explorer.network.config import ResNetConfig
from explorer.network.explanation import what_to_try, what_you_see
from explorer.ui.state import network
from explorer.ui.state.caching import shared
from explorer.ui.widgets.network_diagram import how_to_read


def words_beside(arch: Architecture) -> None:
    """Draw one computed sentence on what the picture shows, one on what to try, and a button that tries it."""
    text, changed = _text(arch)
    st.markdown(text)
    st.button(
        "Try it",
        key="try",
        icon=":material/play_arrow:",
        on_click=lambda: network.attempt("try", lambda: changed),
    )


@shared(64)
def _text(arch: Architecture) -> tuple[str, ResNetConfig]:
    experiment, changed = what_to_try(arch.config)
    reading = f":small[:gray[{how_to_read(arch)}]]"
    return f"{reading}\n\n**What you see.** {what_you_see(arch)}\n\n**What to try.** {experiment}", changed
