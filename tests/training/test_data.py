"""Fashion-MNIST's files: what is written is read, what is broken gets a sentence, torchvision downloads the rest."""

import gc
import gzip
import hashlib
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn.datasets import load_digits as sklearn_digits
from torchvision.datasets import FashionMNIST
from torchvision.datasets.mnist import read_image_file, read_label_file

from explorer.training import data
from explorer.training.data import CLASSES, Data, DataSet, download, load_digits, load_fashion_mnist
from explorer.training.idx import DataError, read_idx
from tests.training.digits import FILES, digits, idx, written

SMALL = digits(30, 20)


def same(one: Data, other: Data) -> bool:
    arrays = [field.name for field in fields(Data) if field.name.endswith(("images", "labels"))]
    return len(arrays) == 4 and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)


def test_the_classes_are_torchvisions() -> None:
    assert list(CLASSES) == FashionMNIST.classes


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert same(load_fashion_mnist(written(tmp_path, SMALL)), SMALL)


def test_torchvision_reads_the_same(tmp_path: Path) -> None:
    written(tmp_path, SMALL)
    for name in FILES:
        (tmp_path / name[:-3]).write_bytes(gzip.decompress((tmp_path / name).read_bytes()))
    found = load_fashion_mnist(tmp_path)
    assert np.array_equal(found.test_images, read_image_file(str(tmp_path / FILES[2][:-3])).numpy())
    assert np.array_equal(found.test_labels, read_label_file(str(tmp_path / FILES[3][:-3])).numpy())


@given(npst.arrays(np.uint8, npst.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5)))
def test_any_bytes_in_any_shape_come_back(tmp_path_factory: pytest.TempPathFactory, values: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("idx") / "values.gz"
    path.write_bytes(gzip.compress(idx(values)))
    assert np.array_equal(read_idx(path, values.ndim), values)


WHOLE = idx(SMALL.train_images)
HUGE = bytes([0, 0, 8, 3]) + bytes([255] * 12)
BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "ends within its header"),
    "not compressed": (lambda: WHOLE, "no gzip file"),
    "cut off": (lambda: gzip.compress(WHOLE)[:-300], "cut off"),
    "a flipped bit": (lambda: gzip.compress(WHOLE)[:-6] + bytes(6), "no gzip file, or cut off"),
    "garbage in the middle": (lambda: gzip.compress(WHOLE)[:200] + bytes(400), "no gzip file, or cut off"),
    "only a header": (lambda: gzip.compress(WHOLE[:16]), "23,520 values and holds 0"),
    "half a header": (lambda: gzip.compress(WHOLE[:9]), "ends within its header"),
    "a byte too few": (lambda: gzip.compress(WHOLE[:-1]), "23,520 values and holds 23,519"),
    "a byte too many": (lambda: gzip.compress(WHOLE + b"\0"), "23,520 values and holds more"),
    "labels": (lambda: gzip.compress(idx(SMALL.train_labels)), "in 3 dimensions: it begins with 00000801"),
    "other numbers": (lambda: gzip.compress(b"\0\0\x0d\x03" + WHOLE[4:]), "begins with 00000d03"),
    "more than any memory": (lambda: gzip.compress(HUGE), "100,000,000 is the most"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_get_a_sentence(name: str, tmp_path: Path) -> None:
    make, words = BROKEN[name]
    (written(tmp_path, SMALL) / FILES[0]).write_bytes(make())
    with pytest.raises(DataError, match=words) as caught:
        load_fashion_mnist(tmp_path)
    assert str(caught.value).startswith(f"{FILES[0]} cannot be read: ") and str(caught.value).endswith("again.")


@given(st.binary(max_size=300), st.booleans())
def test_no_file_at_all_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, compressed: bool
) -> None:
    path = tmp_path_factory.mktemp("idx") / "values.gz"
    path.write_bytes(gzip.compress(content) if compressed else content)
    try:
        values = read_idx(path, 1)
    except DataError as error:
        assert "values.gz cannot be read" in str(error)
    else:
        assert content == idx(values)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (written(tmp_path, SMALL) / FILES[3]).unlink()
    with pytest.raises(DataError, match=f"There is no {FILES[3]} in {tmp_path}: name the folder"):
        load_fashion_mnist(tmp_path)


