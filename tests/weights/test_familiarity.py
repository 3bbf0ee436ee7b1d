"""Pictures unlike those that a network learned from: the two signs, the threshold, and the card of what ships."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis
from scipy.special import logsumexp

from explorer.training.batches import PixelScale
from explorer.training.recorded_networks import recorded_pictures
from explorer.weights.catalogue import EMBEDDED, SHIPPED, UNTRAINED, embedded
from explorer.weights.familiarity import BELOW_THRESHOLD, Familiarity, distances, energies
from explorer.weights.load import familiarity, trained
from shipped.familiarity import RECORD, read_out, roc_area, strangers
from shipped.record import SIGNS, FamiliarityRecord

SAID = FamiliarityRecord.from_json((SHIPPED / RECORD).read_text(encoding="utf-8"))


def known() -> Familiarity:
    found = familiarity(EMBEDDED)
    assert found is not None
    return found


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 6))
def test_the_signs_are_scipys(seed: int, classes: int, width: int) -> None:
    random = np.random.default_rng(seed)
    features, means, logits = (random.normal(size=(n, d)) for n, d in ((4, width), (classes, width), (4, classes)))
    root = random.normal(size=(width, width))
    precision = root @ root.T + np.eye(width)
    nearest = [min(mahalanobis(one, mean, precision) for mean in means) for one in features]
    assert distances(features, means, precision) == pytest.approx(2 * np.log(nearest))
    assert energies(logits) == pytest.approx(-logsumexp(logits, axis=1))


def test_it_is_fitted_on_what_it_is_told() -> None:
    """Two round classes: the precision is the identity, and the share that is kept lies below the threshold."""
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 20_000)
    learned = random.normal(size=(40_000, 3)) + 10 * labels[:, None]
    tested = random.normal(size=(2_000, 3))
    logits = random.normal(size=(2_000, 2))
    found = Familiarity.fitted(learned, labels, tested, logits)
    assert found.means == pytest.approx(np.array([[0.0] * 3, [10.0] * 3]), abs=0.05)
    assert found.precision == pytest.approx(np.eye(3), abs=0.05)
    values = found.strangeness(tested, logits)
    assert (values <= found.threshold).mean() == pytest.approx(BELOW_THRESHOLD, abs=1e-3)
    far = found.of(np.array([5.0, 5.0, 5.0]), logits[0])  # between the two, far from both
    assert far.is_strange and not found.of(learned[0] * 0, logits[0] * 0 + 1).is_strange


def test_it_comes_back_from_its_file(tmp_path: Path) -> None:
    known().write(tmp_path / "again.safetensors")
    again = Familiarity.read(tmp_path / "again.safetensors")
    assert np.array_equal(again.precision, known().precision) and again.threshold == known().threshold
    assert (SHIPPED / embedded().familiar).read_bytes() == (tmp_path / "again.safetensors").read_bytes()


def test_only_the_trained_network_that_ships_has_it() -> None:
    assert familiarity(UNTRAINED) is None and familiarity("resnet18-v1") is None


@pytest.mark.slow
def test_the_false_alarms_are_those_on_the_card() -> None:
    """On the odd ones of the first thousand test pictures, which are here."""
    pictures, scale = recorded_pictures(), PixelScale(embedded().preprocess.mean[0], embedded().preprocess.std[0])
    values = known().strangeness(*read_out(trained(EMBEDDED), scale(torch.tensor(pictures.test_images[1::2]))))
    spread = (SAID.false_alarms * (1 - SAID.false_alarms) / len(values)) ** 0.5
    assert (values > known().threshold).mean() == pytest.approx(SAID.false_alarms, abs=3 * spread)
    assert SAID.false_alarms < 0.05 and SAID.checked == SAID.decided == 5_000


@pytest.mark.slow
def test_strangers_are_told_as_the_card_says() -> None:
    how, shares = embedded().preprocess, {each.name: each for each in SAID.strangers}
    for name, pictures in strangers().items():
        some = pictures[:100]
        prepared = torch.from_numpy(np.concatenate([how.numbers(how.cropped(each)) for each in some]))
        values = known().strangeness(*read_out(trained(EMBEDDED), prepared))
        said = shares[name]
        assert said.count == len(pictures)
        assert (values <= known().threshold).mean() == pytest.approx(said.missed, abs=0.06)


def test_neither_sign_is_enough_alone() -> None:
    """As the card says: the energy passes photographs, the distance digits, and both together neither."""
    areas = {each.name: dict(zip(SIGNS, each.areas, strict=True)) for each in SAID.strangers}
    assert areas["the sample photographs"]["energy"] < 0.95 and areas["scikit-learn's digits"]["distance"] < 0.96
    assert min(each["both"] for each in areas.values()) > 0.99


def test_the_area_is_the_chance_of_the_right_order() -> None:
    random = np.random.default_rng(1)
    low, high = random.normal(size=40), random.normal(size=30) + 1
    assert roc_area(low, high) == pytest.approx((high[None] > low[:, None]).mean())
