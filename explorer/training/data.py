"""What networks are trained on: scikit-learn's digits, which are always there, and Fashion-MNIST.

Fashion-MNIST is found where Debian's package puts it, in a folder of the caller's, or downloaded by torchvision.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.training.idx import DataError, read_idx

DEBIAN = Path("/usr/share/datasets/fashion-mnist")  # of the package dataset-fashion-mnist
DOWNLOADS = Path("build/fashion-mnist")
SIDE = 28
# In the order of the labels 0 to 9, as the data's authors name them (github.com/zalandoresearch/fashion-mnist).
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")

Bytes = NDArray[np.uint8]


_DIGITS_FOR_TESTS = 360  # of the 1,797


class DataSet(StrEnum):
    """The sets of pictures by name."""

    DIGITS = "digits"
    FASHION = "Fashion-MNIST"

    def load(self) -> "Data":
        """Returns the pictures, which are kept for the next time.

        Raises:
            DataError: they are not installed and cannot be downloaded.
        """
        return load_digits() if self is DataSet.DIGITS else _kept_fashion_mnist(DEBIAN)

    @property
    def side(self) -> int:
        """Height and width of its pictures, known before they are loaded."""
        return 8 if self is DataSet.DIGITS else SIDE

    @property
    def pictures(self) -> int:
        """How many there are to train on."""
        return 1_797 - _DIGITS_FOR_TESTS if self is DataSet.DIGITS else 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Grey pictures (N, H, W), square, from 0 (background) to 255, and their classes (N,) from 0 on."""

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    name: str = "pictures"
    class_names: tuple[str, ...] = tuple("0123456789")

    def first(self, count: int) -> "Data":
        """The first ``count`` pictures of each set, or all where there are fewer."""
        return replace(
            self,
            train_images=self.train_images[:count],
            train_labels=self.train_labels[:count],
            test_images=self.test_images[:count],
            test_labels=self.test_labels[:count],
        )


def load_fashion_mnist(folder: Path | None = None) -> Data:
    """The data in ``folder``; by default Debian's, or torchvision's download, which is made where it is missing.

    Raises:
        DataError: the folder has no such files, they are damaged or do not belong together, or cannot be downloaded.
    """
    if folder is None:
        folder = DEBIAN if DEBIAN.is_dir() else download(DOWNLOADS)
    images, labels, test_images, test_labels = (
        read_idx(folder / f"{name}-ubyte.gz", dimensions=3 if "images" in name else 1) for name in FILES
    )
    _check("training", images, labels)
    _check("test", test_images, test_labels)
    return Data(images, labels, test_images, test_labels, DataSet.FASHION, CLASSES)


@cache
def load_digits() -> Data:
    """scikit-learn's 1,797 handwritten digits, 8 x 8 (Alpaydin and Kaynak 1998): 1,437 to train on, 360 to test.

    Which are which is drawn once and for all, as many of each class in both. Their 17 levels are stretched to bytes.
    """
    from sklearn import datasets  # type: ignore[import-untyped]  # noqa: PLC0415  slow to load
    from sklearn.model_selection import train_test_split  # type: ignore[import-untyped]  # noqa: PLC0415

    pictures, labels = datasets.load_digits(return_X_y=True)
    images = np.round(pictures.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    parts = train_test_split(
        images, labels.astype(np.uint8), test_size=_DIGITS_FOR_TESTS, stratify=labels, random_state=0
    )
    train_images, test_images, train_labels, test_labels = parts
    return Data(train_images, train_labels, test_images, test_labels, DataSet.DIGITS)


@lru_cache(maxsize=1)
def _kept_fashion_mnist(installed: Path) -> Data:
    """The data in ``installed`` if there is such a folder: 55 MB, of which all networks share one copy."""
    return load_fashion_mnist(installed if installed.is_dir() else None)


def download(root: Path) -> Path:
    """The folder below ``root`` into which torchvision downloads the four files, unless they are there already.

    Raises:
        DataError: no server can be reached, or what it sent is not what it should be.
    """
    from torchvision.datasets import FashionMNIST  # noqa: PLC0415  slow to load

    try:
        FashionMNIST(str(root), download=True)
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise DataError(
            f"Fashion-MNIST could not be downloaded ({reason}): install Debian's package "
            "dataset-fashion-mnist, or fetch its four .gz files elsewhere and name their folder with --data."
        ) from error
    return root / "FashionMNIST" / "raw"


def _check(which: str, images: Bytes, labels: Bytes) -> None:
    if len(images) != len(labels) or not len(images):
        raise DataError(
            f"The {which} set has {len(images):,} pictures and {len(labels):,} labels, where it needs one for each: "
            "fetch all four files of Fashion-MNIST again."
        )
    if images.shape[1:] != (SIDE, SIDE):
        shape = " × ".join(map(str, images.shape[1:]))
        raise DataError(
            f"The {which} pictures are {shape} pixels and must be {SIDE} × {SIDE}: these are not Fashion-MNIST's files."
        )
    if labels.max() >= len(CLASSES):
        raise DataError(
            f"The {which} labels go up to {labels.max()} and must be from 0 to {len(CLASSES) - 1}: these are not "
            "Fashion-MNIST's files."
        )
