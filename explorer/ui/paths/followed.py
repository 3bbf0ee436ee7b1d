"""The path that is followed: which one, at which step, and what was answered so far. All of it is in the link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

import streamlit as st

from explorer.paths.links import MOST_LINK, from_link, to_link
from explorer.paths.progress import Said, read_progress, with_said, write_progress
from explorer.paths.values import MOST_STEPS, Path, Step
from explorer.text.errors import Refusal
from explorer.ui.state import url
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.state.url_control import Control
from explorer.ui.state.url_value import open_all

PATH = Control("path", "", (), "Path", longest=MOST_LINK)
STEP = Control("path_step", "1", tuple(str(number) for number in range(1, MOST_STEPS + 1)), "Step of the path")
SAID = Control("path_said", "", (), "Answers on the path", longest=16 * MOST_STEPS)
NAMES = frozenset({PATH.key, STEP.key, SAID.key})  # in the address
url.OWN_NAMES.update(NAMES)

_read = shared(32)(from_link)


@dataclass(frozen=True, slots=True)
class Followed:
    """A path ``link``, the ``place`` of the step that is open, counted from 0, and what was ``said`` at each step."""

    link: str
    path: Path
    place: int
    said: tuple[Said, ...]

    @property
    def step(self) -> Step:
        """The step that is open."""
        return self.path.steps[self.place]

    @property
    def answer(self) -> Said:
        """What was said at this step."""
        return self.said[self.place]

    @property
    def is_done(self) -> bool:
        """Whether this is the last step, and its truth was shown."""
        return self.place == len(self.path.steps) - 1 and (self.answer.seen or not self.step.question)

    def with_answer(self, **changes: str | bool) -> "Followed":
        """The same after an answer."""
        return replace(self, said=with_said(self.said, self.place, **changes))

    def at(self, place: int) -> "Followed":
        """The same at another step; the nearest one where there is no such step."""
        return replace(self, place=min(max(place, 0), len(self.path.steps) - 1))

    @property
    def query(self) -> Mapping[str, str | list[str]]:
        """What a link needs to open this step: the step's view, and the progress."""
        progress = {PATH.key: self.link, STEP.key: str(self.place + 1), SAID.key: write_progress(self.said)}
        defaults = {control.key: control.default for control in (STEP, SAID)}
        chosen = {key: text for key, text in progress.items() if text != defaults.get(key)}
        return {**url.by_name(self.step.query), **chosen}

    def open(self) -> NoReturn:
        """Go to this step, as a new browser with its link would find it; that ends the run."""
        url.visit(self.step.page, self.query, leave=NAMES)

    def keep(self) -> None:
        """Put the progress into session and link."""
        SAID.put(write_progress(self.said))


def beginning(path: Path) -> Followed:
    """Returns the path at its first step, with nothing said.

    Raises:
        Refusal: the path is too long for a link.
    """
    return Followed(to_link(path), path, 0, read_progress("", len(path.steps)))


def followed() -> Followed | None:
    """Returns the path that is followed, None where none is; a broken one is told of, and left."""
    if not PATH.concerns:
        return None
    with url.together():
        open_all(PATH, STEP, SAID)
    if not PATH.value:
        return None
    try:
        path = _read(PATH.value)
    except Refusal as error:
        leave()
        st.warning(escaped(str(error)), icon=":material/error:")
        return None
    there = Followed(PATH.value, path, 0, read_progress(SAID.value, len(path.steps)))
    return there.at(int(STEP.value) - 1)


def leave() -> None:
    """Follow no path any more."""
    for control in (PATH, STEP, SAID):
        control.put(control.default)
