"""The reader's own picture: kept in this session's memory as the bytes that came, never on disk, in a log or a link."""

import streamlit as st

_KEPT = "picture.bytes"  # survives a change of page, which the widget does not
_CAMERA = "picture.camera_on"
TYPES = ["png", "jpg", "jpeg", "webp"]
PRIVATE = "It stays in this session's memory: it is never written to disk or to a log, and no link carries it."


def choose_picture(label: str, *, camera: bool = False) -> bytes:
    """Draw the field to drop a picture into, with ``camera`` one to take it with; the picture's bytes, nothing where
    there is none yet.

    They are what somebody sent, unread: ``explorer.pictures.decode.read_picture`` decides whether they are a picture.
    """
    sent = st.file_uploader(label, TYPES, key="picture.upload", help=f"PNG, JPEG or WebP. {PRIVATE}")
    # The browser asks for the camera as soon as the field is drawn: only for those who want it.
    if camera and st.toggle("Use the camera", key=_CAMERA):
        sent = st.camera_input("Take a picture", key="picture.taken", help=PRIVATE, width=480) or sent
    if sent is not None:
        st.session_state[_KEPT] = sent.getvalue()
    kept: bytes = st.session_state.get(_KEPT, b"")
    if sent is None and kept:
        st.button("Forget my picture", icon=":material/delete:", on_click=lambda: st.session_state.pop(_KEPT, None))
    return kept
