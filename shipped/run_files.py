"""What is written beside the recorded runs: their weights in 16 bits, 1,000 pictures of each set, and a card."""

import gzip
import struct
from collections.abc import Iterator
from math import inf
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from explorer.network.model import build
from explorer.text.quantities import counted, three_digits
from explorer.training.batches import PixelScale
from explorer.training.data import FILES, Bytes, Data
from explorer.training.landscape import recorded as planes
from explorer.training.landscape.recorded import RecordedLandscape
from explorer.training.landscape.values import RADII, Landscape
from explorer.training.racers import racer_name
from explorer.training.recorded import RACES, Recording, read
from explorer.training.recorded_networks import MEAN, STD, weights_name
from explorer.training.run import LAST, TrainingRun
from explorer.training.trainer import logits_of

EACH = 1_000  # pictures of each set
LOSS = 0.001  # of accuracy that 16 bits may cost

_RACE_HEAD = """\
| network | seeds | training loss, lowest | median | highest | test accuracy, lowest | median | highest |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""
_LANDSCAPES = """\
## Landscapes

| weights | planes | not convex within 1 | within 0.3 | minima | better than guessing until | median loss |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

Loss of the first {pictures} training pictures at {side} × {side} points of filter-normalised random planes (Li et al.
2018, arXiv:1712.09913), from −1 to 1 along each axis, in evaluation mode. Biases and norms' parameters do not move. Not
convex: the share of negative second differences along the axes within that distance of the trained weights. Better than
guessing: the distance of the nearest point whose loss is not below ln 10. Made by `{command}` with PyTorch {torch} on
{device}, {threads}, in {minutes} minutes of the processor.
"""
_CARD = """\
# The recorded runs

Plain and residual networks of He et al. 2015 (section 4.2; shortcut option A) trained on Fashion-MNIST by this project.
They are here so that the Training page shows at once what takes minutes, and that trained networks can be damaged.

| network | seed | rate | steps | training loss | training accuracy | test accuracy | weights | of {each:,} |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |
{rows}

Training loss: mean over the last {last} batches. Accuracies: of the first {pictures:,} pictures of each set; the last
column is the test accuracy of the weights in the file on the {each:,} test pictures beside it.

Made by `{command}` with PyTorch {torch} on {device}, {threads}: stochastic gradient descent with Nesterov momentum 0.9
and weight decay 1e-4, {batch} pictures a batch, half of them mirrored; the learning rate rises within the first fifth
of the steps and falls to 0 along a cosine. The networks read (value / 255 − {mean}) / {std}.

{races}{landscapes}
`pictures/` holds the first {each:,} training and test pictures of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017,
arXiv:1708.07747; MIT licence, © 2017 Zalando SE).
"""


def write_pictures(data: Data, folder: Path) -> None:
    """The first ``EACH`` pictures of each set as the data's own four files."""
    folder.mkdir(parents=True, exist_ok=True)
    few = data.first(EACH)
    parts = (few.train_images, few.train_labels, few.test_images, few.test_labels)
    for name, values in zip(FILES, parts, strict=True):
        (folder / f"{name}-ubyte.gz").write_bytes(gzip.compress(_idx(values), mtime=0))


def _idx(values: Bytes) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def shrink(run: TrainingRun, path: Path, data: Data) -> None:
    """Write the weights in 16 bits, unless they are or it costs more than a tenth of a percent of the test pictures."""
    state = load_file(path)
    if state["fc.weight"].dtype == torch.float16:
        return
    half = {name: values.half() if values.is_floating_point() else values for name, values in state.items()}
    if abs(accuracy(run, half, data) - accuracy(run, state, data)) <= LOSS:
        save_file(half, path)


def accuracy(run: TrainingRun, state: dict[str, Tensor], data: Data) -> float:
    """The share of the test pictures that a run's network with these weights gets right."""
    net = build(run.config)
    net.load_state_dict(state)
    found = logits_of(net, data.test_images, PixelScale(MEAN, STD)).argmax(1).numpy()
    return float(np.mean(found == data.test_labels))


