"""Grad-CAM++ and LayerCAM against pytorch-grad-cam, on random networks of several kinds."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, LayerCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from explorer import ResNetConfig, build
from explorer.cam.map_layers import layers_of, module_of
from explorer.cam.map_scores import SCORES
from explorer.cam.maps import cam
from explorer.cam.saliency_map import Method
from tests.cam.networks import SMALL, hooks, pictures, twins, unsettled
from tests.network.strategies import configs

LIBRARY = {Method.GRAD_CAM: GradCAM, Method.GRAD_CAM_PLUS_PLUS: GradCAMPlusPlus, Method.LAYER_CAM: LayerCAM}
every_method = pytest.mark.parametrize("method", SCORES)


def coarse(method: Method, net: nn.Module, images: torch.Tensor, targets: list[int], layer: str) -> np.ndarray:
    """The library's map at the layer's resolution, before its ReLU and before it is normalised."""
    found: list[np.ndarray] = []

    class Kept(LIBRARY[method]):  # type: ignore[misc]
        def get_cam_image(self, *given: object) -> np.ndarray:
            found.append(super().get_cam_image(*given))
            return found[0]

    with Kept(net, [module_of(net, layer)]) as library:
        library(images, [ClassifierOutputTarget(target) for target in targets])
    net.zero_grad()
    return found[0]


def assert_close(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.shape == expected.shape
    # A single channel behind a norm has no gradient but rounding's, 1e-20.
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max() + 1e-15


def test_every_method_of_one_backward_pass_has_its_reference() -> None:
    assert set(LIBRARY) == set(SCORES)


@every_method
@pytest.mark.parametrize("name", ["resnet18", "bottleneck"])
def test_maps_are_pytorch_grad_cams(method: Method, name: str) -> None:
    theirs, ours = twins(name)
    images, targets = pictures(2, 48), [2, 7]
    for layer in ("layer1.0", "layer2", "layer4.1"):
        expected = coarse(method, theirs, images, targets, layer)
        for net in (theirs, ours):
            found = cam(net, images, targets, layer, method=method)
            assert_close(found.scores, expected)
            assert [(one.method, one.layer, one.target) for one in found.maps] == [(method, layer, t) for t in targets]
        with LIBRARY[method](theirs, [module_of(theirs, layer)]) as library:
            shown = library(images, [ClassifierOutputTarget(target) for target in targets])
        again = scale_cam_image(scale_cam_image(np.maximum(found.scores, 0), (48, 48)))
        assert np.abs(again - shown).max() <= 1e-4


@pytest.mark.slow
@every_method
@settings(max_examples=15)
@given(config=configs(), data=st.data())
def test_maps_are_pytorch_grad_cams_whatever_the_network(
    method: Method, config: ResNetConfig, data: st.DataObject
) -> None:
    """In double precision, where small gradients do not drown in rounding."""
    net = unsettled(build(config, seed=3)).double()
    images = pictures(2, config.image_size, config.in_channels).double()
    targets = data.draw(st.lists(st.integers(0, config.num_classes - 1), min_size=2, max_size=2))
    layer = data.draw(st.sampled_from(layers_of(net)))
    expected = coarse(method, net, images, targets, layer)
    assert_close(cam(net, images, targets, layer, method=method).scores, expected.astype(np.float32))


@every_method
def test_the_network_is_left_as_it_was(method: Method) -> None:
    net = unsettled(build(SMALL))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    cam(net, pictures(1, 16), 3, "layer2", method=method)
    assert not hooks(net) and all(parameter.grad is None for parameter in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_where_both_methods_agree_with_grad_cam_by_definition() -> None:
    """At the last block the gradient is the same at every place of a channel: LayerCAM is Grad-CAM without the channels
    that speak against the class."""
    net = unsettled(build(SMALL))
    images = pictures(1, 16)
    last = layers_of(net)[-1]
    weights = net.fc.weight[3].detach()
    with torch.no_grad():
        features: list[torch.Tensor] = []
        hook = module_of(net, last).register_forward_hook(lambda *given: features.append(given[2]))
        net(images)
        hook.remove()
    expected = torch.einsum("c,nchw->nhw", weights.relu(), features[0]) / features[0][0, 0].numel()
    assert_close(cam(net, images, 3, last, method=Method.LAYER_CAM).scores, expected.numpy())
