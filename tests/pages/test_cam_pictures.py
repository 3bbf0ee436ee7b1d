"""Pictures of the reader's own on the Grad-CAM page, and pictures that its network does not know."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

import pytest
import torch
from PIL import Image

from explorer.cam import page_jobs
from explorer.cam.map_description import guess_sentence
from explorer.cam.saliency_map import predictions
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.pictures.decode import read_picture
from explorer.pictures.headers.picture_file import PictureError
from explorer.pictures.preprocess import Inversion, Preprocess
from explorer.ui.cam.choices import CamView
from explorer.ui.state.markdown import escaped
from explorer.weights.catalogue import EMBEDDED, embedded, weight_set
from explorer.weights.load import file_of, trained
from tests.pages.cam_page import BOOT, open_page, png, upload
from tests.pages.helpers import healthy, settled, words

pytestmark = pytest.mark.usefixtures("own_weights")


def test_a_picture_of_ones_own() -> None:
    page = open_page(sample="mine")
    assert "Choose a picture of yours" in words(page) and not page.header
    picture = Image.linear_gradient("L").resize((90, 120))
    page = upload(page, png(picture))
    crop = embedded().preprocess.cropped(picture.convert("RGB"), Inversion.AUTO)
    with torch.no_grad():
        logits = trained(EMBEDDED)(torch.from_numpy(embedded().preprocess.numbers(crop)))[0].numpy()
    assert guess_sentence(embedded().title, predictions(logits, embedded().classes), embedded().knows) in words(page)
    said = words(page)
    assert "trained by this project (shipped/fashion.py). It knows 10 kinds of clothing" in said
    assert "Your picture stays in this session's memory: it is never written to disk" in said
    assert dict(page.query_params) == {"sample": "mine"}


def test_what_came_of_a_picture_of_ones_own_is_kept_in_the_session_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of one which comes with the app is kept for everybody."""
    monkeypatch.setattr(page_jobs, "_EXAMINED", {})
    tested = {"look": CamView.BELIEF, "at_once": "true"}
    page = upload(open_page(sample="mine", **tested), png(Image.linear_gradient("L").resize((28, 28))))
    assert "Deletion: " in words(page) and not page_jobs._EXAMINED
    assert "Deletion: " in words(open_page(sample=BOOT, **tested)) and len(page_jobs._EXAMINED) == 1


@pytest.mark.parametrize(("key", "strange"), [("china", True), ("flower", True), (BOOT, False), ("bag-1", False)])
def test_a_picture_unlike_what_the_network_knows_is_called_that(key: str, strange: bool) -> None:
    page = open_page(sample=key, weights=EMBEDDED)
    said = page.header[0].value
    assert said.startswith("This picture is unlike those that ResNet-20") == strange
    assert said.startswith("ResNet-20") != strange


def test_without_the_internet_a_photograph_leads_to_no_dead_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise URLError("no route to host")

    monkeypatch.setattr("explorer.weights.load._read", unreachable)
    page = open_page(sample="china", weights=EMBEDDED)
    assert "ResNet-18 (ImageNet V1) 1,000 kinds of things in photographs: 44.7" in words(page)
    page = settled(page.button(key="cam_photographs.now").click().run())
    (error,) = page.error
    assert "the network is not reachable" in error.value and "/" not in error.value
    assert page.header[0].value.startswith("This picture is unlike")  # the small network's map is still there


def test_pictures_are_read_by_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The costliest one takes half a second: no page's own script decodes any, for one network or for two, nor makes
    a network's numbers of it, which for 2048 pixels took a third of a second in every rerun."""
    readers: list[str] = []

    def noted(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **how: Any) -> Any:
            readers.append(threading.current_thread().name)
            return function(*given, **how)

        return called

    monkeypatch.setattr("PIL.Image.open", noted(Image.open))
    monkeypatch.setattr(Preprocess, "numbers", noted(Preprocess.numbers))
    known = weight_set("resnet18-v1")
    file_of(known).parent.mkdir(parents=True)
    torch.save(build(preset("resnet18"), seed=3).state_dict(), file_of(known))
    page = open_page(sample="mine", weights=known.key, look=CamView.TWO, second=EMBEDDED)
    page = upload(page, png(Image.linear_gradient("L").resize((90, 120))))
    healthy(page.run())
    assert page.header
    assert len(readers) == 4 and all(reader.startswith("jobs-") for reader in readers), readers


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + bytes(99)])
def test_a_file_that_is_no_picture(data: bytes) -> None:
    page = upload(open_page(sample="mine"), data)
    assert not page.header
    with pytest.raises(PictureError) as refused:
        read_picture(data)
    assert [error.value for error in page.error] == [escaped(str(refused.value))]
