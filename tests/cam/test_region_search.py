"""The region that must be hidden to change the likeliest class: it does, and nothing of it can be given back."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from explorer.cam.erase_jobs import logits_of, region_to_hide
from explorer.cam.erasure import Fill, HiddenRegion, Mask, erased, filled
from explorer.cam.page_jobs import Asked, first_look
from explorer.cam.region_search import hidden_region
from explorer.jobs.job import JobCancelled
from explorer.network.model import build
from explorer.pictures.decode import read_picture
from explorer.pictures.preprocess import Preprocess
from explorer.pictures.samples import PictureKind, sample_bytes, samples
from explorer.text.errors import Refusal
from explorer.weights.catalogue import EMBEDDED, embedded
from tests.cam.networks import SMALL, pictures, unsettled

ASKED = Asked(EMBEDDED)


def crop_of(key: str) -> Image.Image:
    return embedded().preprocess.cropped(read_picture(sample_bytes(key)))


def said(crop: Image.Image) -> np.ndarray:
    return logits_of(ASKED, picture=embedded().preprocess.numbers(crop))


def found_in(crop: Image.Image, fill: Fill, side: int) -> HiddenRegion:
    return region_to_hide(ASKED, crop=crop.tobytes(), preprocess=embedded().preprocess, fill=fill, side=side)


@pytest.mark.parametrize("fill", list(Fill))
def test_nothing_erased_is_the_picture_and_everything_the_fill(fill: Fill) -> None:
    crop, how = crop_of("bag-1"), embedded().preprocess
    assert np.array_equal(
        said(erased(crop, Mask(28), filled(crop, fill))), first_look(ASKED, picture=how.numbers(crop)).logits
    )
    assert np.array_equal(
        said(erased(crop, Mask(7, frozenset(range(49))), filled(crop, fill))), said(filled(crop, fill))
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "fill"), list(zip([each.key for each in samples(PictureKind.FASHION)], cycle(Fill), strict=False))
)
def test_the_region_changes_the_class_of_each_shipped_picture(key: str, fill: Fill) -> None:
    """Each fill with every other picture."""
    crop = crop_of(key)
    found = found_in(crop, fill, 7)
    before = said(crop)
    assert found.target == int(before.argmax())
    if found.mask is None:
        after = said(filled(crop, fill))
        assert int(after.argmax()) == found.target
        return
    after = said(erased(crop, found.mask, filled(crop, fill)))
    assert int(after.argmax()) != found.target
    np.testing.assert_allclose(found.logits, after, rtol=1e-3, atol=1e-3)
    for cell in found.mask.cells:
        less = said(erased(crop, replace(found.mask, cells=found.mask.cells - {cell}), filled(crop, fill)))
        assert less.argmax() == found.target or np.diff(np.sort(less)[-2:])[0] < 1e-3 * np.abs(less).max()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("side", [1, 4, 7])
def test_the_region_changes_the_class_of_random_networks(seed: int, side: int) -> None:
    net = unsettled(build(SMALL, seed=seed), seed)
    image, hidden = pictures(1, 16, seed=seed), torch.zeros(1, 3, 16, 16)
    found = hidden_region(net, image, hidden, side)
    with torch.no_grad():
        assert found.target == int(net(image).argmax())
        everything = Mask(side, frozenset(range(side**2)))
        mask = found.mask or everything
        after = net(torch.where(torch.from_numpy(mask.pixels(16, 16)), hidden, image))[0]
        assert (int(after.argmax()) != found.target) == (found.mask is not None)
    np.testing.assert_allclose(found.logits, after.numpy(), rtol=1e-3, atol=1e-4)


class Sum(nn.Module):
    """Two classes: the first's logit is the sum of the weighted pixels, the second's is constant."""

    def __init__(self, weights: Tensor, other: float) -> None:
        super().__init__()
        self.weights, self.other = nn.Parameter(weights), other

    def forward(self, images: Tensor) -> Tensor:
        first = (images * self.weights).sum((1, 2, 3))
        return torch.stack([first, torch.full_like(first, self.other)], 1)


@pytest.mark.parametrize(
    ("weights", "other", "cells"),
    [
        ([1, 5, 2, 4], 6.5, {1, 3}),  # 12, without 5 it is 7, without 4 as well it is 3; neither can come back
        ([1, 5, 2, 4], 2.5, {1, 2, 3}),
        ([0, 0, 0, 1], 0.5, {3}),
    ],
)
def test_the_greedy_search_by_hand(weights: list[float], other: float, cells: set[int]) -> None:
    net = Sum(torch.tensor(weights).float().reshape(1, 2, 2), other)
    found = hidden_region(net, torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), 2)
    assert found.mask == Mask(2, frozenset(cells))


class Redundant(nn.Module):
    """The first pixel weighs most as long as the next two are there; without both of them it is too little alone."""

    def forward(self, images: Tensor) -> Tensor:
        a, b, c, _ = images.flatten(1).unbind(1)
        either = torch.maximum(b, c)
        return torch.stack([0.5 * a * (1 + either) + 1.5 * either + 0.5 * b * c, torch.full_like(a, 0.9)], 1)


def test_what_is_not_needed_is_given_back() -> None:
    """3 at first: the first pixel costs 1 and the others 0.5 each, so it is hidden first, then both others until
    nothing is left. Of the others alone 0.5 is left, so the first one comes back."""
    found = hidden_region(Redundant(), torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), 2)
    assert found.mask == Mask(2, frozenset({1, 2}))


def test_where_no_region_changes_it() -> None:
    net = Sum(torch.ones(1, 2, 2), -1.0)
    found = hidden_region(net, torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), 2)
    assert found.mask is None and found.logits.tolist() == [0, -1]


def test_it_tells_how_far_it_is_and_can_be_stopped() -> None:
    net, told = unsettled(build(SMALL, seed=1)), []

    def stop(fraction: float, message: str) -> None:
        told.append(fraction)
        if len(told) == 3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        hidden_region(net, pictures(1, 16), torch.zeros(1, 3, 16, 16), 4, progress=stop)
    assert told == sorted(told) and len(told) == 3


def test_what_cannot_be_searched_is_refused() -> None:
    net = unsettled(build(SMALL, seed=1))
    with pytest.raises(Refusal, match="one picture"):
        hidden_region(net, pictures(2, 16), pictures(2, 16), 4)
    with torch.no_grad():
        net.fc.bias.fill_(float("nan"))
    with pytest.raises(Refusal, match="no finite numbers"):
        hidden_region(net, pictures(1, 16), pictures(1, 16), 4)


def test_the_preprocessing_is_that_of_the_whole_picture() -> None:
    """Each pixel becomes numbers by itself: replaced before or after, it is the same input."""
    how = Preprocess(16, 16, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
    crop = Image.fromarray(np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8))
    mask = Mask(4, frozenset({0, 5, 10}))
    before = how.numbers(erased(crop, mask, filled(crop, Fill.BLUR)))
    after = np.where(mask.pixels(16, 16), how.numbers(filled(crop, Fill.BLUR)), how.numbers(crop))
    assert np.array_equal(before, after)
