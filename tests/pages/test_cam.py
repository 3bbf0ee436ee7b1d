"""The Grad-CAM page's logic, without a browser: networks, classes, layers, methods, belief, nonsense."""

import io

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.cam.foreground import foreground_of
from explorer.cam.map_description import blocks_sentence, guess_sentence, picture_sentences
from explorer.cam.maps import cam, grad_cam
from explorer.cam.page_jobs import Asked, examine, first_look
from explorer.cam.saliency_map import Method, layer_names, predictions
from explorer.cam.verdict import ASKS, LIMITS, curve_check, verdict, weights_check
from explorer.cam.words import METHOD_NAMES
from explorer.jobs.queue import JobQueue
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes, samples
from explorer.ui.cam.choices import CamView
from explorer.ui.cam.map_download import npy
from explorer.weights.catalogue import EMBEDDED, embedded
from explorer.weights.load import trained
from tests.pages.cam_page import BOOT, logits_of, open_page
from tests.pages.helpers import component, healthy, link, settled, warnings, words

pytestmark = pytest.mark.usefixtures("own_weights")


@pytest.fixture(autouse=True)
def fresh_queue(module_queue: JobQueue) -> None:
    """One queue for all tests, which look at the same pictures."""


def chosen_class(page: AppTest, name: str) -> AppTest:
    (box,) = [each for each in page.selectbox if each.label == "Evidence for"]
    return settled(healthy(box.select(name).run()))


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


def test_a_link_may_ask_for_the_tests_at_once() -> None:
    page = open_page(look=CamView.BELIEF, sample=BOOT, weights=EMBEDDED, at_once="true")
    assert "7×7 cells" in words(page) and LIMITS in words(page)
    page = settled(healthy(page.select_slider(key="layer.widget").set_value("layer2.1").run()))
    assert "7×7 cells" not in words(page) and "cells" in words(page), "another block's map, tested without a click"
    assert not [each for each in page.button if each.key == "cam_tests.now"]


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


@pytest.mark.parametrize("look", [CamView.AGAINST, CamView.TWO, CamView.BELIEF])
def test_where_no_switch_outlines_the_object_no_link_does(look: CamView) -> None:
    plain, lined = (open_page(sample=BOOT, weights=EMBEDDED, look=look, outline=on) for on in ("false", "true"))
    assert not [each for each in lined.toggle if each.label == "Outline of the object"]
    before, after = (component(page, "panels")["panels"] for page in (plain, lined))
    assert before == after


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


def test_the_embedded_network_passes_the_check_over_the_apps_pictures_of_clothes() -> None:
    page = open_page(look=CamView.BELIEF)
    button = page.button(key="cam_random_all.now")
    assert button.label == f"Random weights over the app's {len(samples('fashion'))} pictures of clothes"
    said = words(settled(healthy(button.click().run())))
    assert "The map depends on what the network has learnt" in said and "the median of 20 pictures" in said


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


def test_the_map_is_the_librarys() -> None:
    """What the page shows is ``explorer.grad_cam`` of the same picture, divided by its maximum."""
    known = embedded()
    image = known.preprocess.numbers(known.preprocess.cropped(read_picture(sample_bytes(BOOT))))
    found = first_look(Asked(EMBEDDED), picture=image)
    values = found.at("layer3.2").positive
    one = grad_cam(trained(EMBEDDED), torch.from_numpy(image), found.target, "layer3.2")[0]
    large = torch.nn.functional.interpolate(torch.from_numpy(values)[None, None], (28, 28), mode="bilinear")[0, 0]
    assert torch.allclose(one, large / large.max(), atol=1e-5)
