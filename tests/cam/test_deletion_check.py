"""Deletion and insertion: against the definition, pixel by pixel, and what must hold for any map."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d
from torch import Tensor, nn

from explorer import build
from explorer.cam.check_values import Baseline, BeliefCurve, Trial
from explorer.cam.deletion_check import MAX_RANDOM, MAX_STEPS, belief_curve
from explorer.cam.maps import cam
from explorer.cam.saliency_map import scaled_up
from explorer.jobs.job import JobCancelled
from explorer.text.errors import Refusal
from tests.cam.networks import SMALL, pictures, unsettled

every_trial = pytest.mark.parametrize("trial", Trial)


class Counter(nn.Module):
    """Knows how many pixels of a grey picture are white: its first class's logit is that number, the other's is 0."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append(x)
        white = (x == 1).sum((1, 2, 3)).double()
        return torch.stack([white, torch.zeros_like(white)], 1)


def blurred(image: Tensor) -> np.ndarray:
    """scipy's Gaussian of 11 pixels with mirrored edges."""
    values = image.numpy()[0]
    for axis in (1, 2):
        values = gaussian_filter1d(values, 5.0, axis=axis, mode="mirror", radius=5)
    return values


def by_definition(net: nn.Module, image: Tensor, values: np.ndarray, curve: BeliefCurve) -> list[float | None]:
    """One picture after the other, made with numpy; None where only some of the pixels of one value are gone."""
    height, width = image.shape[2:]
    enlarged = scaled_up(values, height, width).ravel()
    order = np.argsort(-enlarged, kind="stable")
    fill = blurred(image) if curve.baseline is Baseline.BLURRED else image.mean((2, 3), keepdim=True)[0].numpy()
    fill = np.broadcast_to(fill, image.shape[1:]).reshape(image.shape[1], -1)
    found = []
    for step in range(len(curve.shares)):
        count = step * height * width // (len(curve.shares) - 1)
        if 0 < count < len(order) and enlarged[order[count - 1]] == enlarged[order[count]]:
            found.append(None)
            continue
        flat = image.numpy()[0].reshape(image.shape[1], -1)
        flat, other = (flat, fill) if curve.trial is Trial.DELETION else (fill, flat)
        picture = flat.copy()
        picture[:, order[:count]] = other[:, order[:count]]
        with torch.no_grad():
            found.append(net(torch.from_numpy(picture.reshape(image.shape))).softmax(1)[0, curve.target].item())
    return found


@every_trial
@pytest.mark.parametrize("baseline", [None, *Baseline])
def test_curves_are_their_definition(trial: Trial, baseline: Baseline | None) -> None:
    net, image = unsettled(build(SMALL)), 3 * pictures(1, 16)[:, :, :12]
    values = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    curve = belief_curve(net, image, values, 4, trial, baseline=baseline, steps=13, random=2)
    usual = {Trial.DELETION: Baseline.MEAN, Trial.INSERTION: Baseline.BLURRED}[trial]
    assert (curve.trial, curve.baseline, curve.target) == (trial, baseline or usual, 4)
    assert curve.shares == pytest.approx([step / 13 for step in range(14)])
    expected = by_definition(net, image, values, curve)
    known = [place for place, chance in enumerate(expected) if chance is not None]
    assert len(known) >= 10
    assert [curve.probabilities[place] for place in known] == pytest.approx(
        [expected[place] for place in known], abs=1e-5
    )
    assert len(set(curve.probabilities)) > 5
    assert len(curve.random) == 2


@every_trial
def test_all_orders_begin_and_end_alike(trial: Trial) -> None:
    """With the whole picture at the one end, and the baseline at the other."""
    net, image = unsettled(build(SMALL)), pictures(1, 16)
    values = cam(net, image, 2, "layer1").maps[0].values
    curve = belief_curve(net, image, values, 2, trial, steps=5, random=4)
    for each in curve.random:
        assert each[0] == pytest.approx(curve.probabilities[0])
        assert each[-1] == pytest.approx(curve.probabilities[-1])
    with torch.no_grad():
        whole = net(image).softmax(1)[0, 2].item()
    assert curve.probabilities[0 if trial is Trial.DELETION else -1] == pytest.approx(whole, rel=1e-5)
    assert len(set(curve.random)) == 4


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from(Trial))
def test_a_perfect_map_is_better_than_any_other(seed: int, steps: int, trial: Trial) -> None:
    """For a network that counts white pixels a map of these is best: no order loses, or finds, them sooner."""
    draw = np.random.default_rng(seed)
    white = (draw.random((6, 6)) < 0.3).astype(np.float32)
    image = torch.from_numpy(white)[None, None] - 1e-3 * torch.rand(1)
    image[image > 0.5] = 1
    curve = belief_curve(Counter(), image, white, 0, trial, baseline="mean", steps=steps, random=3, seed=seed)
    for each in curve.random:
        for best, other in zip(curve.probabilities, each, strict=True):
            assert best <= other + 1e-12 if trial is Trial.DELETION else best >= other - 1e-12


