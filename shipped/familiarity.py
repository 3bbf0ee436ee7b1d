"""``python -m shipped.familiarity`` measures how well the app spots pictures unlike those its network learned from.

It goes with the weights: ``shipped.fashion`` does the same after a training. Half of the test pictures (the even ones)
decide on the threshold, the other half tells the false alarms. Strangers are prepared as the app prepares a picture.
"""

import argparse
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file

from explorer.live.shared_network import features_of, outputs
from explorer.network.links import from_url
from explorer.network.model import ResNet
from explorer.pictures import samples
from explorer.pictures.samples import PictureKind, sample_bytes
from explorer.training.batches import PixelScale
from explorer.training.data import Bytes, Data, load_fashion_mnist
from explorer.weights.catalogue import SHIPPED, embedded
from explorer.weights.familiarity import BELOW_THRESHOLD, Array, Familiarity, distances, energies
from explorer.weights.load import with_weights
from shipped import card
from shipped.pictures import index
from shipped.record import NAME, FamiliarityRecord, Record, Strangers

NOISE, CROPS = 1_000, 1_000
RECORD = "fashion_resnet20_familiar.json"
_BATCH = 500


def measured(net: ResNet, data: Data, scale: PixelScale) -> tuple[Familiarity, FamiliarityRecord]:
    """Fit on the training pictures and half of the test pictures, and measure on the rest and on strangers."""
    learned, _ = read_out(net, _of_bytes(data.train_images, scale))
    features, logits = read_out(net, _of_bytes(data.test_images, scale))
    known = Familiarity.fitted(learned, data.train_labels.astype(np.int64), features[::2], logits[::2])
    alarms = known.strangeness(features[1::2], logits[1::2]) > known.threshold
    mine = _signs(known, features, logits)
    rows = []
    for name, pictures in strangers().items():
        found = read_out(net, torch.from_numpy(np.concatenate(list(map(_prepared, pictures)))))
        theirs = _signs(known, *found)
        areas = tuple(round(roc_area(one, other), 4) for one, other in zip(mine, theirs, strict=True))
        rows.append(Strangers(name, len(pictures), areas, round(float((theirs[-1] <= known.threshold).mean()), 4)))
    decided, false = len(features[::2]), round(float(alarms.mean()), 4)
    return known, FamiliarityRecord(BELOW_THRESHOLD, decided, false, len(alarms), tuple(rows))


def _signs(known: Familiarity, features: Array, logits: Array) -> tuple[Array, ...]:
    """The values of each of ``SIGNS``, larger for stranger pictures."""
    distance = distances(features, known.means, known.precision)
    return -logits.max(1), energies(logits), distance, known.strangeness(features, logits)


def roc_area(familiar: Array, strange: Array) -> float:
    """The chance that a strange picture's value is above a familiar one's."""
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]  # noqa: PLC0415  takes seconds

    said = np.r_[np.zeros(len(familiar)), np.ones(len(strange))]
    return float(roc_auc_score(said, np.r_[familiar, strange]))


def read_out(net: ResNet, images: torch.Tensor) -> tuple[Array, Array]:
    """Features and logits of prepared pictures (N, 1, H, W), in float64."""
    with features_of(net) as features:
        logits = [outputs(net, batch) for batch in torch.split(images, _BATCH)]
    return torch.cat(features).double().numpy(), torch.cat(logits).double().numpy()


def _of_bytes(images: Bytes, scale: PixelScale) -> torch.Tensor:
    return torch.cat([scale(batch) for batch in torch.split(torch.tensor(images), _BATCH)])


def _prepared(picture: Image.Image) -> NDArray[np.float32]:
    how = embedded().preprocess
    return how.numbers(how.cropped(picture))


def strangers(seed: int = 0) -> Mapping[str, Sequence[Image.Image]]:
    """Pictures that no network of clothes has learned from, by their names."""
    random = np.random.default_rng(seed)
    photographs = [Image.open(io.BytesIO(sample_bytes(each.key))) for each in samples.samples(PictureKind.PHOTO)]
    return {
        "scikit-learn's digits": list(_digits()),
        "uniform noise": [Image.fromarray(random.integers(0, 256, (28, 28), np.uint8)) for _ in range(NOISE)],
        "the sample photographs": photographs,
        "square cuts out of them": [_cut(random, photographs) for _ in range(CROPS)],
    }


def _digits() -> Iterator[Image.Image]:
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # noqa: PLC0415  takes seconds

    for digit in load_digits().images:
        yield Image.fromarray((digit * 255 / 16).astype(np.uint8))


def _cut(random: np.random.Generator, photographs: Sequence[Image.Image]) -> Image.Image:
    """A square of random size, at least 60 pixels, at a random place of one of the photographs."""
    photograph = photographs[int(random.integers(len(photographs)))]
    side = int(random.integers(60, min(photograph.size) + 1))
    left, top = (int(random.integers(length - side + 1)) for length in photograph.size)
    return photograph.crop((left, top, left + side, top + side))


def write(data: Data, out: Path, album: Path) -> FamiliarityRecord:
    """Measure the network in ``out``; write there what the app reads, what was measured, and the card again.

    ``album`` is the folder of the test pictures that ship.
    """
    made = Record.from_json((out / f"{NAME}.json").read_text(encoding="utf-8"))
    net = with_weights(from_url(made.config), load_file(out / f"{NAME}.safetensors"))
    known, record = measured(net, data, PixelScale(made.mean[0], made.std[0]))
    known.write(out / embedded().familiar)
    (out / RECORD).write_text(record.to_json(), encoding="utf-8")
    (out / f"{NAME}.md").write_text(card.card(made, index(album), record), encoding="utf-8")
    return record


def main() -> None:
    """Measure the network that ships."""
    parser = argparse.ArgumentParser(prog="python -m shipped.familiarity", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the four .gz files (default: Debian's, else a download)")
    data = load_fashion_mnist(parser.parse_args().data)
    print(write(data, SHIPPED, samples.SHIPPED / samples.FOLDER).to_json())


if __name__ == "__main__":
    main()
