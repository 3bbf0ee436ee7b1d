"""``python -m shipped.damage`` damages the networks of the recorded runs and records the results for the app.

Each kind of damage to a network is written as it ends; started again, the script goes on with the next one. What was
recorded of other weights than those that are there is recorded anew.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import torch

from explorer.training.damage.page_jobs import cut_each, damage_at_random
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.recorded_damage import (
    NAME,
    Kind,
    RecordedDamage,
    plain_curve,
    plain_lesions,
    read_damage,
    weights_of,
)
from explorer.training.recorded_networks import recorded_networks
from shipped import resume


def measured(network: TrainedNetwork, kind: Kind, *, recalibrated: bool) -> dict[str, Any]:
    """What the page would measure, in JSON's types."""
    if kind is Kind.EACH:
        return plain_lesions(cut_each(network, recalibrated))
    (curve,) = damage_at_random([network], kind is Kind.SHUFFLES, recalibrated)
    assert curve, f"{network.name} has no two blocks of equal shape"
    return plain_curve(curve)


def record_all(path: Path) -> None:
    """Record what ``path`` does not have yet, and say each as it ends."""
    weights = {each.key: weights_of(each.key) for each in recorded_networks()}
    there = [each for each in read_damage(path) if weights.get(each.network) == each.weights]
    resume.begin(path, there)
    done = {each.question for each in there}
    for network, kind, again in product(recorded_networks(), Kind, (False, True)):
        if (network.key, weights[network.key], kind, again) not in done:
            found = measured(network, kind, recalibrated=again)
            of_weights, threads = weights[network.key], torch.get_num_threads()
            resume.add(path, RecordedDamage(network.key, of_weights, kind, again, resume.TORCH, threads, found))
            print(f"{network.name}: {kind}{', recalibrated' if again else ''}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shipped.damage", description=__doc__)
    record_all(resume.options(parser, arguments).out / NAME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
