"""The Grad-CAM page's questions, held against the library's own answers."""

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.cam import page_jobs
from explorer.cam.attributions import guided_grad_cam, integrated_gradients, occlusion
from explorer.cam.check_values import Trial
from explorer.cam.deletion_check import belief_curve
from explorer.cam.maps import cam
from explorer.cam.page_jobs import (
    Asked,
    attribute,
    examine,
    first_look,
    of_crop,
    randomise_samples,
)
from explorer.cam.randomisation_check import randomisation
from explorer.cam.saliency_map import Method, layer_names
from explorer.jobs.job import JobCancelled
from explorer.network.config import ResNetConfig
from explorer.network.links import from_url
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes, samples
from explorer.text.errors import Refusal
from explorer.weights.catalogue import EMBEDDED, UNTRAINED, embedded
from explorer.weights.load import trained
from explorer.weights.uploaded import Own

ASKED = Asked(EMBEDDED)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """What the embedded network gets of a bag."""
    prepare = embedded().preprocess
    return prepare.numbers(prepare.cropped(read_picture(sample_bytes("bag-1"))))


def test_a_look_is_the_atlas_of_the_likeliest_class(picture: np.ndarray) -> None:
    found = first_look(ASKED, picture=picture)
    net, image = trained(EMBEDDED), torch.from_numpy(picture)
    with torch.no_grad():
        logits = net(image)[0]
    assert found.target == int(logits.argmax()) and found.against is None
    np.testing.assert_allclose(found.logits, logits.numpy(), rtol=1e-5, atol=1e-5)
    assert found.layers == layer_names(embedded().config)
    for saliency in found.maps:
        alone = cam(net, image, found.target, saliency.layer).maps[0]
        np.testing.assert_allclose(saliency.values, alone.values, rtol=1e-4, atol=1e-6)


def test_a_look_takes_one_forward_pass(picture: np.ndarray) -> None:
    passes: list[object] = []
    hook = trained(EMBEDDED).fc.register_forward_hook(lambda *_: passes.append(1))
    try:
        assert first_look(ASKED, picture=picture).strangeness
    finally:
        hook.remove()
    assert len(passes) == 1


def test_a_photograph_is_strange_and_a_bag_is_not(picture: np.ndarray) -> None:
    how = embedded().preprocess
    photograph = how.numbers(how.cropped(read_picture(sample_bytes("china"))))
    values = []
    for asked, shown in ((ASKED, picture), (ASKED, photograph), (Asked(UNTRAINED), photograph)):
        values.append(first_look(asked, picture=shown).strangeness)
    mine, strange, unknown = values
    assert mine and strange and not mine.is_strange and strange.is_strange and unknown is None
    assert first_look(ASKED, picture=photograph, target=3).strangeness == strange


def test_a_crop_is_looked_at_as_its_numbers_are(picture: np.ndarray) -> None:
    prepare = embedded().preprocess
    crop = prepare.cropped(read_picture(sample_bytes("bag-1"))).tobytes()
    found = of_crop(first_look, ASKED, crop=crop, preprocess=prepare, target=3)
    same = first_look(ASKED, picture=picture, target=3)
    assert found.target == 3 and np.array_equal(found.logits, same.logits)
    assert np.array_equal(found.at("layer2.1").values, same.at("layer2.1").values)


@pytest.mark.parametrize(("target", "against"), [(3, None), (3, 8), (0, 9)])
def test_a_look_at_a_class(picture: np.ndarray, target: int, against: int | None) -> None:
    found = first_look(ASKED, picture=picture, target=target, against=against)
    alone = cam(trained(EMBEDDED), torch.from_numpy(picture), target, "layer2.1", against).maps[0]
    np.testing.assert_allclose(found.at("layer2.1").values, alone.values, rtol=1e-4, atol=1e-6)
    assert (found.target, found.against) == (target, against)


