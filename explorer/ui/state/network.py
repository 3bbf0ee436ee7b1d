"""The network a person is looking at, the same in session and link at all times.

The link's ``net`` counts when the reader changed it (see ``explorer.ui.state.url``), the session's otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.labels import in_words
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.ui.state import url
from explorer.ui.state.session import held

DEFAULT = "resnet50"
# In the session, by key: the networks, those shown before them, and what was wrong with an entry.
_SHOWN, _BEFORE, _PROBLEM = "network.shown", "network.before", "network.problem"


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that no network allows: its field, and a sentence for the reader."""

    field: str
    message: str


def checked(text: str) -> ResNetConfig:
    """Returns the configuration of a link, known to have every layer.

    Raises:
        ValueError: there is no such configuration, or a feature map of it would vanish.
    """
    config = from_url(text)
    analyze(config)
    return config


def open_network(key: str = "net", default: str = DEFAULT) -> ResNetConfig:
    """Bring link and session to the same state; returns the network to show in this run.

    The default is not written into an address without a network, so that "back" leads out of the page.
    """
    shown = _open(key, default)
    assert shown is not None
    return from_url(shown)


def open_another(key: str) -> ResNetConfig | None:
    """Returns the network of a place that may be empty, else None."""
    shown = _open(key, None)
    return from_url(shown) if shown else None


def _open(key: str, default: str | None) -> str | None:
    asked, changed = url.read(key)
    if changed and asked is None:
        _hold(key, default)
    elif changed and asked is not None and asked != held(_SHOWN).get(key):
        _open_link(key, asked, default)
    shown: str | None = held(_SHOWN).setdefault(key, default)
    if shown is not None and (asked is not None or shown != default):
        url.write(key, shown)
    return shown


def _open_link(key: str, asked: str, default: str | None) -> None:
    try:
        checked(asked)
    except ValueError as error:
        shown = shown_link(key) or default
        instead = f"Showing {name_of(from_url(shown))} instead." if shown else "It is left out."
        words = f"This link's network cannot be shown. {in_words(str(error))} {instead}"
        held(_PROBLEM)[key] = Problem("link", words)
    else:
        _hold(key, asked)


def close_network(key: str) -> None:
    """Leave this place empty from now on."""
    _hold(key, None)
    url.clear(key)


def change_network(config: ResNetConfig, key: str = "net") -> None:
    """Show another network from now on.

    Raises:
        ValueError: the network has a layer that does not work; nothing changes.
    """
    analyze(config)
    text = to_url(config)
    _hold(key, text)
    url.write(key, text)


def _hold(key: str, text: str | None) -> None:
    before = shown_link(key)
    if before and before != text:
        held(_BEFORE)[key] = before
    held(_SHOWN)[key] = text
    held(_PROBLEM).pop(key, None)


def shown_link(key: str) -> str:
    """Returns the network of a place as its link writes it; nothing where the place is empty, or was never opened."""
    return held(_SHOWN).get(key) or ""


def previous_network(key: str = "net") -> ResNetConfig | None:
    """The network shown before this one, if any."""
    text = held(_BEFORE).get(key)
    return from_url(text) if text else None


def problem(key: str = "net") -> Problem | None:
    """Returns what was wrong with the reader's last entry, until a valid one follows."""
    found: Problem | None = held(_PROBLEM).get(key)
    return found


def attempt(field: str, change: Callable[[], ResNetConfig], key: str = "net") -> None:
    """Apply an edit; one that no network allows becomes a sentence, and the network stays unchanged."""
    try:
        change_network(change(), key)
    except ValueError as error:
        held(_PROBLEM)[key] = Problem(field, in_words(str(error)))
