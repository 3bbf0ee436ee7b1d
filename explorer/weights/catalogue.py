"""Sets of trained weights that the app knows: what they were trained for, by whom, and how their pictures are prepared.

The embedded one comes with the app, with its numbers as its training measured them. All about torchvision's is read
from torchvision itself, so importing it (and torch) waits until somebody asks for them.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from explorer.network.config import ResNetConfig
from explorer.network.links import from_url
from explorer.network.names import name_of
from explorer.network.presets import preset
from explorer.pictures.preprocess import Preprocess
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

SHIPPED = Path(__file__).parent / "shipped"
EMBEDDED = "fashion-resnet20"
UNTRAINED = "fashion-resnet20-untrained"
DEPTHS = (18, 34, 50, 101, 152)  # of torchvision's ResNets


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One set: ``key`` names it in links, ``classes`` are its classes by index, ``accuracy`` is top-1 in percent, where
    it is known.

    ``url`` is where it is downloaded from, empty for those that come with the app; ``size`` is its file's, in bytes.
    ``seed`` is that of weights which nobody has trained: they have no file. ``kinds`` says what the classes are kinds
    of. ``familiar`` is the file beside the weights that tells pictures unlike those it learned from, empty without one.
    """

    key: str
    model: str
    weights: str
    config: ResNetConfig
    classes: tuple[str, ...]
    preprocess: Preprocess
    accuracy: float | None
    measured: str
    source: str
    size: int
    file: str
    url: str = ""
    seed: int | None = None
    kinds: str = "things"
    familiar: str = ""

    @property
    def title(self) -> str:
        """Network and weights in a few words."""
        return f"{self.model} ({self.weights})"

    @property
    def knows(self) -> str:
        """What its classes are, as "10 kinds of clothing"."""
        return f"{counted(len(self.classes), 'kind')} of {self.kinds}"

    @property
    def embedded(self) -> bool:
        """Whether it comes with the app."""
        return self.key in (EMBEDDED, UNTRAINED)

    @property
    def trained(self) -> bool:
        """Whether anybody has trained it."""
        return self.seed is None


def weight_sets() -> tuple[WeightSet, ...]:
    """All sets, the embedded one first, torchvision's by depth and then by age. Imports torchvision."""
    return (embedded(), untrained(), *_of_torchvision())


def weight_set(key: str) -> WeightSet:
    """The set of that key.

    Raises:
        Refusal: there is none; the message lists what there is.
    """
    for known in (embedded(), untrained()):  # without torchvision
        if known.key == key:
            return known
    for known in weight_sets():
        if known.key == key:
            return known
    keys = ", ".join(known.key for known in weight_sets())
    raise Refusal(f"There are no weights called {key[:60]!r}: choose one of {keys}.")


@cache
def embedded() -> WeightSet:
    """The one that ships with the app. Without torch."""
    file = "fashion_resnet20.safetensors"
    card = json.loads((SHIPPED / "fashion_resnet20.json").read_text(encoding="utf-8"))
    config = from_url(card["config"])
    side = config.image_size
    return WeightSet(
        key=EMBEDDED,
        model="ResNet-20",
        weights="Fashion-MNIST",
        config=config,
        classes=tuple(card["classes"]),
        preprocess=Preprocess(side, side, tuple(card["mean"]), tuple(card["std"]), on_black=True),
        accuracy=100 * card["test_accuracy"],
        measured=f"on the {card['test_images']:,} test pictures of Fashion-MNIST",
        source="trained by this project (shipped/fashion.py)",
        size=(SHIPPED / file).stat().st_size,
        file=file,
        kinds="clothing",
        familiar="fashion_resnet20_familiar.safetensors",
    )


@cache
def untrained() -> WeightSet:
    """The embedded network before its training: to be held against it."""
    return replace(
        embedded(),
        key=UNTRAINED,
        weights="untrained",
        accuracy=100 / len(embedded().classes),
        measured="by chance",
        source="weights as they are before training, seed 0",
        size=0,
        file="",
        seed=0,
        familiar="",
    )


@cache
def _of_torchvision() -> tuple[WeightSet, ...]:
    from torchvision.models import get_model_weights  # noqa: PLC0415  brings torch

    return tuple(_from_enum(depth, weights) for depth in DEPTHS for weights in get_model_weights(f"resnet{depth}"))


def _from_enum(depth: int, weights: Any) -> WeightSet:
    """What torchvision's enum says of its weights."""
    transforms, config = weights.transforms(), preset(f"resnet{depth}")
    version = weights.name.removeprefix("IMAGENET1K_")
    return WeightSet(
        key=f"resnet{depth}-{version.lower()}",
        model=name_of(config).partition(",")[0],
        weights=f"ImageNet {version}",
        config=config,
        classes=tuple(weights.meta["categories"]),
        preprocess=Preprocess(
            transforms.resize_size[0], transforms.crop_size[0], tuple(transforms.mean), tuple(transforms.std)
        ),
        accuracy=float(weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]),
        measured="on ImageNet's 50,000 validation pictures",
        source=f"torchvision, {weights}",
        size=round(weights.meta["_file_size"] * 2**20),
        file=weights.url.rpartition("/")[2],
        url=weights.url,
    )


def enum_of(key: str) -> Any:
    """torchvision's own object for a set of its weights."""
    from torchvision.models import get_model_weights  # noqa: PLC0415  brings torch

    name, _, version = key.partition("-")
    return get_model_weights(name)[f"IMAGENET1K_{version.upper()}"]
