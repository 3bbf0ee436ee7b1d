"""The controls of every page: a value of the link (``url_value``) and the widget that chooses it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Activation, Block, Shortcut
from explorer.ui.state import url
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held
from explorer.ui.state.url_value import CHOSEN, UrlValue

ON, OFF = "true", "false"
_TYPED = {"on": ON, "1": ON, "off": OFF, "0": OFF}  # what somebody who edits a link may write for them
_MOST_NAMED = 12  # options in a sentence
LIDS: set[str] = set()  # the keys of all lids
_OF_NETWORKS = (Activation, Block, Shortcut)
Labels = Mapping[str, str]  # what an option is called where that is not its own text


def on_off(key: str, label: str, help: str | None = None, *, default: str = OFF) -> "Control":  # noqa: A002
    """A control that is on or off."""
    return Control(key, default, (OFF, ON), label, help)


def lid(key: str, label: str) -> "Control":
    """A control for ``expander``: open or closed is in the address, for the back button, and in no copied link."""
    LIDS.add(key)
    return on_off(key, label)


@dataclass(frozen=True, slots=True)
class Control(UrlValue[str]):
    """One choice among options, or a short text; each method draws it as one kind of widget and returns the choice.

    ``place`` tells several widgets of one control apart: a tab that is not shown keeps its widgets. A widget in the
    place "setting" is shown on a phone only when the reader asks for all settings (page.css).
    """

    @property
    def on(self) -> bool:
        """Whether an on-off control is on."""
        return self.value == ON

    @property
    def _is_switch(self) -> bool:
        return self.options == (OFF, ON)

    def segmented(
        self,
        *,
        place: str = "",
        labels: Labels | None = None,
        options: tuple[str, ...] | None = None,
        at_first: str = "",
    ) -> str:
        """Draw the options side by side. Until the reader chooses, ``at_first`` or the first option is chosen."""
        shown = options or self.options
        chosen = self.among(shown, at_first)
        st.segmented_control(
            self.label,
            shown,
            format_func=_labelled(labels),
            required=True,
            wrap=True,  # on a phone the last options would be out of sight
            help=self.help,
            **self._widget(place, chosen),
        )
        return chosen

    def toggle(self, *, place: str = "") -> bool:
        """Draw a switch."""
        st.toggle(self.label, help=self.help, **self._widget(place, self.on, _on_or_off))
        return self.on

    def text(self, *, width: int, place: str = "", placeholder: str | None = None, icon: str | None = None) -> str:
        """Draw a field to type in; ``placeholder`` shows what counts while it is empty."""
        st.text_input(
            self.label,
            max_chars=self.longest,
            width=width,
            placeholder=placeholder,
            icon=icon,
            help=self.help,
            **self._widget(place, self.value),
        )
        return self.value

    def select(
        self,
        options: Sequence[str],
        *,
        labels: Labels | None = None,
        at_first: str = "",
        then: Callable[[], None] | None = None,
        width: int | Literal["stretch"] = "stretch",
    ) -> str:
        """Draw ``options`` as a list that opens and can be searched.

        Until the reader chooses, ``at_first`` or the first option is chosen. A link that asks for another value than
        these is told so. ``then`` is called when the reader has chosen.
        """
        self._demand(options)
        chosen = self.among(options, at_first)
        st.selectbox(
            self.label,
            options,
            format_func=_labelled(labels),
            help=self.help,
            width=width,
            **self._widget("", chosen, then=then),
        )
        return chosen

    def slide(
        self, options: Sequence[str], *, labels: Labels | None = None, at_first: str = "", strict: bool = False
    ) -> str:
        """Draw a slider over ``options``, which the arrow keys move, too.

        Until the reader chooses, ``at_first`` or the first option is chosen. If ``strict``, a link that asks for
        another value than these is told so.
        """
        if strict:
            self._demand(options)
        chosen = self.among(options, at_first)
        st.select_slider(self.label, options, format_func=_labelled(labels), help=self.help, **self._widget("", chosen))
        return chosen

    def expander(self, label: str = "", *, place: str = "") -> DeltaGenerator | None:
        """Draw an expander; returns its container while it is open, and None while it is closed."""
        assert self.key in LIDS, f"{self.key} would be open or closed in copied links: make it with lid()"
        container = st.expander(label or self.label, **self._widget(place, self.on, _on_or_off))
        return container if self.on else None

    def refuse(self, allowed: str) -> None:
        """Say that the link's value cannot be, which only the page knows, and forget it; ``allowed`` is a clause."""
        self._reject(self.value, allowed)
        held(CHOSEN)[self.key] = self.default
        st.warning(escaped(self._problem), icon=":material/error:")

    def among(self, options: Sequence[str], at_first: str = "") -> str:
        """Returns what is chosen of these options; until the reader chooses, ``at_first`` or the first of them."""
        return next(option for option in (self.value, at_first, options[0]) if option in options)

    def _demand(self, options: Sequence[str]) -> None:
        """Refuse a link's value that is none of these options."""
        if self.value not in (self.default, *options):
            self.refuse(f"it must be one of {_named(options, _MOST_NAMED)}")

    def _widget(
        self, place: str, shown: Any, as_text: Callable[[Any], str] = str, then: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """A widget's key and callback; puts ``shown`` into the widget before it is drawn.

        Each time: Streamlit may otherwise fall back to the first option, and take that for the reader's choice.
        """
        name = f"{place}.{self.key}" if place else f"{self.key}.widget"
        st.session_state[name] = shown

        def chosen() -> None:
            self.put(as_text(st.session_state[name]))
            if then:
                then()

        return {"key": name, "on_change": chosen}

    def _asked(self) -> tuple[str | None, bool]:
        asked, changed = url.read(self.key)
        return (_TYPED.get(asked, asked) if asked and self._is_switch else asked), changed

    def _nonsense(self, asked: str) -> str | None:
        return None if self._admits(asked) else asked

    def _admitted(self, asked: str) -> str:
        return asked if self._admits(asked) else self.default

    def _allowed(self) -> str:
        if self._is_switch:
            return f"it must be on or off; it is {'on' if self.default == ON else 'off'} now"
        allowed = f"one of {_named(self.options)}" if self.options else f"of at most {self.longest:,} characters"
        return f"it must be {allowed}; {f'“{_named([self.default])}”' if self.default else 'nothing'} is shown instead"


@dataclass(frozen=True, slots=True)
class MultiControl(UrlValue[tuple[str, ...]]):
    """Any number of options; in the link the name stands once for each: ``stage=stem&stage=head``."""

    def pills(self, options: Sequence[str]) -> tuple[str, ...]:
        """Draw these of the options side by side."""
        return self._draw(st.pills, options, selection_mode="multi", wrap=True)

    def multiselect(self, *, width: int, placeholder: str) -> tuple[str, ...]:
        """Draw all options as a list that opens; ``placeholder`` says what counts while none is chosen."""
        return self._draw(st.multiselect, self.options, width=width, placeholder=placeholder)

    def _draw(self, widget: Callable[..., Any], options: Sequence[str], **look: Any) -> tuple[str, ...]:
        name = f"{self.key}.widget"
        chosen = tuple(value for value in self.value if value in options)
        st.session_state[name] = list(chosen)
        widget(self.label, options, key=name, on_change=lambda: self.put(tuple(st.session_state[name])), **look)
        return chosen

    def _asked(self) -> tuple[tuple[str, ...] | None, bool]:
        return url.read_all(self.key)

    def _nonsense(self, asked: tuple[str, ...]) -> str | None:
        return next((value for value in asked if not self._admits(value)), None)

    def _admitted(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(self._admits, asked)))

    def _allowed(self) -> str:
        return f"it must be one of {_named(self.options)}; it is left out"


def _named(options: Sequence[str], most: int | None = None) -> str:
    """Options in a sentence, the first ``most``; those that networks are made of by their labels, which hold commas."""
    names = [OPTION_LABELS[each] if isinstance(each, _OF_NETWORKS) else each for each in options if each]
    more = f" and {len(names) - most:,} more" if most and len(names) > most else ""
    return ("; " if any("," in name for name in names) else ", ").join(names[:most]) + more


def _labelled(labels: Labels | None) -> Callable[[str], str]:
    return lambda option: (labels or {}).get(option, option)


def _on_or_off(on: bool) -> str:
    return ON if on else OFF
