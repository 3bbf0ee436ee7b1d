"""The Class page: the doors to a class; for its teacher, how others come in, and the answers as a file."""

import streamlit as st

from explorer.classroom.answers_table import HEADER, answer_rows
from explorer.classroom.codes import LENGTH
from explorer.classroom.rooms import classroom
from explorer.export.csv_text import csv_text
from explorer.ui.classroom import membership
from explorer.ui.classroom.membership import Member
from explorer.ui.classroom.way_in import address, qr_code
from explorer.ui.state.markdown import escaped

_QR_WIDTH = 260  # pixels
_HOW = """
- **All follow.** Go to any page and change what you like: every screen goes along. Whoever wants to look around alone
  comes back with one click.
- **Ask.** Type a question, or take a path's. Answers are counted as they come; show the right one when you like, or let
  the class discuss and vote again.
- **Hide verdicts.** The sentences that tell what came out stay hidden on all screens until you show the answer.
- **Projector.** Larger letters and fewer controls on your own screen.
- **More.** A clock, a recorded training run for each student, and a quiz at the end.
"""


def class_page() -> None:
    """Draw what this session needs: the doors to a class, or the class that it is in."""
    found = membership.member()
    if found is None:
        _doors()
    elif found.leads:
        _leading(found)
    else:
        st.header("You are in", anchor=False)
        st.markdown("What your teacher shows appears on this screen, and so do the questions. Nobody sees your name.")


def _doors() -> None:
    st.header("A class that follows its teacher", anchor=False)
    come, lead = st.columns(2, gap="medium")
    with come, st.form("class.door", border=True):
        st.subheader("I am a student", anchor=False)
        st.text_input("Code of the class", key="class.code", max_chars=2 * LENGTH, placeholder="six letters and digits")
        st.form_submit_button("Come in", type="primary", on_click=_come)
    with lead, st.container(border=True):
        st.subheader("I am the teacher", anchor=False)
        st.markdown(
            "Others come with a short code, on laptops or phones. There is no account, nobody is asked for a name, and "
            "answers are kept as counts. A class ends four hours after its last use."
        )
        st.button("Open a class", key="class.open", on_click=membership.open_class)


def _come() -> None:
    membership.join(st.session_state["class.code"])


def _leading(found: Member) -> None:
    link, place = address(found.code), address().partition("://")[2].rstrip("/")
    code, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
    with code, st.container(key="class_code"):
        if link:
            st.markdown(f"Open **{escaped(place)}**, choose *Class* and type")
        else:
            st.warning(
                "Other devices cannot open this server: it listens to this computer alone. Whoever runs it can start "
                "it without the option server.address.",
                icon=":material/wifi_off:",
            )
        st.header(found.code, anchor=False)
    if link:
        picture.image(qr_code(link), width=_QR_WIDTH, alt=f"QR code of {link}", caption=link)
    st.markdown(_HOW)
    st.download_button(
        "All answers (CSV)",
        lambda: _answers(found),
        f"class-{found.code}.csv",
        "text/csv",
        key="class.answers",
        icon=":material/download:",
        on_click="ignore",
        help="One row for each question, vote and option: how many answered so.",
    )


def _answers(found: Member) -> bytes:
    rows = answer_rows(classroom().record(found.code, found.key))
    return csv_text(HEADER, rows).encode("utf-8-sig")
