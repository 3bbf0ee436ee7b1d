"""The files that readers send: how large they may be, and where they are kept.

They are kept once, in Streamlit's own store: pages hold the same bytes and not a copy, as long as the store has them.
A session keeps one file of a kind. ``upload_guard`` holds the bounds where files arrive, and
``widgets.private_input`` draws the fields.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from explorer.ui.state.session import is_open, owner

MEGABYTE = 1_000_000
MOST_OF_ALL = 1_000 * MEGABYTE  # bytes of all sessions together
REFUSED = b"\0refused\0"  # stands before the sentence that is kept in place of a file that was refused on its way


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

    def refusal(self, length: int) -> str:
        """A sentence where a file of ``length`` bytes is too large, else nothing."""
        if length <= self.most:
            return ""
        has = math.ceil(length * 10 / MEGABYTE) / 10
        return f"This file has {has:,.1f} MB, and {self.megabytes} MB is the most for {self.noun}. {self.advice}"


PICTURE = UploadKind(
    "a picture", ("png", "jpg", "jpeg", "webp"), 32, "Save it as JPEG, or with fewer pixels, and send that."
)
WEIGHTS = UploadKind(
    "a file of weights",
    ("safetensors",),
    260,  # ResNet-152's 60 million weights in float32 are 241 MB
    "Save the weights of a smaller network, or in half precision, and send those.",
)


def kind_of(name: str) -> UploadKind:
    """The kind of a file with this name; what has another ending counts as a picture, whose bound is the smaller."""
    return WEIGHTS if name.lower().endswith(WEIGHTS.endings) else PICTURE


def is_kept(file_id: str) -> bool:
    """Whether this session still has a file; without a server (in a test), nobody frees one."""
    store = _store()
    return store is None or bool(store.get_files(owner(), [file_id]))


def free(file_id: str) -> None:
    """Drop a file of this session."""
    store = _store()
    if store:
        store.remove_file(owner(), file_id)


# What follows is for the server's side, which knows every session.


def held() -> int:
    """Returns how many bytes all sessions together keep."""
    return sum(len(file.data) for session in sessions_with_files() for file in _files(session))


def sessions_with_files() -> Sequence[str]:
    """The sessions that keep a file."""
    store = _store()
    return list(store.file_storage) if store else []


def keep_newest(session: str) -> None:
    """Free what a session keeps besides the newest file of each kind; one that was closed meanwhile keeps nothing."""
    kept: set[UploadKind] = set()
    store = _store()
    for file in reversed(_files(session)):
        kind = kind_of(file.name)
        if store and (kind in kept or not is_open(session)):
            store.remove_file(session, file.file_id)
        kept.add(kind)


def free_session(session: str) -> None:
    """Free all that a session keeps."""
    store = _store()
    if store:
        store.remove_session_files(session)


def _files(session: str) -> list[UploadedFileRec]:
    store = _store()
    return list(store.file_storage.get(session, {}).values()) if store else []


def _store() -> MemoryUploadedFileManager | None:
    """Streamlit's store of files, which is private to it: there is no public way to free a file."""
    store = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    return store if isinstance(store, MemoryUploadedFileManager) else None
