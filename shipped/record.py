"""What is written down of a training: the JSON beside the weights, from which the model card is made, too."""

import json
import math
from dataclasses import asdict, dataclass

from explorer.training.recipe import Recipe, Schedule

NAME = "fashion_resnet20"  # of the files that ship
SOURCE = "Fashion-MNIST, https://github.com/zalandoresearch/fashion-mnist"


def recipe_for(pictures: int, epochs: int, seed: int = 0) -> Recipe:
    """How a network that ships is trained: ``epochs`` times over ``pictures``, which are shifted and mirrored."""
    return Recipe(
        legs=(epochs * steps_per_epoch(pictures),),
        schedule=Schedule.WARM_UP_COSINE,
        nesterov=True,
        weight_decay=5e-4,
        padding=2,
        mirror=True,
        seed=seed,
    )


def steps_per_epoch(pictures: int) -> int:
    """The steps of one pass over so many training pictures."""
    return math.ceil(pictures / Recipe().batch_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One trained network: its configuration in URL form, what it reads and says, how it was made and how good it is.

    ``mean`` and ``std`` are for each channel after division by 255. ``confusion`` counts the test pictures of each
    class (row) that were taken for each class (column).
    """

    config: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    test_accuracy: float
    seed: int
    epochs: int
    train_images: int
    test_images: int
    source: str
    licence: str
    confusion: tuple[tuple[int, ...], ...]
    torch: str
    threads: int

    @property
    def recipe(self) -> Recipe:
        """How it was trained."""
        return recipe_for(self.train_images, self.epochs, self.seed)

    def to_json(self) -> str:
        """Readable, the matrix with a row a line."""
        values = asdict(self)
        rows = ",\n    ".join(json.dumps(row) for row in values.pop("confusion"))
        return json.dumps(values, indent=2)[:-2] + f',\n  "confusion": [\n    {rows}\n  ]\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """What ``to_json`` wrote."""
        values = json.loads(text)
        values["confusion"] = tuple(map(tuple, values["confusion"]))
        return cls(**values | {name: tuple(values[name]) for name in ("classes", "mean", "std")})


SIGNS = ("largest logit", "energy", "distance", "both")


@dataclass(frozen=True, slots=True)
class Strangers:
    """Pictures of one kind: for each of ``SIGNS`` the area under the ROC curve, and which share passes as familiar."""

    name: str
    count: int
    areas: tuple[float, ...]
    missed: float


@dataclass(frozen=True, slots=True)
class FamiliarityRecord:
    """What was measured: the share of test pictures that decide on the threshold and of the others called strange."""

    kept: float
    decided: int
    false_alarms: float
    checked: int
    strangers: tuple[Strangers, ...]

    def to_json(self) -> str:
        """Readable."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "FamiliarityRecord":
        """What ``to_json`` wrote."""
        values = json.loads(text)
        rows = (Strangers(**each | {"areas": tuple(each["areas"])}) for each in values.pop("strangers"))
        return cls(**values, strangers=tuple(rows))
