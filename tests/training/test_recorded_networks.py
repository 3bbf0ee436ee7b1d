"""The recorded networks and what stands beside them: the card holds for the files, the pictures are the data's own."""

import json
import re

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from explorer.network.arithmetic import analyze
from explorer.pictures import samples
from explorer.training.data import DataSet
from explorer.training.recorded import FOLDER, read, recordings
from explorer.training.recorded_damage import recorded_cuts
from explorer.training.recorded_networks import (
    MEAN,
    PICTURES,
    STD,
    load,
    recorded_networks,
    recorded_pictures,
    weights_name,
)
from explorer.training.recorded_sets import Shown, recorded_set
from explorer.training.verdict import Result, told
from explorer.weights.catalogue import SHIPPED
from shipped import run_files
from shipped.run_files import card

NETWORKS = recorded_networks()
CARD = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_what_ships_is_small() -> None:
    weights = list(FOLDER.glob("*.safetensors"))
    assert {path.stem for path in weights} == {each.key for each in NETWORKS}
    assert sum(path.stat().st_size for path in (*weights, *PICTURES.iterdir())) <= 10_000_000


def test_no_two_recorded_runs_share_a_file_of_weights() -> None:
    names = [weights_name(each.run) for each in recordings("fashion")]
    assert len(set(names)) == len(names) and "plain-56-rate0.3-seed0" in names


def answers(key: str) -> tuple[int, ...]:
    """What the network of a file says to the 1,000 test pictures, as it was recorded when its blocks were cut: by other
    code than the card's. Nothing is there if the file has changed since."""
    (network,) = [each for each in NETWORKS if each.key == key]
    return recorded_cuts(network, False)[0].before


def share_right(key: str) -> float:
    return float(np.mean(np.array(answers(key)) == recorded_pictures().test_labels))


@pytest.mark.slow
def test_the_card_is_that_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    run = next(each.run for each in read(FOLDER / "fashion.jsonl") if each.run.config.depth == 20)
    found = run_files.accuracy(run, load_file(FOLDER / f"{weights_name(run)}.safetensors"), recorded_pictures())
    assert found == pytest.approx(share_right(weights_name(run)))
    monkeypatch.setattr(run_files, "accuracy", lambda run, *_: share_right(weights_name(run)))  # measured before
    assert card(list(read(FOLDER / "fashion.jsonl")), FOLDER, recorded_pictures()) == CARD


@pytest.mark.slow
@pytest.mark.parametrize("key", [each.key for each in NETWORKS])
def test_a_part_of_the_answers_measured_again_is_the_recorded_one(key: str) -> None:
    patient = load(key)
    assert not patient.net.training
    net = patient.net.to(memory_format=torch.channels_last)
    with torch.inference_mode():  # in parts, which stay in a core's cache: twice as fast
        logits = torch.cat([net(part) for part in patient.images[:200].split(100)])
    assert tuple(logits.argmax(1).tolist()) == answers(key)[:200]


@pytest.mark.parametrize("network", NETWORKS, ids=[each.key for each in NETWORKS])
def test_each_network_is_as_good_as_its_card_says(network: object) -> None:
    assert network in NETWORKS
    (named,) = [each for each in NETWORKS if each is network]
    assert sum(each.numel() for each in load(named.key).net.parameters()) == analyze(named.config).params
    right = share_right(named.key)
    (row,) = [line for line in CARD.splitlines() if f"`{named.key}.safetensors`" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[-1] == f"{right:.1%}"
    whole = float(cells[6].rstrip("%")) / 100
    assert abs(right - whole) < 3 * (whole * (1 - whole) / 1000) ** 0.5  # a part of the same pictures


def test_the_networks_read_pictures_as_the_embedded_one_does() -> None:
    record = json.loads((SHIPPED / "fashion_resnet20.json").read_text(encoding="utf-8"))
    assert (record["mean"], record["std"]) == ([MEAN], [STD])


def test_the_pictures_are_the_first_of_the_data() -> None:
    data = recorded_pictures()
    assert data.train_images.shape == data.test_images.shape == (1000, 28, 28)
    folder = samples.SHIPPED / samples.FOLDER
    index = json.loads((folder / samples.INDEX).read_text(encoding="utf-8"))
    among = [each for each in index if each["test_index"] < 1000]
    assert len(among) == 20
    for each in among:
        assert np.array_equal(np.asarray(Image.open(folder / each["file"])), data.test_images[each["test_index"]])
        assert data.test_labels[each["test_index"]] == each["label"]


@pytest.mark.parametrize("shown", Shown)
def test_every_recorded_set_has_its_words(shown: Shown) -> None:
    found = recorded_set(shown)
    assert found is not None
    assert len(found.names) == len(found.runs) == len(set(found.names))
    assert found.pairs
    for shallow, deep in found.pairs:
        assert found.runs[shallow].config.depth < found.runs[deep].config.depth
        assert found.runs[shallow].config.shortcut == found.runs[deep].config.shortcut
    said = told([Result(run, name) for run, name in zip(found.runs, found.names, strict=True)], found.pairs)
    assert all(re.search(r"\d", sentence) for sentence in said)
    assert re.search(r"Recorded with PyTorch \d.* python -m shipped\.runs \S+$", found.made)
    assert re.search(r"\d minutes together, beside other work on the same machine, so they tell nothing", found.made)


@pytest.mark.parametrize("name", ["fashion", "digits-120", "digits-1000"])
def test_every_recorded_run_is_whole(name: str) -> None:
    made = recordings(name)
    assert made
    for each in made:
        run = each.run
        assert run.ended and not run.stopped
        assert len(run.losses) == len(run.accuracies) == len(run.seconds) == run.recipe.steps
        assert run.evaluations[-1].step == run.steps
        assert run.data in tuple(DataSet)
        assert each.command == f"python -m shipped.runs {name}"
