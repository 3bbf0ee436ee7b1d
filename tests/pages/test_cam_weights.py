"""Weights on the Grad-CAM page: offered, in the cache, damaged, and the reader's own."""

import hashlib
import re
import threading
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from explorer.network.links import to_url
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.ui.cam.choices import CamView
from explorer.weights.catalogue import EMBEDDED, weight_set
from explorer.weights.load import file_of
from explorer.weights.uploaded import Own, read_own
from tests.pages.cam_page import open_page, upload
from tests.pages.helpers import healthy, link, opened_with_my_network, settled, words

pytestmark = pytest.mark.usefixtures("own_weights")


def test_weights_that_are_not_here_are_offered() -> None:
    page = open_page(weights="resnet18-v1")
    assert "are not on this machine yet: 44.7 MiB" in words(page)
    assert not page.header


def test_cached_weights_of_imagenet_come_first() -> None:
    """Weights of the test's own stand for torchvision's, which it cannot download."""
    known = weight_set("resnet18-v1")
    file_of(known).parent.mkdir(parents=True)
    torch.save(build(preset("resnet18"), seed=3).state_dict(), file_of(known))
    page = open_page()
    assert "ResNet-18 (ImageNet V1) says" in words(page)
    assert "scikit-learn" in words(page)  # a photograph, not a garment
    page = open_page(look=CamView.TWO, second=EMBEDDED)
    assert "ResNet-20 (Fashion-MNIST)" in words(page)


def test_a_damaged_file_of_weights_is_said() -> None:
    known = weight_set("resnet18-v1")
    file_of(known).parent.mkdir(parents=True)
    file_of(known).write_bytes(b"not weights")
    page = open_page(weights=known.key)
    assert "does not hold the weights of ResNet-18 (ImageNet V1): whoever runs the server should" in words(page)


SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=32)


def test_weights_of_ones_own() -> None:
    page = open_page(weights="own", sample="flower")
    assert "Pickles (.pth, .pt) are never opened" in words(page) and not page.header
    page.text_area[0].set_value("\n".join("abcdefghij"))
    page = upload(page, save(build(SMALL, seed=9).state_dict()), "mine.safetensors")
    assert "(weights of yours) says" in words(page)
    assert "Assumed: pictures of 32 × 32 pixels" in words(page)
    (box,) = [each for each in page.selectbox if each.label == "Evidence for"]
    assert box.options[1:3] == ["a (0)", "b (1)"]
    assert dict(page.query_params) == {"weights": "own", "sample": "flower"}


def evidence_for(page: AppTest) -> list[str]:
    (box,) = [each for each in page.selectbox if each.label == "Evidence for"]
    return list(box.options[1:3])


def test_names_of_classes_from_known_data_and_from_a_text_file() -> None:
    page = open_page(weights="own", sample="flower", names="cifar10")
    page = upload(page, save(build(SMALL, seed=9).state_dict()), "mine.safetensors")
    assert evidence_for(page) == ["airplane (0)", "automobile (1)"]
    page = settled(healthy(page.button_group(key="names.widget").set_value("imagenet").run()))
    assert "ImageNet has 1,000 classes, and this network 10: choose other names of the classes." in words(page)
    page = settled(healthy(page.button_group(key="names.widget").set_value("file").run()))
    page.get("file_uploader")[1].upload("names.txt", "\ufeff".encode() + "\n".join("zyxwvutsrq").encode())
    page = settled(healthy(page.run()))
    assert evidence_for(page) == ["z (0)", "y (1)"] and link(page, "names") == "file"


def test_other_weights_of_the_same_network_give_their_own_answer() -> None:
    """A known answer is not asked for again; that two files have the same shapes does not make them the same."""
    page, said = open_page(weights="own", sample="flower"), set()
    for seed in (9, 10):
        page = upload(page, save(build(SMALL, seed=seed).state_dict()), "mine.safetensors")
        said.add(page.header[0].value)
    assert len(said) == 2


