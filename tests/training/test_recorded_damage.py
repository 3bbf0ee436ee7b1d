"""The recorded damage: there for every network that ships, and what is measured again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.training import recorded_damage
from explorer.training.damage.cuts import Damage, can_be_cut, random_cut, shuffled
from explorer.training.damage.lesion import lesion
from explorer.training.damage.outcome import NO_CLASS
from explorer.training.damage.page_jobs import CURVE_PICTURES, damage_at_random, damage_once
from explorer.training.damage.trained import Patient, TrainedNetwork
from explorer.training.recorded_damage import (
    Kind,
    RecordedDamage,
    plain_curve,
    plain_lesions,
    recorded_curve,
    recorded_cuts,
    weights_of,
)
from explorer.training.recorded_networks import load as load_recorded
from explorer.training.recorded_networks import recorded_networks, recorded_pictures
from tests.training.damage.patients import NETWORKS, load
from tests.training.digits import digits

BY_KEY = {each.key: each for each in recorded_networks()}
ROUNDING = 3  # pictures of 1,000 that lie so close between two classes that another processor may tell them otherwise
FEW = 334  # pictures, of which one may


def load_few(key: str) -> Patient:
    """A recorded network with its first pictures alone; the training pictures are all there."""
    whole = load_recorded(key)
    return replace(whole, images=whole.images[:FEW], labels=whole.labels[:FEW])


def forget() -> None:
    for each in (recorded_damage._recorded, weights_of, recorded_cuts, recorded_curve):
        each.cache_clear()


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("network", BY_KEY.values(), ids=BY_KEY)
def test_every_network_that_ships_has_its_damage(network: TrainedNetwork, again: bool) -> None:
    """One that fails here has new weights: ``python -m shipped.damage`` records what is missing."""
    cuts = recorded_cuts(network, again)
    assert [each.damage for each in cuts] == [Damage(), *map(Damage, zip(can_be_cut(network.config)))]
    for each in cuts:
        assert each.labels == tuple(recorded_pictures().test_labels.tolist())
        assert len(each.after) == 1000 and each.before == cuts[0].before and each.recalibrated == again
    assert again or cuts[0].after == cuts[0].before
    for by_order in (False, True):
        curve = recorded_curve(network, by_order, again)
        assert curve and curve.config == network.config and curve.recalibrated == again
        assert curve.pictures == CURVE_PICTURES
        right = sum(map(int.__eq__, cuts[0].labels[:CURVE_PICTURES], cuts[0].before[:CURVE_PICTURES]))
        assert abs(curve.accuracy * CURVE_PICTURES - right) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "cuts", "again"),
    [
        ("residual-20-seed0", (), True),
        ("residual-20-seed0", ("layer1.1",), False),
        ("plain-56-seed0", ("layer3.8",), False),
    ],
)
def test_single_cuts_measured_again_are_the_recorded_ones(key: str, cuts: tuple[str, ...], again: bool) -> None:
    """On the first pictures."""
    found = damage_once(replace(BY_KEY[key], load=load_few), Damage(cuts), again)
    (recorded,) = [each for each in recorded_cuts(BY_KEY[key], again) if each.damage == found.damage]
    assert recorded.labels[:FEW] == found.labels
    for one, other in ((recorded.before, found.before), (recorded.after, found.after)):
        assert sum(map(int.__ne__, one[:FEW], other)) <= ROUNDING * FEW // 1000


@pytest.mark.slow
@pytest.mark.parametrize("key", ["plain-20-seed0", "residual-20-seed0"])
def test_some_damage_of_the_curves_measured_again_is_the_recorded_one(key: str) -> None:
    config, patient = BY_KEY[key].config, load_recorded(key)
    given = patient.net, patient.images[:CURVE_PICTURES], patient.labels[:CURVE_PICTURES]
    near = ROUNDING / CURVE_PICTURES
    cuts, orders = recorded_curve(BY_KEY[key], False, False), recorded_curve(BY_KEY[key], True, False)
    assert cuts and orders
    for size, seed in ((1, 0), (3, 4)):
        (band,) = [each for each in cuts.bands if each.place == size]
        again = lesion(*given, cuts=random_cut(config, size, seed))
        assert band.accuracies[seed] == pytest.approx(again.accuracy, abs=near)
    again = lesion(*given, order=shuffled(config, 4, 2))
    assert any(abs(each - again.accuracy) <= near for band in orders.bands for each in band.accuracies)


@pytest.mark.usefixtures("nothing_kept")
def test_what_is_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, patient = NETWORKS[0], load("residual")
    monkeypatch.setattr(recorded_damage, "FOLDER", tmp_path)
    monkeypatch.setattr(recorded_damage, "recorded_pictures", lambda: digits(40, 30))
    (tmp_path / f"{network.key}.safetensors").write_bytes(b"weights")
    found = lesion(patient.net, patient.images, patient.labels, cuts=["layer1.1"])
    broken = replace(found, damage=Damage(("layer2.1",)), after=(NO_CLASS, *found.after[1:]))
    (curve,) = damage_at_random([network], False, False)
    made = [
        RecordedDamage(network.key, weights_of(network.key), kind, False, "2.0", 1, values)
        for kind, values in ((Kind.EACH, plain_lesions([found, broken])), (Kind.RANDOM, plain_curve(curve)))
    ]
    (tmp_path / recorded_damage.NAME).write_text("".join(each.to_json() + "\n" for each in made), encoding="utf-8")
    assert recorded_cuts(network, False) == (found, broken)
    assert recorded_curve(network, False, False) == curve
    assert recorded_cuts(network, True) == () and recorded_curve(network, True, False) is None
    (tmp_path / f"{network.key}.safetensors").write_bytes(b"other weights")
    forget()
    assert recorded_cuts(network, False) == ()
