"""The editor of a configuration: a control for every field, disabled with the reason where it has no effect.

The widgets show the network held by ``explorer.ui.state.network``. Each edit either becomes the network or a sentence
about what was wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import streamlit as st

from explorer.network.config import (
    LIMITS,
    MAX_DROP,
    OPTIONS,
    PROBABILITIES,
    ResNetConfig,
    with_fields,
    with_stage_blocks,
    with_widths,
)
from explorer.network.depths import blocks_for_depth, known_depths
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import FIELD_HELP, FIELD_LABELS, option_label
from explorer.network.links import decimal
from explorer.network.names import name_of
from explorer.network.presets import PRESET_INFO, preset, preset_of
from explorer.ui.state import network
from explorer.ui.state.url_control import Control, lid

CUSTOM = "custom"
_NO_WIDTH = "\N{ZERO WIDTH SPACE}"
Width = int | Literal["stretch"]

# Every control in its order.
_FIELDS = (
    *("preset", "depth", "stage_blocks", "widths", "block", "shortcut"),
    *("stem", "stride_in", "image_size", "activation", "norm", "in_channels", "order", "init", "num_classes"),
    *("conv_bias", "shortcut_norm", "zero_init_residual"),
)
# The ideas that came after He et al., under a heading of their own.
_LATER_FIELDS = (
    *("groups", "width_per_group", "stem_width"),
    *("attention", "antialias", "output_stride"),
    *("residual_scale", "dropout", "stochastic_depth"),
)
# The first row, with widths in pixels: six controls fit one row of a screen and two of them one row of a phone.
FIRST: Mapping[str, int] = {
    "preset": 240,
    "depth": 100,
    "stage_blocks": 150,
    "widths": 190,
    "block": 150,
    "shortcut": 300,
}
# What the label of "More options" names; the other fields go with these.
_SHORT: Mapping[str, str] = {
    "stage_blocks": "blocks",
    "widths": "widths",
    "block": "block type",
    "shortcut": "shortcut",
    "stem": "stem",
    "activation": "activation",
    "norm": "norm",
    "order": "order",
    "stride_in": "stride",
    "init": "initialisation",
    "image_size": "input",
    "groups": "groups",
    "attention": "attention",
    "dropout": "dropout",
}
_NUMBERS: Mapping[str, Callable[[ResNetConfig, tuple[int, ...]], ResNetConfig]] = {
    "stage_blocks": with_stage_blocks,
    "widths": with_widths,
}


def more_options(key: str) -> Control:
    """Returns the control that shows an editor's other fields; the page opens it with its other controls."""
    return lid(f"{key}_more", "More options")