def card(made: list[Recording], folder: Path, few: Data) -> str:
    """Markdown, with every number from the recordings and the files in ``folder``."""
    first = made[0]
    return _CARD.format(
        each=EACH,
        last=LAST,
        rows="\n".join(_row(each.run, folder, few) for each in made),
        pictures=first.run.evaluations[-1].pictures,
        command=first.command,
        torch=first.torch,
        device=first.run.device,
        threads=counted(first.threads, "thread"),
        batch=first.run.recipe.batch_size,
        races="".join(_race(name, folder) for name in RACES),
        landscapes=_landscapes(list(planes.read(folder / planes.FILE.name))),
        mean=MEAN,
        std=STD,
    )


def _race(name: str, folder: Path) -> str:
    """The race on the digits: each network's range over the seeds, and how often the deeper plain one is behind."""
    ends: dict[str, dict[int, tuple[float, float]]] = {}
    for each in read(folder / f"{name}.jsonl"):
        end = each.run.loss, each.run.evaluations[-1].test_accuracy
        ends.setdefault(racer_name(each.run.config), {})[each.run.recipe.seed] = end
    if not {"plain-20", "plain-56"} <= ends.keys():
        return ""
    both = ends["plain-20"].keys() & ends["plain-56"].keys()
    behind = sum(ends["plain-56"][seed][0] > ends["plain-20"][seed][0] for seed in both)
    rows = "\n".join(_range(network, list(found.values())) for network, found in ends.items())
    return (
        f"## The race on scikit-learn's digits, {name.partition('-')[2]} steps\n\n{_RACE_HEAD}\n{rows}\n\n"
        f"The training loss of plain-56 lies above that of plain-20 in {behind} of {counted(len(both), 'seed')}. "
        f"Made by `python -m shipped.runs {name}`.\n\n"
    )


def _landscapes(made: list[RecordedLandscape]) -> str:
    """The planes through each network's weights: the range of their numbers, and how they were made."""
    if not made:
        return ""
    by_key: dict[str, list[Landscape]] = {}
    for each in made:
        by_key.setdefault(each.key, []).append(each.landscape)
    rows = [f"| `{key}` | {len(found)} | {' | '.join(_ends(found))} |" for key, found in sorted(by_key.items())]
    first, minutes = made[0], sum(each.seconds for each in made) / 60
    return _LANDSCAPES.format(
        rows="\n".join(rows),
        pictures=f"{first.landscape.pictures:,}",
        side=first.landscape.side,
        command=first.command,
        torch=first.torch,
        device=first.device,
        threads=counted(first.threads, "thread"),
        minutes=f"{minutes:.0f}",
    )


def _ends(found: list[Landscape]) -> Iterator[str]:
    """A cell for each number: its lowest and highest among the planes."""

    def cell(values: list[float], words: str) -> str:
        return " to ".join(dict.fromkeys(f"{end:{words}}" for end in (min(values), max(values))))

    for place in range(len(RADII)):
        yield cell([each.non_convex_shares[place] for each in found], ".1%")
    yield cell([each.minima for each in found], ".0f")
    yield cell([inf if each.radius is None else each.radius for each in found], ".2f")
    yield cell([each.median for each in found], ".3g")


def _range(network: str, ends: list[tuple[float, float]]) -> str:
    """Lowest, median and highest."""
    losses, accuracies = zip(*ends, strict=True)
    cells = [network, f"{len(ends)}"]
    cells += [three_digits(value) for value in np.quantile(losses, (0, 0.5, 1))]
    cells += [f"{value:.1%}" for value in np.quantile(accuracies, (0, 0.5, 1))]
    return f"| {' | '.join(cells)} |"


def _row(run: TrainingRun, folder: Path, few: Data) -> str:
    last, path = run.evaluations[-1], folder / f"{weights_name(run)}.safetensors"
    cells = [
        racer_name(run.config),
        f"{run.recipe.seed}",
        f"{run.recipe.learning_rate:g}",
        f"{run.steps:,}",
        three_digits(run.loss),
        f"{last.train_accuracy:.1%}",
        f"{last.test_accuracy:.1%}",
    ]
    if path.is_file():
        state = load_file(path)
        bits = "16 bits" if state["fc.weight"].dtype == torch.float16 else "32 bits"
        cells += [f"`{path.name}`, {bits}", f"{accuracy(run, state, few):.1%}"]
    else:
        cells += ["", ""]
    return f"| {' | '.join(cells)} |"
