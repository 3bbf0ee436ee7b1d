"""Several pictures through one network: each as by itself, sorted by doubt, told in a sentence and a table."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.cam.gallery import Gallery, Order, Seen, gallery_csv, gallery_sentence
from explorer.cam.gallery_job import look_at_several
from explorer.cam.page_jobs import Asked, first_look
from explorer.cam.saliency_map import Method, SaliencyMap, predictions
from explorer.jobs.job import Attachment, JobCancelled
from explorer.pictures.decode import read_picture
from explorer.pictures.preprocess import Inversion
from explorer.pictures.samples import sample_bytes
from explorer.text.errors import Refusal
from explorer.weights.catalogue import EMBEDDED, embedded
from explorer.weights.load import trained
from tests.pictures.test_archive import png, zipped

NAMES = ("cat", "=dog", "boot")


def seen(name: str, *logits: float, strange: bool | None = None) -> Seen:
    values = np.array(logits, np.float32)
    saliency = SaliencyMap(Method.GRAD_CAM, "layer3.2", int(values.argmax()), np.zeros((2, 2), np.float32))
    return Seen(0, name, values, saliency, b"", 0, strange)


def looked(data: bytes) -> Gallery:
    how = embedded().preprocess
    return look_at_several(Asked(EMBEDDED), archive=Attachment("zip", data), preprocess=how, inversion=Inversion.AUTO)


def test_each_picture_is_seen_as_by_itself() -> None:
    keys = ("bag-1", "ankle-boot-1", "china")
    found = looked(zipped(*((f"{key}.png", sample_bytes(key)) for key in keys)))
    how = embedded().preprocess
    assert [each.name for each in found.seen] == sorted(f"{key}.png" for key in keys) and not found.refused
    for each in found.seen:
        crop = how.cropped(read_picture(sample_bytes(each.name.removesuffix(".png"))))
        alone = first_look(Asked(EMBEDDED), picture=how.numbers(crop))
        np.testing.assert_allclose(each.logits, alone.logits, rtol=1e-5, atol=1e-5)
        assert each.target == alone.target and alone.strangeness is not None
        assert each.strange == alone.strangeness.is_strange == (each.name == "china.png")
        np.testing.assert_allclose(each.saliency.values, alone.maps[-1].values, rtol=1e-4, atol=1e-5)
        assert each.small == crop.tobytes()


def test_each_picture_takes_one_forward_pass() -> None:
    passes: list[object] = []
    hook = trained(EMBEDDED).fc.register_forward_hook(lambda *_: passes.append(1))
    try:
        found = looked(zipped(*((f"{key}.png", sample_bytes(key)) for key in ("bag-1", "china"))))
    finally:
        hook.remove()
    assert len(passes) == len(found.seen) == 2


def test_what_cannot_be_read_is_said_and_the_others_are_seen() -> None:
    found = looked(zipped(("a.png", png()), ("b.png", b"no picture"), ("c.txt", b""), ("inner.zip", b"")))
    assert [each.name for each in found.seen] == ["a.png"]
    assert [name for name, _ in found.refused] == ["b.png", "c.txt", "inner.zip"]
    assert all(why for _, why in found.refused)


def test_nothing_that_can_be_read() -> None:
    with pytest.raises(Refusal, match=r"None of these pictures can be looked at. a.png: "):
        looked(zipped(("a.png", b"no picture")))
    with pytest.raises(Refusal, match="is no zip"):
        looked(b"no zip")


def test_it_can_be_stopped_between_two_pictures() -> None:
    told: list[str] = []

    def stop(fraction: float, message: str) -> None:
        told.append(message)
        if message == "b.png":
            raise JobCancelled

    with pytest.raises(JobCancelled):
        look_at_several(
            Asked(EMBEDDED),
            archive=Attachment("zip", zipped(*((f"{name}.png", png()) for name in "abc"))),
            preprocess=embedded().preprocess,
            inversion=Inversion.AUTO,
            progress=stop,
        )
    assert told[-2:] == ["a.png", "b.png"]


@given(st.lists(st.lists(st.floats(-20, 20, width=32), min_size=3, max_size=3), min_size=1, max_size=8))
def test_doubt_comes_first(rows: list[list[float]]) -> None:
    gallery = Gallery(tuple(seen(f"{number}", *row) for number, row in enumerate(rows)), (), 0)
    chances = [each.best(NAMES)[0].probability for each in gallery.ordered(Order.DOUBT)]
    assert chances == sorted(chances)
    assert [each.name for each in gallery.ordered(Order.NAME)] == [each.name for each in gallery.seen]
    parted = [gallery.ordered(Order.NAME, target) for target in gallery.targets]
    assert sum(map(len, parted)) == len(rows)
    assert [len(part) for part in parted] == sorted((len(part) for part in parted), reverse=True)


def test_the_sentence() -> None:
    pictures = (seen("a", 3, 0, 0), seen("b", 1, 0, 0, strange=True), seen("c", 0, 5, 0))
    said = gallery_sentence(Gallery(pictures, (), 2), NAMES)
    assert said.startswith("3 pictures: cat (2), =dog (1). It is least sure of b: cat, 58 %. 1 of them is unlike")
    assert said.endswith("2 more pictures were left out.")


@pytest.mark.parametrize(
    ("strange", "familiar", "said"),
    [
        (1, 0, "This picture is unlike those that it learned from: don't trust what it says of that one."),
        (1, 4, "1 of them is unlike those that it learned from: don't trust what it says of that one."),
        (2, 3, "2 of them are unlike those that it learned from: don't trust what it says of them."),
        (5, 0, "All 5 are unlike those that it learned from: don't trust what it says of them."),
    ],
)
def test_how_many_are_strange_is_said(strange: int, familiar: int, said: str) -> None:
    marks = (*[True] * strange, *[False] * familiar)
    pictures = tuple(seen(f"{number}", 3, 0, 0, strange=mark) for number, mark in enumerate(marks))
    assert gallery_sentence(Gallery(pictures, (), 0), NAMES).endswith(f"%. {said}")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), max_size=5))
def test_no_cell_of_the_table_is_a_formula(names: list[str]) -> None:
    pictures = tuple(seen(name, 0, 5, 0, strange=False) for name in ("=1+1", *names))
    text = gallery_csv(Gallery(pictures, (("@x.txt", "It is no picture."),), 0), NAMES)
    header, *rows = csv.reader(io.StringIO(text))
    assert header == [
        "picture",
        "strange",
        "class_1",
        "chance_1",
        "class_2",
        "chance_2",
        "class_3",
        "chance_3",
        "not_read",
    ]
    assert len(rows) == len(pictures) + 1 and {len(row) for row in rows} == {9}
    assert not any(cell.lstrip()[:1] in set("=+-@") for row in rows for cell in row if cell)
    assert rows[-1] == ["'@x.txt", *[""] * 7, "It is no picture."]
    assert float(rows[0][3]) == predictions(pictures[0].logits, NAMES)[0].probability


def test_numbers_that_are_none_are_the_greatest_doubt() -> None:
    nothing = replace(seen("b", 0, 0, 0), logits=np.full(3, np.nan, np.float32))
    assert Gallery((seen("a", 0, 1, 0), nothing), (), 0).ordered(Order.DOUBT)[0] is nothing
