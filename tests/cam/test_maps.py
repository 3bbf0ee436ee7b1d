"""Grad-CAM and its atlas: against captum, pytorch-grad-cam and the closed form at the last stage; what stays behind."""

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from hypothesis import given, settings
from hypothesis import strategies as st
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torch.nn import functional

import explorer
from bench import cam as bench
from explorer import ResNetConfig, build
from explorer.cam.map_layers import module_of
from explorer.cam.maps import atlas, cam, grad_cam, layers_of
from explorer.cam.saliency_map import Method, scaled_up
from explorer.network.model import ResNet
from tests.accelerators import accelerators
from tests.cam.networks import SMALL, hooks, new_twins, pictures, twins, unsettled
from tests.network.strategies import configs

NAMES = ("resnet18", "bottleneck")
# In torchvision's blocks the outputs of these are changed in place by what follows.
IN_PLACE = ("bn1", "layer1.0.bn1", "layer4.1.bn2", "layer2.0.downsample.1")


def captums(net: nn.Module, images: Tensor, target: int | list[int], layer: str, *, relu: bool = False) -> Tensor:
    found = LayerGradCam(net, module_of(net, layer)).attribute(images, target, relu_attributions=relu)
    return found.detach()[:, 0]


def assert_close(found: Tensor | np.ndarray, expected: Tensor | np.ndarray, tolerance: float = 1e-5) -> None:
    """To ``tolerance`` of the largest value that is expected."""
    found, expected = torch.as_tensor(found), torch.as_tensor(expected)
    assert found.shape == expected.shape
    largest = float(expected.abs().max())
    assert float((found.double() - expected.double()).abs().max()) <= tolerance * largest


# Against libraries that we did not write.


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_maps_are_captums_at_every_layer_of_both_networks(name: str) -> None:
    theirs, ours = twins(name)
    images, targets = pictures(2, 32), [3, 9]
    logits = theirs(images).detach()
    for layer in (*layers_of(theirs), "layer1", "layer2", "layer3", "layer4", "layer3.1.conv1"):
        expected = captums(theirs, images, targets, layer)
        for net in (theirs, ours):
            found = cam(net, images, targets, layer)
            assert_close(found.scores, expected)
            assert_close(found.logits, logits)
            assert [(one.method, one.layer, one.target) for one in found.maps] == [
                (Method.GRAD_CAM, layer, target) for target in targets
            ]


