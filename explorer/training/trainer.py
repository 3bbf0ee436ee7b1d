"""The training loop: one network, a step at a time, seeded, so that one thread repeats itself exactly."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.text.errors import Refusal
from explorer.text.quantities import counted
from explorer.training.batches import PixelScale, endless_batches
from explorer.training.data import Bytes, Data
from explorer.training.recipe import Optimizer, Recipe
from explorer.training.run import Evaluation, TrainingRun

EVALUATED = 1_000  # pictures at most
_TEST_BATCH = {"cpu": 100}  # their maps stay in a processor's cache: 500 take a third longer


class Trainer:
    """A network that is being trained. ``step`` takes one step, ``evaluate`` tests it, ``run`` is what came of it.

    PyTorch's global random state is neither read nor changed. Call it under ``guarded``.
    """

    def __init__(self, config: ResNetConfig, data: Data, recipe: Recipe, device: str = "cpu") -> None:
        """Build the network from the recipe's seed.

        Raises:
            Refusal: the network does not take such pictures, or has too few classes for them.
        """
        check_fit(config, data)
        self.config, self.data, self.recipe, self.device = config, data, recipe, torch.device(device)
        self.scale = PixelScale.of(data.train_images)
        self.net = build(config, device, recipe.seed).to(memory_format=torch.channels_last)
        self._optimizer = _optimizer(self.net, recipe)
        self._batches = endless_batches(data, recipe)
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._seconds: list[float] = []
        self._evaluations: list[Evaluation] = []
        self.stopped = ""

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to do: all steps are taken, or the loss is no number any more."""
        return bool(self.stopped) or self.taken >= self.recipe.steps

    @property
    def taken(self) -> int:
        """The steps taken so far."""
        return len(self._losses)

    @property
    def bytes(self) -> int:
        """An upper bound of the memory: the weights, and two values of the optimizer's for each of them."""
        return 3 * sum(parameter.nbytes for parameter in self.net.parameters())

    def drop_gradients(self) -> None:
        """Free the memory of the last step."""
        self._optimizer.zero_grad(set_to_none=True)

    def go_on(self, recipe: Recipe) -> None:
        """Take more legs: ``recipe`` is the one so far with others after its own."""
        assert recipe.legs[: len(self.recipe.legs)] == self.recipe.legs
        self.recipe = recipe

    def step(self) -> float:
        """Take one step on the next batch; returns the batch's loss before it (nats)."""
        images, labels = next(self._batches)
        number, started = len(self._losses), time.perf_counter()
        for group in self._optimizer.param_groups:
            group["lr"] = self.recipe.rate(number)
        with in_mode(self.net, training=True), self._own_randomness(number):
            logits = self.net(self.scale(images.to(self.device)))
            target = labels.to(self.device)
            loss = functional.cross_entropy(logits, target)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        right = (logits.detach().argmax(1) == target).float().mean()
        found, accuracy = torch.stack((loss.detach(), right)).tolist()  # one transfer
        self._losses.append(found)
        self._accuracies.append(accuracy)
        self._seconds.append((self._seconds[-1] if self._seconds else 0.0) + time.perf_counter() - started)
        if not math.isfinite(found):
            self.stopped = _stopped(found, number, self.recipe.learning_rate)
        return float(found)

    def evaluate(self, most: int = EVALUATED) -> Evaluation:
        """Test the network as it is on the first test pictures, ``most`` at most, and as many training pictures."""
        count = min(len(self.data.test_images), len(self.data.train_images), most)
        train = self._tested(self.data.train_images[:count], self.data.train_labels[:count])
        test = self._tested(self.data.test_images[:count], self.data.test_labels[:count])
        found = Evaluation(self.taken, count, *train, *test)
        self._evaluations.append(found)
        return found

    def run(self, *, weights: bool = False) -> TrainingRun:
        """Returns what came of it so far; with the ``weights``, as safetensors, if wanted."""
        return TrainingRun(
            config=self.config,
            recipe=self.recipe,
            data=self.data.name,
            losses=tuple(self._losses),
            accuracies=tuple(self._accuracies),
            seconds=tuple(self._seconds),
            evaluations=tuple(self._evaluations),
            stopped=self.stopped,
            device=str(self.device),
            weights=saved(self.net) if weights else b"",
        )

    def _tested(self, images: Bytes, labels: Bytes) -> tuple[float, float]:
        """Mean loss and accuracy."""
        found, target = logits_of(self.net, images, self.scale), torch.from_numpy(labels.astype(np.int64))
        accuracy = (found.argmax(1) == target).float().mean().item()
        return functional.cross_entropy(found, target).item(), accuracy

    @contextmanager
    def _own_randomness(self, step: int) -> Iterator[None]:
        """What dropout and stochastic depth drop depends on seed and step alone; most networks draw nothing."""
        if not (self.config.dropout or self.config.stochastic_depth):
            yield
            return
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self.recipe.seed * 1_000_003 + step)
            yield


def check_fit(config: ResNetConfig, data: Data) -> None:
    """Raise a ``Refusal`` unless a network of ``config`` takes the pictures of ``data`` and has a class for each."""
    height, width = data.train_images.shape[1:]
    classes = int(max(data.train_labels.max(), data.test_labels.max())) + 1
    if (config.in_channels, config.image_size, config.image_size) != (1, height, width):
        raise Refusal(
            f"The network takes {counted(config.in_channels, 'channel')} of {config.image_size} × {config.image_size} "
            f"and {data.name} has one channel of {height} × {width}: set in_channels to 1 and image_size to {height}."
        )
    if config.num_classes < classes:
        raise Refusal(
            f"The network has num_classes {config.num_classes} and {data.name} has {classes}: "
            f"set num_classes to {classes}."
        )


def logits_of(net: ResNet, images: Bytes, scale: PixelScale) -> Tensor:
    """The logits (N, classes) for pictures (N, H, W), in evaluation mode, on the CPU."""
    device = next(net.parameters()).device
    with in_mode(net, training=False), torch.inference_mode():
        chunks = torch.split(torch.tensor(images), _TEST_BATCH.get(device.type, 500))
        return torch.cat([net(scale(batch.to(device))).cpu() for batch in chunks]).clone()


def probabilities(net: ResNet, images: Bytes, scale: PixelScale) -> NDArray[np.float32]:
    """Softmax probabilities (N, classes) for pictures (N, H, W), in evaluation mode, on the network's device."""
    with exact_float32(next(net.parameters()).device.type):
        found: NDArray[np.float32] = logits_of(net, images, scale).softmax(1).numpy()
    return found


def saved(net: ResNet) -> bytes:
    """The weights and running statistics as a safetensors file."""
    return save({name: values.contiguous().cpu() for name, values in net.state_dict().items()})


def confusion(predicted: NDArray[np.int64], labels: Bytes, classes: int) -> NDArray[np.int64]:
    """How many pictures of each class (row) were taken for each class (column)."""
    return np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _optimizer(net: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimizer is Optimizer.ADAM:
        return torch.optim.Adam(
            net.parameters(), recipe.learning_rate, (recipe.momentum, 0.999), weight_decay=recipe.weight_decay
        )
    return torch.optim.SGD(
        net.parameters(),
        recipe.learning_rate,
        recipe.momentum,
        weight_decay=recipe.weight_decay,
        nesterov=recipe.nesterov,
    )


def _stopped(loss: float, step: int, rate: float) -> str:
    became = "is not a number (NaN)" if math.isnan(loss) else "is infinite"
    return (
        f"After {counted(step, 'step')} with learning rate {rate:g} the loss {became}: training diverged, and further "
        "steps would change nothing. Take a smaller learning rate."
    )
