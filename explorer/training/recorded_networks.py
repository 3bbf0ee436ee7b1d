"""The trained networks of the recorded runs, and the pictures beside them, as what can be damaged and looked into."""

from functools import cache
from pathlib import Path

from explorer.training.damage.trained import Patient, Pixels, TrainedNetwork
from explorer.training.data import CLASSES, Data, load_fashion_mnist
from explorer.training.racers import racer_name
from explorer.training.recipe import Recipe
from explorer.training.recorded import FOLDER, recordings
from explorer.training.run import TrainingRun

PICTURES = FOLDER / "pictures"  # the first 1,000 of each set of Fashion-MNIST, as its own files have them
MEAN, STD = 0.286, 0.353  # of the whole training set, as the networks read it


def weights_file(run: TrainingRun) -> Path:
    """The file of a recorded run's weights, whether it is there or not."""
    return FOLDER / f"{weights_name(run)}.safetensors"


def weights_name(run: TrainingRun) -> str:
    """What the file is called: ``plain-56-seed0``, or ``plain-56-rate0.3-seed0`` with another rate than the usual."""
    rate = run.recipe.learning_rate
    usual = rate == Recipe().learning_rate
    return f"{racer_name(run.config)}{'' if usual else f'-rate{rate:g}'}-seed{run.recipe.seed}"


@cache
def recorded_networks() -> tuple[TrainedNetwork, ...]:
    """The recorded networks whose weights ship with the app, residual ones first, deep ones first."""
    runs = [each.run for each in recordings("fashion")]
    there = {weights_name(run): run for run in runs if weights_file(run).is_file()}
    by_kind = sorted(there.items(), key=lambda each: (each[1].config.is_plain, -each[1].config.depth, each[0]))
    return tuple(
        TrainedNetwork(
            key, key.replace("-seed0", "").replace("-seed", ", seed "), run.config, CLASSES, load, test_pixels
        )
        for key, run in by_kind
    )


def load(key: str) -> Patient:
    """The network of that ``weights_name`` in evaluation mode, in float32, with test and training pictures."""
    import torch  # noqa: PLC0415  slow to load
    from safetensors.torch import load_file  # noqa: PLC0415

    from explorer.network.model import build  # noqa: PLC0415
    from explorer.training.batches import PixelScale  # noqa: PLC0415

    (network,) = [each for each in recorded_networks() if each.key == key]
    net, scale, data = build(network.config), PixelScale(MEAN, STD), recorded_pictures()
    net.load_state_dict(load_file(FOLDER / f"{key}.safetensors"))
    return Patient(
        net.requires_grad_(False).eval(),
        scale(torch.tensor(data.test_images)),
        torch.tensor(data.test_labels).long(),
        scale(torch.tensor(data.train_images)),
        torch.tensor(data.train_labels).long(),
    )


@cache
def recorded_pictures() -> Data:
    """The first 1,000 pictures of each set of Fashion-MNIST, which ship with the app."""
    return load_fashion_mnist(PICTURES)


def test_pixels() -> Pixels:
    """The test pictures as bytes (N, 28, 28)."""
    return recorded_pictures().test_images
