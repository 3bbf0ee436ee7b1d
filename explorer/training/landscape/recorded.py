"""Landscapes that were recorded and ship with the app: a plane takes minutes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from explorer.network.config import ResNetConfig
from explorer.network.links import from_url, to_url
from explorer.training.landscape.values import Landscape, Landscapes
from explorer.training.racers import racer_name
from explorer.training.recorded import FOLDER

FILE = FOLDER / "landscapes.jsonl"
_DIGITS = 6  # significant digits of a loss


@dataclass(frozen=True, slots=True)
class RecordedLandscape:
    """A plane through the weights of the file ``key``, and how it was made: ``seconds`` are those of the processor."""

    key: str
    landscape: Landscape
    torch: str
    device: str
    threads: int
    seconds: float
    command: str

    @property
    def seed(self) -> int:
        """That of the network's training."""
        return int(self.key.rpartition("seed")[2])

    def to_json(self) -> str:
        """One line; losses to six digits, an infinite one as null."""
        found = self.landscape
        values = {
            "key": self.key,
            "config": to_url(found.config),
            "plane": found.plane,
            "pictures": found.pictures,
            "recalibrated": found.recalibrated,
            "torch": self.torch,
            "device": self.device,
            "threads": self.threads,
            "seconds": self.seconds,
            "command": self.command,
            "losses": [[None if loss == inf else float(f"{loss:.{_DIGITS}g}") for loss in row] for row in found.losses],
            "right": found.right,
        }
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> "RecordedLandscape":
        """What ``to_json`` wrote."""
        values: dict[str, Any] = json.loads(line)
        losses = tuple(tuple(inf if loss is None else loss for loss in row) for row in values.pop("losses"))
        right, config = tuple(map(tuple, values.pop("right"))), from_url(values.pop("config"))
        given = (values.pop(name) for name in ("plane", "pictures", "recalibrated"))
        return cls(landscape=Landscape(config, *given, losses, right), **values)


def read(path: Path) -> Iterator[RecordedLandscape]:
    """The recordings in a file, one a line; a last line that was cut off, since its writer was stopped, is left out."""
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else [""]
    return map(RecordedLandscape.from_json, lines[:-1])


@cache
def recorded_landscapes() -> tuple[RecordedLandscape, ...]:
    """The landscapes that ship with the app, by network, seed and plane."""
    return tuple(sorted(read(FILE), key=lambda each: (each.key, each.landscape.plane)))


def landscapes_of(config: ResNetConfig) -> Landscapes | None:
    """All recorded planes through networks of this configuration; None where none were recorded."""
    made = [each for each in recorded_landscapes() if each.landscape.config == config]
    if not made:
        return None
    names = (f"seed {each.seed}, plane {each.landscape.plane + 1}" for each in made)
    return Landscapes(racer_name(config), tuple(each.landscape for each in made), tuple(names))
