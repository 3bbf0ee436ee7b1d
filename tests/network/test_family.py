"""The later family (groups, width, attention, blur, dilation, ...) against torchvision's and timm's own networks."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import timm
import torch
import torchvision
from timm.layers import BlurPool2d
from timm.models.resnet import BasicBlock as TimmBasicBlock
from timm.models.resnet import Bottleneck as TimmBottleneck
from timm.models.resnet import ResNet as TimmResNet
from torch import Tensor, nn
from torchvision.models.resnet import Bottleneck
from torchvision.ops import StochasticDepth

from explorer import ResNetConfig, analyze, build, inspect_live, preset
from explorer.network.blocks import ResidualBlock
from explorer.network.operations import BlurPool, Scale
from explorer.network.presets import PRESET_INFO
from tests.network.test_model import check_same_outputs, noise, shapes

TORCHVISION = [info.name for info in PRESET_INFO.values() if info.equals.startswith("torchvision.models.")]
TIMM = [info.name for info in PRESET_INFO.values() if info.equals.startswith("timm.")]
SMALL = ResNetConfig(stage_blocks=(1, 2, 1, 2), widths=(8, 16, 24, 32), num_classes=7, image_size=64)


def their_network(name: str) -> nn.Module:
    """torchvision's or timm's own network of a preset, on the meta device."""
    equals = PRESET_INFO[name].equals
    with torch.device("meta"):
        if equals.startswith("timm."):
            return timm.create_model(equals.removeprefix("timm."))
        net: nn.Module = eval(equals if equals.endswith(")") else f"{equals}()", {"torchvision": torchvision})
        return net


def not_drawn(make: Callable[[], nn.Module]) -> nn.Module:
    """A network whose weights are whatever was in memory: it gets all of them from another one."""
    with pytest.MonkeyPatch.context() as patch:
        for draw in ("normal_", "uniform_"):
            patch.setattr(Tensor, draw, lambda weights, *_args, **_options: weights)
        return make()


def check_equal(config: ResNetConfig, make_theirs: Callable[[], nn.Module]) -> None:
    """Names, shapes and order of the weights, and the outputs with the same ones."""
    net, theirs = build(config), not_drawn(make_theirs)
    assert shapes(net) == shapes(theirs)
    assert sum(parameter.numel() for parameter in theirs.parameters()) == analyze(config).params
    theirs.load_state_dict(net.state_dict(), strict=True)
    check_same_outputs(net, theirs, SIZE)


def test_torchvisions_ten_and_timms_are_presets() -> None:
    ten = {name for name in torchvision.models.list_models(torchvision.models) if "resne" in name}
    assert ten == {name for name in TORCHVISION if name != "deeplab_resnet50"}
    assert {"resnet50d", "seresnet50", "resnet50_gn", "resnetblur50"} == set(TIMM)


@pytest.mark.parametrize("name", [*TORCHVISION, *TIMM])
def test_names_shapes_and_counts_are_theirs(name: str) -> None:
    arch, theirs = analyze(preset(name)), their_network(name)
    assert shapes(build(arch.config, "meta")) == shapes(theirs)
    assert arch.params == sum(parameter.numel() for parameter in theirs.parameters())
    if name in torchvision.models.list_models(torchvision.models):
        card = torchvision.models.get_model_weights(name).DEFAULT.meta
        assert arch.params == card["num_params"]
        assert arch.macs / 1e9 == pytest.approx(card["_ops"], abs=5e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnext50_32x4d", "deeplab_resnet50", "seresnet50"])
def test_whole_networks_compute_the_same(name: str) -> None:
    theirs = their_network(name)
    net = build(preset(name))
    theirs.load_state_dict(net.state_dict(), strict=True, assign=True)
    check_same_outputs(net, theirs)


SIZE = 90  # px: the stages halve odd maps (23) and even ones (12, 6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "theirs"),
    [
        ({"groups": 4, "width_per_group": 16}, {"groups": 4, "width_per_group": 16}),
        ({"width_per_group": 96}, {"width_per_group": 96}),
        ({"output_stride": 16}, {"replace_stride_with_dilation": [False, False, True]}),
        ({"output_stride": 8}, {"replace_stride_with_dilation": [False, True, True]}),
        ({"norm": "group"}, {"norm_layer": lambda channels: nn.GroupNorm(32, channels)}),
    ],
)
def test_small_networks_compute_what_torchvision_does(changed: dict[str, object], theirs: dict[str, object]) -> None:
    config = replace(SMALL, widths=(64, 128, 256, 512), **changed)
    check_equal(config, lambda: torchvision.models.ResNet(Bottleneck, [1, 2, 1, 2], num_classes=7, **theirs))


@pytest.mark.slow
@pytest.mark.parametrize("block", ["basic", "bottleneck"])
@pytest.mark.parametrize(
    ("changed", "theirs"),
    [
        ({"attention": "se"}, {"block_args": {"attn_layer": "se"}}),
        ({"antialias": "blur"}, {"aa_layer": BlurPool2d}),
        ({"output_stride": 16}, {"output_stride": 16}),
        ({"output_stride": 8}, {"output_stride": 8}),
    ],
)
def test_small_networks_compute_what_timm_does(
    block: str, changed: dict[str, object], theirs: dict[str, object]
) -> None:
    config = replace(SMALL, block=block, widths=(64, 128, 256, 512), **changed)
    kind = TimmBasicBlock if block == "basic" else TimmBottleneck
    check_equal(config, lambda: TimmResNet(kind, (1, 2, 1, 2), num_classes=7, **theirs))


@pytest.mark.parametrize("size", [2, 3, 8, 13])
def test_two_averages_are_timms_blur(size: int) -> None:
    maps = noise(2, 5, size, size)
    torch.testing.assert_close(BlurPool()(maps), BlurPool2d(5)(maps))


# What the options do.

FIELDS: list[dict[str, object]] = [
    {"groups": 4, "width_per_group": 16},
    {"width_per_group": 128},
    {"stem_width": 5},
    {"dropout": 0.3, "stochastic_depth": 0.5},
    {"output_stride": 8},
    {"norm": "group"},
    {"attention": "se"},
    {"antialias": "blur"},
    {"residual_scale": "learned"},
]


@pytest.mark.parametrize("order", ["post", "pre"])
@pytest.mark.parametrize("changed", FIELDS, ids="-".join)
def test_every_layer_agrees_with_the_live_network(
    changed: dict[str, object], order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.live.inspect.TIMING_BUDGET_S", 0)  # nothing here looks at how long it took
    for block in ("basic", "bottleneck"):
        report = inspect_live(replace(SMALL, block=block, order=order, **changed))
        assert report.ran
        assert report.agrees, report.mismatches[:3]


def test_stochastic_depth_decays_linearly() -> None:
    """Huang et al. 2016, equation 4: the survival of block l of L is 1 - l/L (1 - p_L)."""
    net = build(replace(SMALL, stochastic_depth=0.6))
    rates = [module.p for module in net.modules() if isinstance(module, StochasticDepth)]
    assert rates == pytest.approx([0.6 * number / 6 for number in range(1, 7)])


def test_dropout_stands_in_front_of_the_last_convolution_and_only_trains() -> None:
    for config in (replace(SMALL, dropout=0.5), replace(SMALL, block="basic", order="pre", dropout=0.5)):
        net, bare = build(config), build(replace(config, dropout=0.0))
        check_same_outputs(net, bare)
        for block in net.modules():
            if isinstance(block, ResidualBlock):
                names = [name for name, _ in block.named_children()]
                assert names[names.index("dropout") + 1] == ("conv2" if config.block == "basic" else "conv3")
        with torch.random.fork_rng():
            torch.manual_seed(0)
            first, second = (net.train()(noise(2, 3, 64, 64)) for _ in range(2))
        assert not torch.equal(first, second)


def test_a_learned_scale_starts_each_block_as_its_shortcut() -> None:
    """SkipInit, without norms: every block is the identity, or its projection, and the scale gets a gradient."""
    net = build(replace(SMALL, norm="none", conv_bias=True, residual_scale="learned", zero_init_residual=True)).train()
    seen: list[tuple[ResidualBlock, Tensor, Tensor]] = []
    hook: Callable[..., None] = lambda block, args, out: seen.append((block, args[0], out))  # noqa: E731
    for module in net.modules():
        if isinstance(module, ResidualBlock):
            module.register_forward_hook(hook)
    net(noise(2, 3, 64, 64)).square().mean().backward()
    for block, x, out in seen:
        shortcut = x if block.downsample is None else block.downsample(x)
        torch.testing.assert_close(out, shortcut.relu())
    gains = [module.gain for module in net.modules() if isinstance(module, Scale)]
    assert len(gains) == 6
    assert all(gain.shape == (1,) and gain.grad is not None and gain.grad.item() != 0 for gain in gains)


@pytest.mark.parametrize("changed", [{"groups": 4, "width_per_group": 16}, {"output_stride": 8}, {"antialias": "blur"}])
def test_the_receptive_field_is_where_the_gradient_comes_from(changed: dict[str, object]) -> None:
    """The side of the square of pixels that a central position of the last map depends on."""
    config = ResNetConfig(stage_blocks=(1, 1, 1), widths=(8, 8, 8), norm="none", image_size=193, **changed)
    net = build(config).double().eval()
    for name, weights in net.named_parameters():  # nothing may cancel out, and nothing be cut off
        weights.data = (
            torch.zeros_like(weights) if name.endswith("bias") else torch.rand_like(weights) / weights[0].numel()
        )
    found: list[Tensor] = []
    net.layer3.register_forward_hook(lambda _module, _args, out: found.append(out))
    images = torch.rand(1, 3, 193, 193, dtype=torch.double, requires_grad=True)
    net(images)
    middle = found[0].shape[-1] // 2
    (gradient,) = torch.autograd.grad(found[0][0, :, middle, middle].sum(), images)
    rows = gradient[0].abs().sum((0, 2)).nonzero().flatten()
    assert int(rows[-1] - rows[0]) + 1 == analyze(config).receptive_field
