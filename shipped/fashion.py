"""``python -m shipped.fashion`` trains the ResNet-20 that ships with the app on Fashion-MNIST, and tests it.

The weights, the JSON that describes them, the model card, and test pictures are written where the app looks for them,
or into the folder ``--out``. After each epoch the weights so far go to a checkpoint beside them, which the end removes.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import torch
from safetensors.torch import save as serialised

from explorer.network.links import to_url
from explorer.network.model import ResNet
from explorer.network.presets import preset
from explorer.pictures import samples
from explorer.training.batches import PixelScale
from explorer.training.data import CLASSES, SIDE, Data, load_fashion_mnist
from explorer.training.idx import DataError
from explorer.training.recipe import Recipe
from explorer.training.trainer import Trainer, confusion, probabilities
from explorer.weights import catalogue
from shipped import card, familiarity, pictures
from shipped.record import NAME, SOURCE, Record, recipe_for, steps_per_epoch
from shipped.resume import TORCH

CONFIG = replace(preset("resnet20"), in_channels=1, image_size=SIDE, num_classes=len(CLASSES))


EPOCHS = 8


def train(data: Data, recipe: Recipe, out: Path, album: Path, say: Callable[[str], None] = print) -> Record:
    """Train and test ``CONFIG`` on ``data``, write files into ``out``, pictures into ``album``, and say how it goes."""
    out.mkdir(parents=True, exist_ok=True)
    trainer, checkpoint, started = (
        Trainer(CONFIG, data, recipe),
        out / f"{NAME}.checkpoint.safetensors",
        time.monotonic(),
    )
    each = steps_per_epoch(len(data.train_images))
    for epoch in range(1, recipe.steps // each + 1):
        loss = fmean(trainer.step() for _ in range(each))
        save(trainer.net, checkpoint)
        right = probabilities(trainer.net, data.test_images, trainer.scale).argmax(1) == data.test_labels
        say(
            f"epoch {epoch} of {recipe.steps // each}: loss {loss:.4f}, test accuracy {right.mean():.2%}, "
            f"{time.monotonic() - started:.0f} s"
        )
    record = write(trainer.net, data, trainer.scale, recipe, out=out, album=album)
    checkpoint.unlink()
    return record


def write(net: ResNet, data: Data, scale: PixelScale, recipe: Recipe, *, out: Path, album: Path) -> Record:
    """Test the network on the whole test set; write weights, record and card into ``out``, pictures into ``album``."""
    found = probabilities(net, data.test_images, scale)
    table = confusion(found.argmax(1), data.test_labels, len(CLASSES))
    record = Record(
        config=to_url(CONFIG),
        classes=CLASSES,
        mean=(scale.mean,),
        std=(scale.std,),
        test_accuracy=int(table.trace()) / len(data.test_labels),
        seed=recipe.seed,
        epochs=recipe.steps // steps_per_epoch(len(data.train_images)),
        train_images=len(data.train_images),
        test_images=len(data.test_images),
        source=SOURCE,
        licence="MIT",
        confusion=tuple(tuple(map(int, row)) for row in table),
        torch=TORCH,
        threads=torch.get_num_threads(),
    )
    chosen = pictures.describe(data, found)
    save(net, out / f"{NAME}.safetensors")
    pictures.write(chosen, data, album)
    (out / f"{NAME}.json").write_text(record.to_json(), encoding="utf-8")
    (out / f"{NAME}.md").write_text(card.card(record, chosen), encoding="utf-8")
    return record


def save(net: ResNet, path: Path) -> None:
    """The weights as safetensors; a file is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(serialised({name: values.contiguous() for name, values in net.state_dict().items()}))
    part.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shipped.fashion", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the four .gz files (default: Debian's, else a download)")
    parser.add_argument("--epochs", type=_from_one, default=EPOCHS, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--threads", type=_from_one, help="of the processor (default: PyTorch's choice)")
    parser.add_argument("--limit", type=_from_one, help="take only the first so many pictures of each set")
    parser.add_argument("--out", type=Path, help="default: where the app keeps its own")
    asked = parser.parse_args(arguments)
    if asked.threads:
        torch.set_num_threads(asked.threads)
    try:
        data = load_fashion_mnist(asked.data)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    out, album = asked.out or catalogue.SHIPPED, (asked.out or samples.SHIPPED) / samples.FOLDER
    data = data if asked.limit is None else data.first(asked.limit)
    record = train(data, recipe_for(len(data.train_images), asked.epochs, asked.seed), out, album)
    if asked.limit is None:
        familiarity.write(data, out, album)
    print(f"Test accuracy {record.test_accuracy:.2%} of {record.test_images:,} pictures; written to {out}.")
    return 0


def _from_one(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is less than 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