class Editor:
    """Draws the controls of one network; ``key`` tells several editors on a page apart."""

    def __init__(self, config: ResNetConfig, key: str = "net") -> None:
        self.config, self.key = config, key
        self.reasons = inactive_fields(config)

    def draw(self, first: Mapping[str, int] = FIRST, row: str = "short_row") -> None:
        """Draw the fields of ``first`` in one row, each with its width in pixels, all others under "More options".

        On a phone only the first two of a "short_row" are shown at first, and nothing of a "setting" (page.css).
        """
        rest = [field for field in _FIELDS if field not in first]
        named = ", ".join(_SHORT[field] for field in (*rest, *_LATER_FIELDS) if field in _SHORT)
        with st.container(horizontal=True, gap="small", key=f"{row}.{self.key}"):
            for field, width in first.items():
                self._field(field, width)
        more = more_options(self.key).expander(f"More options: {named}", place="setting")
        if more:  # a dozen widgets that most runs of the page can do without
            with more:
                self._columns(rest, 4)
                st.markdown("**After ResNet**: wider, grouped, attended, dilated, dropped")
                self._columns(_LATER_FIELDS, 3)

    def _columns(self, fields: Sequence[str], count: int) -> None:
        each = -(-len(fields) // count)
        for number, column in enumerate(st.columns(count)):
            with column:
                for field in fields[number * each : (number + 1) * each]:
                    self._field(field, "stretch")

    def _field(self, field: str, width: Width) -> None:
        if field == "preset":
            self._preset(width)
        elif field == "depth":
            self._depth(width)
        elif field in _NUMBERS:
            self._numbers(field, _NUMBERS[field], width)
        elif field in OPTIONS:
            self._options(field, OPTIONS[field], width)
        elif field in LIMITS:
            self._count(field, width)
        elif field in PROBABILITIES:
            self._probability(field, width)
        else:
            self._flag(field)

    def _widget(self, field: str, value: Any, change: Callable[[Any], ResNetConfig]) -> dict[str, Any]:
        """Returns the arguments every control shares; puts the network's value into the widget before it is drawn.

        A refused entry stays in its widget, so that the reader can mend it.
        """
        name = f"{self.key}.{field}"
        problem = network.problem(self.key)
        if problem is None or problem.field != field or name not in st.session_state:
            st.session_state[name] = value

        def edited() -> None:
            entered = st.session_state[name]
            network.attempt(field, lambda: change(entered), self.key)

        reason = self.reasons.get(field)
        text = FIELD_HELP.get(field, "")
        return {
            "key": name,
            "on_change": edited,
            "disabled": reason is not None,
            "help": f"{text}\n\n**Off here:** {reason}" if reason else text,
        }

    def _preset(self, width: Width) -> None:
        known = preset_of(self.config)
        value = known.name if known else CUSTOM
        options = list(PRESET_INFO) if known else [CUSTOM, *PRESET_INFO]

        def label(name: str) -> str:
            return PRESET_INFO[name].title if name in PRESET_INFO else name_of(self.config)

        arguments = self._widget("preset", value, lambda name: self.config if name == CUSTOM else preset(name))
        arguments["help"] = "A published network to start from. Every other control changes it further."
        st.selectbox("Network", options, format_func=label, width=width, **arguments)

    def _depth(self, width: Width) -> None:
        options = [str(depth) for depth in known_depths(self.config)]
        value = str(self.config.depth)
        if value not in options:
            options.append(value)
        arguments = self._widget("depth", value, self._with_depth)
        arguments["help"] = (
            "Weighted layers on the longest path: convolutions and the classifier; projections do not count. "
            "Choose one, or type another."
        )
        st.selectbox(
            "Depth", options, format_func=_apart_from_typing, accept_new_options=True, width=width, **arguments
        )

    def _with_depth(self, entered: str | None) -> ResNetConfig:
        text = (entered or "").replace(_NO_WIDTH, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            known = ", ".join(map(str, known_depths(self.config)))
            raise ValueError(f"Depth {text[:40]!r} is not a whole number: choose one of {known}.")
        return with_fields(self.config, {"stage_blocks": blocks_for_depth(self.config, int(text))})

    def _numbers(
        self, field: str, change: Callable[[ResNetConfig, tuple[int, ...]], ResNetConfig], width: Width
    ) -> None:
        value = ", ".join(map(str, getattr(self.config, field)))
        arguments = self._widget(field, value, lambda text: change(self.config, parse_numbers(field, text)))
        st.text_input(FIELD_LABELS[field], width=width, **arguments)

    def _options(self, field: str, options: type[StrEnum], width: Width) -> None:
        arguments = self._widget(
            field, str(getattr(self.config, field)), lambda value: with_fields(self.config, {field: value})
        )
        names = [str(option) for option in options]
        st.selectbox(
            FIELD_LABELS[field], names, format_func=lambda value: option_label(field, value), width=width, **arguments
        )

    def _count(self, field: str, width: Width) -> None:
        low, high = LIMITS[field]
        value = str(getattr(self.config, field))
        arguments = self._widget(
            field, value, lambda text: with_fields(self.config, {field: parse_number(field, text)})
        )
        label = f"{FIELD_LABELS[field]} ({low} to {high:,})"
        st.text_input(label, width=width, **arguments)

    def _probability(self, field: str, width: Width) -> None:
        value = f"{getattr(self.config, field):g}"
        arguments = self._widget(
            field, value, lambda text: with_fields(self.config, {field: decimal(text.strip().replace(",", "."))})
        )
        st.text_input(f"{FIELD_LABELS[field]} (0 to {MAX_DROP})", width=width, **arguments)

    def _flag(self, field: str) -> None:
        value = getattr(self.config, field)
        arguments = self._widget(field, value, lambda on: with_fields(self.config, {field: on}))
        st.toggle(FIELD_LABELS[field], **arguments)


def _apart_from_typing(option: str) -> str:
    """Returns an option that looks the same and equals nothing that anybody types.

    Streamlit's field drops what was typed so far once it equals the chosen option: 200, typed at 20, becomes 0.
    """
    return option + _NO_WIDTH


def parse_number(field: str, text: str) -> int:
    """Returns one whole number.

    Raises:
        ValueError: it is something else, or several numbers.
    """
    numbers = parse_numbers(field, text)
    if len(numbers) > 1:
        raise ValueError(f"{FIELD_LABELS[field]}: {text[:40]!r} is more than one number.")
    return numbers[0]


def parse_numbers(field: str, text: str) -> tuple[int, ...]:
    """Returns whole numbers separated by commas or spaces.

    Raises:
        ValueError: an entry is something else; the message quotes it.
    """
    entries = text.replace(",", " ").split()
    wrong = next((entry for entry in entries if not (entry.isascii() and entry.isdigit() and len(entry) < 12)), None)
    low, high = LIMITS[field]
    if wrong is not None or not entries:
        raise ValueError(
            f"{FIELD_LABELS[field]}: {(wrong or text)[:40]!r} is not a whole number from {low:,} to {high:,}."
        )
    return tuple(map(int, entries))
