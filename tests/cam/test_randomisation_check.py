"""Random weights from the classifier down: which are random when, what the maps are, and what is left untouched."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from explorer import ResNetConfig, build
from explorer.cam.check_values import spearman, ssim
from explorer.cam.maps import cam, grad_cam
from explorer.cam.randomisation_check import randomisation, randomisation_over
from explorer.cam.saliency_map import layer_names
from explorer.jobs.job import JobCancelled
from explorer.network.model import build_like
from explorer.text.errors import Refusal
from tests.cam.networks import SMALL, hooks, pictures, unsettled
from tests.network.strategies import configs


@pytest.mark.slow
@settings(max_examples=8)
@given(configs())
def test_parts_become_random_from_the_top(config: ResNetConfig) -> None:
    """Each step's maps are those of the network put together anew: old below, fresh above."""
    net, images = unsettled(build(config, seed=3)), pictures(2, config.image_size, config.in_channels)
    layer = layer_names(config)[-1]
    found = randomisation_over(net, images, 0, layer, seed=7)
    assert found.steps == ("fc", *reversed(layer_names(config)))
    old, fresh = net.state_dict(), build(config, seed=7).state_dict()
    for place, maps in enumerate(found.maps):
        kept = tuple(f"{name}." for name in layer_names(config)[1 : len(found.steps) - 1 - place])
        if place == len(found.steps) - 1:
            mixed = fresh
        else:
            stem = {name for name in old if not name.startswith(("layer", "bn_last", "fc"))}
            mixed = {name: old[name] if name in stem or name.startswith(kept) else fresh[name] for name in old}
        twin = build_like(net)
        twin.load_state_dict(mixed)
        expected = cam(twin, images, 0, layer)
        assert np.array_equal(np.stack([one.values for one in maps]), expected.scores, equal_nan=True)
    assert np.array_equal(np.stack([one.values for one in found.original]), cam(net, images, 0, layer).scores)


def test_at_the_end_nothing_of_the_network_is_left() -> None:
    one, other = (unsettled(build(SMALL, seed=seed), seed) for seed in (1, 2))
    image = pictures(1, 16)
    ends = [randomisation(net, image, 3, "layer2", seed=9).maps[-1][0].values for net in (one, other)]
    assert np.array_equal(*ends)
    assert not np.array_equal(ends[0], randomisation(one, image, 3, "layer2", seed=8).maps[-1][0].values)


def test_similarities_are_those_of_the_maps() -> None:
    net, images, targets = unsettled(build(SMALL)), pictures(3, 16), [1, 5, 2]
    found = randomisation_over(net, images, targets, "layer2", seed=4)
    assert (found.layer, found.seed) == ("layer2", 4)
    assert [one.target for one in found.original] == targets
    shown = grad_cam(net, images, targets, "layer2").numpy()
    for maps, ranks, looks in zip(found.maps, found.spearman, found.ssim, strict=True):
        for place, one in enumerate(maps):
            assert one.target == targets[place]
            assert ranks[place] == spearman(found.original[place].values, one.values)
            enlarged = torch.from_numpy(one.positive)[None, None]
            size = {"size": (16, 16), "mode": "bilinear", "align_corners": False}
            enlarged = torch.nn.functional.interpolate(enlarged, **size)[0, 0].numpy()
            expected = ssim(shown[place], enlarged / (enlarged.max() or 1))
            assert looks[place] == pytest.approx(expected, abs=1e-4)
    assert len(found.spearman_band) == len(found.ssim_band) == len(found.steps)


def test_what_is_above_the_layer_alone_leaves_a_map_of_activations_similar() -> None:
    """A network that is already random from the seed does not change at all."""
    net = build(SMALL, seed=6)
    found = randomisation(net, pictures(1, 16), 3, "layer3", seed=6)
    assert set(found.spearman) == {(1.0,)}
    assert [each[0] for each in found.ssim] == pytest.approx([1.0] * len(found.steps))


def test_a_picture_alone_has_what_it_has_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    net, images = unsettled(build(SMALL)), pictures(5, 16)
    together = randomisation_over(net, images, [0, 1, 2, 3, 4], "layer1")
    alone = randomisation(net, images[3:4], 3, "layer1")
    assert [each[3] for each in together.spearman] == pytest.approx([each[0] for each in alone.spearman], abs=1e-3)
    monkeypatch.setattr("explorer.cam.randomisation_check.at_once", lambda images: 2)
    told: list[tuple[float, str]] = []
    parts = randomisation_over(net, images, [0, 1, 2, 3, 4], "layer1", progress=lambda *one: told.append(one))
    assert np.allclose(parts.spearman, together.spearman, atol=1e-3)
    assert [message for _, message in told[::3]] == [
        "the trained network",
        *(f"random down to {step}" for step in parts.steps),
    ]
    assert [fraction for fraction, _ in told] == pytest.approx([place / 18 for place in range(18)])


def test_maps_that_have_no_similarity() -> None:
    """A map of one place has no ranks, and one of numbers that are none no similarity at all."""
    small = replace(SMALL, image_size=4)
    found = randomisation(unsettled(build(small)), pictures(1, 4), 0, "layer3")
    assert np.isnan(found.spearman).all()
    assert np.isfinite(found.ssim).all()
    broken = build(SMALL)
    with torch.no_grad():
        broken.fc.weight.fill_(float("inf"))
    found = randomisation(broken, pictures(1, 16), 0, "layer3")
    assert np.isnan(found.spearman).all()
    assert np.isnan(found.ssim).all()


@pytest.mark.parametrize("cancelled", [False, True])
def test_the_network_itself_is_left_alone(cancelled: bool) -> None:
    net, state = unsettled(build(SMALL)).train(), torch.get_rng_state()
    before = {name: value.clone() for name, value in net.state_dict().items()}

    def progress(fraction: float, message: str) -> None:
        if cancelled and "layer1" in message:
            raise JobCancelled("Nobody waits for this any more.")

    if cancelled:
        with pytest.raises(JobCancelled):
            randomisation(net, pictures(1, 16), 3, "layer2", progress=progress)
    else:
        randomisation(net, pictures(1, 16), 3, "layer2", progress=progress)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert hooks(net) == 0
    assert all(module.training for module in net.modules())
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"layer": "layer9"}, "^This network has no layer 'layer9'"),
        ({"layer": "fc"}, "^Layer 'fc' puts out the shape"),
        ({"targets": 10}, "^target is 10"),
        ({"targets": [1, 2, 3]}, "^target has 3 classes for 2 images"),
        ({"images": pictures(1, 16, channels=1)}, "^images have the shape"),
    ],
)
def test_bad_input_is_refused_in_words(how: dict[str, object], message: str) -> None:
    usual = {"images": pictures(2, 16), "targets": 1, "layer": "layer1"}
    with pytest.raises(Refusal, match=message):
        randomisation_over(build(SMALL), **{**usual, **how})
    with pytest.raises(ValueError, match=r"^seed is 1\.5"):
        randomisation_over(build(SMALL), **usual, seed=1.5)
