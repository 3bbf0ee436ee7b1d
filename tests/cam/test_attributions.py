"""Evidence in single pixels: against captum, against definitions written down anew, with progress and an end to it."""

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from captum.attr import GuidedGradCam, IntegratedGradients, Occlusion
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer import ResNetConfig, build
from explorer.cam import attributions
from explorer.cam.attributions import MAX_STEPS, MAX_WINDOWS, guided_grad_cam, integrated_gradients, occlusion
from explorer.cam.map_layers import module_of
from explorer.cam.saliency_map import Method
from explorer.jobs.job import JobCancelled
from explorer.jobs.queue import JobQueue
from explorer.live.progress import Progress
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.ui.cam.methods import HOW
from tests.cam.networks import SMALL, hooks, pictures, twins, unsettled


def guided(
    net: nn.Module, images: Tensor, target: object, *, progress: Progress | None = None, **how: object
) -> object:
    return guided_grad_cam(net, images, target, "layer2", progress=progress, **how)


METHODS: dict[Method, Callable[..., object]] = {
    Method.GUIDED_GRAD_CAM: guided,
    Method.INTEGRATED_GRADIENTS: integrated_gradients,
    Method.OCCLUSION: occlusion,
}
every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture
def net() -> ResNet:
    return unsettled(build(SMALL))


@pytest.fixture
def many_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pictures in each pass."""
    monkeypatch.setattr(attributions, "at_once", lambda images: 2)


def assert_close(found: object, expected: object, tolerance: float = 1e-5) -> None:
    found, expected = (np.asarray(each, dtype=np.float64) for each in (found, expected))
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= tolerance * np.abs(expected).max()


def values(maps: object) -> list[np.ndarray]:
    return [one.values for one in getattr(maps, "maps", maps)]


# Guided Grad-CAM.


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "bottleneck"])
@pytest.mark.parametrize("layer", ["layer2", "layer4"])
def test_guided_grad_cam_is_captums(name: str, layer: str) -> None:
    theirs, ours = twins(name)
    images, targets = pictures(2, 48), [3, 7]
    for net in (theirs, ours):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # captum tells each time that it sets hooks
            library = GuidedGradCam(net, module_of(net, layer))
            expected = library.attribute(images, targets, interpolate_mode="bilinear").detach().sum(1)
        found = guided_grad_cam(net, images, targets, layer)
        assert_close(values(found), expected)
        assert [(one.method, one.layer, one.target) for one in found] == [
            (Method.GUIDED_GRAD_CAM, layer, target) for target in targets
        ]


@pytest.mark.parametrize("activation", ["leaky_relu", "gelu", "sigmoid", "tanh"])
def test_guided_grad_cam_needs_relus(activation: str) -> None:
    net = build(replace(SMALL, activation=activation))
    with pytest.raises(Refusal, match=f"^This network's activation is {activation}, and guided backpropagation"):
        guided_grad_cam(net, pictures(1, 16), 0, "layer1")


def test_guided_grad_cam_needs_relus_that_are_modules() -> None:
    with pytest.raises(Refusal, match="activation is something that is no module"):
        guided_grad_cam(
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()), pictures(1, 8), 0, "0"
        )
    with pytest.raises(Refusal, match="activation is SiLU"):
        guided_grad_cam(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.SiLU()), pictures(1, 8), 0, "0")


# Integrated Gradients.


@pytest.mark.parametrize("steps", [1, 7, 20])
@pytest.mark.parametrize("baseline", [0.0, -0.5])
@pytest.mark.usefixtures("many_passes")
def test_integrated_gradients_are_captums_in_one_pass(net: ResNet, steps: int, baseline: float) -> None:
    images, targets = pictures(2, 16), [1, 8]
    expected, deltas = IntegratedGradients(net).attribute(
        images, baselines=baseline, target=targets, n_steps=steps, return_convergence_delta=True
    )
    found = integrated_gradients(net, images, targets, steps=steps, baseline=baseline)
    assert_close(values(found), expected.detach().sum(1))
    rises = (net(images) - net(torch.full_like(images, baseline)))[[0, 1], targets].detach()
    assert_close(found.rises, rises, 1e-4)
    assert np.allclose(found.deltas, deltas.detach(), atol=1e-5 * float(rises.abs().max()))
    assert [(one.method, one.layer, one.target) for one in found.maps] == [
        (Method.INTEGRATED_GRADIENTS, "", 1),
        (Method.INTEGRATED_GRADIENTS, "", 8),
    ]


def test_integrated_gradients_add_up(net: ResNet) -> None:
    """Completeness: the sum is the rise of the logit, to the convergence delta, which falls with the steps."""
    images = pictures(2, 16)
    few, many = (integrated_gradients(net, images, 4, steps=steps) for steps in (3, 200))
    for found in (few, many):
        for one, rise, delta in zip(found.maps, found.rises, found.deltas, strict=True):
            assert float(one.values.sum(dtype=np.float64)) - rise == pytest.approx(delta, abs=1e-4 * abs(rise))
    assert np.abs(many.deltas).max() < 0.02 * np.abs(many.rises).max()
    assert np.abs(many.deltas).max() < np.abs(few.deltas).max() / 4


def test_integrated_gradients_of_a_linear_network_are_its_weights_times_the_picture() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 4, 5))
    images, baseline = pictures(2, 4), pictures(1, 4, seed=9)[0]
    weights = net[1].weight.detach()[2].reshape(3, 4, 4)
    found = integrated_gradients(net, images, 2, steps=1, baseline=baseline)
    assert_close(values(found), (weights * (images - baseline)).sum(1))
    assert_close(np.abs(found.deltas).max() + 1, 1.0)


def test_the_help_of_integrated_gradients_says_what_sums_to_the_gain() -> None:
    """The gradient of a linear network is its weights, on all the way: alone they sum to something else."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 4, 5))
    image = pictures(1, 4)
    gains = net(image)[0, 2] - net(torch.zeros_like(image))[0, 2]
    averaged = net[1].weight[2].reshape(3, 4, 4)
    moved = image[0]
    assert float((averaged * moved).sum().detach()) == pytest.approx(float(gains.detach()), abs=1e-5)
    assert float(averaged.sum().detach()) != pytest.approx(float(gains.detach()), abs=1e-2)
    assert (
        "averaged on the way from a grey picture to this one, times how far the pixel moves"
        in (HOW[Method.INTEGRATED_GRADIENTS])
    )


