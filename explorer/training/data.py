"""Fashion-MNIST: found where Debian's package puts it, in a folder of the caller's, or downloaded by torchvision."""

from dataclasses import dataclass, replace
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
_FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Grey pictures (N, 28, 28) from 0 (background) to 255, and their classes (N,) from 0 to 9."""

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes

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
        read_idx(folder / f"{name}-ubyte.gz", dimensions=3 if "images" in name else 1) for name in _FILES
    )
    _check("training", images, labels)
    _check("test", test_images, test_labels)
    return Data(images, labels, test_images, test_labels)


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
