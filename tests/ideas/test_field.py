"""Receptive fields: the theoretical squares against ``analyze``, the effective fields against what must come out."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from explorer.charts.ideas.field import (
    field_alt_text,
    field_chart,
    field_rows,
    growth_alt_text,
    growth_chart,
    growth_rows,
)
from explorer.ideas.field import COUNTS, FieldNetwork, FieldRun, sentence, sides, units_of
from explorer.ideas.measure import field as measure
from explorer.ideas.measure.field import effective_fields, field_runs
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.network.options import Norm, Order, Shortcut, Stem
from explorer.text.quantities import percent
from explorer.weights.catalogue import EMBEDDED, embedded
from explorer.weights.load import trained

TINY = ResNetConfig(
    block="basic",
    stage_blocks=(2, 1),
    widths=(3, 4),
    stem=Stem.CIFAR,
    shortcut=Shortcut.B,
    image_size=16,
    num_classes=2,
)
KINDS = [
    TINY,
    replace(TINY, shortcut=Shortcut.NONE, norm=Norm.NONE),
    replace(TINY, order=Order.PRE, stage_blocks=(1, 1, 1), widths=(2, 3, 4)),
    replace(TINY, block="bottleneck", stem=Stem.DEEP, image_size=64),
    replace(TINY, stem=Stem.IMAGENET, image_size=64, shortcut=Shortcut.AVGPOOL),
]


@cache
def runs() -> tuple[FieldRun, ...]:
    return field_runs((FieldNetwork.TRAINED, FieldNetwork.UNTRAINED), 0)


def linear(config: ResNetConfig, value: float | None = None) -> ResNet:
    """The network without its activations, and with averages for its maxima; all weights are ``value`` if given."""
    net = build(config, seed=3)
    for module in list(net.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.ReLU):
                setattr(module, name, nn.Identity())
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, nn.AvgPool2d(3, 2, 1))
            if isinstance(child, nn.Conv2d) and value is not None:
                nn.init.constant_(child.weight, value)
    return net


def support(found: np.ndarray) -> int:
    """The side of the square of pixels that have a gradient; it must be full, and in the middle."""
    rows, columns = np.nonzero(found)
    middle, reach = found.shape[-1] // 2, max(abs(rows - found.shape[-1] // 2))
    assert len(rows) == (2 * reach + 1) ** 2
    assert (rows.min(), rows.max()) == (columns.min(), columns.max()) == (middle - reach, middle + reach)
    return int(2 * reach + 1)


@pytest.mark.parametrize("config", KINDS[:4])
def test_without_activations_the_whole_theoretical_square_and_nothing_else_has_gradient(config: ResNetConfig) -> None:
    found = effective_fields(linear(config, 0.1), seed=0)
    arch = analyze(config)
    for unit, map_ in zip(units_of(config), found, strict=True):
        assert support(map_) == arch.unit_layers(unit)[-1].receptive_field
    assert sides(config)[-1] == arch.receptive_field <= found.shape[-1]


@pytest.mark.parametrize("config", KINDS)
def test_nothing_outside_the_theoretical_field_has_gradient(config: ResNetConfig) -> None:
    found = effective_fields(build(config, seed=1), seed=1)
    for side, map_ in zip(sides(config), found, strict=True):
        rows, columns = np.nonzero(map_)
        away = np.maximum(abs(rows - map_.shape[0] // 2), abs(columns - map_.shape[1] // 2))
        assert len(rows) > 0 and away.max() <= side // 2


def whole_outputs(net: ResNet, x: torch.Tensor) -> list[torch.Tensor]:
    """What comes out of the stem and of every block, nothing cut."""
    found: dict[str, torch.Tensor] = {}
    names = [analyze(net.config).unit_layers("stem")[-1].name, *units_of(net.config)[1:]]
    for name in names:
        net.get_submodule(name).register_forward_hook(lambda module, args, out, name=name: found.update({name: out}))
    net(x)
    return [found[name] for name in names]


@pytest.mark.parametrize("config", KINDS)
def test_a_small_input_gives_what_a_large_one_gives(config: ResNetConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measurement takes no more input than the value sees; here the gradient on an input larger than any field."""
    monkeypatch.setattr(measure, "_IMAGES", 8)
    net = build(config, seed=2).eval()
    found = effective_fields(net, seed=5)
    side, rim = found.shape[-1], 4 * analyze(config).by_name["avgpool"].jump_in
    inputs = torch.randn(8, config.in_channels, side, side, generator=torch.Generator().manual_seed(5))
    wide = nn.functional.pad(inputs, (rim,) * 4, value=0.5).requires_grad_()
    for out, map_ in zip(whole_outputs(net, wide), found, strict=True):
        middle = out.shape[-1] // 2
        assert out.shape[-1] % 2
        (gradient,) = torch.autograd.grad(out[..., middle, middle].sum(), wide, retain_graph=True)
        wanted = gradient.abs().mean((0, 1))
        np.testing.assert_allclose(wanted[rim:-rim, rim:-rim], map_, rtol=1e-3, atol=1e-6 * float(wanted.max()))


