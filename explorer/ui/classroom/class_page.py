"""The Class page: open a class or come to one; for its teacher, how others come in, and all answers as a file."""

import streamlit as st

from explorer.ui.classroom import membership


def class_page() -> None:
    """Draw what this session needs: the doors to a class, or the class it is in."""
    found = membership.member()
    if found is None:
        _doors()


def _doors() -> None:
    st.header("A class that follows its teacher", anchor=False)
    come, lead = st.columns(2, gap="large")
    with come:
        st.subheader("I am a student", anchor=False)
        st.text_input("Code of the class", key="class.code", max_chars=12)
        st.button("Come in", key="class.come", type="primary", on_click=_come)
    with lead:
        st.subheader("I am the teacher", anchor=False)
        st.markdown("Open a class, and others come with its code. No account is needed, nobody is asked for a name.")
        st.button("Open a class", key="class.open", on_click=membership.open_class)


def _come() -> None:
    membership.join(st.session_state["class.code"])
