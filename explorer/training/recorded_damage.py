"""What damage does to the recorded networks, measured once: the Damage tab shows at once what takes minutes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from explorer.network.config import ResNetConfig
from explorer.text.quantities import counted
from explorer.training.damage.cuts import Damage
from explorer.training.damage.outcome import NO_CLASS, Band, DamageCurve, Lesion
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.recorded import FOLDER, read_lines
from explorer.training.recorded_networks import recorded_pictures

NAME = "damage.jsonl"
_NO_CLASS = "-"  # every class is a digit


class Kind(StrEnum):
    """What is done to a network."""

    EACH = "each block cut"
    RANDOM = "blocks cut at random"
    SHUFFLES = "blocks shuffled"


@dataclass(frozen=True, slots=True)
class RecordedDamage:
    """One kind of damage to one network: ``found`` is the result in JSON's types.

    ``weights`` is the SHA-256 of the network's weights: it tells whether they are still those that were damaged.
    """

    network: str
    weights: str
    kind: Kind
    recalibrated: bool
    torch: str
    threads: int
    found: Mapping[str, Any]

    @property
    def question(self) -> tuple[str, str, Kind, bool]:
        """What was measured."""
        return self.network, self.weights, self.kind, self.recalibrated

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> "RecordedDamage":
        """What ``to_json`` wrote."""
        values = json.loads(line)
        return cls(**values | {"kind": Kind(values["kind"])})


def plain_lesions(lesions: Sequence[Lesion]) -> dict[str, Any]:
    """Cuts of one block, or of none, in JSON's types: a string with a digit, the class, for each picture."""
    after = {"".join(each.damage.cuts): _digits(each.after) for each in lesions}
    return {"whole": _digits(lesions[0].before), "cut": after}


def _digits(classes: Sequence[int]) -> str:
    return "".join(_NO_CLASS if each == NO_CLASS else f"{each}" for each in classes)


def _classes(digits: str) -> tuple[int, ...]:
    return tuple(NO_CLASS if each == _NO_CLASS else int(each) for each in digits)


def plain_curve(curve: DamageCurve) -> dict[str, Any]:
    """A curve in JSON's types, without its network."""
    names = ("accuracy", "pictures", "seeds")
    return {name: getattr(curve, name) for name in names} | {"bands": [[b.place, b.accuracies] for b in curve.bands]}


def read_damage(path: Path) -> Iterator[RecordedDamage]:
    """The damage in a file; see ``read_lines``."""
    return read_lines(path, RecordedDamage.from_json)


@cache
def _recorded() -> Mapping[tuple[str, str, Kind, bool], RecordedDamage]:
    return {each.question: each for each in read_damage(FOLDER / NAME)}


@cache
def weights_of(key: str) -> str:
    """The SHA-256 of a recorded network's weights; empty where no such network ships."""
    path = FOLDER / f"{key}.safetensors"
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _of(network: TrainedNetwork, kind: Kind, recalibrated: bool) -> RecordedDamage | None:
    return _recorded().get((network.key, weights_of(network.key), kind, recalibrated))


@cache
def recorded_cuts(network: TrainedNetwork, recalibrated: bool) -> tuple[Lesion, ...]:
    """The whole network, and each block that can be cut, cut alone; empty where nothing was recorded."""
    made = _of(network, Kind.EACH, recalibrated)
    if not made:
        return ()
    labels = tuple(recorded_pictures().test_labels.tolist())
    whole = _classes(made.found["whole"])
    return tuple(
        Lesion(network.config, Damage((block,) if block else ()), recalibrated, labels, whole, _classes(after))
        for block, after in made.found["cut"].items()
    )


@cache
def recorded_curve(network: TrainedNetwork, shuffled: bool, recalibrated: bool) -> DamageCurve | None:
    """The network under growing damage; None where nothing was recorded."""
    made = _of(network, Kind.SHUFFLES if shuffled else Kind.RANDOM, recalibrated)
    return _curve(network.config, recalibrated, made.found) if made else None


def _curve(config: ResNetConfig, recalibrated: bool, found: Mapping[str, Any]) -> DamageCurve:
    bands = tuple(Band(place, tuple(accuracies)) for place, accuracies in found["bands"])
    return DamageCurve(config, recalibrated, found["accuracy"], found["pictures"], tuple(found["seeds"]), bands)


def told_recorded(network: TrainedNetwork) -> str:
    """How a network's damage was recorded, in a sentence."""
    made = _of(network, Kind.EACH, recalibrated=False)
    return f"Recorded with PyTorch {made.torch} on a processor ({counted(made.threads, 'thread')})." if made else ""
