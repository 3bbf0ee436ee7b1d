"""The gradient flow: against autograd asked another way, the design's table, what it leaves behind, and bad input."""

import math
import pickle
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer import ResNetConfig, analyze, build, preset
from explorer.gradients import measure
from explorer.gradients.amounts import Amount, PassResult
from explorer.gradients.hooks import measured_pass
from explorer.gradients.measure import gradient_flow, over_seeds
from explorer.gradients.norms import KeptOnDevice, Norms, ReadAtOnce
from explorer.gradients.values import FlowReading, GradientFlow, ReadingState, main_path_convs
from explorer.network.layer import Kind
from tests.accelerators import accelerators
from tests.gradients.small import NO_NORM, SMALL, batch
from tests.network.reference import Reference, reference
from tests.network.strategies import configs

NORMS = (ReadAtOnce(), KeptOnDevice())


def assert_equal(found: PassResult, expected: Reference, tolerance: float) -> None:
    """Every norm, each part of each add, and the angles; ``tolerance`` relative to the largest of its kind."""

    def close(amounts: dict[str, Amount], tensors: dict[str, Tensor]) -> None:
        assert amounts.keys() == tensors.keys()
        norms = {name: float(tensor.norm()) for name, tensor in tensors.items()}
        for name, norm in norms.items():
            assert amounts[name].values == tensors[name].numel()
            true = amounts[name].norm * 2.0 ** amounts[name].exponent
            # Where all are zero in double precision, float32 may leave its rounding errors' size.
            assert true == pytest.approx(norm, rel=tolerance, abs=tolerance * max(norms.values()) + 1e-12), name

    assert found.loss == pytest.approx(float(expected.loss), rel=tolerance, abs=tolerance)
    close(found.weights, expected.weights)
    close(found.blocks, expected.blocks)
    close(found.signals, expected.signals)
    close({name: one.shortcut for name, one in found.parts.items()}, {k: v[0] for k, v in expected.parts.items()})
    close({name: one.branch for name, one in found.parts.items()}, {k: v[1] for k, v in expected.parts.items()})
    scale = max((float(part.norm()) for parts in expected.parts.values() for part in parts), default=0)
    for name, (shortcut, branch) in expected.parts.items():
        if min(shortcut.norm(), branch.norm()) > 1e-3 * scale:  # the angle between rounding errors is any
            cosine = float(torch.cosine_similarity(shortcut.flatten(), branch.flatten(), dim=0))
            assert found.parts[name].cosine == pytest.approx(cosine, abs=1e3 * tolerance), name


@pytest.mark.slow
@settings(max_examples=30)
@given(configs(), st.integers(2, 3), st.booleans(), st.sampled_from(NORMS))
def test_every_gradient_is_autograds(config: ResNetConfig, count: int, rescale: bool, norms: Norms) -> None:
    """In double precision, where rounding in nearly constant batch norms does not drown the comparison."""
    net = build(config, seed=3).double()
    images, labels = batch(config, count, torch.float64)
    expected = reference(config, net.state_dict(), images, labels)
    assert_equal(measured_pass(net, images, labels, rescale=rescale, norms=norms), expected, 1e-6)


@pytest.mark.parametrize("shortcut", ["none", "A", "B", "C", "avgpool", "avgpool_projection"])
@pytest.mark.parametrize("order", ["post", "pre"])
def test_the_flow_is_autograds_in_single_precision(shortcut: str, order: str) -> None:
    config = replace(SMALL, shortcut=shortcut, order=order)
    images, labels = batch(config, 8)
    flow = gradient_flow(config, seed=3, images=images, labels=labels)
    expected = reference(config, build(config, seed=3).state_dict(), images, labels)
    assert flow.loss == pytest.approx(float(expected.loss), rel=1e-5)
    for name, reading in zip(flow.layers, flow.weight_norms, strict=True):
        assert reading.value == pytest.approx(float(expected.weights[name].norm()), rel=1e-4)
    for name, arriving, signal in zip(flow.blocks, flow.gradient_norms, flow.signal_norms, strict=True):
        assert arriving.value == pytest.approx(float(expected.blocks[name].norm()), rel=1e-4)
        assert signal.value == pytest.approx(float(expected.signals[name].square().mean()), rel=1e-4)
    assert [one.block for one in flow.adds] == list(expected.parts)
    for one in flow.adds:
        down, through = expected.parts[one.block]
        whole = down + through
        assert one.whole == pytest.approx(float(whole.norm()), rel=1e-4)
        assert one.shortcut_share == pytest.approx(float((down * whole).sum() / whole.square().sum()), abs=1e-4)
        assert one.branch_share == pytest.approx(float((through * whole).sum() / whole.square().sum()), abs=1e-4)


