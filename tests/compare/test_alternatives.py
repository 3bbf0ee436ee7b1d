"""The price of a choice: against torchvision, PyTorch's own modules and ``analyze``."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision.models import resnet, wide_resnet50_2

from explorer import ResNetConfig, analyze, preset
from explorer.compare.alternatives import (
    REDUCTIONS,
    Alternative,
    alternatives,
    block_price,
    break_even_ratio,
    with_reduction,
)
from explorer.network.block_plans import block_plans
from explorer.network.layer import BYTES_PER_VALUE
from explorer.network.options import Block, Norm, Shortcut
from explorer.network.totals import Totals, totals
from tests.network.kinds import KINDS
from tests.network.strategies import HEAVIEST, LONGEST, configs

META = torch.device("meta")


def measured(model: nn.Module, config: ResNetConfig, *, adds: type[nn.Module] | None = None) -> Totals:
    """Totals of a module on the meta device, read from every output of every leaf while it runs.

    ``adds``: blocks that add with an operator instead of a module, whose sums are as large as their outputs.
    """
    macs = values = 0

    def leaf(module: nn.Module, _: object, out: torch.Tensor) -> None:
        nonlocal macs, values
        values += out.numel()
        if isinstance(module, nn.Conv2d):
            macs += module.weight.numel() * out.shape[2] * out.shape[3]
        elif isinstance(module, nn.Linear):
            macs += module.weight.numel()

    def block(_module: nn.Module, _: object, out: torch.Tensor) -> None:
        nonlocal values
        values += out.numel()

    for module in model.modules():
        if adds and isinstance(module, adds):
            module.register_forward_hook(block)
        elif not any(module.children()):
            module.register_forward_hook(leaf)
    model(torch.empty(1, config.in_channels, config.image_size, config.image_size, device=META))
    params = sum(parameter.numel() for parameter in model.parameters())
    return Totals(params, macs, values * BYTES_PER_VALUE, config.depth)


# The bottleneck's reduction in a whole network.


@pytest.mark.parametrize("ratio", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("name", ["resnet50", "resnet101"])
def test_a_reduction_is_torchvisions_width_per_group(name: str, ratio: int) -> None:
    config = preset(name)
    with META:
        model = resnet.ResNet(resnet.Bottleneck, list(config.stage_blocks), width_per_group=256 // ratio).eval()
    assert totals(with_reduction(config, ratio)) == measured(model, config, adds=resnet.Bottleneck)


def test_reduction_two_is_the_published_wide_resnet() -> None:
    with META:
        wide = wide_resnet50_2()
    found = totals(with_reduction(preset("resnet50"), 2))
    assert with_reduction(preset("resnet50"), 2) == preset("wide_resnet50_2")
    assert with_reduction(replace(preset("resnet50"), groups=32), 2) == preset("resnext50_32x4d")
    assert found.params == sum(parameter.numel() for parameter in wide.parameters()) == 68_883_240


@settings(max_examples=60)
@given(config=configs(), ratio=st.sampled_from([1, 2, 4]))
def test_a_reduction_is_what_the_middles_of_any_network_have(config: ResNetConfig, ratio: int) -> None:
    config = replace(config, block=Block.BOTTLENECK, groups=1, width_per_group=64)
    changed = with_reduction(config, ratio)
    for before, after in zip(block_plans(config), block_plans(changed), strict=True):
        assert after == replace(before, width=before.out_channels // ratio)
    assert with_reduction(config, 4) == config


@pytest.mark.parametrize(
    ("config", "ratio", "words"),
    [
        (preset("resnet34"), 2, "has basic blocks"),
        (preset("resnet50"), 3, "256 output channels of stage 1 cannot shrink by 3"),
        (preset("resnet50"), 512, "256 output channels of stage 1 cannot shrink by 512"),
        (replace(preset("resnet50"), widths=(64, 129, 256, 512)), 8, "516 output channels of stage 2"),
        (preset("resnet50"), 0, "reduction of 0 is none"),
        (preset("resnet50"), -4, "reduction of -4 is none"),
        (preset("resnet50"), 2.5, "reduction of 2.5 is none"),
        (preset("resnet50"), True, "reduction of True is none"),
        (replace(preset("resnet50"), groups=3), 2, "With 3 groups a reduction of 2 leaves no whole channels a group"),
    ],
)
def test_a_reduction_that_cannot_be_is_refused_in_words(config: ResNetConfig, ratio: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        with_reduction(config, ratio)


# The bottleneck's own arithmetic.


def conv(inputs: int, outputs: int, kernel: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False, device=META)


@settings(max_examples=150)
@given(middle=st.integers(1, 300), ratio=st.integers(1, 16), side=st.integers(1, 224))
def test_a_block_price_is_what_pytorchs_convolutions_have(middle: int, ratio: int, side: int) -> None:
    channels = middle * ratio
    price = block_price(channels, ratio, side)
    bottleneck = [conv(channels, middle, 1), conv(middle, middle, 3), conv(middle, channels, 1)]
    basic = [conv(channels, channels, 3), conv(channels, channels, 3)]
    weights = [layer.weight.numel() for layer in bottleneck]
    assert [price.reduce, price.conv3x3, price.expand] == weights
    assert price.bottleneck == sum(weights)
    assert price.basic == sum(layer.weight.numel() for layer in basic)
    map_in = torch.empty(1, channels, side, side, device=META)
    assert price.bottleneck_macs == sum(_macs(bottleneck, map_in))
    assert price.basic_macs == sum(_macs(basic, map_in))
    assert price.factor == pytest.approx(price.basic_macs / price.bottleneck_macs)


def _macs(layers: list[nn.Conv2d], x: torch.Tensor) -> Iterator[int]:
    for layer in layers:
        x = layer(x)
        yield layer.weight.numel() * x.shape[2] * x.shape[3]


def test_the_numbers_of_the_paper_at_256_channels() -> None:
    price = block_price(256, 4, 14)
    assert (price.reduce, price.conv3x3, price.expand) == (16_384, 36_864, 16_384)
    assert (price.bottleneck, price.basic) == (69_632, 1_179_648)
    assert price.formulas["bottleneck"] == "16,384 + 36,864 + 16,384 = 69,632"
    assert price.formulas["basic"] == "2 · 3·3·256·256 = 1,179,648"
    assert price.sentence == (
        "At 256 channels two 3×3 convolutions have 1,179,648 weights, 16.9 times as many as a bottleneck with 64 in "
        "the middle, which has 69,632. Both would cost the same with about 335 channels in the middle, 1.31 times as "
        "many as at the ends."
    )


@given(middle=st.integers(1, 300), ratio=st.integers(1, 16))
def test_every_figure_of_a_blocks_sentence(middle: int, ratio: int) -> None:
    price, channels = block_price(middle * ratio, ratio, 1), middle * ratio
    found = re.fullmatch(
        r"At ([\d,]+) channels? two 3×3 convolutions have ([\d,]+) weights, ([\d.]+) times as many as a bottleneck "
        r"with ([\d,]+) in the middle, which has ([\d,]+)\. Both would cost the same with about ([\d,.]+) channels in "
        r"the middle, ([\d.]+) times as many as at the ends\.",
        price.sentence,
    )
    assert found
    ends, basic, times, inner, bottleneck, even, wider = (float(text.replace(",", "")) for text in found.groups())
    assert (ends, inner) == (channels, middle)
    assert ("channel " in price.sentence.partition("two")[0]) is (channels == 1)
    assert basic == sum(conv(channels, channels, 3).weight.numel() for _ in range(2))
    assert bottleneck == 2 * conv(channels, middle, 1).weight.numel() + conv(middle, middle, 3).weight.numel()
    assert times == pytest.approx(basic / bottleneck, rel=0.005)
    assert even / channels == pytest.approx(18 / (1 + 163**0.5), rel=0.005)  # the root of 2/r + 9/r² = 18
    assert wider == pytest.approx(18 / (1 + 163**0.5), rel=0.005)


@given(middle=st.integers(1, 300), ratio=st.integers(1, 16), side=st.integers(1, 224))
def test_every_receipt_of_a_block_is_true(middle: int, ratio: int, side: int) -> None:
    price = block_price(middle * ratio, ratio, side)
    for name, formula in price.formulas.items():
        if name == "break_even":
            continue
        left, right = formula.replace(",", "").replace("·", "*").split(" = ")
        value = eval(left)  # our own digits, signs and nothing else
        assert float(right) == pytest.approx(value, rel=0.005)
        assert value == getattr(price, name)


def test_at_the_break_even_both_blocks_cost_the_same() -> None:
    ratio = break_even_ratio()
    assert 2 / ratio + 9 / ratio**2 == pytest.approx(18)
    assert ratio == pytest.approx((1 + 163**0.5) / 18)
    formula = block_price(256, 4, 14).formulas["break_even"]
    assert formula.endswith(f"= {ratio:.3g}")
    # With whole channels: the middle on either side of the break-even is the cheaper and the dearer one.
    below, above = 334, 335
    costs = [
        sum(conv(*shape).weight.numel() for shape in ((256, m, 1), (m, m, 3), (m, 256, 1))) for m in (below, above)
    ]
    assert costs[0] < block_price(256, 4, 1).basic < costs[1]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (
            (256, 3, 14),
            "256 channels cannot shrink by 3: the middle would have 85.33 channels.*1, 2, 4, 8, 16, 32 and so on",
        ),
        ((257, 4, 14), "Choose a ratio that divides 257: 1, 257."),
        ((4, 8, 14), "the middle would have 0.50 channels"),
        ((0, 1, 14), "Channels: 0 is not a whole number from 1 to 16,384"),
        ((256, 0, 14), "Reduction ratio: 0 is not"),
        ((256, 999_999_999_999, 14), "Reduction ratio: 999999999999 is not a whole number from 1 to 16,384"),
        ((256, 4, 0), "Side of the map: 0 is not"),
        ((256, 4, 4096), "Side of the map: 4096 is not a whole number from 1 to 2,048"),
        ((256, 4, True), "Side of the map: True is not"),
        ((256.0, 4, 14), "Channels: 256.0 is not"),
        (("256", 4, 14), "Channels: '256' is not"),
    ],
)
def test_a_block_that_cannot_be_is_refused_in_words(numbers: tuple[int, int, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        block_price(*numbers)


# Alternatives.


def by_key(config: ResNetConfig) -> dict[str, Alternative]:
    found = alternatives(config)
    keyed = {alternative.key: alternative for alternative in found}
    assert len(keyed) == len(found)
    return keyed


def check(config: ResNetConfig) -> None:
    found = by_key(config)
    shortcuts = {f"shortcut_{shortcut}" for shortcut in Shortcut if shortcut is not config.shortcut}
    sizes = {"width_double", "width_half", "one_more_block", "image_double"}
    bottlenecks = config.block is Block.BOTTLENECK
    reductions = {f"reduction_{ratio}" for ratio in REDUCTIONS} if bottlenecks else {"reduction"}
    assert found.keys() == {"block", *shortcuts, *sizes, *reductions}
    reasons = [alternative.reason for alternative in found.values() if alternative.totals is None]
    assert len(reasons) == len(set(reasons))  # what is impossible for one reason is one line
    for alternative in found.values():
        assert alternative.label
        if alternative.config is not None:
            arch = analyze.__wrapped__(alternative.config)
            assert alternative.totals == Totals(arch.params, arch.macs, arch.activation_bytes, arch.depth)
        else:
            assert alternative.reason.endswith(".")  # what has no network says why


@pytest.mark.parametrize("name", KINDS)
def test_alternatives_of_presets(name: str) -> None:
    check(KINDS[name])


@pytest.mark.slow
@settings(max_examples=75)
@given(config=configs(small=False))
def test_alternatives_of_any_network(config: ResNetConfig) -> None:
    check(config)


def test_each_alternative_makes_its_choice_and_no_other() -> None:
    config = preset("resnet50")
    found = by_key(config)
    for shortcut in set(Shortcut) - {config.shortcut}:
        assert found[f"shortcut_{shortcut}"].config == replace(config, shortcut=shortcut)
    assert found["width_double"].config == replace(config, widths=(128, 256, 512, 1024))
    assert found["width_half"].config == replace(config, widths=(32, 64, 128, 256))
    assert found["one_more_block"].config == replace(config, stage_blocks=(3, 4, 7, 3))
    assert found["image_double"].config == replace(config, image_size=448)
    assert found["reduction_2"].config == with_reduction(config, 2)
    assert found["reduction_4"].config == config


def outputs(config: ResNetConfig) -> list[int]:
    return [width * config.expansion for width in config.widths]


@pytest.mark.slow
@settings(max_examples=100)
@given(config=configs(small=False), data=st.data())
def test_the_other_block_keeps_the_outputs_and_comes_as_near_in_depth_as_whole_blocks_do(
    config: ResNetConfig, data: st.DataObject
) -> None:
    stages = len(config.stage_blocks)
    blocks = data.draw(st.lists(st.integers(1, 60), min_size=stages, max_size=stages).map(tuple))
    config = replace(config, widths=tuple(4 * width for width in config.widths), stage_blocks=blocks)
    found = by_key(config)["block"]
    other = found.config
    if other is None:  # a bottleneck's narrow norm, with groups of a single value on a map of 1×1
        assert config.norm is Norm.GROUP and "groups would be a single value" in found.reason
        return
    assert other.block is not config.block
    assert outputs(other) == outputs(config)
    miss = abs(other.depth - config.depth)
    least = config.stem.convs + 1 + other.convs_per_block * stages
    assert other.depth == least or miss <= other.convs_per_block / 2
    assert f"depth {other.depth:,}" in found.label
    assert (f"do not make depth {config.depth:,}: {other.depth:,}" in found.reason) is (miss > 0)
    # In proportion: no stage is a whole block away from its share, unless it is kept at its one block.
    shares = [sum(other.stage_blocks) * count / sum(blocks) for count in blocks]
    if min(shares) >= 1:
        assert all(abs(got - share) < 1 for got, share in zip(other.stage_blocks, shares, strict=True))


def test_resnet50_with_basic_blocks_by_hand() -> None:
    """16 bottlenecks are 48 convolutions, 24 basic blocks; the outputs 256 to 2,048 become their widths."""
    found = by_key(preset("resnet50"))["block"]
    assert found.config is not None
    assert found.config.widths == (256, 512, 1024, 2048)
    assert found.config.stage_blocks == (5, 6, 9, 4)
    assert found.config.depth == 50
    # 7·7·3·256·112·112 − 7·7·3·64·112·112 = 354,041,856
    assert "from 64 to 256 channels: +354 M MACs" in found.reason


def test_what_is_not_possible_says_why() -> None:
    odd = by_key(replace(preset("resnet34"), widths=(64, 127, 256, 512)))
    assert "width of stage 2 is 127, which 4 does not divide" in odd["block"].reason
    assert "such as 124" in odd["block"].reason
    assert "width of stage 2 is 127, which 2 does not divide" in odd["width_half"].reason
    assert odd["reduction"] == Alternative(
        "reduction",
        "Another bottleneck reduction",
        None,
        None,
        "This network has basic blocks, and only a bottleneck has a reduction: choose bottlenecks first.",
    )
    shrinking = by_key(replace(preset("resnet50"), widths=(64, 32, 16, 8)))
    assert "cannot remove any" in shrinking["shortcut_A"].reason
    assert shrinking["shortcut_A"].totals is None


@pytest.mark.parametrize("config", [HEAVIEST, LONGEST], ids=["heaviest", "longest"])
def test_at_the_bounds_what_would_go_beyond_says_why(config: ResNetConfig) -> None:
    found = by_key(config)
    beyond = "It must be 1 to 16,384" if config.groups > 1 else "must be a whole number from 1 to 4,096"
    assert beyond in found["width_double"].reason
    assert "must be a whole number from 1 to 2,048" in found["image_double"].reason
    if max(config.stage_blocks) == 256:
        assert "must be a whole number from 1 to 256" in found["one_more_block"].reason


def test_a_shortcut_that_changes_nothing_says_so() -> None:
    single = ResNetConfig(block=Block.BASIC, stage_blocks=(4,), widths=(64,), shortcut=Shortcut.B)
    found = by_key(single)
    for key in ("shortcut_A", "shortcut_avgpool", "shortcut_avgpool_projection"):
        assert found[key].reason.endswith("does what 'B' does: nothing changes.")
        assert found[key].totals == totals(single)
    for key in ("shortcut_none", "shortcut_C"):
        assert found[key].reason == ""
        assert found[key].totals != totals(single)


@pytest.mark.slow
@settings(max_examples=75)
@given(config=configs())
def test_a_shortcut_is_said_to_change_nothing_exactly_where_the_layers_are_the_same(config: ResNetConfig) -> None:
    def sizes(network: ResNetConfig) -> list[object]:
        # Names and slots apart: the pool's empty slot gives the same layers other names.
        return [layer[1:] for layer in analyze(network).layers]

    for key, found in by_key(config).items():
        if key.startswith("shortcut_") and found.config is not None:
            assert ("nothing changes" in found.reason) is (sizes(found.config) == sizes(config))


def test_an_impossible_network_has_no_alternatives() -> None:
    with pytest.raises(ValueError, match=r"layer2\.0\.conv2 would halve a map"):
        alternatives(replace(preset("resnet50"), image_size=1, stem="cifar", stage_blocks=(1, 1), widths=(8, 8)))
