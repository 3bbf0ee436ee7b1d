"""Zips of pictures, honest and hostile: each has its sentence, and nothing is written to a disk."""

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.pictures.archive import MAX_ARCHIVE, MOST_ENTRIES, PictureArchive, packed, shown_name
from explorer.pictures.decode import read_picture
from explorer.text.errors import Refusal


def png(side: int = 8, colour: str = "red") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(data, "PNG")
    return data.getvalue()


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def refusals(data: bytes) -> dict[str, str]:
    return {each.name: each.refusal for each in PictureArchive(data).entries if each.refusal}


def test_pictures_are_read_in_the_order_of_their_names() -> None:
    archive = PictureArchive(zipped(("b.png", png(2)), ("./folder/a.JPG", b"later"), ("c.webp", b"too")))
    assert [each.name for each in archive.entries] == ["a.JPG", "b.png", "c.webp"]
    assert not any(each.refusal for each in archive.entries) and archive.left_out == 0
    assert archive.read(archive.entries[1]) == png(2)


def test_what_operating_systems_add_is_left_out() -> None:
    junk = ("__MACOSX/._a.png", ".DS_Store", "x/._b.png", "Thumbs.db", "x/desktop.ini", "folder/")
    assert [
        each.name for each in PictureArchive(zipped(("a.png", png()), *((name, b"") for name in junk))).entries
    ] == ["a.png"]


def test_of_more_than_64_pictures_the_first_are_read() -> None:
    archive = PictureArchive(zipped(*((f"{number:03}.png", png(1)) for number in range(70))))
    assert [each.name for each in archive.entries] == [f"{number:03}.png" for number in range(64)]
    assert archive.left_out == 6


def test_files_of_any_names_are_packed_and_read() -> None:
    names = ("a.png", "x/a.png", "../b.png", "C:\\c.png", "\ud800" * 70_000 + ".png")
    archive = PictureArchive(packed((name, png(number + 1)) for number, name in enumerate(names)))
    assert sorted(archive.read(each) for each in archive.entries) == sorted(png(side) for side in range(1, 6))
    assert [each.name for each in archive.entries][:4] == ["a.png", "a.png", "b.png", "c.png"]


def symlink() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../../etc/passwd.png", b"", "leads out of the zip"),
        ("/tmp/a.png", b"", "leads out of the zip"),
        ("..\\a.png", b"", "leads out of the zip"),
        ("C:\\a.png", b"", "leads out of the zip"),
        ("__MACOSX/../a.png", b"", "leads out of the zip"),
        ("NUL.png", b"", "that of a device"),
        ("x/com1", b"", "that of a device"),
        ("aux .png", b"", "that of a device"),
        ("inner.zip", zipped(("a.png", png())), "archives in a zip are not opened"),
        ("inner.tar.gz", b"", "archives in a zip are not opened"),
        ("a.exe", b"MZ", "no PNG, JPEG or WebP"),
        ("noending", b"", "no PNG, JPEG or WebP"),
        ("a.svg", b"<svg/>", "no PNG, JPEG or WebP"),
        (symlink(), b"/etc/passwd", "link or a device"),
        ("bomb.png", bytes(20_000_000), "100-fold"),
        ("large.png", bytes(33_000_000), "more than 32 MB"),
    ],
)
def test_what_is_not_read_has_its_sentence(name: str | zipfile.ZipInfo, content: bytes, said: str) -> None:
    found = refusals(zipped(("good.png", png()), (name, content)))
    assert len(found) == 1 and said in next(iter(found.values()))
    with pytest.raises(Refusal, match="no picture"):
        PictureArchive(zipped((name, content)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_whose_memory_the_archive_chooses_are_not_read(method: int) -> None:
    with pytest.raises(Refusal, match=r"unusual way.*deflate"):
        PictureArchive(zipped(("a.png", png()), method=method))


def test_a_name_that_begins_with_a_zero_byte_is_refused() -> None:
    """What ``zipfile`` cuts at the zero byte is then an empty name, which its ``is_dir`` cannot take."""
    data = zipped(("a.png", png()), ("b.png", png())).replace(b"b.png", b"\0.png")
    assert list(refusals(data).values()) == ["Its path leads out of the zip."]


def test_two_files_of_one_name() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("a.png", png(1)), ("a.png", png(2)), ("x/a.png", png(3)))
    archive = PictureArchive(data)
    assert [bool(each.refusal) for each in archive.entries] == [False, True, False]
    assert archive.read(archive.entries[0]) == png(1)
    assert "same name" in archive.entries[1].refusal


def test_an_encrypted_one() -> None:
    data = bytearray(zipped(("a.png", png()), ("b.png", png())))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + place] |= 1
    assert "without a password" in refusals(bytes(data))["a.png"]


