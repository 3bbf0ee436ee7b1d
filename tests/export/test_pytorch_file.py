"""The exported Python file, proven by running it: the same network as ``build`` makes, and nothing it does not use."""

import ast
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from torch import nn

from explorer.export.tables import to_python
from explorer.network.arithmetic import analyze
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.layer import Kind
from explorer.network.links import to_url
from explorer.network.model import build
from explorer.network.names import name_of
from explorer.network.options import Block, Init, Shortcut
from explorer.network.presets import PRESETS, preset
from tests.network.kinds import SHORT
from tests.network.strategies import configs

SAMPLES = (
    "resnet18",
    "resnet50",
    "resnet50_v1",
    "resnet50d",
    "plain20",
    "resnet20",
    "preact_resnet110",
    "keller_b",
    "keller_avgpool",
    "keras_resnet50",
)
ONE_STAGE = ResNetConfig(block="basic", stage_blocks=(3,), widths=(6,), stem="cifar", image_size=9, num_classes=3)


def run(code: str) -> SimpleNamespace:
    """What the file defines when it is imported."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(code, "exported.py", "exec"), names)
    return SimpleNamespace(**names)


def shrunk(config: ResNetConfig) -> ResNetConfig:
    """The same kind of network, small enough to run in milliseconds."""
    return replace(
        config,
        stage_blocks=tuple(min(blocks, 2) for blocks in config.stage_blocks),
        widths=tuple(max(width // 16, -(-64 // config.width_per_group)) for width in config.widths),
        stem_width=config.stem_width and max(config.stem_width // 16, 1),
        image_size=min(config.image_size, 41),
        num_classes=5,
    )


SHRUNK = {shrunk(preset(name)): name for name in reversed(PRESETS)}
"""Each kind of preset once: made small, presets that differ in depth or width alone are the same network."""
every_kind = pytest.mark.parametrize("config", list(SHRUNK), ids=list(SHRUNK.values()))


def signature(net: nn.Module) -> list[tuple[str, torch.Size, torch.dtype]]:
    return [(name, value.shape, value.dtype) for name, value in net.state_dict().items()]


def assert_same_network(config: ResNetConfig) -> None:
    """Names, order and shapes of the state dict; with the same weights, the same outputs and running statistics."""
    exported, built = run(to_python(config)).ResNet(), build(config)
    assert signature(exported) == signature(built)
    exported.load_state_dict(built.state_dict())
    images = torch.randn(2, config.in_channels, config.image_size, config.image_size)
    for training in (True, False):
        found = [_outputs(net.train(training), images) for net in (exported, built)]
        # Not torch.equal: a deep network without norms may overflow, and two NaNs are the same answer here.
        torch.testing.assert_close(*found, rtol=0, atol=0, equal_nan=True)
    for value, wanted in zip(exported.state_dict().values(), built.state_dict().values(), strict=True):
        torch.testing.assert_close(value, wanted, rtol=0, atol=0, equal_nan=True)


@torch.no_grad()
def _outputs(net: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What comes out, with the same values dropped for every network."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        out: torch.Tensor = net(images)
    return out


EDGES = (
    ONE_STAGE,
    replace(ONE_STAGE, shortcut="C"),
    replace(ONE_STAGE, block="bottleneck", shortcut="avgpool_projection"),
    replace(ONE_STAGE, block="bottleneck", shortcut="avgpool", order="pre"),
    replace(ONE_STAGE, block="bottleneck", shortcut="A", stage_blocks=(1,)),
    replace(ONE_STAGE, stage_blocks=(2, 2), widths=(6, 6), shortcut="A"),
    replace(ONE_STAGE, stage_blocks=(2, 2), widths=(6, 6), shortcut="avgpool"),
    replace(ONE_STAGE, stage_blocks=(2, 2), widths=(6, 3), stem="deep", norm="none", image_size=17),
)


def at_the_edges(test: Callable[..., None]) -> Callable[..., None]:
    """The test with the configurations at the edges of what there is as examples."""
    for config in EDGES:
        test = example(config)(test)
    return test


@pytest.mark.slow
@pytest.mark.parametrize("config", list(SHORT), ids=list(SHORT.values()))
def test_a_preset_has_the_same_state_dict(config: ResNetConfig) -> None:
    with torch.device("meta"):
        exported = run(to_python(config)).ResNet()
    assert signature(exported) == signature(build(config, device="meta"))
    assert sum(value.numel() for value in exported.parameters()) == analyze(config).params


@pytest.mark.slow
@every_kind
def test_a_preset_made_small_gives_the_same_outputs(config: ResNetConfig) -> None:
    assert_same_network(config)


@pytest.mark.parametrize("name", ["resnet20", "plain20", "keller_a", "keller_b", "keller_avgpool"])
def test_a_small_preset_gives_the_same_outputs_in_full(name: str) -> None:
    assert_same_network(preset(name))


@pytest.mark.slow
@settings(max_examples=75)
@given(configs())
@at_the_edges
def test_any_configuration_is_the_same_network(config: ResNetConfig) -> None:
    assert_same_network(config)


@settings(max_examples=50)
@given(configs())
def test_the_layers_have_the_names_of_the_table(config: ResNetConfig) -> None:
    """And each is a module of its own, used once: shared or functional activations would escape hooks.

    The file's test for a shortcut picks just the blocks that need one."""
    exported = run(to_python(config)).ResNet()
    kinds = {nn.Conv2d: Kind.CONV, nn.BatchNorm2d: Kind.NORM, nn.GroupNorm: Kind.NORM, nn.Linear: Kind.LINEAR}
    activations = (type(exported.get_submodule("layer1.0.act1")), nn.ReLU, nn.Sigmoid)
    found = [
        (name, kinds.get(type(module), Kind.ACTIVATION))
        for name, module in exported.named_modules(remove_duplicate=False)
        if type(module) in (*kinds, *activations)
    ]
    wanted = {*kinds.values(), Kind.ACTIVATION}
    assert sorted(found) == sorted((layer.name, layer.kind) for layer in analyze(config).layers if layer.kind in wanted)
    for plan in block_plans(config):
        made = getattr(exported.get_submodule(plan.name), "downsample", None)
        assert (made is not None) == (plan.shortcut in ("pad", "project"))


