"""The training loop against one written by hand, and that it repeats itself."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load
from sklearn.metrics import confusion_matrix
from torch.nn import functional

from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.training.batches import PixelScale, endless_batches
from explorer.training.data import load_digits
from explorer.training.recipe import Optimizer, Recipe, Schedule
from explorer.training.trainer import Trainer, confusion, probabilities
from shipped.fashion import CONFIG
from shipped.record import recipe_for
from tests.training.digits import digits

FEW = digits().first(40)
DIGITS = load_digits()
SMALL = replace(
    preset("resnet20"), in_channels=1, image_size=8, widths=(4, 8, 16), stage_blocks=(1, 1, 1)
)  # of the digits race, narrower


def by_hand(config: ResNetConfig, recipe: Recipe) -> Iterator[float]:
    """The loop as anybody would write it; yields each step's loss."""
    net = build(config, seed=recipe.seed).to(memory_format=torch.channels_last)  # to round as it does
    scale, rate = PixelScale.of(DIGITS.train_images), recipe.learning_rate
    if recipe.optimizer is Optimizer.ADAM:
        optimizer: torch.optim.Optimizer = torch.optim.Adam(
            net.parameters(), lr=recipe.learning_rate, weight_decay=1e-4
        )
    else:
        optimizer = torch.optim.SGD(
            net.parameters(), lr=rate, momentum=0.9, weight_decay=1e-4, nesterov=recipe.nesterov
        )
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=recipe.steps)
    net.train()
    for _, (images, labels) in zip(range(recipe.steps), endless_batches(DIGITS, recipe), strict=False):
        optimizer.zero_grad()
        loss = functional.cross_entropy(net(scale(images)), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        cosine.step()
        yield loss.item()


@pytest.mark.parametrize(
    ("optimizer", "nesterov"), [(Optimizer.SGD, False), (Optimizer.SGD, True), (Optimizer.ADAM, False)]
)
def test_each_step_is_that_of_a_loop_written_by_hand(optimizer: Optimizer, nesterov: bool) -> None:
    recipe = Recipe(legs=(15,), batch_size=32, optimizer=optimizer, nesterov=nesterov, learning_rate=0.01, seed=3)
    trainer = Trainer(SMALL, DIGITS, recipe)
    assert [trainer.step() for _ in range(15)] == pytest.approx(list(by_hand(SMALL, recipe)), abs=1e-6)
    assert trainer.ended


def test_a_constant_rate_is_constant() -> None:
    recipe = Recipe(legs=(2,), batch_size=8, schedule=Schedule.CONSTANT, learning_rate=0.25)
    trainer = Trainer(SMALL, DIGITS, recipe)
    trainer.step()
    trainer.step()
    assert [group["lr"] for group in trainer._optimizer.param_groups] == [0.25]


@pytest.mark.parametrize("dropping", [False, True])
def test_the_same_seed_gives_the_same_run_and_no_global_state_moves(dropping: bool) -> None:
    config = replace(SMALL, dropout=0.5, stochastic_depth=0.5) if dropping else SMALL
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()

    def losses(seed: int) -> list[float]:
        trainer = Trainer(config, DIGITS, Recipe(legs=(4,), batch_size=16, seed=seed))
        return [trainer.step() for _ in range(4)]

    assert losses(1) == losses(1)
    torch.rand(1)  # the global state is nothing to it
    after = torch.get_rng_state()
    assert losses(1) != losses(2)
    assert torch.equal(after, torch.get_rng_state())
    assert not torch.equal(before[0], after)
    assert before[1] == np.random.get_state()[1].tolist()


def test_going_on_is_not_having_paused() -> None:
    whole = Trainer(SMALL, DIGITS, Recipe(legs=(3, 4), batch_size=16))
    losses = [whole.step() for _ in range(7)]
    paused = Trainer(SMALL, DIGITS, Recipe(legs=(3,), batch_size=16))
    first = [paused.step() for _ in range(3)]
    assert paused.ended
    paused.drop_gradients()
    paused.evaluate()
    paused.go_on(whole.recipe)
    assert not paused.ended
    assert first + [paused.step() for _ in range(4)] == losses
    assert torch.equal(paused.net.fc.weight, whole.net.fc.weight)


def test_an_evaluation_is_the_networks_own_in_evaluation_mode_and_changes_nothing() -> None:
    trainer = Trainer(SMALL, DIGITS, Recipe(legs=(9,), batch_size=16))
    trainer.step()
    state = {name: value.clone() for name, value in trainer.net.state_dict().items()}
    found = trainer.evaluate()
    assert all(torch.equal(value, state[name]) for name, value in trainer.net.state_dict().items())
    assert trainer.net.training
    logits = trainer.net.eval()(trainer.scale(torch.from_numpy(DIGITS.test_images)))
    labels = torch.from_numpy(DIGITS.test_labels).long()
    assert found.step == 1
    assert found.test_loss == pytest.approx(functional.cross_entropy(logits, labels).item(), abs=1e-5)
    assert found.test_accuracy == pytest.approx((logits.argmax(1) == labels).float().mean().item(), abs=1e-6)


def test_a_loss_that_is_no_number_stops_it_with_a_sentence() -> None:
    trainer = Trainer(SMALL, DIGITS, Recipe(legs=(50,), batch_size=16, learning_rate=1e30))
    while not trainer.ended:
        trainer.step()
    run = trainer.run()
    assert run.ended and run.steps < 50
    assert run.stopped.startswith("After 1 step with learning rate 1e+30 the loss") and "Take a smaller" in run.stopped


def test_the_weights_of_a_run_are_the_networks() -> None:
    trainer = Trainer(SMALL, DIGITS, Recipe(legs=(1,), batch_size=16))
    trainer.step()
    run = trainer.run(weights=True)
    for name, values in load(run.weights).items():
        assert torch.equal(values, trainer.net.state_dict()[name])
    assert torch.equal(run.network().fc.weight, trainer.net.fc.weight)
    with pytest.raises(ValueError, match="no weights"):
        trainer.run().network()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (replace(SMALL, image_size=16), "takes 1 channel of 16 × 16 and digits has one channel of 8 × 8"),
        (replace(SMALL, in_channels=3), "set in_channels to 1"),
        (replace(SMALL, num_classes=9), "set num_classes to 10"),
    ],
)
def test_a_network_for_other_pictures_is_refused(config: ResNetConfig, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Trainer(config, DIGITS, Recipe())


@pytest.mark.slow
def test_it_learns() -> None:
    data, config = digits(), replace(CONFIG, stage_blocks=(1, 1, 1))
    trainer = Trainer(config, data, replace(recipe_for(512, 4), batch_size=16, padding=1, legs=(128,)))
    losses = [trainer.step() for _ in range(128)]
    assert np.mean(losses[-32:]) < np.mean(losses[:32]) / 2
    found = probabilities(trainer.net, data.test_images, trainer.scale)
    assert (found.argmax(1) == data.test_labels).mean() > 0.7


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
    fresh = build(CONFIG)
    assert all(buffer.eq(fresh.get_buffer(name)).all() for name, buffer in net.named_buffers())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=50))
def test_confusion_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = np.array(pairs).T
    found = confusion(predicted, labels.astype(np.uint8), 10)
    assert np.array_equal(found, confusion_matrix(labels, predicted, labels=range(10)))
