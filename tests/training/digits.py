"""scikit-learn's handwritten digits in the form of Fashion-MNIST, so that training can be tried without its data."""

import gzip
import struct
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from explorer.training.data import SIDE, Bytes, Data

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


@cache
def digits(train: int = 512, test: int = 256) -> Data:
    """The first digits to train on, the ones after them to test; 8 x 8 pixels enlarged to 28 x 28."""
    pictures, labels = load_digits(return_X_y=True)
    count = train + test
    small = np.round(pictures[:count].reshape(count, 8, 8) * 255 / 16).astype(np.uint8)
    large = np.stack([np.asarray(Image.fromarray(each).resize((SIDE, SIDE))) for each in small])
    classes = labels[:count].astype(np.uint8)
    return Data(large[:train], classes[:train], large[train:], classes[train:])


def idx(values: Bytes) -> bytes:
    """An IDX file of these values, before compression."""
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def written(folder: Path, data: Data) -> Path:
    """The folder with the four files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = (data.train_images, data.train_labels, data.test_images, data.test_labels)
    for name, values in zip(FILES, parts, strict=True):
        (folder / name).write_bytes(gzip.compress(idx(values), mtime=0))
    return folder
