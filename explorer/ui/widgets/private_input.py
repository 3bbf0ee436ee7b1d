"""What the reader brings along: files and pasted text, kept in this session's memory only.

They survive a change of page, which Streamlit's widgets do not, until the reader sends another or presses "Forget".
They are never on disk, in a log or in a link, and they come unread: whoever uses them decides whether they are valid.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

_CAMERA = "picture.camera_on"
PICTURE_TYPES = ("png", "jpg", "jpeg", "webp")
PRIVATE = "It stays in this session's memory: it is never written to disk or to a log, and no link carries it."


def choose_file(label: str, types: Sequence[str], *, key: str, forget: str, help: str | None = None) -> bytes:  # noqa: A002
    """Draw a field for a file and, once the field is empty again, a button that forgets it.

    Returns the file's bytes, nothing where there is none. ``forget`` is what the button calls the file: "my weights".
    """
    return _remembered(st.file_uploader(label, types, key=f"{key}.upload", help=help), key, forget)


def choose_picture(label: str, *, camera: bool = False) -> bytes:
    """Draw the field for a picture and, with ``camera``, one to take it with; returns its bytes, as ``choose_file``."""
    sent = st.file_uploader(label, PICTURE_TYPES, key="picture.upload", help=f"PNG, JPEG or WebP. {PRIVATE}")
    # The browser asks for the camera as soon as the field is drawn: only for those who want it.
    if camera and st.toggle("Use the camera", key=_CAMERA):
        sent = st.camera_input("Take a picture", key="picture.taken", help=PRIVATE, width=480) or sent
    return _remembered(sent, "picture", "my picture")


def paste_text(label: str, *, key: str, height: int, placeholder: str, max_chars: int | None = None) -> str:
    """Draw an area to paste text into; returns the text."""
    widget, text = f"{key}.widget", f"{key}.text"
    st.session_state[widget] = st.session_state.get(text, "")

    def typed() -> None:
        st.session_state[text] = st.session_state[widget]

    st.text_area(label, key=widget, height=height, max_chars=max_chars, on_change=typed, placeholder=placeholder)
    entered: str = st.session_state.get(text, "")
    return entered


def _remembered(sent: UploadedFile | None, key: str, forget: str) -> bytes:
    name = f"{key}.bytes"
    if sent is not None:
        st.session_state[name] = sent.getvalue()
    data: bytes = st.session_state.get(name, b"")
    if sent is None and data:
        st.button(f"Forget {forget}", icon=":material/delete:", on_click=lambda: st.session_state.pop(name, None))
    return data
