"""The real network against torchvision, timm and torch's own initialisers, and its receptive field by its gradients."""

from dataclasses import replace
from itertools import product

import pytest
import timm
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from explorer import ResNetConfig, analyze, build, preset
from explorer.network.blocks import ACTIVATIONS, ResidualBlock
from explorer.network.model import ResNet
from explorer.network.options import Init
from tests.network.strategies import configs

DEPTHS = (18, 34, 50)  # of either block; 101 and 152 have more of the same, and their names and shapes are compared
SMALL = replace(preset("resnet50"), stage_blocks=(1, 2), widths=(4, 8), image_size=32, num_classes=5)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def shapes(net: nn.Module) -> list[tuple[str, torch.Size]]:
    return [(name, value.shape) for name, value in net.state_dict().items()]


@torch.inference_mode()
def check_same_outputs(net: nn.Module, theirs: nn.Module, size: int = 64) -> None:
    images = noise(2, 3, size, size)
    torch.testing.assert_close(net.eval()(images), theirs.eval()(images))


# torchvision and timm.


@pytest.mark.slow
@pytest.mark.parametrize("depth", DEPTHS)
def test_torchvisions_exchange_weights_and_compute_the_same(depth: int) -> None:
    net = build(preset(f"resnet{depth}"))
    with torch.device("meta"):
        theirs = getattr(torchvision.models, f"resnet{depth}")()
    theirs.load_state_dict(net.state_dict(), strict=True, assign=True)
    check_same_outputs(net, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("depth", [18, 50])
def test_torchvisions_trained_looking_weights_load_and_compute_the_same(depth: int) -> None:
    """The other direction, with norms that have seen data: their running statistics matter."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        theirs = getattr(torchvision.models, f"resnet{depth}")().train()
    with torch.no_grad():
        theirs(noise(4, 3, 64, 64))
    net = build(preset(f"resnet{depth}"))
    net.load_state_dict(theirs.state_dict(), strict=True)
    check_same_outputs(net, theirs)


def test_the_gradients_are_torchvisions() -> None:
    net, theirs = build(preset("resnet18")).train(), torchvision.models.resnet18().train()
    theirs.load_state_dict(net.state_dict())
    for model in (net, theirs):
        model(noise(2, 3, 64, 64)).square().mean().backward()
    for (name, ours), other in zip(net.named_parameters(), theirs.parameters(), strict=True):
        assert ours.grad is not None
        torch.testing.assert_close(ours.grad, other.grad, msg=lambda text, name=name: f"{name}: {text}")


@pytest.mark.slow
@settings(max_examples=25)
@given(st.sampled_from(["basic", "bottleneck"]), st.tuples(*[st.integers(1, 4)] * 4))
def test_any_stage_blocks_have_torchvisions_state_dict_and_size(block: str, blocks: tuple[int, ...]) -> None:
    config = ResNetConfig(block=block, stage_blocks=blocks)
    with torch.device("meta"):
        theirs = torchvision.models.ResNet(BasicBlock if block == "basic" else Bottleneck, list(blocks))
    assert shapes(build(config, "meta")) == shapes(theirs)
    assert analyze(config).params == sum(parameter.numel() for parameter in theirs.parameters())


@pytest.mark.parametrize(("block", "blocks"), [("basic", (1, 3, 1, 2)), ("bottleneck", (2, 1, 1, 1))])
def test_other_stage_blocks_compute_what_torchvision_does(block: str, blocks: tuple[int, ...]) -> None:
    net = build(ResNetConfig(block=block, stage_blocks=blocks))
    with torch.device("meta"):
        theirs = torchvision.models.ResNet(BasicBlock if block == "basic" else Bottleneck, list(blocks))
    theirs.load_state_dict(net.state_dict(), strict=True, assign=True)
    check_same_outputs(net, theirs)


@pytest.mark.slow
def test_resnet50d_is_timms() -> None:
    net, theirs = build(preset("resnet50d")), timm.create_model("resnet50d")
    assert shapes(net) == shapes(theirs)
    theirs.load_state_dict(net.state_dict(), strict=True)
    assert sum(parameter.numel() for parameter in theirs.parameters()) == analyze(preset("resnet50d")).params
    check_same_outputs(
        net, theirs, size=90
    )  # stages halve odd maps (23: the pooled shortcut keeps the last row) and even


# What the options do.


@pytest.mark.slow
@given(configs())
def test_the_seed_pairs_networks_with_and_without_shortcuts(config: ResNetConfig) -> None:
    config = replace(config, zero_init_residual=False)
    net, plain = build(config, seed=3), build(replace(config, shortcut="none"), seed=3)
    ours, theirs = net.state_dict(), plain.state_dict()
    assert theirs.keys() <= ours.keys()  # batch norms, where there are any, do not depend on the seed
    assert all("downsample" in name or name.endswith("scale.gain") for name in ours.keys() - theirs.keys())
    for name, value in theirs.items():
        assert torch.equal(value, ours[name]), name


def test_another_seed_is_another_network() -> None:
    first, second = build(SMALL, seed=0).state_dict(), build(SMALL, seed=1).state_dict()
    assert not any(torch.equal(first[name], second[name]) for name in first if "conv" in name)
    again = build(SMALL, seed=0).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in first.items())


def test_no_two_layers_start_alike() -> None:
    weights = [value.flatten()[:16] for name, value in build(SMALL).state_dict().items() if "conv" in name]
    assert len({tuple(weight.tolist()) for weight in weights}) == len(weights)


@pytest.mark.slow
@given(configs())
def test_building_leaves_global_randomness_alone(config: ResNetConfig) -> None:
    state = torch.get_rng_state()
    build(config)
    build(config, "meta")
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.slow
@settings(max_examples=25)
@given(configs())
def test_every_operation_is_a_module_of_its_own(config: ResNetConfig) -> None:
    """Each leaf runs exactly once: nothing is shared, nothing computes outside a module."""
    runs: list[nn.Module] = []
    net = build(config, "meta").eval()
    leaves = [module for module in net.modules() if not list(module.children())]
    for leaf in leaves:
        leaf.register_forward_hook(lambda module, inputs, output: runs.append(module))
    net(torch.empty(2, config.in_channels, config.image_size, config.image_size, device="meta"))
    assert sorted(map(id, runs)) == sorted(map(id, leaves))
    assert len(runs) == len(analyze(config).layers)
    assert not any(getattr(leaf, "inplace", False) for leaf in leaves)


@pytest.mark.slow
@settings(max_examples=25)
@given(configs())
def test_every_parameter_of_a_residual_network_is_trained(config: ResNetConfig) -> None:
    """One backward pass reaches everything: no layer is built and forgotten."""
    net = build(config).train()
    net(noise(2, config.in_channels, config.image_size, config.image_size)).square().sum().backward()
    assert [name for name, parameter in net.named_parameters() if parameter.grad is None] == []


ZERO_INIT = list(product(("basic", "bottleneck"), ("post", "pre"), ("batch", "none"), ("A", "B", "C", "avgpool")))


@pytest.mark.parametrize(("block", "order", "norm", "shortcut"), ZERO_INIT)
def test_a_zero_initialised_block_is_its_shortcut(block: str, order: str, norm: str, shortcut: str) -> None:
    """Block output = its input through the activation (post), or its input itself (pre), where shapes are kept."""
    config = replace(
        SMALL,
        block=block,
        order=order,
        norm=norm,
        shortcut=shortcut,
        zero_init_residual=True,
        conv_bias=True,
        activation="tanh",
    )
    net = build(config).eval()
    for name, unit in net.named_modules():
        if not isinstance(unit, ResidualBlock):
            continue
        x = noise(2, analyze(config).by_name[f"{name}.conv1"].input_shape[0], 8, 8)
        beside = x
        if unit.downsample is not None:
            beside = unit.downsample(unit.act1(unit.bn1(x)) if order == "pre" else x)
        expected = beside if order == "pre" else torch.tanh(beside)
        assert torch.equal(unit(x), expected), name


def test_zero_init_gives_the_branch_no_gradient_at_first() -> None:
    net = build(replace(SMALL, zero_init_residual=True)).train()
    net(noise(2, 3, 32, 32)).square().sum().backward()
    gradients = {name: float(parameter.grad.abs().max()) for name, parameter in net.named_parameters()}
    branches = {name: size for name, size in gradients.items() if name.startswith("layer") and "downsample" not in name}
    assert {name for name, size in branches.items() if size} == {
        f"{unit}.bn3.{part}" for unit in ("layer1.0", "layer2.0", "layer2.1") for part in ("weight", "bias")
    }


# Initialisation.


@pytest.mark.parametrize("init", Init)
def test_convolutions_start_as_torchs_initialisers_do(init: Init) -> None:
    """Same spread, same kind of distribution (uniform or normal), for a conv whose fans differ and are large."""
    net = build(replace(preset("resnet18"), stage_blocks=(1, 1), widths=(64, 256), init=init, conv_bias=True))
    net.requires_grad_(False)
    ours = net.get_parameter("layer2.0.conv1.weight")  # (256, 64, 3, 3)
    reference = nn.Conv2d(64, 256, 3).requires_grad_(False)  # starts as torch's default
    generator = torch.Generator().manual_seed(0)
    match init:
        case Init.HE_FAN_OUT:
            nn.init.kaiming_normal_(reference.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        case Init.HE_FAN_IN:
            nn.init.kaiming_normal_(reference.weight, mode="fan_in", nonlinearity="relu", generator=generator)
        case Init.XAVIER:
            nn.init.xavier_uniform_(reference.weight, generator=generator)
    assert float(ours.std()) == pytest.approx(float(reference.weight.std()), rel=0.01)
    assert float(ours.mean()) == pytest.approx(0, abs=3 * float(ours.std()) / ours.numel() ** 0.5)
    assert float(ours.abs().max()) == pytest.approx(float(reference.weight.abs().max()), rel=0.15)
    bias = net.get_parameter("layer2.0.conv1.bias")
    assert bool(bias.any()) == (init is Init.TORCH)
    if init is Init.TORCH:
        assert reference.bias is not None
        assert float(bias.abs().max()) == pytest.approx(float(reference.bias.abs().max()), rel=0.1)


def test_norms_and_classifier_start_as_torchs() -> None:
    net = build(preset("resnet18")).requires_grad_(False)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            fresh = nn.BatchNorm2d(module.num_features).state_dict()
            assert all(torch.equal(value, fresh[name]) for name, value in module.state_dict().items())
    bound = 512**-0.5  # nn.Linear: uniform within 1/sqrt(inputs), weight and bias
    for values in (net.fc.weight, net.fc.bias):
        assert float(values.abs().max()) == pytest.approx(bound, rel=0.01)
        assert float(values.std()) == pytest.approx(bound / 3**0.5, rel=0.05)


def test_every_activation_is_torchs() -> None:
    x = torch.linspace(-3, 3, 7)
    for activation, reference in {
        "relu": torch.relu,
        "leaky_relu": nn.functional.leaky_relu,
        "gelu": nn.functional.gelu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
    }.items():
        used = {type(module) for module in build(replace(SMALL, activation=activation), "meta").modules()}
        assert used & {type(make()) for make in ACTIVATIONS.values()} == {type(ACTIVATIONS[activation]())}
        assert torch.equal(ACTIVATIONS[activation]()(x), reference(x))


# The receptive field, as the gradients show it.

FIELDS = {
    "v1.5": replace(preset("resnet50"), widths=(2, 2, 2, 2)),
    "v1": replace(preset("resnet50_v1"), widths=(2, 2, 2, 2)),
    "basic": replace(preset("resnet18"), widths=(2, 3, 4, 5)),
    "plain": replace(preset("plain18"), widths=(2, 2, 2, 2)),
    "cifar": replace(preset("resnet20"), widths=(2, 3, 4)),
    "cifar, deeper": replace(preset("resnet56"), widths=(2, 2, 2)),
    "deep stem, pooled projections": replace(preset("resnet50d"), widths=(2, 2, 2, 2), stage_blocks=(1, 2, 2, 1)),
    "pooled, padded": replace(preset("resnet20"), widths=(2, 3, 4), shortcut="avgpool"),
    "projections everywhere": replace(preset("resnet20"), widths=(2, 2, 2), shortcut="C"),
    "pre-activation": replace(preset("resnet20"), widths=(2, 3, 4), order="pre", shortcut="B"),
    "pre-activation bottleneck": replace(preset("resnet50"), widths=(2,) * 4, stage_blocks=(1, 2, 1, 1), order="pre"),
    "five stages": replace(preset("resnet18"), widths=(2,) * 5, stage_blocks=(1,) * 5),
}


@pytest.mark.parametrize("name", FIELDS)
def test_the_receptive_field_is_what_gradients_show(name: str) -> None:
    """The box of input pixels on which the middle unit before the global pooling depends, exactly."""
    field, jump = analyze(FIELDS[name]).receptive_field, analyze(FIELDS[name]).by_name["avgpool"].jump_in
    config = replace(FIELDS[name], image_size=min(field + 3 * jump, 2048))
    net = _positive(config)
    image = torch.rand((1, 3, config.image_size, config.image_size), generator=torch.Generator().manual_seed(0))
    image = image.double().requires_grad_()
    maps: list[Tensor] = []
    net.avgpool.register_forward_pre_hook(lambda module, inputs: maps.append(inputs[0]))
    net(image)
    middle = maps[0].shape[-1] // 2
    (gradient,) = torch.autograd.grad(maps[0][0, :, middle, middle].sum(), image)
    touched = gradient[0].sum(0) != 0
    for sides in (touched.any(0), touched.any(1)):
        at = sides.nonzero().flatten()
        assert 0 < int(at[0]) <= int(at[-1]) < config.image_size - 1  # not cut off by the border
        assert int(at[-1] - at[0]) + 1 == field


def _positive(config: ResNetConfig) -> ResNet:
    """The network with positive weights only, so that nothing cancels and no ReLU is shut, scaled to stay finite."""
    net = build(config).double().eval()
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.dim() == 4:  # (outputs, inputs, k, k)
                parameter.copy_(parameter.abs() + 0.1).div_(parameter[0].numel())
    return net
