"""The test pictures that ship with the app: the first of each class, whatever the network makes of them."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.pictures.samples import INDEX
from explorer.training.data import CLASSES, Data

EACH = 2  # of each class: enough for a page of samples


@dataclass(frozen=True, slots=True)
class Picture:
    """One test picture: its place in the test set, its class, and what the network says about it.

    ``label`` and ``predicted`` are indices into the classes; ``probabilities`` has one for each class.
    """

    key: str
    file: str
    test_index: int
    label: int
    class_name: str
    predicted: int
    probabilities: tuple[float, ...]


def choose(labels: NDArray[np.uint8], each: int = EACH) -> list[tuple[int, int]]:
    """(place in the test set, number from 1 within its class) of the first ``each`` of each class, class by class."""
    places = [np.flatnonzero(labels == label)[:each] for label in range(len(CLASSES))]
    return [(int(place), number) for found in places for number, place in enumerate(found, start=1)]


def describe(data: Data, probabilities: NDArray[np.float32]) -> list[Picture]:
    """The chosen pictures of the test set, with the network's probabilities (N, classes) for all of it."""
    found = []
    for place, number in choose(data.test_labels):
        label = int(data.test_labels[place])
        key = f"{slug(CLASSES[label])}-{number}"
        given = tuple(round(float(value), 6) for value in probabilities[place])
        predicted = int(probabilities[place].argmax())
        found.append(Picture(key, f"{key}.png", place, label, CLASSES[label], predicted, given))
    return found


def write(pictures: list[Picture], data: Data, folder: Path) -> None:
    """Each as an 8-bit grey PNG, and the index of all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        Image.fromarray(data.test_images[picture.test_index]).save(folder / picture.file, optimize=True)
    lines = ",\n  ".join(json.dumps(asdict(picture)) for picture in pictures)
    (folder / INDEX).write_text(f"[\n  {lines}\n]\n", encoding="utf-8")


def slug(name: str) -> str:
    """ "T-shirt/top" -> "t-shirt-top"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def index(folder: Path) -> list[Picture]:
    """What ``write`` wrote of the pictures in a folder."""
    entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return [Picture(**entry | {"probabilities": tuple(entry["probabilities"])}) for entry in entries]