@pytest.mark.slow
def test_other_methods(picture: np.ndarray) -> None:
    net, image = trained(EMBEDDED), torch.from_numpy(picture)
    asked = {"picture": picture, "target": 8, "layer": "layer3.2"}
    guided = attribute(ASKED, Method.GUIDED_GRAD_CAM, **asked)
    np.testing.assert_allclose(
        guided.saliency.values, guided_grad_cam(net, image, 8, "layer3.2")[0].values, rtol=1e-4, atol=1e-6
    )
    integrated, alone = attribute(ASKED, Method.INTEGRATED_GRADIENTS, **asked), integrated_gradients(net, image, 8)
    np.testing.assert_allclose(integrated.saliency.values, alone.maps[0].values, rtol=1e-4, atol=1e-6)
    assert (integrated.rise, integrated.delta) == pytest.approx((alone.rises[0], alone.deltas[0]), abs=1e-4)
    assert integrated.saliency.values.sum() == pytest.approx(alone.rises[0] + alone.deltas[0], abs=1e-3)
    covered = attribute(ASKED, Method.OCCLUSION, **asked)
    np.testing.assert_allclose(covered.saliency.values, occlusion(net, image, 8)[0].values, rtol=1e-4, atol=1e-5)
    for quick in (Method.GRAD_CAM_PLUS_PLUS, Method.LAYER_CAM):
        mine, alone = attribute(ASKED, quick, **asked), cam(net, image, 8, "layer3.2", method=quick)
        np.testing.assert_allclose(mine.saliency.values, alone.maps[0].values, rtol=1e-4, atol=1e-6)
        assert mine.saliency.method is quick
    with pytest.raises(ValueError, match="first_look"):
        attribute(ASKED, Method.GRAD_CAM, **asked)


@pytest.mark.slow
def test_the_three_tests_of_a_map(picture: np.ndarray) -> None:
    values = first_look(ASKED, picture=picture).at("layer3.2").values
    told: list[tuple[float, str]] = []
    found = examine(
        ASKED, picture=picture, values=values, target=8, layer="layer3.2", progress=lambda *each: told.append(each)
    )
    net, image = trained(EMBEDDED), torch.from_numpy(picture)
    assert (found.deletion.trial, found.insertion.trial) == (Trial.DELETION, Trial.INSERTION)
    for curve in (found.deletion, found.insertion):
        alone = belief_curve(net, image, values, 8, curve.trial)
        assert curve.probabilities == pytest.approx(alone.probabilities, abs=1e-5)
    random = randomisation(net, image, 8, "layer3.2")
    assert found.randomisation.steps == random.steps
    assert np.allclose(found.randomisation.spearman, random.spearman, atol=1e-4, equal_nan=True)
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions) and fractions[0] >= 0 and 0.9 < fractions[-1] <= 1
    for part in ("deletion: ", "insertion: ", "random weights: "):
        assert any(message.startswith(part) for _, message in told)