def test_pixels_go_in_the_order_of_the_signed_map_and_equal_ones_at_random() -> None:
    net = Counter()
    image = torch.linspace(2, 3, 16).reshape(1, 1, 4, 4)
    values = np.array([[-3, 0, 5, 0], [-1, 0, 2, 0], [0, 0, 0, 0], [0, 0, 0, -9]], dtype=np.float32)
    belief_curve(net, image, values, 0, "deletion", steps=16, random=0)
    states = torch.cat(net.seen)[:, 0].flatten(1)  # (17, 16)
    gone = (states != image.flatten()).int()
    when = 17 - gone.sum(0)  # the step at which each pixel goes
    assert sorted(when.tolist()) == list(range(1, 17))
    signed = values.ravel()
    assert when[signed.argmax()] == 1
    assert [when[place].item() for place in np.argsort(-signed)[[1, 13, 14, 15]]] == [2, 14, 15, 16]
    ties = when[torch.from_numpy(signed == 0)].tolist()
    assert ties != sorted(ties)


def test_fifty_steps_of_a_small_picture_take_few_passes() -> None:
    net, told = Counter(), []
    belief_curve(
        net,
        torch.rand(1, 1, 28, 28),
        np.eye(7, dtype=np.float32),
        0,
        "deletion",
        progress=lambda *one: told.append(one),
    )
    assert [len(batch) for batch in net.seen] == [64, 64, 64, 64, 50]  # (1 map + 5 random ones) · 51 pictures
    assert [fraction for fraction, _ in told] == [0, 0.2, 0.4, 0.6, 0.8]
    assert all(message for _, message in told)


def test_the_seed_says_which_maps_are_random() -> None:
    net, image, values = unsettled(build(SMALL)), pictures(1, 16), np.eye(4, dtype=np.float32)
    state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    one, again, other = (belief_curve(net, image, values, 1, "deletion", steps=6, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.random != other.random
    assert torch.equal(torch.get_rng_state(), state)
    assert np.array_equal(np.random.get_state()[1], numpy_state)


def test_it_is_cancelled_between_passes() -> None:
    net = Counter()

    def progress(fraction: float, message: str) -> None:
        if fraction:
            raise JobCancelled("Nobody waits for this any more.")

    with pytest.raises(JobCancelled):
        belief_curve(net, torch.rand(1, 1, 28, 28), np.eye(7, dtype=np.float32), 0, "deletion", progress=progress)
    assert len(net.seen) == 1


def test_numbers_that_are_none_leave_a_gap_and_no_error() -> None:
    net = build(SMALL).eval()
    with torch.no_grad():
        net.fc.bias[2] = float("nan")
    values = np.full((4, 4), np.nan, dtype=np.float32)
    curve = belief_curve(net, pictures(1, 16), values, 1, "insertion", steps=3, random=1)
    assert np.isnan(curve.probabilities).all()
    assert np.isnan(curve.area)


@pytest.mark.parametrize("side", [1, 2, 3, 5])
@every_trial
def test_pictures_smaller_than_the_blur_and_the_steps(side: int, trial: Trial) -> None:
    net = unsettled(build(SMALL))
    curve = belief_curve(net, pictures(1, side), np.ones((1, 1), dtype=np.float32), 1, trial, random=1)
    assert len(curve.probabilities) == 51
    assert np.isfinite(curve.probabilities).all()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (
            {"image": pictures(2, 16)},
            r"^image has the shape \(2, 3, 16, 16\) and the map \(4, 4\): give one picture",
        ),
        ({"values": np.zeros(4, dtype=np.float32)}, r"^image has the shape \(1, 3, 16, 16\) and the map \(4,\)"),
        ({"values": np.zeros((0, 4), dtype=np.float32)}, r"^image has the shape \(1, 3, 16, 16\) and the map \(0, 4\)"),
        ({"image": pictures(1, 16, channels=1)}, r"^images have the shape \(1, 1, 16, 16\)"),
        ({"target": 10}, "^target is 10: this network has 10 classes"),
        ({"target": "a"}, "^target is a: it must be a class index"),
        ({"target": [1, 2]}, r"^target is \[1, 2\]"),
        ({"trial": "delete"}, "^trial is 'delete': it must be one of deletion, insertion"),
        ({"baseline": "black"}, "^baseline is 'black': it must be one of mean, blurred"),
        ({"steps": 0}, f"^steps is 0: it must be a whole number from 1 to {MAX_STEPS}"),
        ({"random": MAX_RANDOM + 1}, f"^random is {MAX_RANDOM + 1}: it must be a whole number from 0 to {MAX_RANDOM}"),
        ({"seed": -1}, "^seed is -1"),
    ],
)
def test_bad_input_is_refused_in_words(how: dict[str, object], message: str) -> None:
    usual = {"image": pictures(1, 16), "values": np.eye(4, dtype=np.float32), "target": 1, "trial": "deletion"}
    with pytest.raises(ValueError, match=message):
        belief_curve(build(SMALL), **{**usual, **how})
    assert issubclass(Refusal, ValueError)
