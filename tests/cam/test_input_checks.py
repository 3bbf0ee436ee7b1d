"""What a map is asked of: names of layers in any network, and every refusal in words."""

import re

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given
from torch import Tensor, nn

from explorer import ResNetConfig, build, preset
from explorer.cam.map_layers import module_of
from explorer.cam.maps import MAX_CLASSES, atlas, cam, grad_cam, layers_of
from explorer.cam.target_classes import class_indices
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from tests.network.strategies import configs

CONFIG = ResNetConfig(stage_blocks=(2, 1), widths=(2, 4), num_classes=10, image_size=32)
LAYERS = (
    "choose a block (stem, layer1.0 to layer1.1, layer2.0), a whole stage (layer1, layer2), or a module inside by its "
    "dotted name."
)


@pytest.fixture
def net() -> ResNet:
    return build(CONFIG)


@pytest.mark.slow
@given(configs())
def test_layers_of_a_network_are_those_of_its_configuration(config: ResNetConfig) -> None:
    net = build(config, device="meta")
    names = layers_of(net)
    assert names == layers_of(config)
    stem = module_of(net, "stem")
    assert stem is next(part for part in (net.maxpool, net.act1, net.conv1) if isinstance(part, torch.nn.Module))
    assert [module_of(net, name) for name in names[1:]] == [
        block for stage in net.stages for block in getattr(net, stage)
    ]


@pytest.mark.parametrize("name", ["resnet18", "resnet152", "wide_resnet50_2"])
def test_layers_of_torchvisions_networks(name: str) -> None:
    with torch.device("meta"):
        net = getattr(torchvision.models, name)()
    names = layers_of(net)
    assert module_of(net, "stem") is net.maxpool
    assert [module_of(net, one) for one in names[1:]] == [
        block for stage in (net.layer1, net.layer2, net.layer3, net.layer4) for block in stage
    ]
    if name != "wide_resnet50_2":
        assert names == layers_of(preset(name))


