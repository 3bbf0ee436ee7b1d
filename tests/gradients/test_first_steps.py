"""The first steps of training: the same SGD done by torch's optimizer, what settles, and losses that are no number."""

import math
import pickle
import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from torch.nn import functional

from explorer import ResNetConfig, build, preset
from explorer.gradients.first_steps import MAX_STEPS, measure_first_steps
from explorer.gradients.input_batch import digits
from explorer.gradients.measure import gradient_flow
from explorer.gradients.values import ReadingState
from explorer.jobs.job import JobCancelled
from explorer.live.devices import DeviceError
from explorer.text.quantities import counted
from tests.network.strategies import configs

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)


@pytest.mark.slow
def test_the_steps_are_those_of_torchs_optimizer() -> None:
    images, labels = digits(SMALL, 8)
    found = measure_first_steps(SMALL, steps=4, learning_rate=0.05, seed=2, batch_size=8, source="digits")
    own = measure_first_steps(SMALL, steps=4, learning_rate=0.05, seed=2, images=images, labels=labels)
    net = build(SMALL, seed=2).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for step in range(5):
        optimizer.zero_grad()
        loss = functional.cross_entropy(net(images), labels)
        loss.backward()
        assert own.losses[step] == pytest.approx(loss.item(), rel=1e-4)
        norms = {name: float(parameter.grad.norm()) for name, parameter in net.named_parameters()}
        for row, layer in enumerate(own.layers):
            assert own.weight_norms[row][step].value == pytest.approx(norms[f"{layer}.weight"], rel=1e-3)
        optimizer.step()
    assert found.losses != own.losses  # the seed chooses other digits
    assert len(found.flows) == 5


def test_it_starts_where_gradient_flow_is() -> None:
    found = measure_first_steps(SMALL, steps=1, seed=4, batch_size=4)
    assert found.flows[0] == gradient_flow(SMALL, seed=4, batch_size=4)
    assert found.stopped == ""
    assert (found.config, found.steps, found.learning_rate) == (SMALL, 1, 0.1)


@pytest.mark.slow
@settings(max_examples=15)
@given(configs())
def test_grids_are_layer_by_step(config: ResNetConfig) -> None:
    state = torch.get_rng_state()
    found = measure_first_steps(config, steps=2, learning_rate=1e-3, batch_size=2)
    columns = len(found.flows)
    assert columns == 3 or found.stopped
    assert [len(row) for row in found.weight_norms] == [columns] * len(found.layers)
    assert [len(row) for row in found.gradient_norms] == [columns] * len(found.blocks)
    assert [len(row) for row in found.signal_norms] == [columns] * len(found.blocks)
    assert repr(found.gradient_norms[0][-1]) == repr(found.flows[-1].gradient_norms[0])
    assert len(found.losses) == len(found.log10_ratios) == columns
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.slow
def test_the_explosion_of_a_plain_net_settles_within_steps() -> None:
    """At initialisation it is above 1e3; the same network has lost most of it after a few steps."""
    found = measure_first_steps(preset("plain56"), steps=8, learning_rate=0.1, batch_size=8)
    assert found.log10_ratios[0] > 3
    assert min(found.log10_ratios) < found.log10_ratios[0] - 2
    residual = measure_first_steps(preset("resnet56"), steps=3, learning_rate=0.1, batch_size=8)
    assert max(residual.log10_ratios) < 2.5


def test_zero_init_wakes_up_with_the_first_step() -> None:
    config = replace(SMALL, zero_init_residual=True)
    found = measure_first_steps(config, steps=2, batch_size=4)
    row = found.layers.index("layer1.0.conv1")
    before, after, _ = found.weight_norms[row]
    assert before.state is ReadingState.ZERO
    assert after.state is ReadingState.MEASURED


@pytest.mark.parametrize("norm", ["batch", "none"])
def test_a_learning_rate_out_of_all_bounds_is_said_not_crashed(norm: str) -> None:
    found = measure_first_steps(replace(SMALL, norm=norm), steps=MAX_STEPS, learning_rate=1e30, batch_size=4)
    assert not math.isfinite(found.losses[-1])
    assert all(math.isfinite(loss) for loss in found.losses[:-1])
    assert 1 < len(found.flows) <= MAX_STEPS
    after = len(found.flows) - 1
    assert found.stopped.startswith(f"After {counted(after, 'step')} with learning rate 1e+30 the loss is")
    assert found.stopped.endswith("Take a smaller learning rate.")
    assert {ReadingState.NOT_A_NUMBER, ReadingState.OVERFLOW} & found.flows[-1].states
    assert pickle.loads(pickle.dumps(found)).stopped == found.stopped


@pytest.mark.slow
def test_a_loss_that_never_was_a_number_is_said() -> None:
    config = replace(SMALL, stage_blocks=(256, 256, 1), widths=(2, 2, 2), image_size=8, norm="none")
    found = measure_first_steps(config, steps=3, batch_size=2)
    assert len(found.flows) == 1
    assert "before the first step" in found.stopped


@pytest.mark.parametrize("steps", [0, 51, -1, 1.5, True, 10**6])
def test_senseless_steps_are_an_error(steps: int) -> None:
    with pytest.raises(ValueError, match=rf"^steps is {steps}: it must be a whole number from 1 to 50\.$"):
        measure_first_steps(SMALL, steps=steps)


@pytest.mark.parametrize("rate", [0, -0.1, math.nan, math.inf, 1e31, "fast", True])
def test_a_senseless_learning_rate_is_an_error(rate: float) -> None:
    with pytest.raises(ValueError, match=rf"^learning_rate is {re.escape(str(rate))}: it must be a number above 0"):
        measure_first_steps(SMALL, learning_rate=rate)


def test_other_bad_input_is_as_in_gradient_flow() -> None:
    with pytest.raises(ValueError, match="batch_size is 1000000"):
        measure_first_steps(SMALL, batch_size=10**6)
    with pytest.raises(ValueError, match="seed is -1"):
        measure_first_steps(SMALL, seed=-1)
    with pytest.raises(DeviceError, match="no device 'tpu'"):
        measure_first_steps(SMALL, device="tpu")


def test_progress_and_cancel() -> None:
    told: list[float] = []

    def progress(fraction: float, message: str) -> None:
        told.append(fraction)
        if fraction > 0.5:
            raise JobCancelled("Nobody waits for this any more.")

    with pytest.raises(JobCancelled):
        measure_first_steps(SMALL, steps=3, batch_size=2, progress=progress)
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] < 0.7
