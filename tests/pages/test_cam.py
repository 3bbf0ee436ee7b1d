"""The Grad-CAM page's logic, without a browser: networks, pictures, classes, layers, methods, belief, nonsense."""

import hashlib
import io
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from explorer.cam.foreground import foreground_of
from explorer.cam.map_description import blocks_sentence, guess_sentence, picture_sentences
from explorer.cam.maps import cam, grad_cam
from explorer.cam.page_jobs import Asked, examine, first_look
from explorer.cam.saliency_map import Method, layer_names, predictions
from explorer.cam.verdict import ASKS, LIMITS, curve_check, verdict, weights_check
from explorer.cam.words import METHOD_NAMES
from explorer.network.links import to_url
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.pictures.decode import read_picture
from explorer.pictures.headers.picture_file import PictureError
from explorer.pictures.preprocess import Inversion, Preprocess
from explorer.pictures.samples import sample_bytes
from explorer.ui.cam.choices import CamView
from explorer.ui.cam.map_download import npy
from explorer.ui.state.markdown import escaped
from explorer.weights.catalogue import EMBEDDED, embedded, weight_set
from explorer.weights.load import file_of, trained
from explorer.weights.uploaded import Own, read_own
from tests.pages.helpers import component, healthy, link, opened, opened_with_my_network, settled, warnings, words

BOOT = "ankle-boot-1"


@pytest.fixture(autouse=True)
def own_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of weights of the test's own, and none in memory."""
    monkeypatch.setattr("explorer.weights.load._TRAINED", OrderedDict())
    monkeypatch.setattr("torch.hub._hub_dir", str(tmp_path))


def open_page(**query: str) -> AppTest:
    """The page as somebody with this link sees it, once the network has looked."""
    return settled(opened("cam", **query))


def chosen_class(page: AppTest, name: str) -> AppTest:
    (box,) = [each for each in page.selectbox if each.label == "Evidence for"]
    return settled(healthy(box.select(name).run()))


def logits_of(key: str) -> np.ndarray:
    """What the embedded network says of a sample, asked without the page."""
    known = embedded()
    crop = known.preprocess.cropped(read_picture(sample_bytes(key)))
    with torch.no_grad():
        found = trained(EMBEDDED)(torch.from_numpy(known.preprocess.numbers(crop)))
    return found[0].numpy()


def test_opens_on_the_embedded_network_and_has_looked() -> None:
    page = open_page()
    assert not page.error and not page.warning
    said = words(page)
    assert "ResNet-20 (Fashion-MNIST) says" in said and "lies on the object, which covers" in said
    assert f"{embedded().accuracy:.2f} % top-1" in said
    assert "never written" not in said  # that is about pictures of one's own


@pytest.mark.parametrize("key", [BOOT, "bag-1", "shirt-2"])
def test_the_sentences_are_those_of_the_network(key: str) -> None:
    page = open_page(sample=key)
    likeliest = predictions(logits_of(key), embedded().classes)
    assert guess_sentence(embedded().title, likeliest) in words(page)


def test_a_class_and_a_layer_from_the_link() -> None:
    page = open_page(sample=BOOT, layer="layer2.1", **{"class": "5"})
    known = embedded()
    crop = known.preprocess.cropped(read_picture(sample_bytes(BOOT)))
    image = torch.from_numpy(known.preprocess.numbers(crop))
    (saliency,) = cam(trained(EMBEDDED), image, 5, "layer2.1").maps
    everything = predictions(logits_of(BOOT), known.classes, 10)
    sandal = next(each for each in everything if each.index == 5)
    (last,) = cam(trained(EMBEDDED), image, 5, "layer3.2").maps
    said = picture_sentences(known.title, everything[:5], saliency, sandal, foreground_of(crop))
    assert "on the object" in said[-1]
    for sentence in (*said, blocks_sentence(saliency, last)):
        assert sentence in words(page)
    assert link(page, "layer") == "layer2.1"


def test_another_class_is_in_the_link_and_the_words() -> None:
    page = chosen_class(open_page(sample=BOOT), "8")
    assert link(page, "class") == "8"
    assert "The map is for Bag" in words(page)
    page = chosen_class(page, "")
    assert "class" not in page.query_params
    assert "The map is for" not in words(page)


def test_the_layers_are_the_networks_own() -> None:
    page = open_page()
    (slider,) = [each for each in page.select_slider if each.label == "Seen from"]
    assert tuple(slider.options) == layer_names(embedded().config)
    assert slider.value == slider.options[-1]
    page = settled(healthy(slider.set_value("layer1.0").run()))
    assert link(page, "layer") == "layer1.0"


