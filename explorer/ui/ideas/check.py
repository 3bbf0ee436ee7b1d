"""Check my ResNet: a student's printed model beside the network that it was meant to be."""

import pandas as pd
import streamlit as st

from explorer.check import MAX_TEXT, CheckError, Report, Severity, check, check_shapes
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.network.presets import PRESETS, preset
from explorer.ui.ideas.choices import MEANT
from explorer.ui.ideas.lesson_frame import question
from explorer.ui.state.markdown import escaped, readable
from explorer.ui.widgets.private_input import choose_file, paste_text
from explorer.weights.safetensors_header import OwnWeightsError, read_header
from explorer.weights.uploaded import forward_order

_ICONS = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/warning:",
    Severity.NOTE: ":material/info:",
}


def check_lesson() -> None:
    """The lesson."""
    question(
        "Is my network what I meant?",
        "Paste what `print(model)`, torchsummary or torchinfo shows, or send a `.safetensors` of its weights. Nothing "
        "of it is ever run, and it stays in this session's memory.",
    )
    names = {name: name_of(preset(name)) for name in PRESETS}
    meant = MEANT.select(("", *names), labels={"": "whatever it looks most like", **names})
    config = preset(meant) if meant else None
    text = paste_text(
        "The text of your network",
        key="check",
        height=220,
        max_chars=MAX_TEXT,
        placeholder="ResNet(\n  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), …\n  …",
    )
    data = choose_file("or its weights (.safetensors)", ["safetensors"], key="check", forget="my weights")
    try:
        if data:
            report = check_shapes(forward_order(read_header(data)), config)
        elif text.strip():
            report = check(text, config)
        else:
            st.info("Nothing is pasted yet.", icon=":material/content_paste:")
            return
    except (CheckError, OwnWeightsError) as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return
    _report(report)


def _report(report: Report) -> None:
    st.markdown(f"**What you see.** {readable(report.sentence)}")
    st.caption(readable(report.why))
    for each in report.differences:
        said = readable(each.sentence)
        {Severity.ERROR: st.error, Severity.WARNING: st.warning, Severity.NOTE: st.info}[each.severity](
            said, icon=_ICONS[each.severity]
        )
    if report.assumed:
        st.caption(readable(f"What the text does not tell, and was assumed. {' '.join(report.assumed)}"))
    st.page_link(
        "pages/architecture.py",
        label=f"Open {name_of(report.config)}",
        icon=":material/account_tree:",
        query_params={"net": to_url(report.config)},
    )
    with st.expander(f"The {len(report.read):,} layers that were read"):
        rows = [{"layer": layer.name, "class": layer.class_name, **_shown(layer.attributes)} for layer in report.read]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height=300, alt="Every layer that was read from the text")


def _shown(attributes: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in attributes.items() if name not in ("kind", "class_name")}
