"""The exported Keras file, proven by running it on PyTorch's backend: with the live model's weights, its outputs."""

import ast
import math
import os
import runpy
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings

from explorer.export.keras_file import to_keras
from explorer.network.arithmetic import analyze
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.model import build
from explorer.network.options import Init
from explorer.network.presets import preset
from tests.export.test_pytorch_file import (
    WIDE,
    at_the_edges,
    every_kind,
    imported_modules,
)
from tests.network.strategies import configs
from tests.network.trained import lively


@pytest.fixture(scope="module", autouse=True)
def keras() -> ModuleType:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras  # noqa: PLC0415

    assert keras.config.backend() == "torch"
    return keras


def run(code: str) -> SimpleNamespace:
    """What the file defines when it is imported."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(code, "exported.py", "exec"), names)
    return SimpleNamespace(**names)


def trainable(model: Any) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def has_the_names_of_the_table(model: Any, config: ResNetConfig) -> bool:
    named = {*Kind} - {Kind.POOL, Kind.PAD}
    wanted = {layer.name.replace(".", "_") for layer in analyze(config).layers if layer.kind in named}
    return wanted <= {layer.name for layer in model.layers}


@torch.no_grad()
def assert_same_outputs(config: ResNetConfig) -> None:
    """And the layers of the table: a model takes as long to build as to run."""
    file, net = run(to_keras(config)), lively(config)
    model = file.build_model()
    assert has_the_names_of_the_table(model, config)
    assert trainable(model) == analyze(config).params
    file.copy_weights(model, net.state_dict())
    images = torch.randn(2, config.in_channels, config.image_size, config.image_size)
    wanted = net(images)
    found = model(images.permute(0, 2, 3, 1))
    size = float(wanted.abs().nan_to_num(0, 0, 0).max())
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4 * size, equal_nan=True)


@pytest.mark.slow
@every_kind
def test_a_preset_made_small_gives_the_same_outputs(config: ResNetConfig) -> None:
    assert_same_outputs(config)


@pytest.mark.parametrize("name", ["resnet20", "keller_avgpool"])
def test_a_small_preset_gives_the_same_outputs_in_full(name: str) -> None:
    assert_same_outputs(preset(name))


@pytest.mark.slow
@settings(max_examples=30)
@given(configs())
@at_the_edges
def test_any_configuration_gives_the_same_outputs(config: ResNetConfig) -> None:
    assert_same_outputs(config)


@settings(max_examples=60)
@given(configs())
def test_nothing_in_the_file_is_unused(config: ResNetConfig) -> None:
    code = to_keras(config)
    tree = ast.parse(code)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert defined - used == {"copy_weights"}
    strided = any(layer.stride > 1 and layer.kind is Kind.CONV for layer in analyze(config).layers)
    assert ("stride: int = 1" in code) == strided
    assert ("BatchNormalization" in code) == (config.norm == "batch")
    assert ("GroupNormalization" in code) == (config.norm == "group")
    assert ("dilation_rate" in code) == any(layer.dilation > 1 for layer in analyze(config).layers)
    layers = analyze(config).layers
    optional = any(layer.dilation > 1 or (layer.kind is Kind.CONV and layer.groups > 1) for layer in layers)
    only_here = any(layer.role is Role.ATTENTION for layer in layers) and not config.conv_bias
    assert ("**options: int" in code) == (optional or only_here)
    assert imported_modules(tree) == {"math", "keras", "numpy"}
    assert code.isascii()


def test_running_the_file_checks_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "network.py"
    path.write_text(to_keras(preset("resnet20")))
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out == "logits (1, 10), 269,722 parameters\n"
    path.write_text(to_keras(preset("resnet20")).replace("        10,", "        11,"))
    with pytest.raises(AssertionError):
        runpy.run_path(str(path), run_name="__main__")


@pytest.mark.parametrize("init", Init)
@pytest.mark.parametrize(
    "change",
    [
        {"conv_bias": True},
        {"zero_init_residual": True},
        {"zero_init_residual": True, "conv_bias": True, "norm": "none"},
        {"zero_init_residual": True, "conv_bias": True, "order": "pre", "block": "bottleneck"},
        {"attention": "se", "residual_scale": "learned", "groups": 2, "block": "bottleneck", "norm": "group"},
        {"attention": "se", "conv_bias": True, "width_per_group": 96, "block": "bottleneck"},
    ],
    ids=str,
)
def test_initial_weights_have_the_distribution_of_build(init: Init, change: dict[str, Any]) -> None:
    """Tensor by tensor: constant where it is constant there; else the same spread, and no two alike."""
    config = replace(WIDE, init=init, **change)
    file = run(to_keras(config))
    model, built, heads = file.build_model(), build(config).state_dict(), set[float]()
    ours = {id(weight): weight.value.detach() for layer in model.layers for weight in layer.weights}
    places = {id(weight): weight for layer in model.layers for weight in layer.weights}
    file.copy_weights(model, built)
    for number, value in ours.items():
        wanted = places[number].value.detach()
        if wanted.numel() == 1 or wanted.min() == wanted.max():
            assert torch.equal(value, wanted), places[number].path
            continue
        few = 8 / wanted.numel() ** 0.5
        assert float(value.std() / wanted.std()) == pytest.approx(1, abs=few), places[number].path
        heads.add(float(value.flatten()[0]) / float(value.std()))
    assert len(heads) > 5


def test_dropout_and_stochastic_depth_have_the_rates_of_build() -> None:
    config = replace(WIDE, stage_blocks=(2, 2), dropout=0.25, stochastic_depth=0.6)
    layers = {layer.name: layer for layer in run(to_keras(config)).build_model().layers}
    for plan in block_plans(config):
        prefix = plan.name.replace(".", "_")
        assert layers[f"{prefix}_dropout"].rate == 0.25
        assert layers[f"{prefix}_drop_path"].rate == pytest.approx(plan.drop_branch)
        assert layers[f"{prefix}_drop_path"].noise_shape == (None, 1, 1, 1)  # a whole branch of an image


def test_an_impossible_network_is_refused_in_the_words_of_the_arithmetic() -> None:
    with pytest.raises(ValueError, match=r"layer4\.0\.conv2 would halve a map that is already 1×1"):
        to_keras(ResNetConfig(image_size=16))
