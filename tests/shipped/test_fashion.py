"""The training script, run for real on a few hundred digits: its files, its repeatability, its words."""

import re
import runpy
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from explorer import build, from_url, preset
from explorer.training.batches import PixelScale
from explorer.training.data import CLASSES
from explorer.training.trainer import probabilities
from explorer.weights.catalogue import SHIPPED
from shipped.card import card
from shipped.fashion import CONFIG, main, train
from shipped.pictures import Picture, choose, index, slug
from shipped.record import NAME, Record, recipe_for
from tests.training.digits import FILES, digits, written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("digits"), digits())


def run(folder: Path, out: Path, *more: str) -> Path:
    assert main(["--data", str(folder), "--epochs", "1", "--threads", "1", "--out", str(out), *more]) == 0
    return out


@pytest.fixture(scope="module")
def out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one epoch on 256 digits leaves, tested on 256."""
    return run(folder, tmp_path_factory.mktemp("out"), "--limit", "256")


def record_of(out: Path) -> Record:
    return Record.from_json((out / f"{NAME}.json").read_text(encoding="utf-8"))


def test_the_network_is_the_cifar_resnet20_for_grey_pictures() -> None:
    assert replace(preset("resnet20"), in_channels=1, image_size=28) == CONFIG
    assert CONFIG.num_classes == len(CLASSES) and CONFIG.shortcut == "A"


@pytest.mark.slow
def test_only_what_ships_is_left(out: Path) -> None:
    pictures = {f"fashion/{slug(name)}-{number}.png" for name in CLASSES for number in (1, 2)}
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert files == {f"{NAME}.safetensors", f"{NAME}.json", f"{NAME}.md", "fashion/index.json"} | pictures
    assert sum(path.stat().st_size for path in out.rglob("*")) < 1_500_000


@pytest.mark.slow
def test_the_weights_are_the_networks_and_float32(out: Path) -> None:
    weights = load_file(out / f"{NAME}.safetensors")
    net = build(CONFIG)
    assert weights.keys() == net.state_dict().keys()
    net.load_state_dict(weights)
    assert all(weights[name].dtype == torch.float32 for name, _ in net.named_parameters())
    with safe_open(out / f"{NAME}.safetensors", "pt") as file:
        assert not file.metadata()


def test_the_record_is_what_the_weights_do(out: Path) -> None:
    record, data = record_of(out), digits()
    net = build(from_url(record.config))
    net.load_state_dict(load_file(out / f"{NAME}.safetensors"))
    found = probabilities(net, data.test_images, PixelScale(record.mean[0], record.std[0]))
    right = found.argmax(1) == data.test_labels
    assert record.test_accuracy == right.mean()
    assert (record.train_images, record.test_images, record.epochs, record.seed) == (256, 256, 1, 0)
    assert [sum(row) for row in record.confusion] == np.bincount(data.test_labels, minlength=10).tolist()
    assert [row[label] for label, row in enumerate(record.confusion)] == [
        int(right[data.test_labels == label].sum()) for label in range(10)
    ]
    for picture in index(out / "fashion"):
        assert picture.probabilities == pytest.approx(found[picture.test_index], abs=1e-5)
        assert picture.predicted == found[picture.test_index].argmax()


def test_the_record_comes_back_from_its_json_and_the_card_follows_from_it(out: Path) -> None:
    text = (out / f"{NAME}.json").read_text(encoding="utf-8")
    record = Record.from_json(text)
    assert record.to_json() == text
    assert from_url(record.config) == CONFIG
    assert record.classes == CLASSES and record.licence == "MIT"
    assert (out / f"{NAME}.md").read_text(encoding="utf-8") == card(record, index(out / "fashion"))


def test_the_pictures_are_the_first_of_each_class(out: Path) -> None:
    data = digits()
    assert [(picture.label, picture.test_index) for picture in index(out / "fashion")] == [
        (label, int(place)) for label in range(10) for place in np.flatnonzero(data.test_labels == label)[:2]
    ]
    for picture in index(out / "fashion"):
        image = Image.open(out / "fashion" / picture.file)
        assert image.mode == "L" and image.format == "PNG" and picture.file == f"{picture.key}.png"
        assert np.array_equal(np.asarray(image), data.test_images[picture.test_index])
        assert picture.class_name == CLASSES[data.test_labels[picture.test_index]]


def test_fewer_pictures_than_wanted_are_all_taken() -> None:
    assert choose(np.array([3, 3, 0, 3], np.uint8)) == [(2, 1), (0, 1), (1, 2)]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    first, again, other = (
        run(folder, tmp_path / name, "--limit", "128", "--seed", seed)
        for name, seed in (("first", "5"), ("again", "5"), ("other", "6"))
    )
    files = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    assert len(files) == 24
    assert all((first / path).read_bytes() == (again / path).read_bytes() for path in files)
    weights = f"{NAME}.safetensors"
    assert (first / weights).read_bytes() != (other / weights).read_bytes()


def test_the_limit_is_on_the_card(out: Path) -> None:
    text = (out / f"{NAME}.md").read_text(encoding="utf-8")
    assert "python -m shipped.fashion --epochs 1 --seed 0 --threads 1 --limit 256\n" in text


def test_the_card_names_the_worst_class_and_every_mistake() -> None:
    rows = [[0] * 10 for _ in range(10)]
    for label in range(10):
        rows[label][label] = 100
    rows[6] = [30, 0, 0, 0, 0, 0, 70, 0, 0, 0]
    record = replace(record_of(SHIPPED), confusion=tuple(map(tuple, rows)), test_accuracy=0.97, test_images=1000)
    picture = Picture("shirt-1", "shirt-1.png", 3, 6, "Shirt", 0, (0.5, *[0.05] * 9))
    text = card(record, [picture, replace(picture, predicted=6)])
    assert "| Shirt | 70 | 100 | 70.0% | T-shirt/top (30) |" in text
    assert "| Bag | 100 | 100 | 100.0% | never wrong |" in text
    assert "Telling the class Shirt from the others: it gets 70.0% right. Most often it is taken for T-shirt" in text
    assert "97.00%**, 970 of 1,000 pictures" in text
    assert "It gets 1 of them right: `shirt-1` is taken for T-shirt/top." in text
    assert "It gets all of them right." in card(record, [replace(picture, predicted=6)])
    assert re.search(r"[{}]", text) is None


def test_what_was_learned_before_an_interruption_is_kept(tmp_path: Path) -> None:
    def interrupt(message: str) -> None:
        assert message.startswith("epoch 1 of 9: loss ")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(digits().first(40), recipe_for(40, 9), tmp_path, tmp_path / "fashion", interrupt)
    (left,) = tmp_path.iterdir()
    weights = load_file(left)
    build(CONFIG).load_state_dict(weights)
    assert int(weights["bn1.num_batches_tracked"]) == 1


def test_missing_data_end_the_script_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["fashion", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    monkeypatch.delitem(sys.modules, "shipped.fashion")  # as python -m shipped.fashion finds it
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("shipped.fashion", run_name="__main__")
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        f"There is no {FILES[0]} in {tmp_path}: name the folder that holds the four files of Fashion-MNIST.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--epochs", "--threads", "--limit"])
@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_impossible_numbers_are_refused(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([f"{option}={value}"])
    assert caught.value.code == 2
    assert option in capsys.readouterr().err