class _Stream(io.BytesIO):
    """Cannot tell where it is, so that sizes come after each file (a data descriptor)."""

    def tell(self) -> int:
        raise io.UnsupportedOperation


def test_data_descriptors_are_read() -> None:
    stream = _Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.png", png(5))
    data = stream.getvalue()
    assert b"PK\x07\x08" in data
    archive = PictureArchive(data)
    assert archive.read(archive.entries[0]) == png(5)


def lying(content: bytes, told: int) -> bytes:
    """A zip whose list says that its one file has ``told`` bytes."""
    data = bytearray(zipped(("a.png", content)))
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", told)
    return bytes(data)


@pytest.mark.parametrize("told", [10, 900_000])
def test_a_size_that_is_a_lie(told: int) -> None:
    archive = PictureArchive(lying(os.urandom(1000) + bytes(50_000_000), told))
    tracemalloc.start()
    try:
        with pytest.raises(Refusal, match="damaged in this zip"):
            archive.read(archive.entries[0])
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_all_that_comes_out_is_bounded() -> None:
    """Each file is within its bounds, and all of them together are not: 20 times 30 MB of a picture's own noise."""
    noise = os.urandom(400_000)
    content = noise + bytes(29_000_000)
    archive = PictureArchive(zipped(*((f"{number}.png", content) for number in range(20))))
    with pytest.raises(Refusal, match="more than 256 MB come out"):
        for each in archive.entries:
            assert len(archive.read(each)) == len(content)


@pytest.mark.parametrize("count", [MOST_ENTRIES + 1, 10_000])
def test_too_many_files(count: int) -> None:
    with pytest.raises(Refusal, match=f"holds {count:,} files, and 1,000 is the most"):
        PictureArchive(zipped(*((f"{number}.png", b"") for number in range(count))))


def test_a_list_of_files_that_is_too_long_is_not_even_read() -> None:
    data = zipped(*((f"{number:0200}.png", b"") for number in range(6_000)))
    tracemalloc.start()
    try:
        with pytest.raises(Refusal, match="longer than 1 MB"):
            PictureArchive(data)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no zip, or a damaged one"),
        (b"hello", "no zip, or a damaged one"),
        (png(), "no zip, or a damaged one"),
        (zipped(), "no picture"),
        (zipped(("a.txt", b"")), "no picture"),
        (zipped(("a.png", png()))[:-30], "no zip, or a damaged one"),
        (bytes(MAX_ARCHIVE + 1), "more than 64 MB"),
    ],
    ids=["empty", "text", "png", "no files", "no picture", "cut off", "too large"],
)
def test_what_is_no_zip_of_pictures(data: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        PictureArchive(data)


@given(st.data())
def test_a_damaged_zip_gives_its_pictures_or_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(zipped(("a.png", png()), ("b.png", png(9, "blue"))))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        archive = PictureArchive(bytes(whole))
        for each in archive.entries:
            if not each.refusal:
                read_picture(archive.read(each))
    except Refusal as refusal:
        assert str(refusal)


@given(st.text(max_size=200))
def test_a_name_is_short_and_printable(name: str) -> None:
    shown = shown_name(name)
    assert len(shown) <= 60 and shown.isprintable() and "/" not in shown


def test_nothing_is_written_to_a_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real: Callable[..., object] = open

    def read_only(file: object, mode: str = "r", *given: object, **how: object) -> object:
        assert set(mode) <= set("rbt"), f"{file} is opened to be written"
        return real(file, mode, *given, **how)

    monkeypatch.setattr("builtins.open", read_only)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    archive = PictureArchive(zipped(("a.png", png(600))))
    assert read_picture(archive.read(archive.entries[0])).size == (600, 600)
    assert not list(tmp_path.iterdir())
