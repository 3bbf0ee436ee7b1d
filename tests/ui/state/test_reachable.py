"""The address for other devices: only where the server listens to them, and found without asking anybody."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from streamlit import config

from explorer.ui.state import reachable

Options = Callable[..., None]


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> Options:
    """Streamlit's options as a start with these arguments would set them; the computer's own address is 10.1.2.3."""
    given: dict[str, Any] = {"server.address": None, "browser.serverAddress": "localhost", "browser.serverPort": 8501}
    monkeypatch.setattr(config, "get_option", given.__getitem__)
    monkeypatch.setattr(reachable, "own_address", lambda: "10.1.2.3")
    return lambda **changed: given.update({name.replace("_", "."): value for name, value in changed.items()})


def test_a_server_of_every_address_is_reached_at_the_computers_own(options: Options) -> None:
    assert reachable.for_other_devices() == "10.1.2.3:8501"
    options(server_address="0.0.0.0", browser_serverPort=8600)
    assert reachable.for_other_devices() == "10.1.2.3:8600"


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "10.9.9.9"])
def test_a_server_of_one_address_has_no_other(address: str, options: Options) -> None:
    options(server_address=address)
    assert reachable.for_other_devices() == ""


def test_the_name_that_the_start_gives_comes_first(options: Options) -> None:
    options(browser_serverAddress="physics-lab-3")
    assert reachable.for_other_devices() == "physics-lab-3:8501"


@pytest.mark.parametrize("own", ["", "127.0.1.1"])
def test_a_computer_without_a_network_offers_nothing(
    own: str, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reachable, "own_address", lambda: own)
    assert reachable.for_other_devices() == ""


def test_the_computers_address_is_found_without_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []

    class Probe(socket.socket):
        def connect(self, address: Any) -> None:
            asked.append(("connect", address))

        def getsockname(self) -> Any:
            return ("10.1.2.3", 4711)

        def send(self, *_: Any) -> int:
            raise AssertionError

    monkeypatch.setattr(socket, "socket", Probe)
    assert reachable.own_address() == "10.1.2.3"
    assert asked == [("connect", ("192.0.2.1", 9))]  # TEST-NET-1: no host has it