@pytest.mark.parametrize("view", list(CamView))
def test_every_part_opens_from_its_link(view: CamView) -> None:
    page = open_page(look=view, sample=BOOT)
    assert not page.error and not page.warning
    assert component(page, "tabs") == {"tabs": list(CamView), "open": view}


def test_why_not_another_class() -> None:
    page = open_page(look=CamView.AGAINST, sample=BOOT, against="9", **{"class": "7"})
    assert "Why Sneaker and not Ankle boot" in words(page)
    page = open_page(look=CamView.AGAINST, sample=BOOT)
    first, second, *_ = predictions(logits_of(BOOT), embedded().classes)
    assert f"Why {first.name} and not {second.name}" in words(page)


def test_two_networks_without_any_download() -> None:
    """Nothing is on this machine but what comes with the app: the second is the first before its training."""
    page = open_page(look=CamView.TWO, sample=BOOT)
    said = words(page)
    assert "ResNet-20 (untrained)" in said
    assert "They disagree" in said or "Both say" in said


@pytest.mark.parametrize("method", ["guided_grad_cam", "integrated_gradients", "occlusion"])
def test_other_methods_on_request(method: Method) -> None:
    page = open_page(look=CamView.METHODS, method=method, sample=BOOT)
    alike = f"{METHOD_NAMES[Method(method)]} and Grad-CAM at layer3.2 are"
    assert alike not in words(page)
    page = settled(healthy(page.button(key="cam_method.now").click().run()))
    assert alike in words(page) and "correlation" in words(page)
    assert ("The values sum to" in words(page)) is (method == "integrated_gradients")


@pytest.mark.parametrize("method", [Method.GRAD_CAM_PLUS_PLUS, Method.LAYER_CAM])
def test_methods_of_one_backward_pass_answer_at_once(method: Method) -> None:
    page = open_page(look=CamView.METHODS, method=method, sample=BOOT, layer="layer2.1")
    assert f"{METHOD_NAMES[method]} and Grad-CAM at layer2.1 are" in words(page)
    assert not [each for each in page.button if each.key == "cam_method.now"]


def test_the_map_is_tested_on_request() -> None:
    page = open_page(look=CamView.BELIEF, sample=BOOT)
    assert len(page.get("plotly_chart")) == 0 and LIMITS not in words(page)
    page = settled(healthy(page.button(key="cam_tests.now").click().run()))
    said = words(page)
    assert "random maps" in said and "with all weights random" in said and len(page.get("plotly_chart")) == 3
    for ask in ASKS:
        assert ask in said
    assert LIMITS in said and "unlike those that the network learned from" not in said


def test_the_verdict_is_that_of_the_measured_tests() -> None:
    page = open_page(look=CamView.BELIEF, sample=BOOT)
    page = settled(healthy(page.button(key="cam_tests.now").click().run()))
    crop = embedded().preprocess.cropped(read_picture(sample_bytes(BOOT)))
    picture = embedded().preprocess.numbers(crop)
    look = first_look(Asked(EMBEDDED), picture=picture)
    values = look.at("layer3.2").values
    found = examine(Asked(EMBEDDED), picture=picture, values=values, target=look.target, layer="layer3.2")
    checks = curve_check(found.deletion), curve_check(found.insertion), weights_check(found.randomisation)
    assert verdict(*checks, (7, 7)).sentence in words(page)
    assert all(check.sentence in words(page) for check in checks)


def test_of_a_strange_picture_the_verdict_says_that() -> None:
    page = open_page(look=CamView.BELIEF, sample="china", weights=EMBEDDED)
    page = settled(healthy(page.button(key="cam_tests.now").click().run()))
    assert "unlike those that the network learned from" in words(page)


@pytest.mark.parametrize("sample", [BOOT, "china"])
def test_an_object_is_spoken_of_where_there_is_one(sample: str) -> None:
    said = words(open_page(sample=sample, weights=EMBEDDED))
    assert ("lies on the object, which covers" in said) == (sample == BOOT)
    assert ("Half of the evidence for" in said) == (sample != BOOT)


@pytest.mark.parametrize("look", [CamView.MAP, CamView.METHODS])
@pytest.mark.parametrize("sample", [BOOT, "china"])
def test_the_object_is_outlined_where_there_is_one(sample: str, look: CamView) -> None:
    """Over the maps, and not over what the network sees."""
    plain, lined = (open_page(sample=sample, weights=EMBEDDED, look=look, outline=on) for on in ("false", "true"))
    assert bool([each for each in plain.toggle if each.label == "Outline of the object"]) == (sample == BOOT)
    before, after = (component(page, "panels")["panels"] for page in (plain, lined))
    of_maps = ["Grad-CAM" in each["words"] for each in before]
    changed = [one["source"] != two["source"] for one, two in zip(before, after, strict=True)]
    assert any(of_maps) and changed == (of_maps if sample == BOOT else [False] * len(before))


