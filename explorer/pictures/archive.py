"""A zip of pictures, hostile until proven otherwise: which pictures it holds, and their files one at a time.

Pictures that come without a zip are put into one (``packed``), so that whoever looks at them knows one form.

Nothing is unpacked to a disk, so no path in it leads anywhere; a path that tries to is refused all the same. Python's
``zipfile`` reads it. What it may cost is bounded here: the list of files before it is read, then the bytes that really
come out, whatever the archive says of them.
"""

import io
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from explorer.pictures.decode import ENDINGS, MAX_BYTES, MEGABYTE
from explorer.pictures.fonts import shortened_middle
from explorer.text.errors import Refusal

MAX_ARCHIVE = 64 * MEGABYTE
MOST_PICTURES = 64
MOST_ENTRIES = 1_000
MOST_READ = 256 * MEGABYTE  # unpacked bytes of one archive
_MOST_LIST = 1 * MEGABYTE  # of the list of files, each of which becomes an object of 0.5 KB
_MOST_RATIO = 100  # of a file's size to its compressed size; pictures are compressed already
_CHUNK = 256 * 1024
_SHOWN = 60  # characters of a name
_ARCHIVES = ("zip", "7z", "rar", "gz", "tar", "tgz", "bz2", "xz", "jar")
_SYSTEM = re.compile(r"(?i)(^|/)(__MACOSX/|\.(?![./])|Thumbs\.db$|desktop\.ini$)")  # what operating systems add
_DEVICE = re.compile(r"(?i)(CON|PRN|AUX|NUL|COM\d|LPT\d)[ .]*(\.|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive: its place in the list of files, its name to be shown, and why it is not read, if so."""

    number: int
    name: str
    refusal: str = ""


class _Bounded(io.BytesIO):
    """The archive's bytes. A read of more than ``_MOST_LIST`` is refused: zipfile reads the list of files at once."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)  # not copied as long as nobody asks for its buffer
        self._length = len(data)

    def read(self, size: int | None = -1, /) -> bytes:
        rest = self._length - self.tell()
        if min(rest, rest if size is None or size < 0 else size) > _MOST_LIST:
            raise Refusal(f"The list of files in this zip is longer than {_MOST_LIST // MEGABYTE} MB. {_ADVICE}")
        return super().read(size)


_USUAL = "Make the zip with the usual method (deflate)."
_ADVICE = f"Send a zip of up to {MOST_PICTURES} pictures."


class PictureArchive:
    """The pictures of a zip.

    ``entries`` are all files but those that operating systems add, in the order of their names; those with a
    ``refusal`` are not read. ``left_out`` counts the pictures after the first ``MOST_PICTURES``.
    """

    def __init__(self, data: bytes) -> None:
        """Reads the list of files.

        Raises:
            Refusal: the archive is too large, is none, or holds too many files or no picture.
        """
        if len(data) > MAX_ARCHIVE:
            raise Refusal(f"This zip has more than {MAX_ARCHIVE // MEGABYTE} MB. {_ADVICE}")
        self._zip = _opened(data)
        self._infos = self._zip.infolist()
        self._budget = MOST_READ
        if len(self._infos) > MOST_ENTRIES:
            raise Refusal(f"This zip holds {len(self._infos):,} files, and {MOST_ENTRIES:,} is the most. {_ADVICE}")
        found = _judged(self._infos)
        pictures = [each for each in found if not each.refusal]
        if not pictures:
            why = f" {found[0].name}: {found[0].refusal}" if found else ""
            raise Refusal(
                f"There is no picture (PNG, JPEG or WebP) here that can be read.{why} "
                f"Send up to {MOST_PICTURES} pictures."
            )
        late = {each.number for each in pictures[MOST_PICTURES:]}
        self.left_out = len(late)
        self.entries = tuple(each for each in found if each.number not in late)

    def read(self, entry: Entry) -> bytes:
        """The bytes of one file.

        Raises:
            Refusal: it is damaged, or more comes out than a picture, or all of them, may have.
        """
        info, data = self._infos[entry.number], bytearray()
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(_CHUNK):
                    data += chunk
                    self._budget -= len(chunk)
                    if len(data) > MAX_BYTES or self._budget < 0:
                        raise Refusal(_too_much(len(data)))
        except Refusal:
            raise
        except Exception as error:  # zipfile raises whatever its parts do: BadZipFile, zlib.error, EOFError, ...
            raise Refusal("It is damaged in this zip and cannot be read: make the zip again.") from error
        return bytes(data)


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files with their names as a zip, not compressed. Names may be the same, as those out of several folders are."""
    data = io.BytesIO()
    with ZipFile(data, "w", ZIP_STORED) as made:
        for number, (name, content) in enumerate(files):
            made.writestr(f"{number}/{shown_name(name)}", content)
    return data.getvalue()


def _opened(data: bytes) -> ZipFile:
    try:
        return ZipFile(_Bounded(data))
    except Refusal:
        raise
    except Exception as error:
        why = "is no zip, or a damaged one" if isinstance(error, BadZipFile) else "is damaged"
        raise Refusal(f"This file {why}, and cannot be read. {_ADVICE}") from error


def _judged(infos: list[ZipInfo]) -> list[Entry]:
    """Returns the files with why some of them are not read, in the order of their names."""
    seen: set[str] = set()
    found = []
    for number, info in enumerate(infos):
        path = info.orig_filename.replace("\\", "/")
        if path.endswith("/") or (_SYSTEM.search(path) and ".." not in path.split("/")):
            continue
        refusal = _refusal(info, path) or ("A file of the same name comes before it in this zip." * (path in seen))
        seen.add(path)
        found.append(Entry(number, shown_name(path), refusal))
    return sorted(found, key=lambda each: (each.name, each.number))


def shown_name(path: str) -> str:
    """The last part of a path, without signs that cannot be printed or that turn text around, and not too long."""
    last = path.rstrip("/").rpartition("/")[2]
    return shortened_middle(
        "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in last), _SHOWN
    )


def _refusal(info: ZipInfo, path: str) -> str:
    """Why a file is not read, from what the list says of it; empty where it may be a picture."""
    kind, ending = stat.S_IFMT(info.external_attr >> 16), path.rpartition(".")[2].lower()
    parts = path.split("/")
    escapes = path.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", path) or "\0" in path
    grows = info.file_size > max(MEGABYTE, _MOST_RATIO * info.compress_size)
    reasons = (
        (escapes, "Its path leads out of the zip."),
        (any(_DEVICE.match(part) for part in parts), "Its name is that of a device."),
        (kind not in (0, stat.S_IFREG), "It is a link or a device, and no file."),
        (ending in _ARCHIVES, "It is an archive, and archives in a zip are not opened."),
        (ending not in ENDINGS, "It is no PNG, JPEG or WebP picture, by its name."),
        (info.flag_bits & 0x1, "It is encrypted: make the zip without a password."),
        (info.compress_type not in (ZIP_STORED, ZIP_DEFLATED), f"It is compressed in an unusual way. {_USUAL}"),
        (info.file_size > MAX_BYTES, _too_much(info.file_size)),
        (grows, f"It grows more than {_MOST_RATIO}-fold when it is unpacked, and no picture does."),
    )
    return next((sentence for applies, sentence in reasons if applies), "")


def _too_much(length: int) -> str:
    if length > MAX_BYTES:
        return f"It has more than {MAX_BYTES // MEGABYTE} MB, which is the most for a picture."
    return f"With it more than {MOST_READ // MEGABYTE} MB come out of this zip, which is the most."
