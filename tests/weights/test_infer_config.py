"""From names and shapes back to a configuration: for every preset, and for generated networks."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from torchvision.models import resnet18, resnet50

from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.text.errors import Refusal
from explorer.weights.infer_config import infer_config
from tests.network.kinds import SHORT
from tests.network.strategies import configs


def shapes_of(net: object) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in net.state_dict().items()}  # type: ignore[attr-defined]


def check(config: ResNetConfig) -> None:
    shapes = shapes_of(build(config, device="meta"))
    found = infer_config(shapes, config.image_size)
    assert shapes_of(build(found.config, device="meta")) == shapes
    for name in ("block", "stage_blocks", "widths", "stem", "norm", "num_classes", "in_channels", "image_size"):
        assert getattr(found.config, name) == getattr(config, name), name


@pytest.mark.slow
@pytest.mark.parametrize("config", list(SHORT), ids=list(SHORT.values()))
def test_every_kind_of_preset_is_found(config: ResNetConfig) -> None:
    check(config)


@pytest.mark.slow
@example(
    ResNetConfig(
        block="basic",
        stage_blocks=(1, 1, 1, 1),
        widths=(1, 1, 1, 1),
        shortcut="avgpool_projection",
        shortcut_norm=False,
        num_classes=1,
        in_channels=1,
        image_size=17,
        output_stride="16",
    )
)
@settings(max_examples=40)
@given(configs(small=True))
def test_any_network_is_found(config: ResNetConfig) -> None:
    check(config)


@pytest.mark.parametrize(("make", "name"), [(resnet18, "resnet18"), (resnet50, "resnet50")])
def test_torchvisions_own(make: object, name: str) -> None:
    found = infer_config(shapes_of(make()))  # type: ignore[operator]
    assert found.config == preset(name)
    assert any("224" in each for each in found.assumed)


def test_what_shapes_cannot_tell_is_said() -> None:
    said = " ".join(infer_config(shapes_of(build(preset("resnet20"), device="meta"))).assumed)
    assert "pad with zeros (A)" in said and "32 × 32" in said and "ReLU" in said
    said = " ".join(infer_config(shapes_of(build(preset("resnet50"), device="meta")), 224).assumed)
    assert "3×3 convolution (v1.5)" in said and "pixels" not in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda shapes: {}, "not the weights of a residual network"),
        (lambda shapes: {"a": (1,), "b": (2,)}, "here they begin with a, b"),
        (lambda shapes: {k: v for k, v in shapes.items() if not k.startswith("layer2")}, "without a gap"),
        (lambda shapes: {k: v for k, v in shapes.items() if k != "fc.weight"}, "fc.weight is missing"),
        (lambda shapes: shapes | {"conv1.weight": (64, 3, 5, 5)}, "5×5 kernel"),
        (lambda shapes: shapes | {"fc.weight": (10,)}, "fc.weight has 1 dimensions"),
        (lambda shapes: shapes | {"fc.weight": (10**9, 512)}, "No network with these weights"),
        (lambda shapes: shapes | {"layer1.0.conv1.weight": (10**7, 64, 3, 3)}, "No network with these weights"),
    ],
)
def test_what_is_no_network_is_said(change: object, said: str) -> None:
    shapes = shapes_of(build(preset("resnet18"), device="meta"))
    with pytest.raises(Refusal, match=said):
        infer_config(change(shapes))  # type: ignore[operator]


def test_a_shortcut_everywhere_is_c() -> None:
    for shortcut in ("B", "C", "avgpool_projection"):
        config = replace(preset("resnet18"), shortcut=shortcut)
        assert infer_config(shapes_of(build(config, device="meta"))).config == config
