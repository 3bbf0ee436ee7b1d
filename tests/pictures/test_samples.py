"""The pictures that are there to begin with: read as other programs read them, attributed, and found without torch."""

import io
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from explorer.pictures import samples as module
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import SHIPPED, PictureKind, sample, sample_bytes, samples
from explorer.text.errors import Refusal
from explorer.training.data import CLASSES

ROOT = Path(__file__).parents[2]


def test_there_are_two_of_each_class_and_two_photographs() -> None:
    fashion, photos = samples(PictureKind.FASHION), samples("photo")
    assert samples() == fashion + photos
    assert [each.label for each in fashion] == [name for name in CLASSES for _ in range(2)]
    assert [each.title for each in fashion] == [f"{name} {number}" for name in CLASSES for number in (1, 2)]
    assert [each.key for each in photos] == ["china", "flower"]
    assert all(each.label is None and each.licence == "CC BY 2.0" for each in photos)
    assert len({each.key for each in samples()}) == len({each.title for each in samples()}) == 22


def test_an_unknown_kind_is_no_kind() -> None:
    with pytest.raises(ValueError, match="drawing"):
        samples("drawing")


@pytest.mark.parametrize("each", samples(), ids=lambda each: each.key)
def test_every_sample_is_a_picture_that_an_upload_could_be(each: module.Sample) -> None:
    picture = read_picture(sample_bytes(each.key))
    assert picture.size == ((28, 28) if each.kind is PictureKind.FASHION else (640, 427))
    assert sample(each.key) is each
    assert each.source and each.licence


@pytest.mark.parametrize("each", samples("fashion"), ids=lambda each: each.key)
def test_test_pictures_are_grey_and_light_on_black(each: module.Sample) -> None:
    image = Image.open(io.BytesIO(sample_bytes(each.key)))
    pixels = np.asarray(image)
    assert image.mode == "L" and image.format == "PNG"
    assert pixels.max() > 150 and np.median(pixels[:, [0, -1]]) == 0


@pytest.mark.parametrize("key", ["china", "flower"])
def test_photographs_are_scikit_learns(key: str) -> None:
    read = np.asarray(Image.open(io.BytesIO(sample_bytes(key))))
    assert np.array_equal(read, load_sample_image(f"{key}.jpg"))


def test_photographs_are_attributed_as_scikit_learn_does() -> None:
    readme = (module._photographs() / "README.txt").read_text(encoding="utf-8")
    assert readme.count("Some rights reserved by danielbuechele") == readme.count("licenses/by/2.0") == 2
    for each in samples("photo"):
        address = each.source.partition("(")[2].partition(")")[0]
        assert "danielbuechele" in each.source and f"https://www.{address}/sizes" in readme


def test_the_licence_of_the_test_pictures_is_beside_them() -> None:
    text = (SHIPPED / "LICENSE-fashion-mnist").read_text(encoding="utf-8")
    assert "The MIT License" in text and "© 2017 Zalando SE" in text and "Permission is hereby granted" in text
    assert all(each.licence == "MIT" and "© 2017 Zalando SE" in each.source for each in samples("fashion"))


@pytest.mark.parametrize("key", ["", "China", "../fashion_resnet20", "fashion/shirt-1", "shirt-3", "x" * 1000])
def test_other_keys_are_refused_with_those_there_are(key: str) -> None:
    with pytest.raises(Refusal, match=r"t-shirt-top-1, t-shirt-top-2, .*ankle-boot-2, china, flower\.$") as caught:
        sample_bytes(key)
    assert len(str(caught.value)) < 500


def test_missing_photographs_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = ModuleSpec("sklearn", None, is_package=True)
    elsewhere.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(module, "find_spec", lambda name: elsewhere)
    with pytest.raises(Refusal, match=r"'china\.jpg' is not where scikit-learn keeps it"):
        sample_bytes("china")
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="is not installed: upload"):
        sample_bytes("flower")


def test_neither_torch_nor_scikit_learn_is_loaded() -> None:
    script = (
        "import sys\nfrom explorer.pictures.samples import sample_bytes, samples\n"
        "assert all(sample_bytes(each.key) for each in samples())\n"
        "print(*sorted({'torch', 'sklearn', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