def imported_modules(tree: ast.Module) -> set[str]:
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@settings(max_examples=80)
@given(configs())
def test_nothing_in_the_file_is_unused(config: ResNetConfig) -> None:
    code = to_python(config)
    tree = ast.parse(code)
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert len(re.findall(rf"\b{node.name}\b", code)) > 1, f"{node.name} is never used"
    plans = list(block_plans(config))
    assert ("stride: int" in code) == any(plan.stride != 1 for plan in plans)
    assert ("bias=False" in code) is not config.conv_bias
    assert ("BatchNorm2d" in code) == (config.norm == "batch")
    assert ("GroupNorm" in code) == (config.norm == "group")
    assert ("dilation" in code.split('"""', 2)[2]) == any(max(plan.dilations) > 1 for plan in plans)
    assert ("groups=" in code) == (config.groups > 1 and config.block == "bottleneck")
    assert ("SqueezeExcite" in code) == (config.attention == "se")
    assert ("BlurPool" in code) == any(layer.kind is Kind.BLUR for layer in analyze(config).layers)
    assert ("Scale" in code) == any(plan.scaled for plan in plans)
    assert ("DropPath" in code) == any(plan.drop_branch for plan in plans)
    assert ("nn.Dropout" in code) == (config.dropout > 0)
    assert ("shortcut" in code.split('"""', 2)[2].replace("no shortcut", "")) is not config.is_plain
    assert ("def init_weights" in code) == (
        config.init is not Init.TORCH
        or (config.zero_init_residual and "zero_init_residual" not in inactive_fields(config))
    )
    kinds = {plan.shortcut for plan in plans}
    assert ("self.downsample" in code) == bool(kinds & {"pad", "project"})
    assert ("is None" in code) == ("identity" in kinds and len(kinds) > 1)


@pytest.mark.parametrize("shortcut", Shortcut)
@pytest.mark.parametrize("block", Block)
def test_the_docstrings_say_that_odd_sides_are_rounded_up(block: Block, shortcut: Shortcut) -> None:
    """A map of 7x7 leaves a strided block at 4x4."""
    config = ResNetConfig(
        block=block, stage_blocks=(1, 2), widths=(4, 4), shortcut=shortcut, stem="cifar", image_size=7
    )
    exported = vars(run(to_python(config)))
    assert exported["ResNet"]().layer2(torch.randn(2, 4 * config.expansion, 7, 7)).shape[2:] == (4, 4)
    classes = [value for value in exported.values() if getattr(value, "__module__", "") == "exported"]
    docs = [" ".join((value.__doc__ or "").split()) for value in classes]
    halved = [doc for doc in docs if re.search(r"H/[s2]", doc)]
    assert halved
    assert all(re.search(r"H/[s2], W/[s2]\), rounded up", doc) for doc in halved)


@settings(max_examples=50)
@given(configs())
def test_the_file_is_safe_and_readable(config: ResNetConfig) -> None:
    code = to_python(config)
    assert imported_modules(ast.parse(code)) <= {"math", "torch", "torch.nn"}
    assert "inplace" not in code
    assert "+=" not in code
    assert code.isascii()
    too_long = [line for line in code.splitlines() if len(line) > 88]
    assert too_long in ([], [to_url(config)])  # a link is one word


