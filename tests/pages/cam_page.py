"""What the tests of the Grad-CAM page share: the page once the network has looked, a fixture, files to send."""

import io
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.weights.catalogue import EMBEDDED, embedded
from explorer.weights.load import trained
from tests.pages.helpers import healthy, opened, settled

BOOT = "ankle-boot-1"


@pytest.fixture
def own_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of weights of the test's own, and none in memory."""
    monkeypatch.setattr("explorer.weights.load._TRAINED", OrderedDict())
    monkeypatch.setattr("torch.hub._hub_dir", str(tmp_path))


def open_page(**query: str) -> AppTest:
    """The page as somebody with this link sees it, once the network has looked."""
    return settled(opened("cam", **query))


def logits_of(key: str) -> np.ndarray:
    """What the embedded network says of a sample, asked without the page."""
    known = embedded()
    crop = known.preprocess.cropped(read_picture(sample_bytes(key)))
    with torch.no_grad():
        found = trained(EMBEDDED)(torch.from_numpy(known.preprocess.numbers(crop)))
    return found[0].numpy()


def upload(page: AppTest, data: bytes, name: str = "picture.png") -> AppTest:
    page.get("file_uploader")[0].upload(name, data)
    return settled(healthy(page.run()))


def png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
