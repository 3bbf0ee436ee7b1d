"""A control whose value is in the link and in the session, whether or not its widget is drawn at the moment.

Streamlit's own bound widgets leave the link as soon as they are not drawn: a closed tab would take its choices along.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.text.typed_numbers import quoted
from explorer.ui.state import url
from explorer.ui.state.markdown import escaped

ON, OFF = "true", "false"
_LONGEST = 60  # characters of a value that somebody typed on purpose


@dataclass(frozen=True, slots=True)
class Control:
    """One choice: its name in link and session, its default, what it may be (anything short where nothing is listed).

    ``labels`` says what an option is called where that is not its own text.
    """

    key: str
    default: str
    options: tuple[str, ...] = ()
    label: str = ""
    help: str | None = None

    def open(self) -> str:
        """Bring link and session to the same state, once in each run; a sentence where the link asked for nonsense.

        It is said until the reader chooses something, opens another link or leaves the page: a page that measures draws
        itself anew by itself.
        """
        asked, changed = url.read(self.key)
        if asked is None and not changed and self.key not in st.session_state:
            return ""
        refused = asked is not None and not self._admits(asked)
        if changed or st.session_state.get(url.ARRIVED):
            st.session_state.pop(self._refused, None)
        if changed:
            st.session_state[self.key] = self.default if asked is None or refused else asked
        value = self.value
        if refused:
            self._reject(asked or "", self._allowed())
        elif asked is not None or value != self.default:
            url.write(self.key, value)
        problem: str = st.session_state.get(self._refused, "")
        return problem

    @property
    def _refused(self) -> str:
        return f"{self.key}.refused"

    @property
    def value(self) -> str:
        """What is chosen."""
        chosen: str = st.session_state.get(self.key, self.default)
        return chosen

    @property
    def on(self) -> bool:
        """Whether a switch is on."""
        return self.value == ON

    def put(self, value: str) -> None:
        """Choose this from now on."""
        st.session_state[self.key] = value
        st.session_state.pop(self._refused, None)
        if value == self.default:
            url.clear(self.key)
        else:
            url.write(self.key, value)

    # The widgets. ``place`` tells several of one control apart: a tab that is not shown keeps its widgets.

    def segmented(
        self, *, place: str = "", labels: Mapping[str, str] | None = None, options: tuple[str, ...] | None = None
    ) -> str:
        """Draw the options side by side; the chosen one."""
        shown = options or self.options
        chosen = self.value if self.value in shown else shown[0]
        st.segmented_control(
            self.label,
            shown,
            format_func=lambda option: (labels or {}).get(option, option),
            required=True,
            wrap=True,  # on a phone the last options would be out of sight
            help=self.help,
            **self._widget(place, chosen),
        )
        return chosen

    def toggle(self, *, place: str = "") -> bool:
        """Draw a switch; whether it is on."""
        st.toggle(self.label, help=self.help, **self._widget(place, self.on, lambda on: ON if on else OFF))
        return self.on

    def text(self, *, width: int, place: str = "", placeholder: str | None = None) -> str:
        """Draw a field to type in; its text. ``placeholder`` shows what counts while it is empty."""
        st.text_input(
            self.label,
            max_chars=_LONGEST,
            width=width,
            placeholder=placeholder,
            help=self.help,
            **self._widget(place, self.value),
        )
        return self.value

    def select(
        self,
        options: Sequence[str],
        *,
        labels: Mapping[str, str] | None = None,
        at_first: str = "",
        then: Callable[[], None] = lambda: None,
    ) -> str:
        """Draw ``options`` as a list that opens and can be searched; the chosen one, at first ``at_first`` or the
        first. A link that asks for another is told so. ``then`` is called when the reader has chosen."""
        chosen = self._among(options, at_first, strict=True)
        st.selectbox(
            self.label,
            options,
            format_func=lambda option: (labels or {}).get(option, option),
            help=self.help,
            **self._widget("", chosen, then=then),
        )
        return chosen

    def slide(
        self,
        options: Sequence[str],
        *,
        labels: Mapping[str, str] | None = None,
        at_first: str = "",
        strict: bool = False,
    ) -> str:
        """Draw a slider over ``options``, worked with the arrow keys, too; the chosen one, at first ``at_first`` or
        the first. If ``strict`` a link that asks for another is told so."""
        chosen = self._among(options, at_first, strict=strict)
        st.select_slider(
            self.label,
            options,
            format_func=lambda option: (labels or {}).get(option, option),
            help=self.help,
            **self._widget("", chosen),
        )
        return chosen

    def tabs(self) -> tuple[str, DeltaGenerator]:
        """Draw the options as tabs; the open one and its container."""
        name = f"{self.key}.widget"
        st.session_state[name] = self.value
        containers = st.tabs(self.options, key=name, on_change=lambda: self.put(st.session_state[name]))
        return self.value, containers[self.options.index(self.value)]

    def lid(self) -> DeltaGenerator | None:
        """Draw an expander; what belongs into it goes into the answer, which is None while it is closed."""
        name = f"{self.key}.widget"
        st.session_state[name] = self.on
        lid = st.expander(self.label, key=name, on_change=lambda: self.put(ON if st.session_state[name] else OFF))
        return lid if self.on else None

    def refuse(self, allowed: str) -> None:
        """Say that the link's value cannot be, which only the page knows, and forget it; ``allowed`` is a clause."""
        self._reject(self.value, allowed)
        st.session_state[self.key] = self.default
        st.warning(escaped(st.session_state[self._refused]), icon=":material/error:")

    def _reject(self, value: str, allowed: str) -> None:
        st.session_state[self._refused] = f"{self.key} is {quoted(value)} in this link: {allowed}."
        url.clear(self.key)

    def _among(self, options: Sequence[str], at_first: str, *, strict: bool) -> str:
        if strict and self.value not in (self.default, *options):
            self.refuse(f"it must be one of {', '.join(options)}")
        return next(option for option in (self.value, at_first, options[0]) if option in options)

    def _widget(
        self,
        place: str,
        shown: Any,
        text: Callable[[Any], str] = str,
        then: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        name = f"{place}.{self.key}" if place else f"{self.key}.widget"
        st.session_state[name] = shown

        def chosen() -> None:
            self.put(text(st.session_state[name]))
            then()

        return {"key": name, "on_change": chosen}

    def _admits(self, value: str) -> bool:
        return value in self.options if self.options else len(value) <= _LONGEST

    def _allowed(self) -> str:
        allowed = f"one of {', '.join(self.options)}" if self.options else f"of at most {_LONGEST} characters"
        return f"it must be {allowed}; {f'“{self.default}”' if self.default else 'nothing'} is shown instead"


def open_all(*controls: Control) -> None:
    """Open these controls, and say what of the link was nonsense."""
    problems = [problem for control in controls if (problem := control.open())]
    if problems:
        st.warning(escaped(" ".join(problems)), icon=":material/error:")


def switch(key: str, label: str) -> Control:
    """A control that is on or off, off unless somebody turns it on."""
    return Control(key, OFF, (OFF, ON), label)