def test_the_same_map_of_the_apps_networks_is_examined_once(
    picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But each target, layer and picture for itself, and a network that a reader sent every time."""
    done: list[dict[str, object]] = []
    monkeypatch.setattr(page_jobs, "examine", lambda *_, **how: done.append(how) or len(done))
    monkeypatch.setattr(page_jobs, "_EXAMINED", {})
    how = {"picture": picture, "values": picture[0, 0], "target": 1, "layer": "layer1.0"}
    changes = ({}, {"target": 2}, {"layer": "layer1.1"}, {"picture": picture + 1}, {"values": picture[0, 0] + 1})
    assert [page_jobs.examine_once(ASKED, **how | each) for each in (*changes, *changes)] == 2 * [1, 2, 3, 4, 5]
    own = Asked("own", own=Own(from_url("resnet20"), (), (), ()))
    assert [page_jobs.examine_once(own, **how) for _ in range(2)] == [6, 7]
    for target in range(10, 30):
        page_jobs.examine_once(ASKED, **how | {"target": target})
    assert len(page_jobs._EXAMINED) == page_jobs._KEPT


@pytest.mark.slow
def test_random_weights_over_the_test_pictures() -> None:
    """Issue: the similarity of the maps falls (Adebayo et al. 2018)."""
    found = randomise_samples(ASKED, layer="layer3.2")
    shipped = samples("fashion")
    assert len(found.original) == len(shipped)
    assert [embedded().classes[each.target] for each in found.original] == [each.label for each in shipped]
    medians = [middle for middle, *_ in found.spearman_band]
    assert medians[-1] < 0.5 and medians[0] > medians[-1]


def test_the_untrained_network_is_another(picture: np.ndarray) -> None:
    before, after = (first_look(Asked(key), picture=picture) for key in (UNTRAINED, EMBEDDED))
    assert not np.allclose(before.logits, after.logits)


def test_answers_are_plain(picture: np.ndarray) -> None:
    found = first_look(ASKED, picture=picture)
    again = pickle.loads(pickle.dumps(found))
    assert again.target == found.target and np.array_equal(again.maps[0].values, found.maps[0].values)


@pytest.mark.parametrize(
    "ask",
    [
        lambda picture: first_look(Asked("vgg16"), picture=picture),
        lambda picture: first_look(ASKED, picture=picture, target=10),
        lambda picture: first_look(ASKED, picture=picture, target=1, against=1),
        lambda picture: first_look(ASKED, picture=np.zeros((1, 3, 28, 28), np.float32)),
        lambda picture: examine(ASKED, picture=picture, values=picture[0, 0], target=0, layer="layer9"),
        lambda picture: examine(ASKED, picture=picture, values=picture[0, 0], target=10, layer="layer3.2"),
        lambda picture: randomise_samples(ASKED, layer="layer9"),
    ],
)
def test_what_cannot_be_is_a_sentence(picture: np.ndarray, ask: Callable[[np.ndarray], object]) -> None:
    with pytest.raises(Refusal, match=r": \w.*\.$"):
        ask(picture)


@pytest.mark.parametrize(
    ("config", "free", "said"),
    [
        (from_url("resnet152~image_size-2048"), 2**40, "multiply-adds"),
        (from_url("resnet18~image_size-1024"), 2**28, "It would need about"),
        (from_url("resnet18~image_size-1024"), 2**30, "A map of this network would need about .* fewer than 1,024"),
    ],
)
def test_own_networks_of_large_pictures_are_refused_before_they_run(
    config: ResNetConfig, free: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.live.preflight.free_bytes", lambda device: free)
    monkeypatch.setattr("explorer.cam.page_jobs.uploaded_network", lambda *_: pytest.fail("the weights were read"))
    asked = Asked("own", own=Own(config, ("a",) * 1000, (), ()))
    with pytest.raises(Refusal, match=said):
        first_look(asked, picture=np.zeros((1, 3, 8, 8), np.float32))


@pytest.mark.parametrize("part", ["first_look", "occlusion", "deletion", "insertion", "random weights"])
def test_work_is_cancelled_in_the_middle(picture: np.ndarray, part: str) -> None:
    told: list[float] = []
    test = part in {"deletion", "insertion", "random weights"}  # of the three, the one that is stopped
    stop_at = 2 if part in {"deletion", "insertion"} else 3  # small pictures take two passes

    def stops(fraction: float, message: str) -> None:
        if not test or message.startswith(part):
            told.append(fraction)
        if len(told) == stop_at:
            raise JobCancelled("nobody waits")

    how = {"picture": picture, "progress": stops}
    with pytest.raises(JobCancelled):
        if part == "first_look":
            first_look(ASKED, **how)
        elif part == "occlusion":
            attribute(ASKED, Method.OCCLUSION, target=0, layer="layer3.2", **how)
        else:
            examine(ASKED, target=0, values=np.ones((7, 7), np.float32), layer="layer3.2", **how)
    assert len(told) == stop_at and all(0 <= each <= 1 for each in told)
    assert first_look(ASKED, picture=picture).target == 8  # the network is as it was