def test_where_a_block_reads_its_input_the_parts_make_up_its_gradient() -> None:
    """Post-activation: the two parts at a block's input sum to the gradient that leaves the block before it."""
    flow = gradient_flow(replace(SMALL, stage_blocks=(2, 2, 2)), batch_size=4)
    arriving = dict(zip(flow.blocks[1:], flow.gradient_norms[:-1], strict=True))
    assert len(flow.adds) == 6
    for one in flow.adds:
        assert one.whole == pytest.approx(arriving[one.block].value, rel=1e-4)


@pytest.mark.slow
@settings(max_examples=20)
@given(configs(), st.integers(2, 3))
def test_every_layer_and_block_is_there_in_order(config: ResNetConfig, count: int) -> None:
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()
    flow = gradient_flow(config, batch_size=count, seed=5)
    layers = analyze(config).layers
    assert flow.layers == tuple(layer.name for layer in layers if layer.kind in (Kind.CONV, Kind.LINEAR))
    units = tuple(dict.fromkeys(layer.unit for layer in layers))
    assert flow.blocks == units[:-1]
    assert len(flow.weight_norms) == len(flow.layers)
    assert len(flow.gradient_norms) == len(flow.signal_norms) == len(flow.blocks)
    assert [one.block for one in flow.adds] == ([] if config.is_plain else list(flow.blocks[1:]))
    for one in flow.adds:
        shares = one.shortcut_share + one.branch_share
        assert shares == pytest.approx(1) or (one.whole == 0 and math.isnan(shares))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == dtype
    assert repr(gradient_flow(config, batch_size=count, seed=5)) == repr(flow)  # nan is not equal to itself
    assert pickle.loads(pickle.dumps(flow)).layers == flow.layers


XAVIER_SIGMOID = {"activation": "sigmoid", "init": "xavier", **NO_NORM}


BEFORE_FLOAT32 = math.log10(2.0**-126)


def ratio(depth: int, **fields: object) -> float:
    """log10, of a CIFAR network of this depth."""
    return gradient_flow(replace(preset(f"resnet{depth}"), **fields), batch_size=8).log10_ratio


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "at_20", "at_56"),
    [
        ({"shortcut": "none"}, (1, 2), (3, 6)),  # explodes: 26, 1.7e4
        ({}, (0, 2), (0, 2)),  # 9, 32
        ({"shortcut": "none", **NO_NORM}, (-1.5, 0), (-2.5, 0)),  # 0.21, 0.095
        ({"shortcut": "none", "init": "torch", **NO_NORM}, (-9, -6), (-24, -20)),  # 8e-8, then beyond
        (NO_NORM, (0, 2), (3, 5)),  # 7, 8e3
        ({"shortcut": "none", **XAVIER_SIGMOID}, (-13, -10), (-37, -30)),  # 2e-12, then beyond
        (XAVIER_SIGMOID, (-7.5, -5), (-19.5, -16)),  # 8e-7, 2e-18: a skip does not rescue a sigmoid after the add
        ({"shortcut": "none", "activation": "sigmoid"}, (-1.5, 0), (-2.5, 0)),  # 0.38, 0.11
        ({"order": "pre", **XAVIER_SIGMOID}, (-2, 2), (-2, 2)),  # pre-activation does
        ({"order": "pre", "activation": "sigmoid"}, (-2, 2), (-2, 2)),
    ],
)
def test_the_designs_table(fields: dict[str, object], at_20: tuple[float, float], at_56: tuple[float, float]) -> None:
    for depth, (low, high) in ((20, at_20), (56, at_56)):
        assert low < ratio(depth, **fields) < high, depth


@pytest.mark.slow
def test_plain_nets_with_batch_norm_explode_by_the_same_factor_a_convolution() -> None:
    """About 1.2 (Yang et al. 2019); with shortcuts far less."""
    for depth in (20, 56):
        plain, residual = (
            10 ** (gradient_flow(config, batch_size=8).log10_ratio / main_path_convs(config))
            for config in (preset(f"plain{depth}"), preset(f"resnet{depth}"))
        )
        assert 1.15 < plain < 1.25
        assert residual < plain - 0.04


@pytest.mark.slow
def test_a_deep_plain_sigmoid_net_is_said_to_be_below_float32() -> None:
    flow = gradient_flow(replace(preset("plain110"), **XAVIER_SIGMOID), batch_size=4)
    first, last = flow.gradient_norms[0], flow.gradient_norms[-1]
    assert (first.value, first.state) == (0, ReadingState.UNDERFLOW)
    assert last.state is ReadingState.MEASURED
    assert -80 < first.log10 < 2 * BEFORE_FLOAT32 + 12
    assert ReadingState.ZERO not in flow.states  # nothing is: there is a path to every layer
    sizes = [reading.log10 for reading in flow.gradient_norms]
    assert all(-3 < before - after < 0.5 for before, after in pairwise(sizes))  # no step where float32 ends


