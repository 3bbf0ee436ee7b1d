"""A choice that is in the link and in the session, whether or not its widget is drawn at the moment.

This is the one way from a control to the address. Streamlit's own ``bind="query-params"`` is not used: a bound value
leaves the link as soon as its widget is not drawn, so that a closed tab would take its choices along.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import streamlit as st

from explorer.text.typed_numbers import quoted
from explorer.ui.state import url
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held

# In the session, by key: values, sentences on what cannot be, and the state with which values were opened.
CHOSEN, _REFUSED, _OPENED = "link.chosen", "link.refused", "link.opened"
LONGEST = 60  # characters of a value that somebody typed on purpose

V = TypeVar("V", str, tuple[str, ...])


@dataclass(frozen=True, slots=True)
class UrlValue(ABC, Generic[V]):
    """A value's name in link and session, its default, and the options it is chosen from.

    Where no options are listed, any text of up to ``longest`` characters is allowed. ``label`` and ``help`` are the
    widget's. Only a value that is not the default stands in the link.
    """

    key: str
    default: V
    options: tuple[str, ...] = ()
    label: str = ""
    help: str | None = None
    longest: int = LONGEST

    def open(self) -> str:
        """Bring link and session to the same state, once in each run.

        Returns a sentence where the link asked for something that cannot be, else nothing. It is returned until the
        reader chooses something, opens another link or leaves the page: a page that measures reruns by itself.
        """
        asked, changed = self._asked()
        if asked is None and not changed and self.key not in held(CHOSEN):
            return ""
        nonsense = self._nonsense(asked) if asked is not None else None
        if changed or url.arrived():
            held(_REFUSED).pop(self.key, None)
        if changed:
            held(CHOSEN)[self.key] = self.default if asked is None else self._admitted(asked)
        if nonsense is not None:
            self._reject(nonsense, self._allowed())
        if self.value != self.default or (asked is not None and nonsense is None):
            url.write(self.key, self.value)
        return self._problem

    @property
    def concerns(self) -> bool:
        """Whether the address or a choice names it: what stands on every page need not be opened otherwise."""
        return self.key in st.query_params or self.key in held(CHOSEN)

    @property
    def value(self) -> V:
        """What is chosen."""
        return cast("V", held(CHOSEN).get(self.key, self.default))

    def put(self, value: V) -> None:
        """Choose this from now on."""
        held(CHOSEN)[self.key] = value
        held(_REFUSED).pop(self.key, None)
        if value == self.default:
            url.clear(self.key)
        else:
            url.write(self.key, value)

    def _reject(self, nonsense: str, allowed: str) -> None:
        held(_REFUSED)[self.key] = f"{self._spoken} is {quoted(nonsense)} in this link: {allowed}."
        url.clear(self.key)

    @property
    def _spoken(self) -> str:
        """What a reader knows it by: its widget's label, as far as it has one."""
        return f"“{self.label}”" if self.label else self.key.replace("_", " ")

    @property
    def _problem(self) -> str:
        """What the link asked for and cannot be, as a sentence; nothing where all can be."""
        said: str = held(_REFUSED).get(self.key, "")
        return said

    def _admits(self, value: str) -> bool:
        return value in self.options if self.options else len(value) <= self.longest

    @abstractmethod
    def _asked(self) -> tuple[V | None, bool]:
        """The value in the link, and whether the reader changed it."""

    @abstractmethod
    def _nonsense(self, asked: V) -> str | None:
        """The part of a link's value that cannot be, if there is one."""

    @abstractmethod
    def _admitted(self, asked: V) -> V:
        """The part of a link's value that can be."""

    @abstractmethod
    def _allowed(self) -> str:
        """A clause: what the link may ask for, and what is shown instead."""


def open_all(*values: "UrlValue[str] | UrlValue[tuple[str, ...]]") -> None:
    """Open these values, and say what of the link cannot be.

    Nothing is done where neither the address nor a choice has changed since all were opened: opening forty values one
    by one takes a millisecond of each run.
    """
    opened, all_of_them = held(_OPENED), values[0].key
    if not url.arrived() and opened.get(all_of_them) == _state():
        return
    problems = [problem for value in values if (problem := value.open())]
    if problems:
        st.warning(escaped(" ".join(problems)), icon=":material/error:")
    opened[all_of_them] = None if problems or url.is_pending() else _state()


def _state() -> object:
    """Returns the address and what is chosen."""
    return url.everything(), dict(held(CHOSEN))
