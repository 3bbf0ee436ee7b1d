"""What the reader brings along survives a change of page, and goes when the reader says so."""

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from explorer.jobs.job import Attachment
from explorer.jobs.shared import queue
from explorer.ui.state import uploads
from explorer.ui.state.upload_guard import UploadGuard
from explorer.ui.state.uploads import UploadKind
from explorer.ui.widgets.private_input import MOST_TEXT
from tests.pages.helpers import healthy


def script() -> None:
    import streamlit as st  # noqa: PLC0415  AppTest runs this function's text alone

    from explorer.ui.widgets.private_input import choose_file, paste_text  # noqa: PLC0415

    if st.toggle("another page", key="away"):
        return
    file = choose_file("A file", ["safetensors"], key="mine", forget="my file")
    text = paste_text("A text", key="mine", height=90, placeholder="…")
    st.write(f"{len(file.data) if file else 0} bytes, {text or 'no text'}")


@pytest.fixture(autouse=True)
def empty_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of another test's sessions, which nobody closes."""
    store = MemoryUploadedFileManager("")
    monkeypatch.setattr(uploads, "_store", lambda: store)


def opened() -> AppTest:
    return healthy(AppTest.from_function(script, default_timeout=30).run())


def said(page: AppTest) -> str:
    return str(page.markdown[-1].value)


def leave_and_come_back(page: AppTest) -> None:
    healthy(page.toggle(key="away").set_value(True).run())
    healthy(page.toggle(key="away").set_value(False).run())


def test_nothing_is_there_at_first() -> None:
    page = opened()
    assert said(page) == "0 bytes, no text"
    assert not page.button


def test_a_file_survives_a_change_of_page_until_it_is_forgotten() -> None:
    page = opened()
    healthy(page.file_uploader(key="mine.upload").set_value(("mine.safetensors", bytes(7), "")).run())
    assert said(page) == "7 bytes, no text"
    assert not page.button  # the field itself shows the file, and can drop it
    leave_and_come_back(page)
    assert said(page) == "7 bytes, no text"
    (forget,) = page.button
    assert forget.label == "Forget my file"
    healthy(forget.click().run())
    assert said(page) == "0 bytes, no text"


def test_a_text_survives_a_change_of_page() -> None:
    page = opened()
    healthy(page.text_area(key="mine.widget").input("hello").run())
    leave_and_come_back(page)
    assert said(page) == "0 bytes, hello"
    assert page.text_area(key="mine.widget").value == "hello"


def test_an_emptied_field_forgets_its_file() -> None:
    page = opened()
    healthy(page.file_uploader(key="mine.upload").set_value(("mine.safetensors", bytes(7), "")).run())
    healthy(page.file_uploader(key="mine.upload").set_value(None).run())
    assert said(page) == "0 bytes, no text"
    assert not page.button


def test_another_file_takes_the_place_of_the_one_before() -> None:
    page = opened()
    for size in (7, 9):
        healthy(page.file_uploader(key="mine.upload").set_value(("mine.safetensors", bytes(size), "")).run())
        assert said(page) == f"{size} bytes, no text"
    assert uploads.held() == 9


def test_a_file_of_another_kind_is_a_sentence_and_not_kept() -> None:
    page = opened()
    for name in ("names.txt", "safetensors"):
        healthy(page.file_uploader(key="mine.upload").set_value((name, bytes(7), "")).run())
        assert said(page) == "0 bytes, no text"
        (warning,) = page.warning
        told = warning.value.replace("\\", "")
        assert told == f"“{name}” is not a file of weights: its name must end in .safetensors."
        assert uploads.held() == 0


def test_a_file_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    before = uploads.held()
    monkeypatch.setattr(UploadKind, "most", 8)
    healthy(page.file_uploader(key="mine.upload").set_value(("mine.safetensors", bytes(9), "")).run())
    assert said(page) == "0 bytes, no text"
    (warning,) = page.warning
    assert "is the most for a file of weights. Save the weights of a smaller network" in warning.value
    assert uploads.held() == before
    healthy(page.file_uploader(key="mine.upload").set_value(("mine.safetensors", bytes(8), "")).run())
    assert said(page) == "8 bytes, no text"
    assert not page.warning


def test_a_file_is_kept_once() -> None:
    """Streamlit's own store has the bytes that arrived, a page gets the same ones."""
    data = bytes(range(256))
    sent = UploadedFile(UploadedFileRec("id", "mine.safetensors", "", data), FileURLs())
    name = uploads.keep(sent)
    kept = uploads.kept(name)
    assert kept is not None and kept.data is data
    uploads.free(name)
    assert uploads.kept(name) is None


def length(file: Attachment) -> int:
    return len(file.data)


def test_two_sessions_that_send_files_under_one_id_get_what_came_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for session, data in (("one", b"victim"), ("two", b"attacker")):
        monkeypatch.setattr(uploads, "owner", lambda session=session: session)
        file = uploads.kept(uploads.keep(UploadedFile(UploadedFileRec("id", "a.zip", "", data), FileURLs())))
        assert file is not None
        found.append(queue().result(queue().submit(length, file, owner=session), 30))
    assert found == [6, 8]


