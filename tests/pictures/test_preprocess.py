"""From a picture to a network's input: the same as torchvision's own transforms."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.models import ResNet18_Weights, ResNet50_Weights

from explorer.pictures.preprocess import Inversion, Preprocess
from explorer.pictures.samples import sample_bytes, samples
from explorer.weights.catalogue import embedded, weight_set

SETS = [("resnet18-v1", ResNet18_Weights.IMAGENET1K_V1), ("resnet50-v2", ResNet50_Weights.IMAGENET1K_V2)]


def opened(key: str) -> Image.Image:
    return Image.open(io.BytesIO(sample_bytes(key))).convert("RGB")


def equal_to_theirs(picture: Image.Image, key: str, weights: object) -> None:
    prepare = weight_set(key).preprocess
    ours = prepare.numbers(prepare.cropped(picture))
    theirs = weights.transforms()(picture).numpy()[None]  # type: ignore[attr-defined]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(("key", "weights"), SETS)
@pytest.mark.parametrize("name", ["china", "flower"])
def test_photographs(key: str, weights: object, name: str) -> None:
    equal_to_theirs(opened(name), key, weights)


@settings(max_examples=40)
@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from(SETS))
def test_any_size(width: int, height: int, known: tuple[str, object]) -> None:
    random = np.random.default_rng(width * 1000 + height)
    picture = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
    if max(width, height) < 40 * min(width, height):  # torchvision makes pictures of any length; people do not
        equal_to_theirs(picture, *known)


def test_the_embedded_networks_own_pictures_stay_as_they_are() -> None:
    prepare = embedded().preprocess
    for each in samples("fashion"):
        picture = Image.open(io.BytesIO(sample_bytes(each.key)))
        crop = prepare.cropped(picture.convert("RGB"))
        assert np.array_equal(np.asarray(crop.convert("L")), np.asarray(picture.convert("L")))
        values = np.asarray(picture.convert("L"), dtype=np.float32) / 255
        expected = (values - prepare.mean[0]) / prepare.std[0]
        np.testing.assert_allclose(prepare.numbers(crop)[0, 0], expected, atol=1e-6)


def on_ground(ground: int, thing: int) -> Image.Image:
    picture = Image.new("L", (60, 60), ground)
    picture.paste(thing, (15, 15, 45, 45))
    return picture.convert("RGB")


def test_a_bright_ground_is_inverted_for_networks_that_know_black_only() -> None:
    prepare = embedded().preprocess
    dark_on_light, light_on_dark = on_ground(240, 20), on_ground(10, 230)
    assert prepare.inverts(dark_on_light) and not prepare.inverts(light_on_dark)
    inverted = np.asarray(prepare.cropped(dark_on_light).convert("L"))
    assert inverted[0, 0] == 15 and inverted[14, 14] == 235
    assert not prepare.inverts(dark_on_light, Inversion.NO) and prepare.inverts(light_on_dark, Inversion.YES)


def test_other_networks_never_invert() -> None:
    prepare = weight_set("resnet18-v1").preprocess
    assert not any(prepare.inverts(on_ground(240, 20), inversion) for inversion in Inversion)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (2, 2)])
def test_the_smallest_pictures(size: tuple[int, int]) -> None:
    for prepare in (embedded().preprocess, Preprocess(40, 32, (0.5,) * 3, (0.5,) * 3)):
        crop = prepare.cropped(Image.new("RGB", size, "white"))
        assert crop.size == (prepare.crop, prepare.crop)
        assert prepare.numbers(crop).shape == (1, len(prepare.mean), prepare.crop, prepare.crop)
