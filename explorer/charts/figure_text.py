"""Words in plotly figures: escaped, wrapped for a phone, and in the colour of the page's own text.

Streamlit's grey for ticks and hover labels has a contrast of 3.7:1 on white, and no single grey reaches 4.5:1 on both
themes' backgrounds. So all words take the colour of the page's text (``inked``).
"""

import re
import textwrap
from collections.abc import Sequence
from html import escape

TEXT = 14  # pixels, of all words except titles: readable from the back of a room
NARROW, NARROW_SMALL = 44, 52  # characters of a title's and a subtitle's line that fit on a phone
NAME = 20  # characters of a network's name beside its bar; longer names would take half of a phone


def escaped(text: str) -> str:
    """Text for plotly, which reads some HTML: a name from a link must not become markup."""
    return escape(text, quote=False)


def inked(html: str) -> str:
    """Words in the colour of the text around the figure, in either theme; ``html`` is escaped already."""
    return f'<span style="color:currentColor">{html}</span>'


# The hover template of traces whose ``hovertext`` says everything.
HOVER = inked("%{hovertext}") + "<extra></extra>"


def shortened(text: str, most: int) -> str:
    """Plain text of at most ``most`` characters, cut between words where it has several."""
    if " " not in text:
        return text[:most]
    return re.sub(r"[,;:]…$", "…", textwrap.shorten(text, most, placeholder="…"))


def labels(names: Sequence[str], most: int = NAME) -> tuple[str, ...]:
    """The names shortened to ``most`` characters and escaped; numbered if shortening made two of them the same."""
    short = [shortened(name, most) for name in names]
    if len(set(short)) < len(short):
        short = [
            f"{number} {textwrap.shorten(name, most - 2, placeholder='…')}" for number, name in enumerate(names, 1)
        ]
    return tuple(map(escaped, short))


def wrapped_html(text: str, width: int = NARROW) -> str:
    """Plain text escaped and broken into lines of at most ``width`` characters."""
    return "<br>".join(map(escaped, textwrap.wrap(text, width, break_long_words=True)))
