"""``python -m shipped.landscapes`` records the loss over planes through the networks of ``shipped.runs fashion``.

Three planes of 21 × 21 points for each network whose weights are there. Each plane is written as it ends; started
again, the script goes on with the next one. A plane that was made with other settings is made anew.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from explorer.training import recorded
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.landscape.measure import landscape
from explorer.training.landscape.recorded import FILE, RecordedLandscape, read
from explorer.training.landscape.values import PICTURES, PLANES, SIDE
from explorer.training.recorded import FOLDER
from explorer.training.recorded_networks import recorded_networks, recorded_pictures
from shipped import resume
from shipped.run_files import card

COMMAND = "python -m shipped.landscapes"


def plans() -> Iterator[tuple[TrainedNetwork, int]]:
    """Each network and plane, the first planes of all networks first."""
    return ((network, plane) for plane in PLANES for network in recorded_networks())


def record(network: TrainedNetwork, plane: int) -> RecordedLandscape:
    """One plane on the first training pictures, and the seconds of the processor that it took."""
    started, patient = time.process_time(), network.load(network.key)
    images, labels = patient.calibration[:PICTURES], patient.calibration_labels[:PICTURES]
    found = landscape(patient.net, images, labels, plane=plane, side=SIDE)
    seconds = round(time.process_time() - started, 1)
    return RecordedLandscape(network.key, found, resume.TORCH, "cpu", torch.get_num_threads(), seconds, COMMAND)


def record_all(folder: Path) -> None:
    """Record the planes that the folder's file does not have yet, and say each as it ends."""
    path = folder / FILE.name
    there = [each for each in read(path) if (each.landscape.pictures, each.landscape.side) == (PICTURES, SIDE)]
    resume.begin(path, there)
    done = {(each.key, each.landscape.plane) for each in there}
    for network, plane in plans():
        if (network.key, plane) not in done:
            made = record(network, plane)
            resume.add(path, made)
            shares = ", ".join(f"{share:.1%}" for share in made.landscape.non_convex_shares)
            print(f"{network.name}, plane {plane + 1}: {shares} not convex, {made.seconds:.0f} s", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    asked = resume.options(parser, arguments)
    record_all(asked.out)
    if asked.out == FOLDER:
        runs = list(recorded.read(FOLDER / "fashion.jsonl"))
        (FOLDER / "README.md").write_text(card(runs, FOLDER, recorded_pictures()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
