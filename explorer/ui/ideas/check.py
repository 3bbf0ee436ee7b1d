"""Check my ResNet: a student's printed model beside the network that it was meant to be."""

from functools import partial

import streamlit as st

from explorer.check import MAX_TEXT, CheckError, Difference, Report, Severity, Source, check_length
from explorer.ideas.bugs import bug_by_key
from explorer.jobs.job import Attachment
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.network.presets import PRESETS, preset, preset_of
from explorer.text.quantities import counted, first_few
from explorer.ui.ideas.check_job import Checked, check_text, check_weights
from explorer.ui.ideas.choices import MEANT, Lesson
from explorer.ui.ideas.lesson_frame import question
from explorer.ui.state import network
from explorer.ui.state.markdown import escaped, readable
from explorer.ui.widgets import checked_beside
from explorer.ui.widgets.job_progress import Work
from explorer.ui.widgets.my_network import my_network, my_network_chip
from explorer.ui.widgets.network_editor import CUSTOM
from explorer.ui.widgets.private_input import LANE, choose_file, paste_text

_ICONS = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/warning:",
    Severity.NOTE: ":material/info:",
}
_PICK = f"{MEANT}.pick"
_MOST_SHOWN = 50  # differences; a network that somebody meant to write has a handful
_MOST_FIXED = 3  # of them with a link to the network that was meant
# Words of a finding, and the program of "Spot the bug" with the same mistake.
_BUGS = (
    ("assigned twice", "norms"),
    ("bn2 was assigned where bn3", "norms"),
    ("cannot be added", "stride"),
    ("lacks the stride", "stride"),
)
_WORK = Work("check_network", "Checking your network", "Check it", automatic=True, patience=0.1)


def check_lesson() -> None:
    """The lesson."""
    question(
        "Is my network what I meant?",
        "Paste what `print(model)`, torchsummary, torchinfo or Keras shows, or PyTorch's error message, or send a "
        "`.safetensors` of its weights. Nothing "
        "of it is ever run, and it stays in this session's memory.",
    )
    config = _choose_meant()
    text = paste_text(
        "The text of your network",
        key="check",
        height=220,
        max_chars=MAX_TEXT,
        placeholder="ResNet(\n  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), …\n  …",
    )
    file = choose_file("or its weights (.safetensors)", ["safetensors"], key="check", forget="my weights")
    if file is None and not text.strip():
        checked_beside.forget()
        st.info("Nothing is pasted yet.", icon=":material/content_paste:")
        return
    checked = _checked(text, file, config)
    if isinstance(checked, str):
        checked_beside.forget()
        st.warning(escaped(checked), icon=":material/error:")
    elif checked:
        _report(checked)


def _choose_meant() -> ResNetConfig | None:
    """Draw what the network was meant to be; returns None for whatever it looks most like."""
    meant = network.open_another(MEANT)
    known = preset_of(meant) if meant else None
    st.session_state[_PICK] = known.name if known else CUSTOM if meant else ""

    def label(name: str) -> str:
        if name == CUSTOM and meant:
            return name_of(meant)
        return name_of(preset(name)) if name else "whatever it looks most like"

    def chosen() -> None:
        name = st.session_state[_PICK]
        if name in PRESETS:
            network.change_network(preset(name), MEANT)
        elif not name:
            network.close_network(MEANT)

    options = ["", *([CUSTOM] if meant and not known else []), *PRESETS]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.selectbox("It was meant to be", options, format_func=label, key=_PICK, on_change=chosen)
        off = "It is what your network is held against." if meant == my_network() else ""
        my_network_chip(partial(network.change_network, key=MEANT), off=off)
    problem = network.problem(MEANT)
    if problem:
        st.warning(escaped(problem.message), icon=":material/error:")
    return meant


def _checked(text: str, file: Attachment | None, meant: ResNetConfig | None) -> Checked | str | None:
    """Returns what the check found, or the sentence of its refusal; None while it runs, which the page then says."""
    found: Checked | str | None
    if file:
        found = _WORK.run((file.name, meant), check_weights, file, meant, lane=LANE)
    else:
        try:
            check_length(text)
        except CheckError as refused:
            return str(refused)
        found = _WORK.run((hash(text), meant), check_text, text, meant, lane=LANE)
    return found


def _report(checked: Checked) -> None:
    report = checked.report
    checked_beside.remember(report.config, checked.departures)
    st.markdown(f"**What you see.** {readable(report.sentence)}")
    st.caption(readable(report.why))
    if report.others and report.source is not Source.ERROR:  # a message shows no other network, it tells of a file
        st.caption(
            readable(f"Beside it the text shows {first_few(report.others, 4)}: paste that alone to have it checked.")
        )
    for place, each in enumerate(report.differences[:_MOST_SHOWN]):
        _difference(each, report, fix=place < _MOST_FIXED and each.severity is not Severity.NOTE)
    if len(report.differences) > _MOST_SHOWN:
        st.caption(f"And {counted(len(report.differences) - _MOST_SHOWN, 'more difference')}, which come after these.")
    if checked.departures:
        with st.expander(f"Layer by layer: what the text has, and what was meant ({len(checked.departures):,})"):
            checked_beside.table(checked.departures)
    if report.assumed:
        st.caption(readable(f"What the text does not tell, and was assumed. {' '.join(report.assumed)}"))
    st.page_link(
        "pages/architecture.py",
        label=f"Open {name_of(report.config)}",
        icon=":material/account_tree:",
        query_params={"net": to_url(report.config)},
    )
    if len(checked.layers):
        with st.expander(f"The {len(checked.layers):,} layers that were read"):
            st.dataframe(checked.layers, hide_index=True, height=300, alt="Every layer that was read from the text")


def _difference(each: Difference, report: Report, *, fix: bool) -> None:
    """Draws a difference, the code that cures it, and where to see the network that was meant and the same mistake."""
    {Severity.ERROR: st.error, Severity.WARNING: st.warning, Severity.NOTE: st.info}[each.severity](
        readable(each.sentence), icon=_ICONS[each.severity]
    )
    if each.cure:
        st.code(each.cure, "python", wrap_lines=True)
    bug = next((key for words, key in _BUGS if words in each.sentence), "")
    fix = fix and each.name in analyze(report.config).by_name  # the whole network has a link below the report
    if not fix and not bug:
        return
    with st.container(horizontal=True, gap="medium"):
        if fix:
            st.page_link(
                "pages/architecture.py",
                label=f"Fix it: see {each.name} as it was meant",
                icon=":material/build:",
                query_params={"net": to_url(report.config), "at": each.name},
            )
        if bug:
            st.page_link(
                "pages/ideas.py",
                label=f"The same mistake: {bug_by_key(bug).title}",
                icon=":material/bug_report:",
                query_params={"lesson": Lesson.BUGS, "bug": bug},
            )