def test_equal_weights_give_binomial_fields() -> None:
    """n convolutions of three equal weights a side: the coefficients of (1 + x + x²)^n, in both directions."""
    plain = ResNetConfig(
        block="basic",
        stage_blocks=(3,),
        widths=(2,),
        stem=Stem.CIFAR,
        shortcut=Shortcut.NONE,
        norm=Norm.NONE,
        image_size=16,
    )
    found = effective_fields(linear(plain, 0.2), seed=0)
    for blocks, map_ in enumerate(found):
        line = np.ones(1)
        for _ in range(1 + 2 * blocks):
            line = np.convolve(line, np.ones(3))
        rim = (map_.shape[0] - len(line)) // 2
        wanted = np.pad(np.outer(line, line), rim)
        np.testing.assert_allclose(map_ / map_.max(), wanted / wanted.max(), rtol=1e-4)
        count = int((wanted > COUNTS * wanted.max()).sum())
        assert FieldRun(FieldNetwork.PLAIN, 0, found).effective(blocks) == count


def test_one_convolutions_field_is_its_weights() -> None:
    net = linear(replace(TINY, norm=Norm.NONE))
    weight = net.get_submodule("conv1").weight.detach()  # (3, 3, 3, 3)
    found = effective_fields(net, seed=0)[0]
    middle = slice(found.shape[0] // 2 - 1, found.shape[0] // 2 + 2)
    np.testing.assert_allclose(found[middle, middle], weight.sum(0).abs().mean(0), rtol=1e-5)


def test_the_measurement_follows_from_its_seed_and_leaves_everything_as_before() -> None:
    net = build(TINY, seed=0).train()
    before, state = torch.get_rng_state(), {name: value.clone() for name, value in net.state_dict().items()}
    one, again, other = (effective_fields(net, seed) for seed in (4, 4, 5))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), before) and all(module.training for module in net.modules())
    assert all(torch.equal(value, state[name]) for name, value in net.state_dict().items())
    assert all(parameter.grad is None for parameter in net.parameters())


@pytest.mark.slow
def test_the_networks_are_those_that_the_lesson_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "_IMAGES", 8)
    with_training, without = field_runs((FieldNetwork.TRAINED, FieldNetwork.UNTRAINED), 0)
    assert with_training.network.config == without.network.config == embedded().config
    assert np.array_equal(with_training.maps, effective_fields(trained(EMBEDDED), 0))
    assert np.array_equal(without.maps, effective_fields(build(embedded().config, seed=0), 0))
    assert FieldNetwork.PLAIN.config == replace(embedded().config, shortcut=Shortcut.NONE)


@pytest.mark.slow
@pytest.mark.parametrize("unit", range(10))
def test_the_sentence_follows_the_maps(unit: int) -> None:
    side = sides(embedded().config)[unit]
    said = sentence(runs(), unit)
    counts = []
    for run in runs():
        strongest = run.maps[unit].max()
        counts.append(int((run.maps[unit] > np.float32(COUNTS) * strongest).sum()))
        square = round(counts[-1] ** 0.5)
        part = percent(counts[-1], side * side)
        assert f"in the {run.network.noun} {counts[-1]:,} count ({part}, as many as in {square}×{square})" in said
    assert f"{side}×{side} = {side * side:,} pixels" in said and ("more than the whole 28×28" in said) is (side > 28)
    assert ("about as large" in said) is (max(counts) <= 1.05 * min(counts))
    assert ("of the trained network is" in said) is (counts[0] > 1.05 * counts[1])
    assert ("of the untrained network is" in said) is (counts[1] > 1.05 * counts[0])
    assert ("Luo et al." in said) is (unit == 9)
    if unit == 9:
        assert said.endswith("so did it here.") is (counts[0] > 1.05 * counts[1])


@pytest.mark.slow
def test_the_charts_hold_every_number() -> None:
    for unit in (0, 9):
        figure = field_chart(runs(), unit)
        side = sides(embedded().config)[unit]
        maps = [trace for trace in figure.data if trace.type == "heatmap"]
        assert [np.shape(trace.z) for trace in maps] == [(side, side)] * 2 and maps[0].x0 == -(side // 2)
        for trace, run in zip(maps, runs(), strict=True):
            np.testing.assert_allclose(np.nanmax(trace.z), 0, atol=1e-6)
            assert int((10 ** np.nan_to_num(trace.z, nan=-9) > COUNTS).sum()) == run.effective(unit)
        widths = {shape.x1 - shape.x0 for shape in figure.layout.shapes}
        assert widths == {side, 28}
        assert sentence(runs(), unit) in field_alt_text(runs(), unit)
        assert len(field_rows(runs(), unit)) == 81
    lines = {trace.name: list(trace.y) for trace in growth_chart(runs(), 3).data}
    assert lines["theoretical"] == list(sides(embedded().config))
    rows = growth_rows(runs())
    assert [row["pixels that count, trained network"] for row in rows] == [runs()[0].effective(u) for u in range(10)]
    assert lines["effective, trained network"] == [runs()[0].effective(unit) ** 0.5 for unit in range(10)]
    assert "81 px" in growth_alt_text(runs())


def test_a_value_without_a_gradient_is_no_division_by_zero() -> None:
    dead = FieldRun(FieldNetwork.PLAIN, 0, np.zeros((10, 81, 81), np.float32))
    assert dead.effective(9) == 0 and "0 count (0 %" in sentence((dead,), 9)
    assert "about as large" in sentence((dead, dead), 3)
    assert field_chart((dead,), 0).data