@settings(max_examples=50)
@given(configs())
def test_the_docstring_says_what_the_network_is(config: ResNetConfig) -> None:
    text = " ".join((ast.get_docstring(ast.parse(to_python(config))) or "").split())
    arch = analyze(config)
    assert name_of(config).replace("×", "x") in text
    assert f"{arch.params:,} parameters" in text
    assert f"{arch.macs:,} multiply-adds" in text
    assert to_url(config) in text
    assert "arXiv:1512.03385" in text


@pytest.mark.parametrize(("deep", "shallow"), [("resnet1202", "resnet20"), ("resnet152", "resnet50")])
def test_a_deeper_network_has_no_longer_file(deep: str, shallow: str) -> None:
    assert len(to_python(preset(deep)).splitlines()) == len(to_python(preset(shallow)).splitlines()) < 115


@pytest.mark.parametrize("name", SAMPLES)
def test_running_the_file_checks_it(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = shrunk(preset(name))
    path = tmp_path / "network.py"
    path.write_text(to_python(config))
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out == f"logits (1, 5), {analyze(config).params:,} parameters\n"


@pytest.mark.slow
def test_the_file_stands_alone(tmp_path: Path) -> None:
    """In a process of its own, in a folder with nothing else in it."""
    (tmp_path / "network.py").write_text(to_python(preset("resnet20")))
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-W", "error", "network.py"]
    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "logits (1, 10), 269,722 parameters\n", "")


def test_a_wrong_parameter_count_would_be_noticed(tmp_path: Path) -> None:
    path = tmp_path / "network.py"
    path.write_text(to_python(preset("resnet20")).replace("nn.Linear(64, 10)", "nn.Linear(64, 11)"))
    with pytest.raises(AssertionError):
        runpy.run_path(str(path), run_name="__main__")


WIDE = ResNetConfig(
    block="basic", stage_blocks=(1, 1), widths=(32, 48), stem="cifar", image_size=16, num_classes=40, shortcut="B"
)


@pytest.mark.parametrize("init", Init)
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"conv_bias": True},
        {"zero_init_residual": True},
        {"zero_init_residual": True, "conv_bias": True, "norm": "none"},
        {"zero_init_residual": True, "conv_bias": True, "order": "pre", "block": "bottleneck"},
        {"attention": "se", "residual_scale": "learned", "groups": 2, "block": "bottleneck", "norm": "group"},
        {"attention": "se", "conv_bias": True, "width_per_group": 96, "block": "bottleneck"},
        {"zero_init_residual": True, "shortcut": "none"},
    ],
    ids=str,
)
def test_initial_weights_have_the_distribution_of_build(init: Init, change: dict[str, Any]) -> None:
    """Tensor by tensor: constant where it is constant there; else the same spread and the same shape of it."""
    config = replace(WIDE, init=init, **change)
    torch.manual_seed(0)
    exported = run(to_python(config)).ResNet()
    for (name, value), wanted in zip(exported.state_dict().items(), build(config).state_dict().values(), strict=True):
        if wanted.numel() == 1 or wanted.min() == wanted.max():
            assert torch.equal(value, wanted), name
            continue
        few = 8 / wanted.numel() ** 0.5  # the standard error of a spread shrinks with the root of the count
        assert float(value.std() / wanted.std()) == pytest.approx(1, abs=few), name
        if wanted.numel() > 500:  # uniform values end at 1.73 standard deviations; 500 normal ones do not
            assert (float(value.abs().max() / value.std()) < 1.9) == (float(wanted.abs().max() / wanted.std()) < 1.9)


def test_initial_weights_are_drawn_from_the_global_generator() -> None:
    network = run(to_python(WIDE)).ResNet
    torch.manual_seed(1)
    first = network().state_dict()
    torch.manual_seed(1)
    again = network().state_dict()
    other = network().state_dict()
    assert all(torch.equal(value, again[name]) for name, value in first.items())
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])


@pytest.mark.parametrize("shortcut", Shortcut)
def test_gradients_reach_every_parameter(shortcut: Shortcut) -> None:
    """No operation in place stands between a parameter and the loss, whatever hooks listen on the way."""
    exported = run(to_python(replace(WIDE, shortcut=shortcut))).ResNet()
    heard: list[str] = []
    for name, module in exported.named_modules():
        module.register_full_backward_hook(lambda _module, _grad_in, _grad_out, name=name: heard.append(name))
    images = torch.randn(2, 3, 16, 16, requires_grad=True)
    exported(images).square().sum().backward()
    assert {name for name, _ in exported.named_modules()} == set(heard)
    assert all(value.grad is not None and value.grad.isfinite().all() for value in exported.parameters())


def test_an_impossible_network_is_refused_in_the_words_of_the_arithmetic() -> None:
    with pytest.raises(ValueError, match=r"layer4\.0\.conv2 would halve a map that is already 1×1"):
        to_python(ResNetConfig(image_size=16))
