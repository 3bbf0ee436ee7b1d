"""The network that ships with the app: its weights, recomputed on the pictures beside it, are what its files say."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from explorer import analyze, build, from_url
from explorer.network.model import ResNet
from explorer.pictures.samples import SHIPPED as ALBUM
from explorer.pictures.samples import samples
from explorer.training.data import CLASSES
from explorer.weights.catalogue import SHIPPED
from shipped.card import card
from shipped.familiarity import RECORD as MEASURED
from shipped.fashion import CONFIG
from shipped.pictures import index
from shipped.record import NAME, SOURCE, FamiliarityRecord, Record

TEXT = (SHIPPED / f"{NAME}.json").read_text(encoding="utf-8")
RECORD = Record.from_json(TEXT)
FAMILIARITY = FamiliarityRecord.from_json((SHIPPED / MEASURED).read_text(encoding="utf-8"))
PICTURES = index(ALBUM / "fashion")


@pytest.fixture(scope="module")
def net() -> ResNet:
    net = build(from_url(RECORD.config)).eval()
    net.load_state_dict(load_file(SHIPPED / f"{NAME}.safetensors"))
    return net


@pytest.fixture(scope="module")
def found(net: ResNet) -> np.ndarray:
    """The probabilities (N, 10) of the shipped pictures, computed from the PNG files as the JSON says."""
    pixels = [np.asarray(Image.open(ALBUM / "fashion" / picture.file)) for picture in PICTURES]
    images = (torch.from_numpy(np.stack(pixels)).float()[:, None] / 255 - RECORD.mean[0]) / RECORD.std[0]
    with torch.inference_mode():
        return net(images).softmax(1).numpy()


def test_the_probabilities_are_what_the_index_says(found: np.ndarray) -> None:
    assert len(PICTURES) == 20
    for picture, probabilities in zip(PICTURES, found, strict=True):
        assert picture.probabilities == pytest.approx(probabilities, abs=1e-4), picture.key
        assert picture.predicted == probabilities.argmax(), picture.key


def test_the_accuracy_on_the_pictures_is_in_keeping_with_the_measured_one(found: np.ndarray) -> None:
    right = sum(picture.predicted == picture.label for picture in PICTURES)
    assert right == sum(found.argmax(1) == [picture.label for picture in PICTURES])
    assert right >= 16  # fewer than 1 in 100 samples of 20 have so few at 92.5 %


def test_the_measured_accuracy_is_high_enough_and_adds_up() -> None:
    assert RECORD.test_accuracy >= 0.925
    assert (RECORD.train_images, RECORD.test_images) == (60_000, 10_000)
    assert [sum(row) for row in RECORD.confusion] == [1000] * 10
    assert RECORD.test_accuracy == sum(row[label] for label, row in enumerate(RECORD.confusion)) / 10_000


def test_the_configuration_is_the_scripts_and_comes_back_from_its_link(net: ResNet) -> None:
    assert from_url(RECORD.config) == CONFIG
    assert sum(parameter.numel() for parameter in net.parameters()) == analyze(CONFIG).params == 269_434


def test_the_scale_is_that_of_the_whole_training_set() -> None:
    # Widely published for Fashion-MNIST: 0.2860 and 0.3530.
    assert (RECORD.mean, RECORD.std) == ((0.286,), (0.353,))


def test_the_record_says_where_it_comes_from() -> None:
    assert (RECORD.classes, RECORD.source, RECORD.licence) == (CLASSES, SOURCE, "MIT")
    assert RECORD.to_json() == TEXT


def test_the_card_is_the_one_that_follows_from_the_record() -> None:
    assert (SHIPPED / f"{NAME}.md").read_text(encoding="utf-8") == card(RECORD, PICTURES, FAMILIARITY)


def test_the_pictures_follow_the_rule_and_are_the_samples() -> None:
    assert [picture.label for picture in PICTURES] == [label for label in range(10) for _ in range(2)]
    assert all(one.test_index < two.test_index for one, two in zip(PICTURES[::2], PICTURES[1::2], strict=True))
    assert [picture.key for picture in PICTURES] == [sample.key for sample in samples("fashion")]
    assert {path.name for path in (ALBUM / "fashion").glob("*.png")} == {picture.file for picture in PICTURES}


def test_the_files_are_small_and_the_weights_float32() -> None:
    def size(path: Path) -> int:
        return path.stat().st_size

    assert sum(map(size, [*SHIPPED.rglob("*"), *ALBUM.rglob("*")])) < 1_500_000
    weights = load_file(SHIPPED / f"{NAME}.safetensors")
    assert {name.rpartition(".")[2] for name, value in weights.items() if value.dtype != torch.float32} == {
        "num_batches_tracked"
    }
    assert all(bool(torch.isfinite(value).all()) for value in weights.values())