# Occlusion.


def occluded(
    net: nn.Module, image: Tensor, target: int, window: tuple[int, int], stride: tuple[int, int]
) -> np.ndarray:
    """The definition: the mean fall of the logit over all windows that cover a place; the last may be cut off."""
    total, times = (torch.zeros(image.shape[1:], dtype=torch.float64) for _ in range(2))

    def starts(axis: int) -> range:
        return range(0, image.shape[axis] - window[axis - 1] + stride[axis - 1], stride[axis - 1])

    with torch.no_grad():
        whole = net(image[None])[0, target]
        for top in starts(1):
            for left in starts(2):
                place = (slice(top, top + window[0]), slice(left, left + window[1]))
                covered = image.clone()
                covered[:, *place] = 0
                total[place] += whole - net(covered[None])[0, target]
                times[place] += 1
    return (total / times).numpy()


@pytest.mark.slow
@settings(max_examples=12)
@given(st.data())
def test_occlusion_is_its_definition(data: st.DataObject) -> None:
    net, image = unsettled(build(SMALL)), pictures(1, 16)[:, :, :13]
    window = data.draw(st.tuples(st.integers(2, 13), st.integers(2, 16)))
    stride = data.draw(st.tuples(st.integers(2, window[0]), st.integers(2, window[1])))
    (found,) = occlusion(net, image, 6, window=window, stride=stride)
    assert_close(found.values, occluded(net, image[0], 6, window, stride), 1e-4)