UNFIT: dict[str, tuple[dict[str, np.ndarray], str]] = {
    "a label too few": ({"test_labels": SMALL.test_labels[1:]}, "test set has 20 pictures and 19 labels"),
    "nothing": ({"train_images": SMALL.train_images[:0], "train_labels": SMALL.train_labels[:0]}, "0 pictures"),
    "another size": ({"train_images": np.zeros((30, 32, 30), np.uint8)}, "are 32 × 30 pixels and must be 28 × 28"),
    "an eleventh class": ({"train_labels": np.full(30, 10, np.uint8)}, "go up to 10 and must be from 0 to 9"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_files_that_do_not_belong_together_get_a_sentence(name: str, tmp_path: Path) -> None:
    changes, words = UNFIT[name]
    written(tmp_path, replace(SMALL, **changes))
    with pytest.raises(DataError, match=words):
        load_fashion_mnist(tmp_path)


def test_the_first_of_each_set() -> None:
    few = SMALL.first(25)
    assert (len(few.train_images), len(few.train_labels), len(few.test_images), len(few.test_labels)) == (
        25,
        25,
        20,
        20,
    )
    assert np.array_equal(few.train_images, SMALL.train_images[:25])


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that a local server offers in place of torchvision's mirror."""
    folder = written(tmp_path / "mirror", SMALL)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    sums = [(name, hashlib.md5((folder / name).read_bytes()).hexdigest()) for name in FILES]
    monkeypatch.setattr(FashionMNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(FashionMNIST, "resources", sums)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(data, "DEBIAN", tmp_path / "not installed")
    monkeypatch.setattr(data, "DOWNLOADS", tmp_path / "downloads")
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # torchvision leaves the answers that were errors open
        gc.collect()


def test_torchvision_downloads_what_is_missing_once(mirror: Path) -> None:
    assert same(load_fashion_mnist(), SMALL)
    for name in FILES:
        (mirror / name).unlink()
    assert same(load_fashion_mnist(), SMALL)  # from what it downloaded before


def test_debians_files_come_first(mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = digits(12, 11)
    monkeypatch.setattr(data, "DEBIAN", written(tmp_path / "installed", other))
    assert same(load_fashion_mnist(), other)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"something else")])
def test_what_cannot_be_downloaded_is_said(mirror: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    damage(mirror / FILES[1])
    with pytest.raises(DataError, match=r"could not be downloaded \(.+\): install Debian's package") as caught:
        download(tmp_path / "downloads")
    assert "\n" not in str(caught.value) and FILES[1] in str(caught.value)


def test_the_digits_are_scikit_learns_each_once_and_as_many_of_each_class() -> None:
    data = load_digits()
    assert [len(each) for each in (data.train_images, data.test_images)] == [1437, 360]
    pictures, labels = sklearn_digits(return_X_y=True)
    expected = sorted((*row, label) for row, label in zip(np.round(pictures * (255 / 16)), labels, strict=True))
    images = np.concatenate([data.train_images, data.test_images]).reshape(-1, 64)
    classes = np.concatenate([data.train_labels, data.test_labels])
    assert sorted((*row, label) for row, label in zip(images.tolist(), classes.tolist(), strict=True)) == expected
    shares = np.bincount(data.test_labels) / np.bincount(classes)
    assert shares == pytest.approx(360 / 1797, abs=0.01)


def test_a_set_of_pictures_by_its_name() -> None:
    assert DataSet("digits").load() is load_digits()
    for each in DataSet:
        assert each.side == {DataSet.DIGITS: 8, DataSet.FASHION: 28}[each]


def test_fashion_mnist_is_read_once_from_each_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "other"):
        monkeypatch.setattr(data, "DEBIAN", written(tmp_path / name, digits(12, 11)))
        found = DataSet.FASHION.load()
        assert same(found, digits(12, 11)) and DataSet.FASHION.load() is found