def test_other_names_of_the_classes_are_said_at_once() -> None:
    """What is kept of a network and a picture is in words that hold these names."""
    page = open_page(weights="own", sample="flower")
    page.text_area[0].set_value("\n".join("abcdefghij"))
    page = upload(page, save(build(SMALL, seed=9).state_dict()), "mine.safetensors")
    before = words(page)
    page.text_area[0].set_value("\n".join(f"{letter}{letter}" for letter in "abcdefghij"))
    after = words(settled(healthy(page.run())))
    named = re.compile(r"(?<=says )[a-j]+(?= \()|(?<=evidence for )[a-j]+")
    assert len(named.findall(before)) >= 2
    assert [2 * letter for letter in named.findall(before)] == named.findall(after)


def test_weights_of_ones_own_are_read_by_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """260 MB a rerun would hold everybody up: the page asks for a job, and nobody makes a digest of the file."""
    readers: list[str] = []
    digested: list[int] = []
    digest = hashlib.sha256

    def read(*given: Any) -> Own:
        readers.append(threading.current_thread().name)
        return read_own(*given)

    def counted(data: bytes = b"", **how: Any) -> Any:
        digested.append(len(data))
        return digest(data, **how)

    data = save(build(SMALL, seed=9).state_dict())
    monkeypatch.setattr("explorer.ui.cam.own_weights.read_own", read)
    monkeypatch.setattr("hashlib.sha256", counted)
    page = upload(open_page(weights="own", sample="flower"), data, "mine.safetensors")
    healthy(page.run())
    assert "(weights of yours) says" in words(page)
    assert len(readers) == 1 and readers[0].startswith("jobs-")
    assert digested and max(digested) < len(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04" + bytes(99), "opening a pickle can run code"),
        (b"hello", "This is no .safetensors file"),
        (save({"a": torch.zeros(3)}), "not the weights of a residual network"),
        (save(build(replace(SMALL, in_channels=5)).state_dict()), "pictures have 1 (grey) or 3"),
        (
            save({**build(SMALL).state_dict(), "fc.weight": torch.full((10, 64), float("nan"))}),
            "hold infinite values or no numbers",
        ),
    ],
)
def test_a_file_that_holds_no_such_weights(data: bytes, said: str) -> None:
    page = upload(open_page(weights="own", sample="flower"), data, "mine.safetensors")
    assert said in words(page) and not page.header


@pytest.mark.parametrize("look", [CamView.MAP, CamView.ERASE])
def test_weights_that_lead_to_no_numbers_are_said_to_be_too_large(look: CamView) -> None:
    state = {name: torch.full_like(value, 1e38) for name, value in build(SMALL).state_dict().items() if value.dim()}
    page = upload(open_page(weights="own", sample="flower", look=look), save(state), "mine.safetensors")
    assert "grows beyond the largest number of float32" in words(page) and "not a number" not in words(page)


def test_my_network_comes_with_torchvisions_weights_or_asks_for_a_file() -> None:
    page = opened_with_my_network("cam", "resnet34")
    healthy(page.button(key="my_network").click().run())
    assert link(page, "weights") == "resnet34-v1"
    assert page.button(key="my_network").disabled
    page = opened_with_my_network("cam", to_url(SMALL), sample="flower")
    healthy(page.button(key="my_network").click().run())
    assert (link(page, "weights"), link(page, "fits")) == ("own", "page")
    assert page.button(key="my_network").disabled
    page = upload(page, save(build(SMALL, seed=9).state_dict()), "mine.safetensors")
    assert "(weights of yours) says" in words(page)


def test_weights_for_the_architecture_pages_network() -> None:
    page = upload(
        open_page(weights="own", sample="flower", fits="page"), save(build(SMALL).state_dict()), "mine.safetensors"
    )
    assert "These are not this network's weights" in words(page)  # which is ResNet-50
