"""My network: the one that the reader chose on the Architecture page, one click away on every page that can use it."""

from collections.abc import Callable

import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.ui.state import network

MINE = "net"  # its key in the session, and in the Architecture page's link


def my_network() -> ResNetConfig:
    """Returns the reader's network; until there is one, the network with which the Architecture page opens."""
    return network.checked(network.shown_link(MINE) or network.DEFAULT)


def my_network_chip(take: Callable[[ResNetConfig], None], *, about: str = "", off: str = "") -> None:
    """Draw the chip; a click hands the network to ``take``.

    ``about`` says what else the click does, ``off`` is the reason why the network cannot be taken now.
    """
    mine = my_network()
    st.button(
        f"My network: {name_of(mine)}",
        key="my_network",
        icon=":material/account_tree:",
        on_click=take,
        args=(mine,),
        disabled=bool(off),
        help=off or f"The network that you chose on the Architecture page. {about}",
    )
