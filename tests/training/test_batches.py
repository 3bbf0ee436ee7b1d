"""Batches: which pictures come, how they are shifted and scaled, and that the seed decides."""

from dataclasses import replace
from itertools import islice

import pytest
import torch
from torchvision.transforms import functional as transforms

from explorer.training.batches import PixelScale, _padded, batches, endless_batches
from explorer.training.recipe import Recipe
from tests.training.digits import digits

FEW = digits().first(40)
SHORT = Recipe(batch_size=20, padding=2, mirror=True)


def test_scaled_pictures_have_mean_0_and_variance_1() -> None:
    images = digits().train_images
    scale = PixelScale.of(images)
    scaled = scale(torch.from_numpy(images))
    assert scaled.shape == (512, 1, 28, 28) and scaled.dtype == torch.float32
    assert scaled.mean().item() == pytest.approx(0, abs=3e-4)
    assert scaled.std().item() == pytest.approx(1, abs=3e-4)
    assert (scale.mean, scale.std) == (round(scale.mean, 4), round(scale.std, 4))
    expected = transforms.normalize(transforms.to_tensor(images[0]), [scale.mean], [scale.std])
    assert torch.allclose(scaled[0], expected, atol=1e-6)


@pytest.mark.parametrize("padding", [0, 2])
def test_each_picture_comes_once_shifted_and_perhaps_mirrored(padding: int) -> None:
    recipe = replace(SHORT, padding=padding, batch_size=16)
    parts = list(batches(FEW, recipe, torch.Generator().manual_seed(3)))
    assert [len(labels) for _, labels in parts] == [16, 16, 8]
    waiting, mirrored = dict(enumerate(FEW.train_labels)), 0
    for picture, label in zip(*map(torch.cat, zip(*parts, strict=True)), strict=True):
        alike = [place for place, other in waiting.items() if other == label]
        found = next(place for place in alike if _is_in(picture, views(place, padding)))
        del waiting[found]
        mirrored += not _is_in(picture, views(found, padding)[::2])
    assert not waiting
    assert 8 < mirrored < 32


def views(place: int, padding: int) -> list[torch.Tensor]:
    """All that torchvision's pad, crop and flip can make of a picture, every second one mirrored."""
    original = transforms.pad(torch.from_numpy(FEW.train_images[place]).unsqueeze(0), [padding])
    shifts = range(2 * padding + 1)
    crops = [transforms.crop(original, top, left, 28, 28) for top in shifts for left in shifts]
    return [view for crop in crops for view in (crop[0], transforms.hflip(crop)[0])]


def _is_in(picture: torch.Tensor, pictures: list[torch.Tensor]) -> bool:
    return any(torch.equal(picture, other) for other in pictures)


def test_the_order_is_new_in_each_epoch_and_the_seeds() -> None:
    random = torch.Generator().manual_seed(0)
    first, second = (torch.cat([labels for _, labels in batches(FEW, SHORT, random)]) for _ in range(2))
    again = torch.cat([labels for _, labels in batches(FEW, SHORT, torch.Generator().manual_seed(0))])
    assert torch.equal(first, again) and not torch.equal(first, second)


def test_unshifted_pictures_are_the_datas_own() -> None:
    recipe = Recipe(batch_size=13)
    parts = list(batches(FEW, recipe, torch.Generator().manual_seed(1)))
    assert [len(labels) for _, labels in parts] == [13, 13, 13]  # one picture alone is left out
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1))
    images, labels = map(torch.cat, zip(*parts, strict=True))
    assert torch.equal(images, torch.from_numpy(FEW.train_images)[order[:39]])
    assert torch.equal(labels, torch.from_numpy(FEW.train_labels).long()[order[:39]])


def test_endless_batches_are_epoch_after_epoch_of_one_seed() -> None:
    random = torch.Generator().manual_seed(SHORT.seed)
    expected = [each for _ in range(3) for each in batches(FEW, SHORT, random)]
    for (images, labels), (wanted, classes) in zip(islice(endless_batches(FEW, SHORT), 6), expected, strict=True):
        assert torch.equal(images, wanted) and torch.equal(labels, classes)
    seeded = next(endless_batches(FEW, replace(SHORT, seed=9)))
    assert not torch.equal(seeded[1], expected[0][1])


def test_networks_that_learn_from_the_same_pictures_share_one_copy() -> None:
    recipe = Recipe(batch_size=40)
    before = _padded.cache_info().misses
    streams = [endless_batches(FEW, replace(recipe, seed=seed)) for seed in range(4)]
    assert len({tuple(next(stream)[1].tolist()) for stream in streams}) == 4
    assert _padded.cache_info().misses - before <= 1
