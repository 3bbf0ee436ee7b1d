"""The choices above every part of the page: a story or a setting of one's own, the two networks, and their input."""

from dataclasses import dataclass

import streamlit as st

from explorer.gradients.paired_networks import Contrast, names, pair, refusal
from explorer.gradients.stories import STORIES, Story, story_of
from explorer.gradients.values import InputSource
from explorer.jobs.job import Attachment
from explorer.network.config import ResNetConfig
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.text.typed_numbers import whole_number
from explorer.ui.gradients.choices import ALL, CONTRAST, HOW_LOOKED_AT, IMAGES, INPUT, NET, SEEDS, SOURCE_LABELS
from explorer.ui.state import network, url
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets.my_network import my_network, my_network_chip
from explorer.ui.widgets.network_editor import Editor
from explorer.ui.widgets.private_input import choose_picture

_STORY = "story.widget"
# The fields that matter most for gradients, in one row of a screen: widths in pixels.
_FIRST = {"preset": 210, "depth": 90, "activation": 120, "norm": 125, "init": 205, "order": 190, "shortcut": 225}


@dataclass(frozen=True, slots=True)
class FlowSetup:
    """What the reader asks for: two networks, the first with what the contrast is about, and their chart names."""

    config: ResNetConfig
    contrast: Contrast
    configs: tuple[ResNetConfig, ...]
    names: tuple[str, ...]
    seeds: tuple[int, ...]
    batch_size: int
    source: InputSource
    picture: Attachment | None
    story: Story | None

    @property
    def title(self) -> str:
        """The question in one line."""
        return f"{name_of(self.config)}: {self.contrast.label}"


def choose_flow_setup() -> FlowSetup | None:
    """Draw the choices. Returns None where an entry is invalid, which the page then says."""
    with url.together():
        config = network.open_network(NET, to_url(STORIES[0].config))
        open_all(*ALL)
    story = _stories(config)
    Editor(config, NET).draw(_FIRST, row="setting.row")  # on a phone all choices together would fill two screens
    entries = _measurement()
    problem = network.problem(NET)
    if problem:
        st.warning(escaped(problem.message), icon=":material/error:")
    return _checked(config, story, entries)


def _stories(config: ResNetConfig) -> Story | None:
    """Draw the stories as buttons; returns the story whose setting is chosen now, if one is."""
    story = story_of(config, Contrast(CONTRAST.value), {control.key: control.value for control in ALL})
    by_title = {each.title: each for each in STORIES}
    st.session_state[_STORY] = story.title if story else None

    def told() -> None:
        chosen = by_title.get(st.session_state[_STORY] or "")
        if chosen:
            _tell(chosen)

    with st.container(horizontal=True, gap="small"):
        my_network_chip(_take, off="It is measured here." if my_network() == config else "")
        st.pills("Stories", list(by_title), key=_STORY, on_change=told, wrap=True, label_visibility="collapsed")
    return story


def _take(mine: ResNetConfig) -> None:
    """Measure the reader's network; a contrast that makes no sense for it gives way to the shortcuts."""
    network.change_network(mine, NET)
    if refusal(mine, Contrast(CONTRAST.value)):
        CONTRAST.put(CONTRAST.default)


def _tell(story: Story) -> None:
    """Put the story's setting into session and link, and reset what it does not choose."""
    network.change_network(story.config, NET)
    told = {CONTRAST.key: str(story.contrast), **story.choices}
    for control in ALL:
        if control.key in told or control in _RESET:
            control.put(told.get(control.key, control.default))


# A story resets everything that decides what is measured or shown, not how it is looked at.
_RESET = tuple(control for control in ALL if control not in HOW_LOOKED_AT)


@dataclass(frozen=True, slots=True)
class _Entries:
    """What the controls hold; ``images`` is not checked yet."""

    contrast: Contrast
    source: InputSource
    seeds: tuple[int, ...]
    images: str


def _measurement() -> _Entries:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="setting.measurement"):
        contrast = Contrast(CONTRAST.segmented(labels={each: each.noun for each in Contrast}))
        source = InputSource(INPUT.segmented(labels={each: SOURCE_LABELS[each] for each in InputSource}))
        seeds = tuple(range(int(SEEDS.segmented())))
        return _Entries(contrast, source, seeds, IMAGES.text(width=90))


def _checked(config: ResNetConfig, story: Story | None, entries: _Entries) -> FlowSetup | None:
    """Ask for a picture where one is measured, and say which of the settings is invalid."""
    contrast, source = entries.contrast, entries.source
    picture = choose_picture("Your picture") if source is InputSource.IMAGES else None
    problem = refusal(config, contrast)
    try:
        batch_size = whole_number("Images", entries.images)
    except ValueError as error:
        problem = str(error)
    if source is InputSource.IMAGES and picture is None:
        problem = problem or "Choose a picture first, or take noise or digits."
    if problem:
        st.warning(escaped(problem), icon=":material/error:")
        return None
    compared = _compared(config, contrast)
    return FlowSetup(config, contrast, *compared, entries.seeds, batch_size, source, picture, story)


@shared(64)
def _compared(config: ResNetConfig, contrast: Contrast) -> tuple[tuple[ResNetConfig, ResNetConfig], tuple[str, str]]:
    return pair(config, contrast), names(config, contrast)
