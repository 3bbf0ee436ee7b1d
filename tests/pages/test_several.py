"""The Grad-CAM page's tab "Several pictures" without a browser."""

import csv
import io
import threading

import pytest
from streamlit.testing.v1 import AppTest

from explorer.cam.gallery import Gallery, Order, gallery_csv, gallery_sentence
from explorer.cam.gallery_job import look_at_several
from explorer.cam.page_jobs import Asked
from explorer.jobs.job import Attachment
from explorer.pictures.preprocess import Inversion
from explorer.pictures.samples import sample_bytes
from explorer.ui.cam import several_view
from explorer.ui.cam.choices import CamView
from explorer.weights.catalogue import EMBEDDED, embedded
from tests.pages.helpers import component, healthy, link, opened, settled, warnings, words
from tests.pictures.test_archive import png, zipped

HEADING = "Several pictures, seen by ResNet-20 (Fashion-MNIST)\n"
KEYS = ("bag-1", "bag-2", "ankle-boot-1", "shirt-2", "china")
ZIP = zipped(*((f"{key}.png", sample_bytes(key)) for key in KEYS), ("note.txt", b"hello"), ("../up.png", png()))


def open_page(**query: str) -> AppTest:
    return settled(opened("cam", look=CamView.SEVERAL, weights=EMBEDDED, **query))


def sent(page: AppTest, data: bytes) -> AppTest:
    page.get("file_uploader")[0].upload("pictures.zip", data)
    return settled(healthy(page.run()))


def sent_together(page: AppTest, *files: tuple[str, bytes], folder: bool = False) -> AppTest:
    page.get("file_uploader")[folder].set_value([(name, data, "image/png") for name, data in files])
    return settled(healthy(page.run()))


def found_in(data: bytes) -> Gallery:
    how = embedded().preprocess
    asked = Asked(EMBEDDED)
    return look_at_several(asked, archive=Attachment("a", data), preprocess=how, inversion=Inversion.AUTO)


def shown(page: AppTest) -> list[str]:
    return [each["name"] for each in component(page, "gallery")["cards"]]


def test_it_asks_for_a_zip() -> None:
    page = open_page()
    assert words(page).startswith(HEADING)
    assert "Send up to 64 pictures" in words(page) and "never written to disk" in words(page)


def test_the_gallery_is_sorted_filtered_and_told() -> None:
    page, found = sent(open_page(), ZIP), found_in(ZIP)
    assert gallery_sentence(found, embedded().classes) in words(page)
    assert shown(page) == [each.name for each in found.ordered(Order.DOUBT)]
    strange = [each["name"] for each in component(page, "gallery")["cards"] if each["strange"]]
    assert strange == ["china.png"]
    assert "up.png: Its path leads out" in warnings(page)[0].replace("\\", "") and "note.txt" in warnings(page)[0]
    page = settled(healthy(page.get("button_group")[0].set_value(Order.NAME).run()))
    assert shown(page) == sorted(f"{key}.png" for key in KEYS) and link(page, "sorted") == "name"
    (box,) = [each for each in page.selectbox if each.label == "Show"]
    bag = embedded().classes.index("Bag")
    page = settled(healthy(box.select(str(bag)).run()))
    assert shown(page) == [each.name for each in found.ordered(Order.NAME, bag)]


def test_a_click_opens_the_picture_in_the_other_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = sent(open_page(), ZIP)
    assert words(page).startswith(HEADING)
    (card,) = [each for each in component(page, "gallery")["cards"] if each["name"] == "shirt-2.png"]
    picks: list[str] = [card["key"]]
    drawn = several_view.gallery

    def clicked(*given: object, on_pick: object, **how: object) -> None:
        if picks:
            assert callable(on_pick)
            on_pick(picks.pop())
        drawn(*given, on_pick=on_pick, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(several_view, "gallery", clicked)
    page = settled(healthy(healthy(page.run()).run()))
    assert link(page, "sample") == "mine" and component(page, "tabs")["open"] == CamView.MAP
    shirt = next(each for each in found_in(ZIP).seen if each.name == "shirt-2.png")
    assert shirt.best(embedded().classes)[0].name in page.header[0].value


def test_the_table_is_of_all_pictures() -> None:
    rows = list(csv.DictReader(io.StringIO(gallery_csv(found_in(ZIP), embedded().classes))))
    assert {row["picture"] for row in rows} == {*(f"{key}.png" for key in KEYS), "note.txt", "up.png"}
    assert [row["strange"] for row in rows if row["picture"] == "china.png"] == ["yes"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no zip", "is no zip"),
        (zipped(("a.txt", b"")), "There is no picture"),
        (zipped(("a.png", b"no picture")), "None of these pictures can be looked at"),
        (zipped(*((f"{number}.png", b"") for number in range(10_000))), "holds 10,000 files"),
    ],
)
def test_a_zip_that_gives_no_picture_is_said(data: bytes, said: str) -> None:
    page = sent(open_page(), data)
    assert said in "\n".join(each.value for each in page.error)