def test_a_block_is_compared_with_the_last() -> None:
    assert "and of the last block, layer3.2, are" in words(open_page(sample=BOOT, layer="layer1.1"))
    assert "of the last block" not in words(open_page(sample=BOOT))


def test_the_raw_map_as_npy() -> None:
    """Loadable without pickle, and equal to the values."""
    picture = embedded().preprocess.numbers(embedded().preprocess.cropped(read_picture(sample_bytes(BOOT))))
    for saliency in first_look(Asked(EMBEDDED), picture=picture).maps:
        loaded = np.load(io.BytesIO(npy(saliency)), allow_pickle=False)
        assert loaded.dtype == np.float32 and np.array_equal(loaded, saliency.values)
    for look in (CamView.MAP, CamView.AGAINST, CamView.TWO, CamView.METHODS):
        labels = [each.label for each in open_page(sample=BOOT, look=look).get("download_button")]
        assert sum(each.endswith("as .npy") for each in labels) == (2 if look is CamView.TWO else 1), labels


def test_the_embedded_network_passes_the_check_over_its_test_pictures() -> None:
    page = open_page(look=CamView.BELIEF)
    page = settled(healthy(page.button(key="cam_random_all.now").click().run()))
    assert "The map depends on what the network has learnt" in words(page)


def upload(page: AppTest, data: bytes, name: str = "picture.png") -> AppTest:
    page.get("file_uploader")[0].upload(name, data)
    return settled(healthy(page.run()))


def png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def test_a_picture_of_ones_own() -> None:
    page = open_page(sample="mine")
    assert "Choose a picture of yours" in words(page) and not page.header
    picture = Image.linear_gradient("L").resize((90, 120))
    page = upload(page, png(picture))
    crop = embedded().preprocess.cropped(picture.convert("RGB"), Inversion.AUTO)
    with torch.no_grad():
        logits = trained(EMBEDDED)(torch.from_numpy(embedded().preprocess.numbers(crop)))[0].numpy()
    assert guess_sentence(embedded().title, predictions(logits, embedded().classes), embedded().knows) in words(page)
    assert "It knows 10 kinds of clothing" in words(page) and "never written to disk" in words(page)
    assert dict(page.query_params) == {"sample": "mine"}


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


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"class": "10"}, "“Evidence for” is '10' in this link"),
        ({"class": "-1"}, "“Evidence for” is '-1' in this link"),
        ({"class": "nine"}, "“Evidence for” is 'nine' in this link"),
        ({"look": "Everything"}, "look is 'Everything' in this link"),
        ({"opacity": "55"}, "“Map over picture” is '55' in this link"),
        ({"colours": "jet"}, "“Colours” is 'jet' in this link"),
        ({"layer": "layer9.9"}, "“Seen from” is 'layer9.9' in this link"),
        ({"sample": "unicorn"}, "“Picture” is 'unicorn' in this link"),
        ({"weights": "vgg16"}, "“Network and weights” is 'vgg16' in this link"),
        ({"look": CamView.AGAINST, "against": "99"}, "“and not for” is '99' in this link"),
        ({"look": CamView.METHODS, "method": "gradcam"}, "“Method” is 'gradcam' in this link"),
        ({"look": CamView.METHODS, "method": "<script>" * 2000}, "“Method” is"),
        ({"look": CamView.TWO, "second": "alexnet"}, "“Second network” is 'alexnet' in this link"),
        ({"sample": "x" * 10_000}, "“Picture” is"),
    ],
)
def test_nonsense_in_the_link_is_said(query: dict[str, str], said: str) -> None:
    page = open_page(**query)
    assert said in "\n".join(warnings(page))
    assert page.header  # and the page works


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


def test_the_map_is_the_librarys() -> None:
    """What the page shows is ``explorer.grad_cam`` of the same picture, divided by its maximum."""
    known = embedded()
    image = known.preprocess.numbers(known.preprocess.cropped(read_picture(sample_bytes(BOOT))))
    found = first_look(Asked(EMBEDDED), picture=image)
    values = found.at("layer3.2").positive
    one = grad_cam(trained(EMBEDDED), torch.from_numpy(image), found.target, "layer3.2")[0]
    large = torch.nn.functional.interpolate(torch.from_numpy(values)[None, None], (28, 28), mode="bilinear")[0, 0]
    assert torch.allclose(one, large / large.max(), atol=1e-5)


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
    assert "1,000 names for 10 classes" in page.error[0].value
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
