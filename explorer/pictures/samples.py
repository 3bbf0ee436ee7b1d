"""Sample pictures: test pictures of Fashion-MNIST that ship with the app, and scikit-learn's two photographs.

The first two of each class in Fashion-MNIST's test set, chosen by that rule alone: ``shipped/pictures.py``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from explorer.text.errors import Refusal

SHIPPED = Path(__file__).parent / "shipped"
FOLDER = "fashion"  # of the test pictures, in there
INDEX = "index.json"  # of that folder


class PictureKind(StrEnum):
    """What a sample is made for: the embedded network, or those trained on photographs."""

    FASHION = "fashion"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample picture: ``label`` is the name of its true class where known, ``source`` where it comes from."""

    key: str
    title: str
    kind: PictureKind
    label: str | None
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class _Photo:
    title: str
    file: str
    source: str


# As sklearn/datasets/images/README.txt states, which gives one author for both and another's page for the flower.
_PHOTOS: Mapping[str, _Photo] = {
    "china": _Photo(
        "Summer Palace, China",
        "china.jpg",
        "danielbuechele on Flickr (flickr.com/photos/danielbuechele/6061409035), from scikit-learn",
    ),
    "flower": _Photo(
        "Flower",
        "flower.jpg",
        "danielbuechele according to scikit-learn, from Flickr (flickr.com/photos/vultilion/6056698931)",
    ),
}


def samples(kind: PictureKind | str | None = None) -> tuple[Sample, ...]:
    """All samples of a kind, or of every kind; the test pictures are sorted by class.

    Raises:
        ValueError: an unknown kind.
    """
    wanted = None if kind is None else PictureKind(kind)
    return tuple(sample for sample in _all() if wanted in (None, sample.kind))


def sample(key: str) -> Sample:
    """The sample of that key.

    Raises:
        Refusal: there is none; the message lists the keys.
    """
    for each in _all():
        if each.key == key:
            return each
    known = ", ".join(each.key for each in _all())
    raise Refusal(f"There is no sample picture {key[:60]!r}: choose one of {known}.")


def sample_bytes(key: str) -> bytes:
    """The PNG or JPEG file of a sample.

    Raises:
        Refusal: there is no such sample, or scikit-learn came without its photographs.
    """
    found = sample(key)
    if found.kind is PictureKind.FASHION:
        return (SHIPPED / FOLDER / f"{key}.png").read_bytes()
    path = _photographs() / _PHOTOS[key].file
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(
            f"The photograph {path.name!r} is not where scikit-learn keeps it: install scikit-learn again, or upload a "
            "picture of your own."
        ) from error


@cache
def _all() -> tuple[Sample, ...]:
    entries = json.loads((SHIPPED / FOLDER / INDEX).read_text(encoding="utf-8"))
    return (*map(_test_picture, entries), *(_photograph(key, photo) for key, photo in _PHOTOS.items()))


def _test_picture(entry: Mapping[str, object]) -> Sample:
    key, name = str(entry["key"]), str(entry["class_name"])
    return Sample(
        key=key,
        title=f"{name} {key.rpartition('-')[2]}",
        kind=PictureKind.FASHION,
        label=name,
        source=f"Fashion-MNIST, picture {entry['test_index']} of the test set, counted from 0; © 2017 Zalando SE",
        licence="MIT",
    )


def _photograph(key: str, photo: _Photo) -> Sample:
    return Sample(key, photo.title, PictureKind.PHOTO, None, photo.source, "CC BY 2.0")


def _photographs() -> Path:
    """Where scikit-learn keeps them, without the seconds that importing it takes."""
    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise Refusal("scikit-learn, which brings the photographs, is not installed: upload a picture of your own.")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "images"
