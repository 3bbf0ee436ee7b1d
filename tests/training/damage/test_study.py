"""Studies of damaged networks: what they answer, what they leave alone, what they keep."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix
from torch import Tensor

from explorer import preset
from explorer.live.shared_network import at_once
from explorer.network.model import ResNet, build_like
from explorer.text.errors import Refusal
from explorer.training.damage import study as study_module
from explorer.training.damage.cuts import Damage, can_be_cut, random_cut
from explorer.training.damage.lesion import BINS, all_single_cuts, binned, lesion, random_cuts, shuffles
from explorer.training.damage.outcome import NO_CLASS, Lesion
from explorer.training.damage.study import LesionStudy, classes_of, places_to_keep
from explorer.weights.catalogue import EMBEDDED
from explorer.weights.load import load_network
from tests.network.trained import lively
from tests.training.damage.rebuilt import damaged
from tests.training.digits import digits

TWO_PASSES = at_once(torch.empty(1, 1, 8, 8)) + 36


@cache
def trained(count: int = 40) -> tuple[ResNet, Tensor, Tensor]:
    """The embedded network and digits, which it never saw: any answers will do, if they are the same.

    A walk takes ``TWO_PASSES`` of them in two parts.
    """
    data = digits(0, count)
    images = (torch.from_numpy(data.test_images).float() / 255).unsqueeze(1)
    return load_network(EMBEDDED), images, torch.from_numpy(data.test_labels.astype(np.int64))


@cache
def every_cut() -> tuple[Lesion, ...]:
    return all_single_cuts(*trained(TWO_PASSES))


def right(net: ResNet, images: Tensor) -> list[int]:
    with torch.no_grad():
        return net(images).argmax(1).tolist()


@pytest.mark.slow
def test_every_single_cut_counts_what_a_rebuilt_network_gets_right() -> None:
    net, images, labels = trained(TWO_PASSES)
    found = every_cut()
    assert [each.damage.cuts for each in found] == [(block,) for block in can_be_cut(net.config)]
    before = right(net, images)
    for each in found:
        with damaged(net, each.damage) as twin:
            after = right(twin, images)
        assert list(each.before) == before and list(each.after) == after
        assert each.accuracy == accuracy_score(labels, after) and each.accuracy_before == accuracy_score(labels, before)
        table, whole = (confusion_matrix(labels, taken, labels=range(10)) for taken in (after, before))
        assert [(one.count, one.before, one.after) for one in each.classes] == [
            (table[label].sum(), whole[label, label], table[label, label]) for label in range(10)
        ]
        each_picture = list(zip(labels.tolist(), before, after, strict=True))
        flips = [(i, y, a) for i, (y, b, a) in enumerate(each_picture) if b == y != a]
        assert [(flip.index, flip.label, flip.taken_for) for flip in each.flipped] == flips
        assert each.mended == sum(b != y == a for y, b, a in each_picture)
        assert each.cost == pytest.approx(each.accuracy_before - each.accuracy)
        assert each.commonest[1] == np.bincount(after).max()


def test_the_network_and_the_random_state_are_left_as_they_were() -> None:
    config = replace(preset("resnet20"), in_channels=1, image_size=28, dropout=0.5, stochastic_depth=0.5)
    net, (_, images, labels) = lively(config).train(), trained()
    net.bn1.eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    modes, state = [module.training for module in net.modules()], torch.get_rng_state()
    lesion(net, images, labels, cuts=["layer2.1"], recalibrate_on=images)
    random_cuts(net, images, labels, counts=[2], seeds=[0])
    assert [module.training for module in net.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(parameter.requires_grad for parameter in net.parameters())


def test_recalibrated_cuts_are_those_of_the_rebuilt_network() -> None:
    net, images, labels = trained()
    calibration = trained(200)[1]
    found = lesion(net, images, labels, cuts=["layer1.0", "layer3.1"], recalibrate_on=calibration)
    with damaged(build_like(net).eval(), found.damage) as twin:
        torch.optim.swa_utils.update_bn(list(calibration.tensor_split(2)), twin)
        assert found.recalibrated and list(found.after) == right(twin.eval(), images)
    assert list(found.before) == right(net, images)


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0, 8 * 2**20, 2**40])
def test_what_is_kept_changes_no_answer_and_stays_within_its_bytes(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net, images, labels = trained(TWO_PASSES)
    expected = every_cut()[::3]
    monkeypatch.setattr(study_module, "KEPT_BYTES", kept)
    study = LesionStudy(net, images, labels)
    assert sum(each.nbytes for maps in study._kept.values() for each in maps) <= kept
    for each in expected:
        assert study.lesions([each.damage])[0].after == each.after
    assert study.lesions([each.damage for each in expected]) == expected


def test_a_cut_in_stage_3_runs_no_earlier_stage() -> None:
    study = LesionStudy(*trained())
    ran: list[str] = []
    for stage in study._net.stages:
        for place, block in enumerate(study._net.get_submodule(stage)):
            block.register_forward_pre_hook(lambda *_, name=f"{stage}.{place}": ran.append(name))
    study.lesions([Damage(("layer3.1",))])
    assert {name.split(".")[0] for name in ran} == {"layer3"}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(0, 400))
def test_maps_are_kept_within_the_bytes_where_they_spare_most(sizes: list[int], most: int) -> None:
    kept = places_to_keep(sizes, most)
    assert sum(sizes[place] for place in kept) <= most
    left = most - sum(sizes[place] for place in kept)
    assert all(sizes[place] > left for place in range(len(sizes)) if place not in kept)


def test_with_room_for_some_the_mean_cut_runs_little_more_than_half_of_resnet56() -> None:
    sizes = [50] * 10 + [25] * 9 + [12] * 9  # megabytes of 1,000 pictures after the stem and each block
    kept = sorted(places_to_keep(sizes, 128))
    runs = [27 - max((place for place in kept if place <= block), default=-1) for block in range(27)]
    assert sum(runs) / 27 / 28 < 0.6


def test_the_curves_are_made_of_single_answers() -> None:
    net, images, labels = trained()
    curve = random_cuts(net, images, labels, counts=(1, 4), seeds=(0, 3))
    assert [band.place for band in curve.bands] == [1, 4] and curve.seeds == (0, 3)
    for band in curve.bands:
        expected = [
            lesion(net, images, labels, cuts=random_cut(net.config, int(band.place), seed)).accuracy for seed in (0, 3)
        ]
        assert list(band.accuracies) == expected
        assert (band.low, band.median, band.high) == (min(expected), np.median(expected), max(expected))
    whole = random_cuts(net, images, labels, counts=(0,), seeds=(0,))
    assert whole.bands[0].median == whole.accuracy == accuracy_score(labels, right(net, images))
    assert [band.place for band in random_cuts(net, images[:5], labels[:5], seeds=(0,)).bands] == list(range(1, 10))


def test_shuffles_are_ordered_by_tau() -> None:
    net, images, labels = trained()
    curve = shuffles(net, images, labels, swaps=(0, 1, 8), seeds=(0, 1, 2))
    taus = [band.place for band in curve.bands]
    assert taus == sorted(set(taus)) and taus[-1] == 1 and 0.7 < taus[0] < 1
    assert sum(len(band.accuracies) for band in curve.bands) == 9
    assert set(curve.bands[-1].accuracies) >= {curve.accuracy}


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1)), min_size=1, max_size=40))
def test_bands_hold_every_shuffle_once_in_order(pairs: list[tuple[float, float]]) -> None:
    bands = binned(pairs)
    assert 1 <= len(bands) <= BINS
    assert sorted(each for band in bands for each in band.accuracies) == sorted(accuracy for _, accuracy in pairs)
    assert [band.place for band in bands] == sorted(band.place for band in bands)


def test_no_number_is_no_class() -> None:
    assert classes_of(torch.tensor([[1.0, 2.0], [torch.nan, 0.0], [torch.inf, 0.0]])).tolist() == [
        1,
        NO_CLASS,
        NO_CLASS,
    ]


def test_progress_grows_to_the_end_and_stops_the_work() -> None:
    net, images, labels = trained()
    told: list[float] = []
    all_single_cuts(net, images, labels, recalibrate_on=images, progress=lambda done, _: told.append(done))
    assert told == sorted(told) and told[0] == 0 and 0.95 < told[-1] <= 1

    def stop(done: float, _: str) -> None:
        told.append(done)
        if done > 0.5:
            raise InterruptedError

    told.clear()
    with pytest.raises(InterruptedError):
        all_single_cuts(net, images, labels, progress=stop)
    assert told[-1] < 0.6


Changes = Callable[[ResNet, Tensor, Tensor], dict[str, object]]
WRONG: dict[str, tuple[Changes, str]] = {
    "a label too few": (
        lambda net, images, labels: {"labels": labels[1:]},
        r"Pictures of shape \(40, 1, 28, 28\) and labels of shape \(39\) do not belong",
    ),
    "nothing": (lambda net, images, labels: {"images": images[:0], "labels": labels[:0]}, "at least one"),
    "colours": (
        lambda net, images, labels: {"images": images.expand(-1, 3, -1, -1)},
        "The pictures have 3 channels, and the network reads 1",
    ),
    "other classes": (
        lambda net, images, labels: {"labels": labels + 9},
        "The labels are 9 to 18: this network has the classes 0 to 9",
    ),
    "one picture": (lambda net, images, labels: {"recalibrate_on": images[:1]}, "at least two pictures"),
    "no norms": (
        lambda net, images, labels: {"net": lively(replace(net.config, norm="none")), "recalibrate_on": images},
        "no batch norms",
    ),
    "no block": (lambda net, images, labels: {"cuts": ["stem"]}, "no block 'stem'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_asked_gets_a_sentence(name: str) -> None:
    changes, words = WRONG[name]
    asked = dict(zip(("net", "images", "labels"), trained(), strict=True)) | changes(*trained())
    with pytest.raises(Refusal, match=words):
        lesion(**asked)
