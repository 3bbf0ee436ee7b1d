"""What the reader brings along: files and pasted text, kept in this session's memory only.

They survive a change of page, which Streamlit's widgets do not, until the reader sends another, empties the field or
presses "Forget". They are never on disk, in a log or in a link, and they come unread: whoever uses them decides whether
they are valid. Only a file's name and size are checked here.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st
from streamlit.elements.widgets import file_uploader
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from explorer.jobs.job import Attachment
from explorer.pictures.archive import MOST_ENTRIES
from explorer.text.errors import Refusal
from explorer.text.quantities import size
from explorer.ui.state import uploads
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held
from explorer.ui.state.uploads import ARCHIVE, PICTURE, REFUSED, UploadKind, kind_of

LANE = "files"  # the queue's, for what is read from these files: it keeps no device busy, and waits for none
_CAMERA = "picture.camera_on"
# In the session, by key; ``_TURNS`` counts how often several files were sent.
_TEXTS, _FILES, _REFUSED, _TURNS = "input.texts", "input.files", "input.refused", "input.turns"
_TOO_MUCH = (
    f"These are more than {ARCHIVE.megabytes} MB together, or more than {MOST_ENTRIES:,} files. {ARCHIVE.advice}"
)
_PER_FILE = 600  # bytes that a zip needs beside a file, at most
MOST_TEXT = 2 * 2**20  # bytes of one pasted text

# Streamlit ends the run with an error where a name has another ending than a field's; here that is a sentence.
file_uploader.enforce_filename_restriction = lambda _name, _allowed: None  # type: ignore[assignment,attr-defined]


def private(what: str) -> str:
    """A sentence on where that which the reader sent is kept; ``what`` begins it, as "Your picture"."""
    return f"{what} stays in this session's memory: it is never written to disk or to a log, and no link carries it."


PRIVATE = private("It")


def choose_file(label: str, types: Sequence[str], *, key: str, forget: str) -> Attachment | None:
    """Draw a field for a file and, once the field is empty again, a button that forgets it.

    Returns the file, None where there is none. ``forget`` is what the button calls the file: "my weights".
    A file that is too large for its kind is not read: the page says so.
    """
    kind, name = kind_of(types[0]), f"{key}.upload"
    st.file_uploader(
        label,
        types,
        key=name,
        max_upload_size=kind.megabytes,
        on_change=_received,
        args=(key, name, kind),
    )
    return _remembered(key, forget, name)


def read_file(label: str, kind: UploadKind, read: Callable[[bytes], None], *, key: str) -> None:
    """Draw a field for a file that ``read`` gets as soon as it arrives, and that is not kept: the field is empty again.

    Where ``read`` raises a ``Refusal``, its sentence stands there until the next file.
    """
    name = f"{key}.{held(_TURNS).get(key, 0)}"
    st.file_uploader(
        label,
        kind.endings,
        key=name,
        max_upload_size=kind.megabytes,
        on_change=_read,
        args=(key, name, kind, read),
    )
    _say_refusal(key)


def _read(key: str, widget: str, kind: UploadKind, read: Callable[[bytes], None]) -> None:
    sent: UploadedFile | DeletedFile | None = st.session_state[widget]
    if not isinstance(sent, UploadedFile):
        return
    uploads.free(sent.file_id)
    refusal = kind.refusal_of_name(sent.name) or kind.refusal(sent.size) or _refused_on_its_way(sent)
    try:
        if not refusal:
            read(sent.getvalue())
    except Refusal as error:
        refusal = str(error)
    _refuse(key, refusal)
    held(_TURNS)[key] = held(_TURNS).get(key, 0) + 1


def choose_picture(label: str, *, camera: bool = False) -> Attachment | None:
    """Draw the field for a picture and, with ``camera``, one to take it with; returns the file, as ``choose_file``."""
    field, taken = "picture.upload", "picture.taken"
    st.file_uploader(
        label,
        PICTURE.endings,
        key=field,
        help=f"PNG, JPEG or WebP. {PRIVATE}",
        max_upload_size=PICTURE.megabytes,
        on_change=_received,
        args=("picture", field, PICTURE),
    )
    # The browser asks for the camera as soon as the field is drawn: only for those who want it.
    if camera and st.toggle("Use the camera", key=_CAMERA):
        st.camera_input(
            "Take a picture",
            key=taken,
            help=PRIVATE,
            width=480,
            on_change=_received,
            args=("picture", taken, PICTURE),
        )
    return _remembered("picture", "my picture", field, taken)


def choose_pictures(key: str, forget: str) -> Attachment | None:
    """Draw a field for pictures or a zip of them, and one for a folder; otherwise as ``choose_file``. Returns a zip.

    The fields are empty again once something has arrived: what is sent next takes its place.
    """
    files, folder = st.columns(2, gap="medium")
    with files:
        _field_for_several("Your pictures, or a zip of them", (*PICTURE.endings, *ARCHIVE.endings), key, True)
    with folder:
        _field_for_several("Or a folder of your pictures", PICTURE.endings, key, "directory")
    return _remembered(key, forget)


def _field_for_several(label: str, types: Sequence[str], key: str, several: Literal[True, "directory"]) -> None:
    name = f"{key}.{several}.{held(_TURNS).get(key, 0)}"
    st.file_uploader(
        label,
        types,
        key=name,
        accept_multiple_files=several,
        max_upload_size=ARCHIVE.megabytes,
        on_change=_received_several,
        args=(key, name),
    )


def put_picture(name: str, data: bytes) -> None:
    """Take a picture out of another file, as if the reader had sent it in place of the one before."""
    _forget("picture")
    kept = uploads.put(name, data)
    held(_FILES)["picture"] = kept
    _refuse("picture", "" if kept else "The server has no room for one more picture. Try again in some minutes.")


def paste_text(label: str, *, key: str, height: int, placeholder: str, max_chars: int | None = None) -> str:
    """Draw an area to paste text into; returns the text, without what is above ``MOST_TEXT`` bytes."""
    widget = f"{key}.widget"
    st.session_state[widget] = held(_TEXTS).get(key, "")
    st.text_area(
        label,
        key=widget,
        height=height,
        max_chars=max_chars or MOST_TEXT,
        on_change=_typed,
        args=(key, widget, max_chars or MOST_TEXT),
        placeholder=placeholder,
    )
    _say_refusal(widget)
    entered: str = held(_TEXTS).get(key, "")
    return entered


def _typed(key: str, widget: str, most: int) -> None:
    """Keep what was typed; the browser's own limit is no bound for whoever speaks to the server without one."""
    entered = st.session_state[widget]
    _refuse(widget, "")
    if len(entered) > most or len(entered.encode(errors="replace")) > MOST_TEXT:
        held(_TEXTS)[key] = ""
        _refuse(
            widget,
            f"This text has {len(entered):,} characters, and {most:,} are the most that are read here, in at most "
            f"{size(MOST_TEXT)}. Paste a part of it.",
        )
        return
    held(_TEXTS)[key] = entered


