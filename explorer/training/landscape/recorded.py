"""Landscapes that were recorded and ship with the app: a plane takes minutes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from explorer.network.links import from_url, to_url
from explorer.text.quantities import counted
from explorer.training.landscape.values import Landscape, Landscapes
from explorer.training.racers import racer_name
from explorer.training.recorded import FOLDER, read_lines

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
        """The seed of the network's training."""
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
        given = {name: values.pop(name) for name in ("plane", "pictures", "recalibrated")}
        return cls(landscape=Landscape(config, losses=losses, right=right, **given), **values)


def read(path: Path) -> Iterator[RecordedLandscape]:
    """The landscapes in a file; see ``read_lines``."""
    return read_lines(path, RecordedLandscape.from_json)


@cache
def recorded_landscapes() -> tuple[RecordedLandscape, ...]:
    """The landscapes that ship with the app, by network, seed and plane."""
    return tuple(sorted(read(FILE), key=lambda each: (each.key, each.landscape.plane)))


@cache
def recorded_pairs() -> dict[int, tuple[Landscapes, Landscapes]]:
    """All planes through plain networks and through residual ones, by depth, where both were recorded."""
    kinds: dict[int, dict[bool, list[RecordedLandscape]]] = {}
    for each in recorded_landscapes():
        config = each.landscape.config
        kinds.setdefault(config.depth, {}).setdefault(config.is_plain, []).append(each)
    return {
        depth: (_together(found[True]), _together(found[False])) for depth, found in kinds.items() if len(found) == 2
    }


def _together(made: Sequence[RecordedLandscape]) -> Landscapes:
    names = (f"seed {each.seed}, plane {each.landscape.plane + 1}" for each in made)
    return Landscapes(racer_name(made[0].landscape.config), tuple(each.landscape for each in made), tuple(names))


def recorded_plane(key: str, plane: int) -> Landscape | None:
    """One plane through the weights of the file ``key``; None where it was not recorded."""
    found = (each.landscape for each in recorded_landscapes() if (each.key, each.landscape.plane) == (key, plane))
    return next(found, None)


def told_made() -> str:
    """How all recorded planes were made, in a sentence."""
    made = recorded_landscapes()
    first, minutes = made[0], sum(each.seconds for each in made) / 60
    return (
        f"Recorded with PyTorch {first.torch} on {first.device} ({counted(first.threads, 'thread')}): "
        f"{counted(len(made), 'plane')}, {minutes:,.0f} minutes of the processor together. Again: {first.command}"
    )
