"""The training loop: its pictures, its learning rate, that it learns, and that it repeats itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix
from torchvision.transforms import functional as transforms

from explorer.network.model import ResNet, build
from explorer.training.fit import Epoch, PixelScale, Recipe, batches, confusion, fit, probabilities, rate
from shipped.fashion import CONFIG
from tests.training.digits import digits

FEW = digits().first(40)
SHORT = Recipe(epochs=1, batch_size=20)


def unheard(net: ResNet, epoch: Epoch) -> None:
    """Nobody asked."""


@given(steps=st.integers(1, 400), warm_up=st.floats(0, 1))
def test_the_rate_rises_to_its_peak_once_and_falls(steps: int, warm_up: float) -> None:
    rates = [rate(step, steps, warm_up) for step in range(steps)]
    peak = rates.index(max(rates))
    assert max(rates) == 1 and min(rates) > 0
    assert peak == max(round(warm_up * steps), 1) - 1
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_the_fall_is_torchs_cosine() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=81)  # zero is the step after the last
    for step in range(19, 100):
        assert rate(step, 100, 0.2) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-9)
        optimizer.step()
        cosine.step()


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


@pytest.mark.slow
def test_it_learns() -> None:
    data, losses = digits(), []
    scale = PixelScale.of(data.train_images)

    def note(net: ResNet, epoch: Epoch) -> None:
        assert epoch.number == len(losses) + 1
        losses.append(epoch.loss)

    recipe = Recipe(epochs=4, batch_size=16, padding=1)
    net = fit(CONFIG, data, scale, recipe, note)
    assert len(losses) == 4 and losses[-1] < losses[0] / 2
    assert (probabilities(net, data.test_images, scale).argmax(1) == data.test_labels).mean() > 0.7


def test_a_step_is_torchs_sgd() -> None:
    recipe = replace(SHORT, batch_size=40)
    scale = PixelScale.of(FEW.train_images)
    trained = fit(CONFIG, FEW, scale, recipe, unheard)
    net = build(CONFIG, seed=recipe.seed).to(memory_format=torch.channels_last)  # to round as it does
    ((images, labels),) = batches(FEW, recipe, torch.Generator().manual_seed(recipe.seed))
    torch.nn.functional.cross_entropy(net(scale(images)), labels).backward()
    # One step is at the peak rate, and its momentum is the gradient itself.
    for moved, parameter in zip(trained.parameters(), net.parameters(), strict=True):
        assert parameter.grad is not None
        gradient = parameter.grad + recipe.weight_decay * parameter.detach()
        expected = parameter.detach() - recipe.peak_rate * (1 + recipe.momentum) * gradient
        assert torch.allclose(moved, expected, atol=1e-6)


def test_the_same_seed_gives_the_same_weights_and_no_global_state_moves() -> None:
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()
    scale = PixelScale.of(FEW.train_images)
    first, again, other = (
        fit(CONFIG, FEW, scale, replace(SHORT, seed=seed), unheard).state_dict() for seed in (1, 1, 2)
    )
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first if name.endswith("conv1.weight"))
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == np.random.get_state()[1].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("training", [True, False])
def test_probabilities_are_the_networks_own(training: bool) -> None:
    net, scale = build(CONFIG).train(training), PixelScale(0.3, 0.4)
    found = probabilities(net, FEW.test_images, scale)
    assert net.training is training
    assert found.sum(1) == pytest.approx(1, abs=1e-5)
    with torch.no_grad():
        logits = net.eval()(scale(torch.from_numpy(FEW.test_images)))
    assert np.allclose(found, logits.softmax(1), atol=1e-6)
    assert all(buffer.eq(build(CONFIG).get_buffer(name)).all() for name, buffer in net.named_buffers())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=50))
def test_confusion_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(pairs).T
    found = confusion(predicted, labels.astype(np.uint8), 10)
    assert np.array_equal(found, confusion_matrix(labels, predicted, labels=range(10)))