def _received(key: str, widget: str, kind: UploadKind) -> None:
    """Keep the file that a field was given, in place of the one before; forget that one where the field was emptied."""
    sent: UploadedFile | DeletedFile | None = st.session_state[widget]
    if isinstance(sent, DeletedFile):  # what was taken over or refused in the run before: the browser shows its name
        return
    _forget(key)
    _refuse(key, "")
    if sent is None:
        return
    refusal = kind.refusal_of_name(sent.name) or kind.refusal(sent.size) or _refused_on_its_way(sent)
    if refusal:
        uploads.free(sent.file_id)
        _refuse(key, refusal)
    else:
        held(_FILES)[key] = uploads.keep(sent)
    sent.truncate(0)  # this run would copy it, as Streamlit does with what a field holds, and hold up every session


def _received_several(key: str, widget: str) -> None:
    """Keep pictures that arrived together, or a zip of them, in place of those before."""
    sent: list[UploadedFile | DeletedFile] = st.session_state[widget]
    files = [each for each in sent if isinstance(each, UploadedFile)]
    if not files:  # taken over or refused before: a browser may go on to name what a field held
        return
    _forget(key)
    refusal = _refusal_of_several(files) if len(files) == len(sent) else _TOO_MUCH
    _refuse(key, refusal)
    if refusal:
        for each in files:
            uploads.free(each.file_id)
    else:
        whole = len(files) == 1 and kind_of(files[0].name) is ARCHIVE
        held(_FILES)[key] = uploads.keep(files[0]) if whole else uploads.keep_together(files)
    for each in files:
        each.truncate(0)
    held(_TURNS)[key] = held(_TURNS).get(key, 0) + 1


def _refusal_of_several(files: Sequence[UploadedFile]) -> str:
    on_their_way = next(filter(None, map(_refused_on_its_way, files)), "")
    if on_their_way or len(files) < 2:
        return on_their_way or "".join(kind_of(each.name).refusal(each.size) for each in files)
    if any(kind_of(each.name) is ARCHIVE for each in files):
        return "A zip comes alone: send either one zip or pictures without a zip."
    return _TOO_MUCH if sum(each.size + _PER_FILE for each in files) > ARCHIVE.most else ""


def _refused_on_its_way(sent: UploadedFile) -> str:
    return sent.read().decode() if sent.read(len(REFUSED)) == REFUSED else ""


def _remembered(key: str, forget: str, *fields: str) -> Attachment | None:
    """Returns the file; where none of the ``fields`` shows its name, there is a button to forget it."""
    _say_refusal(key)
    file = uploads.kept(held(_FILES).get(key, ""))
    if file and not any(st.session_state.get(field) for field in fields):
        st.button(f"Forget {forget}", icon=":material/delete:", on_click=_forget, args=(key,))
    return file


def _forget(key: str) -> None:
    uploads.free(held(_FILES).pop(key, ""))


def _refuse(key: str, sentence: str) -> None:
    held(_REFUSED)[key] = sentence


def _say_refusal(key: str) -> None:
    sentence = held(_REFUSED).get(key)
    if sentence:
        st.warning(escaped(sentence), icon=":material/error:")