def test_a_signal_that_vanishes_is_said_to_be_below_float32() -> None:
    flow = gradient_flow(replace(preset("plain110"), init="torch", **NO_NORM), batch_size=4)
    assert flow.signal_norms[0].state is ReadingState.MEASURED
    assert flow.signal_norms[-1].state is ReadingState.UNDERFLOW
    assert flow.signal_norms[-1].log10 < 2 * BEFORE_FLOAT32
    assert ReadingState.ZERO not in flow.states


def test_the_second_look_agrees_with_the_first_where_that_sees() -> None:
    """The same images in both: two, of which half would be one."""
    config = replace(preset("plain20"), **XAVIER_SIGMOID)
    net, (images, labels) = build(config), batch(config, 2)
    first = measured_pass(net, images, labels)
    second = measured_pass(measure.build_like(net).double(), images.double(), labels, rescale=True)
    for mine, theirs in ((first.blocks, second.blocks), (first.weights, second.weights)):
        assert max(abs(mine[name].log10 - theirs[name].log10) for name in mine) < 1e-3
    assert second.blocks["stem"].exponent < -20


@pytest.mark.slow
def test_a_network_that_explodes_is_said_to() -> None:
    """A residual network without norms doubles its variance in every block."""
    config = replace(preset("resnet20"), stage_blocks=(140, 1, 1), image_size=8, **NO_NORM)
    flow = gradient_flow(config, batch_size=2)
    assert flow.signal_norms[-1].log10 > 30
    deeper = gradient_flow(replace(config, stage_blocks=(256, 256, 1), widths=(4, 4, 4)), batch_size=2)
    assert {ReadingState.OVERFLOW, ReadingState.NOT_A_NUMBER} & deeper.states
    assert not math.isfinite(deeper.loss)


@pytest.mark.parametrize("fields", [{}, NO_NORM, {"order": "pre"}, {"order": "pre", "activation": "tanh", **NO_NORM}])
def test_zero_init_sends_everything_down_the_shortcut(fields: dict[str, object]) -> None:
    config = replace(SMALL, stage_blocks=(3, 3, 3), zero_init_residual=True, **fields)
    flow = gradient_flow(config, batch_size=4)
    for one in flow.adds:
        assert (one.branch.value, one.branch.state) == (0, ReadingState.ZERO)
        assert (one.shortcut_share, one.branch_share) == (1, 0)
    silent = {layer for layer in flow.layers if layer.startswith("layer") and layer.endswith("conv1")}
    assert len(silent) == 9
    states = dict(zip(flow.layers, flow.weight_norms, strict=True))
    assert all(states[layer] == FlowReading(0.0, ReadingState.ZERO, -math.inf) for layer in silent)
    assert states["conv1"].state is states["fc"].state is ReadingState.MEASURED


def test_zero_init_passes_its_input_through_the_activation() -> None:
    config = replace(SMALL, stage_blocks=(2, 2, 2), zero_init_residual=True)
    net, (images, _) = build(config), batch(config, 4)
    seen: list[tuple[Tensor, Tensor]] = []
    block = net.get_submodule("layer2.1")
    block.register_forward_hook(lambda module, inputs, output: seen.append((inputs[0], output)))
    net(images)
    ((before, after),) = seen
    assert torch.equal(after, torch.relu(before))
    flow = gradient_flow(config, images=images)
    signals = dict(zip(flow.blocks, flow.signal_norms, strict=True))
    assert signals["layer2.1"] == signals["layer2.0"]


def test_seeds_give_a_band() -> None:
    told: list[float] = []
    found = over_seeds(SMALL, [3, 1, 2], batch_size=4, progress=lambda fraction, message: told.append(fraction))
    assert found.seeds == (3, 1, 2)
    assert found.flows[1] == gradient_flow(SMALL, seed=1, batch_size=4)
    values = [[flow.weight_norms[0].value for flow in found.flows]]
    assert len(set(values[0])) == 3
    band = found.weight_norms[0]
    assert [band.low.value, band.median.value, band.high.value] == sorted(values[0])
    assert told == sorted(told)
    assert 0.8 < told[-1] <= 1


@pytest.mark.gpu
def test_a_gpu_finds_what_the_cpu_finds() -> None:
    for device in accelerators():
        images, labels = batch(SMALL, 8)
        here: GradientFlow = gradient_flow(SMALL, images=images, labels=labels)
        there = gradient_flow(SMALL, images=images, labels=labels, device=device.name)
        assert there.device == device.name
        readings = [(*flow.gradient_norms, *flow.weight_norms) for flow in (here, there)]
        for mine, theirs in zip(*readings, strict=True):
            assert theirs.value == pytest.approx(mine.value, rel=1e-3)  # TF32 would be off by more