@pytest.mark.parametrize("layer", IN_PLACE)
def test_what_follows_may_change_a_layers_output_in_place(layer: str) -> None:
    theirs, ours = twins("resnet18")
    images = pictures(2, 64)
    expected = captums(theirs, images, 4, layer)
    assert_close(cam(theirs, images, 4, layer).scores, expected)
    assert_close(cam(ours, images, 4, layer).scores, expected)
    assert_close(atlas(theirs, images, 4, IN_PLACE).at(layer, 4, 1).values, expected[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layer", ["layer2.1", "layer4"])
def test_maps_on_the_picture_are_captums_after_its_relu(name: str, layer: str) -> None:
    theirs, ours = twins(name)
    images = pictures(2, 48)
    for target in range(0, 10, 3):
        coarse = captums(theirs, images, target, layer, relu=True)
        enlarged = functional.interpolate(coarse[:, None], (48, 48), mode="bilinear", align_corners=False)[:, 0]
        largest = enlarged.amax((1, 2), keepdim=True)
        expected = enlarged / largest.where(largest > 0, torch.tensor(1.0))
        assert_close(grad_cam(ours, images, target, layer), expected)
        assert_close(grad_cam(theirs, images, target, layer), expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_maps_are_pytorch_grad_cams_after_its_normalisation(name: str) -> None:
    """It shifts and scales each map to 0 to 1, before it enlarges it with OpenCV and once more afterwards."""
    theirs, ours = twins(name)
    images, targets = pictures(2, 64), [2, 7]
    for layer in ("layer1.0", "layer2", "layer3.1", "layer4.1"):
        with GradCAM(theirs, [module_of(theirs, layer)]) as library:
            expected = library(images, [ClassifierOutputTarget(target) for target in targets])
        theirs.zero_grad()
        for net in (theirs, ours):
            found = np.maximum(cam(net, images, targets, layer).scores, 0)
            assert_close(scale_cam_image(scale_cam_image(found, (64, 64))), expected)
            on_picture = grad_cam(net, images, targets, layer).numpy()
            assert_close(scale_cam_image(on_picture), expected)


@pytest.mark.slow
@settings(max_examples=30)
@given(configs(), st.data())
def test_maps_are_captums_whatever_the_network(config: ResNetConfig, data: st.DataObject) -> None:
    """In double precision, where small gradients do not drown in rounding."""
    net = unsettled(build(config, seed=3)).double()
    images = pictures(2, config.image_size, config.in_channels).double()
    targets = data.draw(st.lists(st.integers(0, config.num_classes - 1), min_size=2, max_size=2))
    names = layers_of(net)
    layer = data.draw(st.sampled_from((*names, *net.stages)))
    expected = captums(net, images, targets, layer)
    found = cam(net, images, targets, layer)
    assert_close(found.scores, expected.float())
    assert_close(grad_cam(net, images, targets, layer, signed=True), normalised(expected, images))
    assert_close(grad_cam(net, images, targets, layer), normalised(expected.relu(), images))
    every = atlas(net, images, targets[0])
    assert every.layers == names == layers_of(config)
    for name in names:
        assert_close(every.at(name, targets[0], 1).values, cam(net, images, targets[0], name).scores[1])


def normalised(scores: Tensor, images: Tensor) -> Tensor:
    enlarged = functional.interpolate(scores[:, None], images.shape[2:], mode="bilinear", align_corners=False)[:, 0]
    largest = enlarged.abs().amax((1, 2), keepdim=True)
    return enlarged / largest.where(largest > 0, torch.ones_like(largest))


# The closed form, and what follows from the definition.


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_last_stage_has_a_closed_form(name: str) -> None:
    """Global pooling and a linear layer: the gradient is the class's weight over the number of places, everywhere.

    And the mean of the map, times the places, is the logit but for the bias."""
    theirs, ours = twins(name)
    images, seen = pictures(3, 96), []
    handle = theirs.layer4.register_forward_hook(lambda module, inputs, output: seen.append(output.detach()))
    logits = theirs(images).detach()
    handle.remove()
    (activations,) = seen  # (N, C, 3, 3)
    places = activations[0, 0].numel()
    expected = torch.einsum("kc,nchw->knhw", theirs.fc.weight.detach() / places, activations)
    found = atlas(ours, images, range(10), ["layer4"])
    assert_close(found.scores[0], expected)
    assert_close(found.scores[0].sum((2, 3)).T + ours.fc.bias.detach().numpy(), logits)
    for target in range(10):
        assert_close(cam(theirs, images, target, "layer4").scores, expected[target])


@pytest.mark.parametrize("layer", ["stem", "layer2.1", "layer4"])
def test_against_is_the_difference_of_two_maps(layer: str) -> None:
    """The gradient of a difference is the difference of the gradients."""
    _, net = twins("resnet18")
    images, targets, others = pictures(2, 64), [3, 5], [8, 0]
    found = cam(net, images, targets, layer, against=others)
    expected = cam(net, images, targets, layer).scores - cam(net, images, others, layer).scores
    assert_close(found.scores, expected)
    assert_close(cam(net, images, others, layer, against=targets).scores, -expected)
    assert [(one.target, one.against) for one in found.maps] == [(3, 8), (5, 0)]
    signed = grad_cam(net, images, targets, layer, against=others, signed=True)
    assert_close(signed, normalised(torch.tensor(expected), images))
    one = atlas(net, images, [3, 5], [layer], against=8)
    assert_close(one.at(layer, 5, 1).values, cam(net, images, 5, layer, against=8).scores[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_atlas_has_every_map_that_cam_has(name: str) -> None:
    theirs, ours = twins(name)
    images, targets = pictures(2, 32), [9, 4]
    for net in (theirs, ours):
        found = atlas(net, images, targets)
        assert found.layers == layers_of(net)
        assert len(found.layers) == 1 + 8
        for layer in found.layers:
            for target in targets:
                expected = cam(net, images, target, layer)
                assert_close(found.logits, expected.logits)
                for place in range(2):
                    assert_close(found.at(layer, target, place).values, expected.maps[place].values)


@pytest.mark.slow
def test_layers_may_come_in_any_order_and_lie_beside_each_other() -> None:
    theirs, ours = twins("bottleneck")
    images = pictures(1, 40)
    layers = ["layer3.2", "layer2.0.downsample", "layer2.0.conv1", "layer4", "layer2.0"]
    frozen = new_twins("bottleneck")[1].requires_grad_(False)
    for net in (theirs, ours, frozen):
        found = atlas(net, images, 3, layers)
        for layer in layers:
            assert_close(found.at(layer, 3).values, captums(theirs, images, 3, layer)[0])


def test_without_a_class_each_map_is_for_its_pictures_likeliest() -> None:
    _, net = twins("resnet18")
    images = pictures(6, 64)
    with torch.no_grad():
        likeliest = net(images).argmax(1).tolist()
    found = cam(net, images, None, "layer3")
    assert [each.target for each in found.maps] == likeliest
    assert_close(found.scores, cam(net, images, likeliest, "layer3").scores)
    every = atlas(net, images, layers=["layer3"])
    assert every.targets == tuple(sorted(set(likeliest)))
    for place, target in enumerate(likeliest):
        assert_close(every.at("layer3", target, place).values, found.maps[place].values)


def test_a_picture_alone_has_the_map_it_has_in_a_batch() -> None:
    _, net = twins("resnet18")
    images, targets = pictures(3, 64), [1, 2, 3]
    together = cam(net, images, targets, "layer3")
    for place, target in enumerate(targets):
        assert_close(together.scores[place], cam(net, images[place : place + 1], target, "layer3").scores[0])


def test_ranges_and_maps_where_nothing_speaks_for_the_class() -> None:
    """A classifier whose weights are all negative, behind a ReLU: no place speaks for any class."""
    net = build(SMALL).eval()
    images = pictures(2, 16)
    with torch.no_grad():
        net.fc.weight[3].copy_(-net.fc.weight[3].abs() - 0.1)
    layer = "layer3.0"
    below = cam(net, images, 3, layer)
    assert below.all_negative == (True, True)
    assert not grad_cam(net, images, 3, layer).any()
    signed = grad_cam(net, images, 3, layer, signed=True)
    assert signed.amin((1, 2)).tolist() == [-1, -1]
    assert float(signed.max()) <= 0
    for target in range(10):
        maps = grad_cam(net, images, target, layer)
        assert (maps.dtype, maps.shape, maps.requires_grad) == (torch.float32, (2, 16, 16), False)
        assert float(maps.min()) >= 0
        empty = cam(net, images, target, layer).all_negative
        assert maps.amax((1, 2)).tolist() == [0.0 if one else 1.0 for one in empty]
        assert grad_cam(net, images, target, layer, signed=True).abs().amax((1, 2)).tolist() == [1, 1]
    with torch.no_grad():
        net.fc.weight[3].zero_()
    assert not grad_cam(net, images, 3, layer, signed=True).any()


@pytest.mark.slow
def test_a_map_enlarged_is_what_the_charts_enlarge() -> None:
    _, net = twins("resnet18")
    images = pictures(1, 96)
    shown = [one for target in range(10) for one in cam(net, images, target, "layer3").maps if not one.all_negative]
    assert shown
    for one in shown:
        enlarged = scaled_up(one.positive, 96, 96)
        assert_close(grad_cam(net, images, one.target, "layer3")[0], enlarged / enlarged.max())


def test_numbers_that_are_none_are_shown_and_not_hidden() -> None:
    net = build(SMALL).eval()
    with torch.no_grad():
        net.fc.weight.fill_(float("inf"))
    assert not np.isfinite(cam(net, pictures(1, 16), 0, "layer3").scores).all()
    assert not grad_cam(net, pictures(1, 16), 0, "layer3").isfinite().all()


@pytest.mark.slow
def test_it_is_one_of_the_librarys_names() -> None:
    assert explorer.grad_cam is grad_cam
    maps = explorer.grad_cam(twins("bottleneck")[1], pictures(2, 64), target=5, layer="layer4.1")
    assert maps.shape == (2, 64, 64)


# What it costs, and what it leaves behind.


@pytest.mark.parametrize("frozen", [False, True])
def test_the_trunk_runs_without_a_graph(frozen: bool) -> None:
    net = new_twins("resnet18")[0].requires_grad_(not frozen)
    has_graph: dict[str, bool] = {}
    for name, module in net.named_modules():
        module.register_forward_hook(
            lambda _, inputs, output, name=name: has_graph.update({name: output.requires_grad})
        )
    cam(net, pictures(1, 64), 0, "layer3.1")
    assert {name for name, graph in has_graph.items() if graph} == {
        "",
        "layer3",
        *(name for name in has_graph if name.startswith(("layer4", "avgpool", "fc"))),
        *(["layer3.1"] if has_graph["layer3.1"] else []),
    }


@pytest.mark.slow
@settings(max_examples=30)
@given(configs(), st.booleans(), st.sampled_from(["", "forward", "backward", "class", "layer"]), st.randoms())
def test_a_network_is_as_it_was(config: ResNetConfig, frozen: bool, fails: str, random: object) -> None:
    """Hooks, modes, gradients, weights and the random state, after a pass that ended and after one that did not."""
    net, images = build(config), pictures(2, config.image_size, config.in_channels)
    for module in net.modules():
        module.training = random.random() < 0.5
    for parameter in net.parameters():
        parameter.requires_grad_(not frozen)
    modes = [module.training for module in net.modules()]
    weights = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()

    def breaks(*args: object) -> None:
        raise MemoryError("no room")

    def later(module: nn.Module, inputs: object, output: Tensor) -> None:
        output.register_hook(breaks)

    handle = net.fc.register_forward_hook({"forward": breaks, "backward": later}.get(fails, lambda *args: None))
    target = config.num_classes if fails == "class" else 0
    layers = [*layers_of(net), "fc"] if fails == "layer" else None
    if fails:
        with pytest.raises((MemoryError, ValueError)):
            atlas(net, images, target, layers)
    else:
        atlas(net, images, target)
        grad_cam(net, images, target, "stem")
    handle.remove()
    assert hooks(net) == 0
    assert [module.training for module in net.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()
    assert all(parameter.requires_grad is not frozen and parameter.grad is None for parameter in net.parameters())
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())


@pytest.mark.slow
def test_no_tensor_outlives_the_call() -> None:
    net, images = build(SMALL), pictures(1, 16)
    grad_cam(net, images, 0, "layer2")  # what libraries load once
    gc.collect()
    before = {id(thing) for thing in gc.get_objects() if issubclass(type(thing), Tensor)}
    kept = cam(net, images, 0, "layer2"), atlas(net, images, [0, 1])
    gc.collect()
    left = [thing for thing in gc.get_objects() if issubclass(type(thing), Tensor) and id(thing) not in before]
    assert left == []
    assert len(kept) == 2


def test_training_mode_shows_the_network_in_evaluation_mode() -> None:
    net = unsettled(build(SMALL))
    expected = cam(net, pictures(2, 16), 1, "layer1").scores
    assert np.array_equal(cam(net.train(), pictures(2, 16), 1, "layer1").scores, expected)


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_it_works_wherever_it_is_called(context: type) -> None:
    net, images = unsettled(build(SMALL)), pictures(2, 16)
    expected = cam(net, images, 1, "layer1")
    with context():
        inside = cam(net, images * 1.0, 1, "layer1")
        maps = grad_cam(net, images * 1.0, 1, "layer1")
        every = atlas(net, images * 1.0, 1)
    assert np.array_equal(inside.scores, expected.scores)
    assert np.array_equal(every.logits, expected.logits)
    assert_close(maps, grad_cam(net, images, 1, "layer1"))


def test_images_keep_their_graph_and_get_no_gradient() -> None:
    images = pictures(1, 16).requires_grad_()
    cam(build(SMALL), images, 0, "stem")
    assert images.requires_grad
    assert images.grad is None


# Threads that share a network.


@pytest.mark.slow
def test_threads_that_share_a_network_get_the_serial_maps() -> None:
    """Eight of them, fifty maps each, over layers, classes and pictures, of a network in training mode."""
    net: ResNet = unsettled(build(SMALL)).train()
    net.requires_grad_(True)
    names = layers_of(net)
    requests = [
        (pictures(1, 16, seed=number % 7), number % 10, names[number % len(names)], (number + 1) % 10)
        for number in range(140)  # all there are of seven pictures, ten classes and four layers
    ]
    serial = [cam(net, *request).scores for request in requests]
    with ThreadPoolExecutor(8) as threads:
        together = threads.map(lambda number: cam(net, *requests[number % 140]).scores, range(400))
        for number, found in enumerate(together):
            assert_close(found, serial[number % 140], 1e-6)
    assert hooks(net) == 0
    assert all(module.training for module in net.modules())


def test_a_pass_of_another_thread_is_left_alone() -> None:
    net, images = unsettled(build(SMALL)), pictures(1, 16)
    with torch.no_grad():
        expected = net(images)
    with ThreadPoolExecutor(1) as other:
        seen: list[Tensor] = []

        def run_it_elsewhere(*args: object) -> None:
            if not seen:
                seen.append(images)
                with_graph = other.submit(net, images).result()
                seen[:] = [with_graph]

        handle = net.act1.register_forward_hook(run_it_elsewhere)
        found = cam(net, images, 2, "layer2.0")
        handle.remove()
    assert torch.equal(seen[0], expected)
    assert_close(found.scores, captums(net, images, 2, "layer2.0"))


def test_the_benchmark_still_measures() -> None:
    """As small as it can be: what it measures is not judged here."""
    config = ResNetConfig(block="basic", stage_blocks=(1, 1, 1, 1), widths=(2, 2, 2, 4), num_classes=5, image_size=32)
    results = list(bench.run(repeats=1, config=config))
    assert [(result.goal, result.at_least) for result in results] == [
        (1.15, False),
        (2.6, False),
        (0.95, True),
        (3.0, True),
        (1.5, False),
        (1.5, False),
    ]
    assert all(result.measured > 0 and "ResNet-10" in result.name for result in results)
    assert "all 4 blocks" in results[1].ours


@pytest.mark.gpu
def test_a_gpu_finds_what_the_cpu_finds() -> None:
    images = pictures(2, 64)
    for device in accelerators():
        net = new_twins("resnet18")[1]
        here = grad_cam(net, images, 3, "layer3")
        there = grad_cam(net.to(device.name), images, 3, "layer3")
        assert there.device.type == device.kind
        assert_close(there.cpu(), here, 2e-2)  # TF32 convolutions