@pytest.mark.parametrize("folder", [False, True])
def test_several_pictures_need_no_zip(folder: bool) -> None:
    files = [(f"{'mine/' * folder}{key}.png", sample_bytes(key)) for key in KEYS]
    page = sent_together(open_page(), *files, folder=folder)
    found = found_in(zipped(*files))
    assert shown(page) == [each.name for each in found.ordered(Order.DOUBT)]
    assert not warnings(page)
    page = sent_together(page, ("a.png", sample_bytes("bag-1")), ("x/a.png", sample_bytes("bag-2")))
    assert shown(page) == ["a.png", "a.png"]
    (forget,) = [each for each in page.button if each.label == "Forget my pictures"]
    page = settled(healthy(forget.click().run()))
    assert "Send up to 64 pictures" in words(page)


def test_files_that_are_no_pictures_are_told_one_by_one() -> None:
    files = (("big.png", bytes(33_000_000)), ("note.png", b"hello"), ("bag.png", sample_bytes("bag-1")))
    page = sent_together(open_page(), *files)
    assert shown(page) == ["bag.png"]
    (told,) = (each.replace("\\", "") for each in warnings(page))
    assert "big.png: It has more than 32 MB" in told and "note.png: " in told


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([(f"{number}.png", bytes(22_000_000)) for number in range(3)], "These are more than 64 MB together"),
        ([("all.zip", ZIP), ("a.png", png())], "A zip comes alone"),
        ([("note.txt", b"hello"), ("../up.png", b"")], "None of these pictures can be looked at"),
        ([("note.txt", b"hello")], "There is no picture"),
    ],
)
def test_pictures_that_cannot_be_taken_together_are_said(files: list[tuple[str, bytes]], said: str) -> None:
    page = sent_together(open_page(), *files)
    assert said in words(page)


def test_nonsense_in_the_link_is_said() -> None:
    page = sent(open_page(only="99", sorted="size"), ZIP)
    assert "Sorted by" in "\n".join(warnings(page))
    assert len(shown(page)) == len(KEYS)


def test_a_class_that_no_picture_is_taken_for_is_said_with_those_that_are() -> None:
    found, names = found_in(ZIP), embedded().classes
    missing = next(index for index in range(len(names)) if index not in found.targets)
    page = sent(open_page(only=str(missing)), ZIP)
    told = ", ".join(f"{index} ({names[index]})" for index in found.targets)
    assert f"“Show” is '{missing}' in this link: these pictures are taken for {told}." in words(page)
    assert len(shown(page)) == len(KEYS)


def test_the_class_that_is_shown_is_forgotten_with_the_pictures() -> None:
    page = sent(open_page(only=str(embedded().classes.index("Bag"))), ZIP)
    assert len(shown(page)) == 3 and not any("Show" in each for each in warnings(page))
    page = sent(page, zipped(("boot.png", sample_bytes("ankle-boot-1"))))
    assert shown(page) == ["boot.png"] and not warnings(page) and "only" not in page.query_params


def test_long_work_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the pictures of a zip are looked at, another reader's picture is looked at, too."""
    started, over = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> Gallery:
        started.set()
        assert over.wait(60)
        return found_in(ZIP)

    monkeypatch.setattr("explorer.cam.gallery_job.look_at_several", slow)
    waiting = opened("cam", look=CamView.SEVERAL, weights=EMBEDDED)
    settled(waiting)
    waiting.get("file_uploader")[0].upload("pictures.zip", zipped(("only.png", png())))
    try:
        healthy(waiting.run())
        assert started.wait(60) and waiting.status
        assert open_page(sample="dress-2").header
    finally:
        over.set()
    assert len(shown(settled(waiting))) == len(KEYS)