def test_a_text_that_is_too_long_is_a_sentence_also_where_no_browser_stops_it() -> None:
    page = opened()
    healthy(page.text_area(key="mine.widget").set_value("é" * (MOST_TEXT // 2 + 1)).run())
    assert said(page) == "0 bytes, no text"
    (warning,) = page.warning
    assert warning.value.startswith("This text has 1,048,577 characters, and 2,097,152 are the most that are read here")
    healthy(page.text_area(key="mine.widget").set_value("short").run())
    assert said(page) == "0 bytes, short"
    assert not page.warning


def test_the_bounds_of_a_kind_go_by_the_files_ending() -> None:
    assert [uploads.kind_of(name).megabytes for name in ("a.png", "A.SAFETENSORS", "b.jpeg", "c", ".safetensors")] == [
        *(32, 260, 32, 32, 260)
    ]
    assert uploads.PICTURE.refusal(32_000_000) == ""
    assert uploads.PICTURE.refusal(32_000_001).startswith("This file has 32.1 MB, and 32 MB is the most for a picture.")
    assert uploads.kind_of("pictures.ZIP") is uploads.ARCHIVE and uploads.ARCHIVE.most == 64_000_000
    assert uploads.ARCHIVE.refusal(64_000_001).startswith("This file has 64.1 MB, and 64 MB is the most for a zip of")


def test_a_picture_out_of_a_zip_takes_the_place_of_the_one_before_and_leaves_the_zip() -> None:
    zipped, first = uploads.put("pictures.zip", b"zip"), uploads.put("a.png", b"first")
    second = uploads.put("b.jpg", b"second")
    kept = [uploads.kept(name) for name in (zipped, first, second)]
    assert [each and each.data for each in kept] == [b"zip", None, b"second"]


def test_files_of_closed_sessions_make_room_the_first_ones_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OF_ALL", 8)
    for session in ("closed", "open", "also closed"):
        monkeypatch.setattr(uploads, "owner", lambda session=session: session)
        assert uploads.put("a.png", b"12")
    monkeypatch.setattr(uploads, "is_open", lambda session: session in ("open", "me"))
    monkeypatch.setattr(uploads, "owner", lambda: "me")
    assert uploads.put("a.png", b"12") and set(uploads.sessions_with_files()) == {"closed", "open", "also closed", "me"}
    assert uploads.put("a.zip", b"12") and set(uploads.sessions_with_files()) == {"open", "also closed", "me"}
    assert not UploadGuard(nothing)._refusal("me", 2) and set(uploads.sessions_with_files()) == {"open", "me"}
    assert "has no room for this file" in UploadGuard(nothing)._refusal("me", 3)


async def nothing(*_: object) -> None:
    """No app stands behind the guard."""


def arrived(session: str, *sizes: tuple[str, int], part: bool = True) -> list[int]:
    """Sizes of what a session keeps once these files, by name and size, have arrived one by one."""
    for number, (name, size) in enumerate(sizes):
        record = UploadedFileRec(f"{uploads.PART * part}{number}", name, "", bytes(size))
        uploads._store().add_file(session, record)
        uploads.keep_newest(session)
    return [len(each.data) for each in uploads._files(session)]


def test_pictures_that_were_chosen_together_stay_as_far_as_a_zip_may_hold_them() -> None:
    assert arrived("one", ("a.png", 20_000_000), ("b.png", 21_000_000), ("c.png", 22_000_000)) == [
        *(20_000_000, 21_000_000, 22_000_000)
    ]
    assert arrived("two", ("a.png", 20_000_000), ("b.png", 21_000_000), ("c.png", 24_000_000)) == [
        *(21_000_000, 24_000_000)
    ]
    assert len(arrived("many", *[("a.png", 0)] * 1_003)) == 1_000
    assert arrived("alone", ("a.png", 5), ("b.png", 6), part=False) == [6]


def test_pictures_that_were_chosen_together_take_the_place_of_a_zip_and_a_zip_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "owner", lambda: "me")
    uploads.put("a.zip", b"old"), uploads.put("a.png", b"mine")
    assert arrived("me", ("b.png", 5), ("c.png", 6)) == [4, 5, 6]
    uploads.put("a.zip", b"new")
    assert [len(each.data) for each in uploads._files("me")] == [4, 3]


def test_a_file_that_arrives_with_the_ending_of_names_takes_no_place_of_names_that_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may be a path's, which is read at once. Names take their place when their field keeps them."""
    monkeypatch.setattr(uploads, "owner", lambda: "me")
    names = uploads.put("names.json", b"four")
    assert arrived("me", ("mine.json", 5), part=False) == [4, 5]
    assert arrived("me", ("other.json", 6), part=False) == [4, 6]
    uploads.put("names.txt", b"new")
    assert uploads.kept(names) is None
    assert sorted(len(each.data) for each in uploads._files("me")) == [3, 6]


def test_of_what_is_too_large_for_its_kind_only_the_sentence_stays() -> None:
    for name, size, part in (
        ("a.zip", 64_000_001, False),
        ("a.txt", 1_000_001, False),
        ("a.safetensors", 65_000_000, True),
    ):
        (kept,) = arrived(f"{name} {part}", (name, size), part=part)
        assert kept < 1_000


def test_files_that_are_chosen_together_have_ids_that_say_so() -> None:
    store = MemoryUploadedFileManager("/upload")
    (alone,) = store.get_upload_urls("me", ["a.png"])
    together = store.get_upload_urls("me", ["a.png", "b.png"])
    assert not alone.file_id.startswith(uploads.PART) and alone.upload_url == f"/upload/me/{alone.file_id}"
    assert all(each.file_id.startswith(uploads.PART) for each in together) and len({*together}) == 2


def test_where_there_is_no_room_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OF_ALL", 8)
    assert uploads.put("a.png", b"12345678") and not uploads.put("b.png", b"1")
