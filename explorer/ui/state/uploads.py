"""The files that readers send: how large they may be, and where they are kept.

They are kept once, in Streamlit's own store, which frees them at the end of their session; a page holds none of them.
A session keeps one file of a kind; pictures sent together are one zip. ``upload_guard`` holds the bounds where files
arrive, and ``widgets.private_input`` draws the fields.
"""

import math
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from explorer.jobs.job import Attachment
from explorer.pictures import archive
from explorer.pictures.decode import ENDINGS, MAX_BYTES, MEGABYTE
from explorer.ui.state.session import is_open, owner
from explorer.weights import safetensors_header

MOST_OF_ALL = 1_000 * MEGABYTE  # bytes of all sessions together
KEPT = "kept."  # begins the name of a file that a field has taken over
PART = "part."  # begins the id of a file that was chosen together with others
REFUSED = b"\0refused\0"  # stands before the sentence that is kept in place of a file that was refused on its way

_WITHOUT_A_SERVER = MemoryUploadedFileManager("")  # in a test


@dataclass(frozen=True, slots=True)
class UploadKind:
    """What files of a kind are called in a sentence, how their names end, how large one may be, and what to do then."""

    noun: str
    endings: tuple[str, ...]
    megabytes: int
    advice: str

    @property
    def most(self) -> int:
        """The bound in bytes."""
        return self.megabytes * MEGABYTE

    def refusal_of_name(self, name: str) -> str:
        """A sentence where a file of this name is of another kind, else nothing."""
        endings = [f".{ending}" for ending in self.endings]
        if name.lower().endswith(tuple(endings)):
            return ""
        return f"“{archive.shown_name(name)}” is not {self.noun}: its name must end in {' or '.join(endings)}."

    def refusal(self, length: int) -> str:
        """A sentence where a file of ``length`` bytes is too large, else nothing."""
        if length <= self.most:
            return ""
        has = math.ceil(length * 10 / MEGABYTE) / 10
        return f"This file has {has:,.1f} MB, and {self.megabytes} MB is the most for {self.noun}. {self.advice}"


PICTURE = UploadKind(
    "a picture",
    ENDINGS,
    MAX_BYTES // MEGABYTE,
    "Save it as JPEG, or with fewer pixels, and send that.",
)
WEIGHTS = UploadKind(
    "a file of weights",
    ("safetensors",),
    safetensors_header.MAX_BYTES // MEGABYTE,
    "Save the weights of a smaller network, or in half precision, and send those.",
)
ARCHIVE = UploadKind(
    "a zip of pictures",
    ("zip",),
    archive.MAX_ARCHIVE // MEGABYTE,
    f"Send up to {archive.MOST_PICTURES} pictures, with fewer pixels or saved as JPEG.",
)
NAMES = UploadKind("a list of names", ("txt", "json"), 1, "Send the names of the classes and nothing else.")
PATH = UploadKind("a path", ("json",), 1, "Send a path that this app wrote.")  # read at once, never kept


def kind_of(name: str) -> UploadKind:
    """The kind of a file with this name; what has another ending counts as a picture, whose bound is small."""
    return next((kind for kind in (WEIGHTS, ARCHIVE, NAMES) if name.lower().endswith(kind.endings)), PICTURE)


def keep(sent: UploadedFile) -> str:
    """Take a file over from its field, in place of the one of its kind before; returns a name to ask for it with.

    Streamlit copies the file of a field in each run of the page: the field is left without.
    """
    name = _keep(sent.name, sent.getvalue())  # the same bytes, no copy
    free(sent.file_id)
    return name


def keep_together(sent: Sequence[UploadedFile]) -> str:
    """Take several pictures over as one zip, otherwise as ``keep`` does."""

    def each_once() -> Iterator[tuple[str, bytes]]:
        for file in sent:
            yield file.name, file.getvalue()
            free(file.file_id)
            file.truncate(0)

    return _keep("pictures.zip", archive.packed(each_once()))


def put(file_name: str, data: bytes) -> str:
    """Keep a file that came out of another one, as ``keep`` does; returns an empty name where there is no room."""
    return _keep(file_name, data) if make_room(len(data)) else ""


def _keep(file_name: str, data: bytes) -> str:
    """The name is made here: one that a browser chose might be another session's, whose results it would then get."""
    session, name = owner(), f"{KEPT}{uuid.uuid4()}"
    _store().add_file(session, UploadedFileRec(name, file_name, "", data))
    keep_newest(session)
    return name


def kept(name: str) -> Attachment | None:
    """Returns a file of this session, not copied; None where it was freed."""
    return next((Attachment(name, file.data) for file in _store().get_files(owner(), [name])), None)


def free(name: str) -> None:
    """Drop a file of this session."""
    _store().remove_file(owner(), name)


# What follows is for the server's side, which knows every session.


def held() -> int:
    """Returns how many bytes all sessions together keep."""
    return sum(len(file.data) for session in sessions_with_files() for file in _files(session))


def make_room(length: int) -> bool:
    """Whether ``length`` more bytes may be kept. Closed sessions may come back for their files, and keep them only as
    long as nobody needs the room."""
    closed = (session for session in sessions_with_files() if not is_open(session))
    while held() + length > MOST_OF_ALL:
        session = next(closed, None)
        if session is None:
            return False
        free_session(session)
    return True


def sessions_with_files() -> Sequence[str]:
    """The sessions that keep a file."""
    return list(_store().file_storage)


def keep_newest(session: str) -> None:
    """Free what a session keeps besides the newest file of each kind; one that was closed meanwhile keeps nothing.

    Of files that were chosen together, which are no zip yet, as many stay as a zip of them may hold. Names that are
    kept make room for other kept ones alone: a path's file has the same ending, and goes once it is read.
    """
    taken: Counter[tuple[UploadKind, bool]] = Counter()  # bytes of those that stay
    parts = 0
    for file in reversed(_files(session)):
        is_part = file.file_id.startswith(PART)
        kind = ARCHIVE if is_part else kind_of(file.name)
        place = kind, kind is NAMES and file.file_id.startswith(KEPT)
        beside = is_part and 0 < parts < archive.MOST_ENTRIES and taken[place] + len(file.data) <= kind.most
        if (place in taken and not beside) or not is_open(session):
            _store().remove_file(session, file.file_id)
            continue
        taken[place] += _bounded(session, file, kind)
        parts += is_part


def _bounded(session: str, file: UploadedFileRec, kind: UploadKind) -> int:
    """Returns a file's length; of one that is too large for its kind only the refusal stays."""
    refusal = kind.refusal(len(file.data)).encode()
    if refusal:
        _store().add_file(session, UploadedFileRec(file.file_id, file.name, file.type, REFUSED + refusal))
    return len(refusal or file.data)


def free_session(session: str) -> None:
    """Free all that a session keeps."""
    _store().remove_session_files(session)


def _files(session: str) -> list[UploadedFileRec]:
    return list(_store().file_storage.get(session, {}).values())


def _store() -> MemoryUploadedFileManager:
    """Streamlit's store of files: its class has public names, but there is no public way to free a file."""
    store = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    return store if isinstance(store, MemoryUploadedFileManager) else _WITHOUT_A_SERVER
