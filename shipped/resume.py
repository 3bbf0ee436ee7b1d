"""Files of recordings that grow line by line: a script that was stopped goes on with what its file does not have."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import torch

from explorer.training.recorded import FOLDER

TORCH = torch.__version__.partition("+")[0]  # without what it was built for


class Written(Protocol):
    """A recording."""

    def to_json(self) -> str:
        """One line."""
        ...


def begin(path: Path, kept: Iterable[Written]) -> None:
    """Write the file anew, with those of its recordings that are ``kept``."""
    path.write_text("".join(each.to_json() + "\n" for each in kept), encoding="utf-8")


def add(path: Path, made: Written) -> None:
    """Write one more recording at the end of the file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(made.to_json() + "\n")


def options(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read a command line that also has the folder ``--out`` and ``--threads``, which are set."""
    parser.add_argument("--threads", type=int, help="of the processor (default: PyTorch's choice)")
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: where the app keeps its own")
    asked = parser.parse_args(arguments)
    if asked.threads:
        torch.set_num_threads(asked.threads)
    return asked
