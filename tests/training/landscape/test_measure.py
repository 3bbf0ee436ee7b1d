"""The measured plane against networks that are moved, calibrated and tested by hand."""

import copy
import pickle
from functools import cache

import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.text.errors import Refusal
from explorer.training.landscape.measure import directions, landscape
from explorer.training.landscape.page_jobs import plane_of
from explorer.training.landscape.values import LIVE_SIDE, PICTURES, Landscape
from tests.network.trained import lively
from tests.training.damage.patients import NETWORKS, SMALL, load
from tests.training.landscape.made import evaluated, moved

PATIENT = load("residual")
TESTED = PATIENT.images, PATIENT.labels
GIVEN = PATIENT.net, *TESTED
PLACES = (-1.0, -0.5, 0.0, 0.5, 1.0)


@cache
def measured() -> Landscape:
    return landscape(*GIVEN, plane=3, side=5)


@cache
def measured_anew() -> Landscape:
    return landscape(*GIVEN, plane=3, side=5, recalibrate_on=PATIENT.calibration)


@pytest.mark.parametrize("kind", SMALL)
def test_each_filter_of_a_direction_is_as_long_as_the_trained_one(kind: str) -> None:
    net = lively(SMALL[kind])
    for direction in directions(net, 7):
        assert set(direction) == {f"{name}.weight" for name, each in net.named_modules()
                                  if isinstance(each, nn.Conv2d | nn.Linear)}  # fmt: skip
        for name, values in direction.items():
            for drawn, trained in zip(values, net.get_parameter(name), strict=True):
                torch.testing.assert_close(drawn.norm(), trained.norm(), rtol=1e-5, atol=0)


def test_directions_are_random_and_repeat_themselves() -> None:
    first, second = directions(PATIENT.net, 0)
    again, other = directions(PATIENT.net, 0)[0], directions(PATIENT.net, 1)[0]
    one, two, same, third = (torch.cat([each.flatten() for each in found.values()])
                             for found in (first, second, again, other))  # fmt: skip
    assert torch.equal(one, same)
    for found in (two, third):
        assert abs(functional.cosine_similarity(one, found, 0)) < 0.1


@pytest.mark.parametrize(("row", "column"), [(2, 2), (0, 0), (0, 4), (3, 1), (2, 3)])
def test_a_point_is_that_of_a_network_moved_by_hand(row: int, column: int) -> None:
    loss, right = evaluated(moved(PATIENT.net, 3, PLACES[column], PLACES[row]), *TESTED)
    assert measured().losses[row][column] == pytest.approx(loss, rel=1e-5)
    assert measured().right[row][column] == right


def test_the_middle_is_the_plain_evaluation() -> None:
    loss, right = evaluated(*GIVEN)
    assert measured().trained_loss == pytest.approx(loss, rel=1e-6) and measured().trained_right == right
    assert measured().places == PLACES and measured().pictures == len(PATIENT.labels)


@pytest.mark.parametrize(("row", "column"), [(2, 2), (4, 0), (1, 2)])
def test_recalibrated_norms_are_those_of_a_pass_in_training_mode(row: int, column: int) -> None:
    """With a momentum of 1 PyTorch leaves the statistics of the last batch, here of all the pictures."""
    net = moved(PATIENT.net, 3, PLACES[column], PLACES[row]).train()
    for norm in net.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.momentum = 1.0
    with torch.no_grad():
        net(PATIENT.calibration)
    loss, right = evaluated(net, *TESTED)
    assert measured_anew().losses[row][column] == pytest.approx(loss, rel=1e-4)
    assert measured_anew().right[row][column] == right
    assert measured_anew().losses[row][column] != measured().losses[row][column] and measured_anew().recalibrated


@pytest.mark.parametrize("stopped", [False, True])
def test_the_network_and_the_random_state_are_left_alone(stopped: bool) -> None:
    net = lively(SMALL["residual"])
    net.layer1.train()  # a mode of its own
    before, modes = copy.deepcopy(net.state_dict()), [module.training for module in net.modules()]
    state = torch.get_rng_state()

    def stop(fraction: float, _: str) -> None:
        if stopped and fraction > 0.5:
            raise InterruptedError

    try:
        landscape(net, PATIENT.images, PATIENT.labels, side=3, recalibrate_on=PATIENT.calibration, progress=stop)
    except InterruptedError:
        assert stopped
    else:
        assert not stopped
    assert torch.equal(torch.get_rng_state(), state)
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(each.requires_grad and each.grad is None for each in net.parameters())
    assert {norm.momentum for norm in net.modules() if isinstance(norm, nn.BatchNorm2d)} == {0.1}


def test_a_loss_that_is_no_number_is_infinite() -> None:
    net = lively(SMALL["plain"])
    with torch.no_grad():
        net.fc.bias[0] = torch.nan
    found = landscape(net, PATIENT.images, PATIENT.labels, side=3)
    assert {loss for row in found.losses for loss in row} == {float("inf")} and found.radius == 0


def test_what_cannot_be_measured_is_refused() -> None:
    net, images, labels = GIVEN
    for side in (1, 4):
        with pytest.raises(Refusal, match="has no middle"):
            landscape(net, images, labels, side=side)
    for given in ((net, images[:0], labels[:0]), (net, images, labels[1:])):
        with pytest.raises(Refusal, match="a class for each picture"):
            landscape(*given)
    with pytest.raises(Refusal, match="no batch norms"):
        landscape(lively(SMALL["unnormed"]), images, labels, recalibrate_on=images)
    with pytest.raises(Refusal, match="at least two pictures"):
        landscape(net, images, labels, recalibrate_on=images[:1])


@pytest.mark.slow
@pytest.mark.parametrize("recalibrated", [False, True])
def test_the_job_is_the_library_and_travels_with_progress(recalibrated: bool) -> None:
    told: list[tuple[float, str]] = []
    found = plane_of(NETWORKS[0], 1, recalibrated, progress=lambda *each: told.append(each))
    images, labels = PATIENT.calibration[:PICTURES], PATIENT.calibration_labels[:PICTURES]
    again = images if recalibrated else None
    few = landscape(PATIENT.net, images, labels, plane=1, side=3, recalibrate_on=again)
    assert found.side == LIVE_SIDE and found.thinned(3) == few  # its own points are those, and more between them
    assert pickle.loads(pickle.dumps((plane_of, NETWORKS[0], found))) == (plane_of, NETWORKS[0], found)
    assert [fraction for fraction, _ in told] == [number / 121 for number in range(121)]
    assert told[-1][1] == "point 121 of 121"