@pytest.mark.usefixtures("many_passes")
def test_occlusion_is_captums(net: ResNet) -> None:
    images, targets = pictures(2, 16), [0, 5]
    expected = Occlusion(net).attribute(images, (3, 4, 5), (3, 2, 3), baselines=0.25, target=targets)[:, 0]
    found = occlusion(net, images, targets, window=(4, 5), stride=(2, 3), baseline=0.25)
    assert_close(values(found), expected.detach())
    assert [(one.method, one.layer, one.target) for one in found] == [
        (Method.OCCLUSION, "", 0),
        (Method.OCCLUSION, "", 5),
    ]
    same = occlusion(net, images, targets, window=4, stride=2)
    assert np.array_equal(values(same), values(occlusion(net, images, targets, window=(4, 4), stride=(2, 2))))


def test_a_window_that_covers_everything_takes_everything(net: ResNet) -> None:
    (found,) = occlusion(net, pictures(1, 16), 3, window=16, stride=16)
    fall = (net(pictures(1, 16)) - net(torch.zeros(1, 3, 16, 16)))[0, 3].item()
    assert found.values == pytest.approx(np.full((16, 16), fall), rel=1e-4)


def test_windows_that_are_not_given_fit_the_picture(net: ResNet) -> None:
    for side, window in ((16, 2), (30, 4), (5, 1)):
        image = pictures(1, side)
        given = occlusion(net, image, 3, window=window, stride=max(window // 2, 1))
        assert np.array_equal(values(occlusion(net, image, 3)), values(given))


# What all have in common.


@every_method
def test_against_is_the_difference_of_two(net: ResNet, method: Method) -> None:
    """Of what is linear in the logits; guided backpropagation is not, but its own weights tell."""
    images = pictures(2, 16)
    found = METHODS[method](net, images, [3, 5], against=[8, 0])
    if method is Method.GUIDED_GRAD_CAM:
        one = nn.Linear(net.fc.in_features, 1)
        with torch.no_grad():
            one.weight.copy_(net.fc.weight[3:4] - net.fc.weight[8:9])
        net.fc = one
        assert_close(values(found)[0], values(METHODS[method](net, images[:1], 0))[0])
    else:
        plus, minus = (values(METHODS[method](net, images, classes)) for classes in ([3, 5], [8, 0]))
        assert_close(values(found), np.subtract(plus, minus), 1e-4)
    assert [(one.target, one.against) for one in getattr(found, "maps", found)] == [(3, 8), (5, 0)]


@every_method
def test_a_picture_alone_has_the_map_it_has_in_a_batch(net: ResNet, method: Method) -> None:
    images = pictures(2, 16)
    together = values(METHODS[method](net, images, [3, 5]))
    assert_close(together[1], values(METHODS[method](net, images[1:], 5))[0])


@every_method
@pytest.mark.usefixtures("many_passes")
def test_progress_goes_from_zero_to_nearly_one(net: ResNet, method: Method) -> None:
    told: list[tuple[float, str]] = []
    METHODS[method](net, pictures(2, 16), [3, 5], progress=lambda *one: told.append(one))
    fractions = [fraction for fraction, _ in told]
    assert fractions == pytest.approx([place / len(told) for place in range(len(told))])
    assert len(told) == (
        2
        if method is Method.GUIDED_GRAD_CAM
        else {
            Method.INTEGRATED_GRADIENTS: 2 * (50 // 2 + 2),
            Method.OCCLUSION: 2 * (15 * 15 // 2 + 1 + 1),
        }[method]
    )
    assert all(message for _, message in told)


@every_method
@pytest.mark.parametrize("after", [0, 1])
def test_it_can_be_cancelled_between_passes_and_leaves_nothing(net: ResNet, method: Method, after: int) -> None:
    net.train()
    left = after

    def progress(fraction: float, message: str) -> None:
        nonlocal left
        assert net.training  # nobody has it while it is told
        if left == 0:
            raise JobCancelled("Nobody waits for this any more.")
        left -= 1

    with pytest.raises(JobCancelled):
        METHODS[method](net, pictures(1, 16), 3, progress=progress)
    assert hooks(net) == 0
    assert all(module.training for module in net.modules())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in net.parameters())


@every_method
def test_it_leaves_the_network_and_the_pictures_as_they_were(net: ResNet, method: Method) -> None:
    images, state = pictures(1, 16), torch.get_rng_state()
    expected = values(METHODS[method](net, images, 3))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    with torch.inference_mode():
        inside = values(METHODS[method](net.train(), images * 1.0, 3))
    frozen = values(METHODS[method](net.requires_grad_(False), images, 3))
    assert_close(inside, expected)
    assert_close(frozen, expected)
    assert hooks(net) == 0
    assert net.training
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(images, pictures(1, 16))
    assert not images.requires_grad
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_threads_that_share_a_network_get_the_serial_maps(net: ResNet) -> None:
    """All three methods at once, with as many maps as there are requests."""
    requests = [(method, pictures(1, 16, seed=number), number % 10) for number in range(8) for method in METHODS]

    def ask(request: tuple[Method, Tensor, int]) -> np.ndarray:
        method, images, target = request
        how = {Method.INTEGRATED_GRADIENTS: {"steps": 6}, Method.OCCLUSION: {"window": 8}}.get(method, {})
        return values(METHODS[method](net, images, target, **how))[0]

    serial = [ask(request) for request in requests]
    with ThreadPoolExecutor(8) as threads:
        for found, expected in zip(threads.map(ask, requests), serial, strict=True):
            assert_close(found, expected)


@every_method
def test_they_run_as_jobs(net: ResNet, method: Method) -> None:
    jobs = JobQueue()
    handle = jobs.submit(METHODS[method], net, pictures(1, 16), 3, owner="reader")
    found = jobs.result(handle, timeout=120)
    assert jobs.status(handle).progress == 1
    jobs.close()
    assert_close(values(found), values(METHODS[method](net, pictures(1, 16), 3)))


@pytest.mark.parametrize(
    ("method", "how", "message"),
    [
        (integrated_gradients, {"steps": 0}, f"^steps is 0: it must be a whole number from 1 to {MAX_STEPS:,}"),
        (integrated_gradients, {"steps": True}, "^steps is True"),
        (
            integrated_gradients,
            {"baseline": torch.zeros(2, 16, 16)},
            r"^baseline has the shape \(2, 16, 16\), or .*\(3, 1",
        ),
        (
            integrated_gradients,
            {"baseline": float("nan")},
            r"^baseline has the shape \(\), or values that are no finite",
        ),
        (integrated_gradients, {"target": 10}, "^target is 10: this network has 10 classes"),
        (integrated_gradients, {"target": [1, 2, 3]}, "^target has 3 classes for 2 images"),
        (integrated_gradients, {"against": 3}, "^target and against are both 3"),
        (occlusion, {"window": 17}, "^window is 17: it must be a whole number from 1 to 16"),
        (occlusion, {"window": 0}, "^window is 0"),
        (occlusion, {"window": (3, 4, 5)}, r"^window is \(3, 4, 5\): give one whole number, or two, \(height, width\)"),
        (
            occlusion,
            {"window": 4, "stride": 5},
            "^stride is 5 and window 4: a stride above the window leaves gaps. Take",
        ),
        (occlusion, {"window": 4, "stride": 0}, "^stride is 0"),
        (occlusion, {"baseline": torch.zeros(4)}, r"^baseline has the shape \(4,\)"),
        (occlusion, {"target": -1}, "^target is -1"),
        (guided_grad_cam, {"layer": "layer9"}, "^This network has no layer 'layer9'"),
        (guided_grad_cam, {"target": 10, "layer": "layer1"}, "^target is 10"),
    ],
)
def test_bad_input_is_refused_in_words(
    net: ResNet, method: Callable[..., object], how: dict[str, object], message: str
) -> None:
    with pytest.raises(Refusal, match=message):
        method(net, pictures(2, 16), **{"target": 3, **how})


@every_method
def test_pictures_that_do_not_fit_are_refused(net: ResNet, method: Method) -> None:
    with pytest.raises(Refusal, match=r"^images have the shape \(1, 2, 16, 16\)"):
        METHODS[method](net, pictures(1, 16, channels=2), 3)


def test_too_many_windows_are_refused_before_any_pass() -> None:
    net = build(ResNetConfig(stage_blocks=(1,), widths=(1,), num_classes=2))
    with pytest.raises(Refusal, match=f"^That makes 11,025 windows, and {MAX_WINDOWS:,} are the most"):
        occlusion(net, pictures(1, 112), 0, window=8, stride=1)
