"""What is written down of a training: the JSON beside the weights, from which the model card is made, too."""

import json
from dataclasses import asdict, dataclass

SOURCE = "Fashion-MNIST, https://github.com/zalandoresearch/fashion-mnist"


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
