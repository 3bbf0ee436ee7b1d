"""The ONNX and the safetensors file: what onnxruntime computes is what the live model computes."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from safetensors.torch import load

from explorer.export.onnx_file import to_onnx
from explorer.export.weights_file import to_safetensors
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.network.presets import preset
from explorer.text.errors import Refusal
from tests.export.test_pytorch_file import every_kind
from tests.network.strategies import configs
from tests.network.trained import lively


def session(file: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def assert_same_outputs(net: ResNet, file: bytes) -> None:
    config, running = net.config, session(file)
    for batch_size in (1, 3):  # the number of images is free
        images = torch.randn(batch_size, config.in_channels, config.image_size, config.image_size)
        wanted = net(images)
        (found,) = running.run(["logits"], {"images": images.numpy()})
        size = float(wanted.abs().nan_to_num(0, 0, 0).max())
        torch.testing.assert_close(torch.from_numpy(found), wanted, rtol=1e-4, atol=1e-4 * size, equal_nan=True)


@pytest.mark.slow
@every_kind
def test_a_preset_made_small_gives_the_same_outputs(config: ResNetConfig) -> None:
    net = lively(config)
    assert_same_outputs(net, to_onnx(net))


@pytest.mark.slow
@settings(max_examples=75)
@given(configs())
def test_any_configuration_gives_the_same_outputs(config: ResNetConfig) -> None:
    net = lively(config)
    assert_same_outputs(net, to_onnx(net))


def test_a_configuration_is_built_with_the_seed() -> None:
    config = preset("resnet20")
    assert_same_outputs(build(config, seed=3).eval(), to_onnx(config, seed=3))
    assert to_onnx(config, seed=3) == to_onnx(config, 3) != to_onnx(config)


@settings(max_examples=40)
@given(configs())
def test_the_file_is_sound_and_has_the_names_and_shapes_of_the_table(config: ResNetConfig) -> None:
    model = onnx.load_from_string(to_onnx(config))
    onnx.checker.check_model(model, full_check=True)  # infers all shapes and compares them with those in the file
    arch = analyze(config)
    named = {node.name for node in model.graph.node}
    assert {layer.name for layer in arch.layers} <= named
    sizes = {each.name: [side.dim_value for side in each.type.tensor_type.shape.dim] for each in model.graph.value_info}
    assert all(sizes[layer.name][1:] == list(layer.output_shape) for layer in arch.layers if layer.name != "fc")
    learned = {name for name, _ in build(config, device="meta").named_parameters()}
    weights = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    assert learned <= weights.keys()
    assert sum(weights[name].size for name in learned) == arch.params


def test_the_file_says_which_network_it_is_and_nothing_about_this_computer() -> None:
    model = onnx.load_from_string(to_onnx(preset("resnet20")))
    assert model.doc_string == "ResNet-20 (CIFAR)\nresnet20"
    assert not [node for node in model.graph.node if node.doc_string or node.metadata_props]
    for tensor in model.graph.initializer:
        tensor.ClearField("raw_data")  # any bytes may stand in numbers
    assert not any(trace in model.SerializeToString() for trace in (b"/", b"\\", b".py", b"torch"))


def test_the_network_that_is_given_is_left_alone() -> None:
    net = build(preset("resnet20"))
    to_onnx(net)
    assert net.training


def test_without_onnx_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "explorer.export.onnx_graph", raising=False)
    with pytest.raises(Refusal, match=r"^An ONNX file needs the package onnx: pip install"):
        to_onnx(preset("resnet20"))


def test_a_network_that_no_file_can_hold_is_refused_before_it_is_built() -> None:
    config = replace(preset("resnet152"), widths=(1024, 1024, 1024, 1024))
    with pytest.raises(Refusal, match=r"^An ONNX file ends at 2 GiB: this network's [\d,]+ parameters"):
        to_onnx(config)


def test_safetensors_hold_the_state_dict() -> None:
    config = preset("resnet20")
    wanted = build(config, seed=5).state_dict()
    found = load(to_safetensors(config, seed=5))
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], value) for name, value in wanted.items())
    net = lively(config)
    assert torch.equal(load(to_safetensors(net))["bn1.weight"], net.state_dict()["bn1.weight"])
    assert np.frombuffer(to_safetensors(config)[:8], "<u8")[0] < 100_000  # a header of names and shapes, no pickle