class Branchless(nn.Module):
    """With a module that it does not use, one that it uses twice, one for nothing, and a "stem" of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.twice = nn.ReLU()
        self.idle = nn.ReLU()
        self.beside = nn.Conv2d(4, 4, 1)
        self.body = nn.Conv2d(4, 5, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.twice(self.stem(x))
        self.beside(x)
        return self.body(self.twice(x)).mean((2, 3))


def test_any_module_that_puts_out_maps_is_a_layer() -> None:
    net, images = Branchless(), torch.rand(1, 3, 8, 8)
    assert layers_of(net) == ("stem",)
    assert module_of(net, "stem") is net.stem
    found = cam(net, images, 2, "body")
    assert np.allclose(found.scores[0], net.body(torch.relu(net.stem(images)))[0, 2].detach() / 36, atol=1e-6)
    assert cam(net, images, 2, "stem").scores.shape == (1, 6, 6)


def test_layers_that_have_no_single_map_are_refused() -> None:
    net, images = Branchless(), torch.rand(1, 3, 8, 8)
    for layer, message in (
        ("twice", "^Layer 'twice' is used several times in one pass, so it has no single map: choose "),
        ("idle", "^Layer 'idle' takes no part in what this network puts out: choose "),
        ("beside", "^Layer 'beside' takes no part in what this network puts out: choose "),
    ):
        with pytest.raises(Refusal, match=message):
            cam(net, images, 2, layer)
    with pytest.raises(Refusal, match=r"^Layer 'beside' takes no part"):
        atlas(net, images, 2, ["stem", "beside"])
    with pytest.raises(Refusal, match=r"^This network has no layer 'x': give the dotted name of a module"):
        cam(nn.Conv2d(3, 4, 3), images, 0, "x")
    with pytest.raises(Refusal, match=r"^Sequential puts out the shape \(1, 4, 6, 6\) for 1 image: a classifier gives"):
        cam(nn.Sequential(nn.Conv2d(3, 4, 3)), images, 0, "0")
    with pytest.raises(Refusal, match=r"^No layers to make an atlas of"):
        atlas(nn.Sequential(nn.Conv2d(3, 4, 3)), images, 0)


@pytest.mark.parametrize("layer", ["layer3", "layer1.2", "", "fc.weight", "conv1.weight", "layer1.0.bn9", 7, None])
def test_a_layer_that_is_not_there(net: ResNet, layer: str) -> None:
    with pytest.raises(Refusal, match=re.escape(f"This network has no layer {str(layer)!r}: {LAYERS}")):
        grad_cam(net, torch.zeros(1, 3, 32, 32), 0, layer)


def test_a_layer_that_puts_out_no_maps(net: ResNet) -> None:
    with pytest.raises(
        Refusal, match=re.escape("Layer 'fc' puts out the shape (1, 10), not maps (N, channels, height, ")
    ):
        grad_cam(net, torch.zeros(1, 3, 32, 32), 0, "fc")


@pytest.mark.parametrize("which", ["target", "against"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (10, "is 10: this network has 10 classes, so it must be a whole number from 0 to 9."),
        (-1, "is -1: this network has 10 classes"),
        (10**30, f"is {10**30}: this network has 10 classes"),
        ([0, 11], "is 11: this network has 10 classes"),
        ([0, 1, 2], "has 3 classes for 2 images: give one, or one for each."),
        ([], "has 0 classes for 2 images"),
        (1.5, "is 1.5: it must be a class index, a whole number from 0."),
        (True, "is True: it must be a class index"),
        ("3", "is 3: it must be a class index"),
        (None, "is None: it must be a class index"),
        (torch.tensor([0.5, 1.0]), "is tensor([0.5000, 1.0000]): it must be a class index"),
    ],
)
def test_a_class_that_is_not_there(net: ResNet, which: str, given: object, message: str) -> None:
    if (which, given) == ("against", None):
        return
    classes = {"target": 5, "against": 6, which: given}
    with pytest.raises(Refusal, match=re.escape(f"{which} {message}")):
        grad_cam(net, torch.zeros(2, 3, 32, 32), layer="layer1", **classes)


def test_classes_come_in_many_forms() -> None:
    logits = torch.zeros(2, 10)
    for two in ([3, 4], (3, 4), torch.tensor([3, 4]), [np.int64(3), 4], np.array([3, 4]).tolist()):
        assert class_indices("target", two, 2, logits).tolist() == [3, 4]
    for one in (3, np.int64(3), torch.tensor(3), [3], torch.tensor([3])):
        assert class_indices("target", one, 2, logits).tolist() == [3, 3]


def test_a_class_against_itself(net: ResNet) -> None:
    with pytest.raises(Refusal, match=r"^target and against are both 4: choose two different classes"):
        grad_cam(net, torch.zeros(2, 3, 32, 32), [3, 4], "layer1", against=4)


def test_an_atlas_of_nothing_or_of_too_much(net: ResNet) -> None:
    images = torch.zeros(1, 3, 32, 32)
    for targets, layers, message in (
        ([], None, f"^There are 0 classes in targets: give 1 to {MAX_CLASSES}."),
        (range(MAX_CLASSES + 1), None, f"^There are {MAX_CLASSES + 1} classes in targets"),
        ([3, 10], None, "^targets is 10: this network has 10 classes"),
        (2.5, None, "^targets is 2.5: it must be a class index"),
        ([1, 2, 1], None, "^targets hold 1 twice: give each once."),
        ([1], ["layer1", "layer1"], "^layers hold 'layer1' twice"),
        ([1], [], "^No layers"),
    ):
        with pytest.raises(Refusal, match=message):
            atlas(net, images, targets, layers)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(3, 32, 32), r"images have the shape \(3, 32, 32\): give 1 to 4,096 of them as a tensor \(N, 3, "),
        (torch.zeros(1, 1, 32, 32), r"images have the shape \(1, 1, 32, 32\): .*\(N, 3, height, width\)"),
        (torch.zeros(0, 3, 32, 32), r"images have the shape \(0, 3, 32, 32\)"),
        (torch.zeros(1, 3, 0, 32), r"images have the shape \(1, 3, 0, 32\)"),
        (torch.zeros(1).expand(5000, 3, 1, 1), r"images have the shape \(5000, 3, 1, 1\)"),
        (torch.zeros(1, 3, 32, 32, dtype=torch.uint8), "images hold torch.uint8 values, not all of them finite"),
        (torch.full((1, 3, 32, 32), float("nan")), "images hold torch.float32 values, not all of them finite"),
        (np.zeros((1, 3, 32, 32)), "images are a ndarray: give a tensor"),
    ],
)
def test_pictures_that_do_not_fit(net: ResNet, images: Tensor, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        grad_cam(net, images, 0, "layer1")
    with pytest.raises(Refusal, match=message):
        atlas(net, images, 0)


def test_pictures_of_any_size_and_type_of_numbers_fit(net: ResNet) -> None:
    for height, width in ((1, 1), (7, 50), (64, 32)):
        assert grad_cam(net, torch.rand(1, 3, height, width), 0, "layer2").shape == (1, height, width)
    images = torch.rand(1, 3, 32, 32)
    assert torch.equal(grad_cam(net, images.double(), 0, "layer1"), grad_cam(net, images, 0, "layer1"))
    assert grad_cam(net.double(), images, 0, "layer1").dtype == torch.float32
