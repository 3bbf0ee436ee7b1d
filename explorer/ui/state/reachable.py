"""The address under which other devices reach this server."""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config

_EVERY_ADDRESS = ("", "0.0.0.0", "::")
_ELSEWHERE = ("192.0.2.1", 9)  # reserved for documentation (RFC 5737): nobody has this address


def for_other_devices() -> str:
    """Returns host and port for devices on the same network; nothing where the server listens to this computer alone.

    The host is the name that the start option ``browser.serverAddress`` gave, else this computer's own address. No
    host is asked for it.
    """
    if (config.get_option("server.address") or "") not in _EVERY_ADDRESS:
        return ""
    given: str = config.get_option("browser.serverAddress")
    host = own_address() if is_loopback(given) else given
    return f"{host}:{config.get_option('browser.serverPort')}" if host and not is_loopback(host) else ""


def app_address() -> str:
    """Returns this app's address, ending with a slash, as other devices can open it.

    It is empty where the server listens to its own computer alone.
    """
    opened = urlsplit(st.context.url or "")
    place = for_other_devices() if is_loopback(opened.hostname or "localhost") else opened.netloc
    base = str(config.get_option("server.baseUrlPath")).strip("/")
    return f"{opened.scheme or 'http'}://{place}/{base}{'/' if base else ''}" if place else ""


def own_address() -> str:
    """Returns the address of the interface that leads out of this computer, or nothing without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)  # of a datagram socket: chooses the interface and sends nothing
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
    return address


def is_loopback(host: str) -> bool:
    """Whether this host is the computer itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
