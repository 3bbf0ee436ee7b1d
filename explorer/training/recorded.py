"""Training runs that were recorded and ship with the app: what takes minutes is there at once."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from explorer.network.config import ResNetConfig
from explorer.network.links import from_url, to_url
from explorer.training.curve import Measure, Spread
from explorer.training.recipe import Recipe
from explorer.training.run import Evaluation, TrainingRun

FOLDER = Path(__file__).parent / "recorded_runs"
RACES = ("digits-120", "digits-1000")  # twenty seeds each
_DIGITS = 5  # significant digits of a loss

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Recording:
    """A run and how it was made: PyTorch's version, threads of the processor, and the command that makes it again."""

    run: TrainingRun
    torch: str
    threads: int
    command: str

    def to_json(self) -> str:
        """One line; numbers to five digits."""
        run = self.run
        values = {
            "config": to_url(run.config),
            "recipe": asdict(run.recipe),
            "data": run.data,
            "stopped": run.stopped,
            "device": run.device,
            "torch": self.torch,
            "threads": self.threads,
            "command": self.command,
            "seconds": _rounded(run.seconds),
            "evaluations": [_rounded(asdict(each).values()) for each in run.evaluations],
            "losses": _rounded(run.losses),
            "accuracies": _rounded(run.accuracies),
        }
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> "Recording":
        """What ``to_json`` wrote."""
        values = json.loads(line)
        run = TrainingRun(
            config=from_url(values["config"]),
            recipe=Recipe(**values["recipe"]),
            data=values["data"],
            losses=tuple(values["losses"]),
            accuracies=tuple(values["accuracies"]),
            seconds=tuple(values["seconds"]),
            evaluations=tuple(Evaluation(int(each[0]), int(each[1]), *each[2:]) for each in values["evaluations"]),
            stopped=values["stopped"],
            device=values["device"],
        )
        return cls(run, values["torch"], values["threads"], values["command"])


def _rounded(values: Iterable[Any]) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values]


def read(path: Path) -> Iterator[Recording]:
    """The runs in a file; see ``read_lines``."""
    return read_lines(path, Recording.from_json)


def read_lines(path: Path, from_json: Callable[[str], Made]) -> Iterator[Made]:
    """What a file has recorded, one a line; a last line that was cut off, since its writer was stopped, is left out."""
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else [""]
    return map(from_json, lines[:-1])


def spread_like(run: TrainingRun, measure: Measure) -> Spread | None:
    """The range of the recorded seeds of the same network, pictures and recipe; None where none were recorded."""
    return _spread(run.config, run.data, replace(run.recipe, seed=0), measure)


@cache
def _spread(config: ResNetConfig, data: str, recipe: Recipe, measure: Measure) -> Spread | None:
    alike = [
        each.run
        for name in RACES
        for each in recordings(name)
        if (each.run.config, each.run.data, replace(each.run.recipe, seed=0)) == (config, data, recipe)
    ]
    return Spread.of(alike, measure) if len(alike) > 1 else None


@cache
def recordings(name: str) -> tuple[Recording, ...]:
    """The recordings of ``name`` ("fashion", "digits-120", ...) that ship with the app."""
    return tuple(read(FOLDER / f"{name}.jsonl"))
