"""The sentences read back: each number is the one computed here by other means, and no word contradicts it."""

import math
import re
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st

from explorer.cam.evidence_place import CONCENTRATED_FROM, GRID, SPREAD_BELOW, EvidenceSpread, locate_evidence
from explorer.cam.map_correlation import ALIKE_FROM, UNLIKE_BELOW, map_correlation
from explorer.cam.map_description import (
    against_sentence,
    agreement_sentences,
    guess_sentence,
    picture_sentences,
    place_sentence,
)
from explorer.cam.saliency_map import Map, Method, Prediction, SaliencyMap, predictions
from explorer.cam.words import chance_words, share_words
from tests.cam.maps import blob, maps, of, outputs


def large(values: Map) -> np.ndarray:
    """Positive evidence at the size that sentences are about, by PyTorch, as parts of the largest."""
    positive = torch.from_numpy(np.maximum(values.astype(np.float64), 0))
    scaled = torch.nn.functional.interpolate(
        positive[None, None] / positive.max(), (GRID, GRID), mode="bilinear", align_corners=False
    )
    return scaled[0, 0].numpy()


def half_area(weights: np.ndarray) -> float:
    """The smallest part of the picture with half of the evidence, place by place."""
    falling = sorted(weights.ravel().tolist(), reverse=True)
    left, places = sum(falling) / 2, 0.0
    for weight in falling:
        if weight >= left:
            return (places + left / weight) / len(falling)
        left -= weight
        places += 1
    raise AssertionError("half of the evidence was not found")


@pytest.mark.slow
@given(maps())
def test_areas_and_shares_are_those_of_the_map_as_it_is_shown(saliency: SaliencyMap) -> None:
    found = locate_evidence(saliency.values)
    assert (found is None) == saliency.all_negative
    assume(found is not None)
    weights = large(saliency.values)
    assert found.half_area == pytest.approx(half_area(weights), abs=2e-3)
    quarter = np.sort(weights, axis=None)[-GRID * GRID // 4 :].sum() / weights.sum()
    assert found.hottest_quarter == pytest.approx(quarter, abs=1e-3)
    assert 0 < found.half_area <= 0.5 + 1e-9 and 0.25 - 1e-9 <= found.hottest_quarter <= 1 + 1e-9
    assert found.ninths.sum() == pytest.approx(1) and found.ninths.shape == (3, 3)


@pytest.mark.slow
@given(maps())
def test_the_centre_is_the_centre_of_mass_of_the_hot_half(saliency: SaliencyMap) -> None:
    found = locate_evidence(saliency.values)
    assume(found is not None)
    weights = np.round(large(saliency.values), 5)
    border = np.sort(weights, axis=None)[::-1]
    border = border[np.searchsorted(np.cumsum(border), weights.sum() / 2)]
    hot = np.where(weights > border, weights, 0)
    rest = weights.sum() / 2 - hot.sum()
    hot = hot + np.where(weights == border, rest / (weights == border).sum(), 0)
    assume((weights == border).sum() < 1000)  # on plateaus one rounding error moves the border
    y, x = np.mgrid[:GRID, :GRID] / GRID + 0.5 / GRID
    assert found.centre == pytest.approx(((hot * x).sum() / hot.sum(), (hot * y).sum() / hot.sum()), abs=5e-3)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (0.15, 0.15, "in the upper left"),
        (0.5, 0.12, "at the top"),
        (0.85, 0.15, "in the upper right"),
        (0.12, 0.5, "on the left"),
        (0.5, 0.5, "in the middle"),
        (0.88, 0.5, "on the right"),
        (0.15, 0.85, "in the lower left"),
        (0.5, 0.88, "at the bottom"),
        (0.85, 0.85, "in the lower right"),
    ],
)
def test_a_spot_is_where_it_is(x: float, y: float, words: str) -> None:
    saliency = blob(x, y)
    found = locate_evidence(saliency.values)
    assert found is not None and found.zone == words and found.spread is EvidenceSpread.CONCENTRATED
    assert f"of the picture, {words}: it is concentrated" in place_sentence(saliency, "cat")


@pytest.mark.slow
@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.03, 0.3))
def test_a_mirrored_map_has_mirrored_words(x: float, y: float, width: float) -> None:
    saliency = blob(x, y, width=width)
    one, other = locate_evidence(saliency.values), locate_evidence(np.ascontiguousarray(saliency.values[:, ::-1]))
    assert one is not None and other is not None
    assert one.centre[0] + other.centre[0] == pytest.approx(1, abs=1e-3)
    assert one.half_area == pytest.approx(other.half_area, abs=1e-4)
    if min(abs(one.centre[0] - edge) for edge in (1 / 3, 2 / 3)) > 0.005 and abs(one.inside - 0.5) > 0.005:
        swapped = {"left": "right", "right": "left"}
        assert re.sub("left|right", lambda word: swapped[word.group()], one.zone) == other.zone


def test_two_spots_are_not_said_to_be_between_them() -> None:
    both = of(blob(0.1, 0.5).values + blob(0.9, 0.5).values)
    assert "in several places around the middle" in place_sentence(both, "cat")


@pytest.mark.parametrize("value", [1.0, 0.1, 1e-30, 3e38])
def test_evidence_that_is_the_same_everywhere_is_spread_out_and_nowhere(value: float) -> None:
    saliency = of(np.full((7, 7), value))
    found = locate_evidence(saliency.values)
    assert found is not None
    assert (found.half_area, found.hottest_quarter, *found.centre) == pytest.approx((0.5, 0.25, 0.5, 0.5))
    sentence = place_sentence(saliency, "cat")
    assert sentence == (
        "Half of the evidence for cat lies in 50 % of the picture: it is spread out, "
        "the hottest quarter of the picture holds 25 %."
    )


@given(maps(finite=False), st.sampled_from(["cat", "T-shirt/top"]))
def test_the_sentence_about_a_map_says_its_numbers(saliency: SaliencyMap, name: str) -> None:
    sentence = place_sentence(saliency, name)
    assert sentence.endswith(".") and sentence[0].isupper() | sentence[0].isdigit()
    lost = int((~np.isfinite(saliency.values)).sum())
    if lost:
        assert sentence.startswith(f"{lost} of the map's {saliency.values.size} value") and "%" not in sentence
    elif saliency.all_negative:
        assert f"nothing in the picture speaks for {name}" in sentence
        assert sentence.startswith("At layer3.1") and "%" not in sentence
        assert ("zero everywhere" in sentence) == (not saliency.values.any())
    else:
        check_numbers(saliency, sentence)


def check_numbers(saliency: SaliencyMap, sentence: str) -> None:
    found = locate_evidence(saliency.values)
    assert found is not None
    half, quarter = share_words(found.half_area), share_words(found.hottest_quarter)
    assert (
        f"lies in {half} of the picture" in sentence and f"hottest quarter of the picture holds {quarter}" in sentence
    )
    percent = round(100 * found.hottest_quarter)
    assert ("it is concentrated" in sentence) == (percent >= CONCENTRATED_FROM)
    assert ("it is spread out" in sentence) == (percent < SPREAD_BELOW)
    assert (found.zone in sentence) == (percent >= SPREAD_BELOW)


@pytest.mark.slow
@given(outputs(least=2))
def test_the_guess_says_the_two_likeliest_with_their_probabilities(thought: tuple[Prediction, ...]) -> None:
    sentence = guess_sentence("ResNet-20", thought)
    first, second = thought[:2]
    assert sentence.startswith(f"ResNet-20 says {first.name} ({chance_words(first.probability)})")
    if first.probability == second.probability:
        assert sentence.endswith(f" and {second.name} alike.")
    else:
        assert sentence.endswith(f", {second.name} next ({chance_words(second.probability)}).")


def test_a_network_of_one_class_and_one_of_no_numbers() -> None:
    assert guess_sentence("It", predictions([1.0], ["cat"])) == "It says cat, the only class it has."
    broken = predictions([math.nan, 1.0], ["cat", "dog"])
    assert guess_sentence("It", broken) == "It says nothing: its outputs are no numbers."
    assert len(picture_sentences("It", broken, blob(0.5, 0.5), broken[1])) == 2


@given(outputs(least=1))
def test_of_a_picture_unlike_what_it_knows_it_says_what_it_knows(thought: tuple[Prediction, ...]) -> None:
    sentence = guess_sentence("ResNet-20", thought, "10 kinds of clothing")
    assert sentence.startswith("This picture is unlike those that ResNet-20 learned from (10 kinds of clothing)")
    assert f"don't trust its “{thought[0].name}” ({chance_words(thought[0].probability)})." in sentence
    assert "says" not in sentence


@given(outputs(least=2), maps(), st.data())
def test_all_that_is_seen(thought: tuple[Prediction, ...], saliency: SaliencyMap, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(thought))
    said = picture_sentences("It", thought, saliency, target)
    assert said[0] == guess_sentence("It", thought) and said[-1] == place_sentence(saliency, target.name)
    assert len(said) == 2 + (target != thought[0])
    if target != thought[0]:
        assert said[1] == f"The map is for {target.name}, to which it gives {chance_words(target.probability)}."


def test_of_two_networks_and_other_methods_nothing_is_at_a_layer() -> None:
    nothing = of(-np.ones((4, 4)), layer="", method=Method.OCCLUSION)
    assert place_sentence(nothing, "cat").startswith("By Occlusion nothing in the picture speaks for cat")


@given(maps())
@example(of(np.array([[-1, 1.2e-38]], np.float32)))  # beside which the other's share rounds to 1
def test_what_favours_each_of_two_classes_sums_to_all(saliency: SaliencyMap) -> None:
    sentence = against_sentence(saliency, "cat", "dog")
    total = math.fsum(abs(float(value)) for value in saliency.values.ravel())
    if not total:
        assert sentence == "At layer3.1 nothing in the picture tells cat from dog: the map is zero everywhere."
        return
    cat, dog = re.fullmatch(
        r"Why cat and not dog: of the map's mass (.+ %) favours cat(?: \(.+?\))?, (.+ %) favours dog(?: \(.+\))?\.",
        sentence,
    ).groups()  # type: ignore[union-attr]
    favours = math.fsum(max(float(value), 0.0) for value in saliency.values.ravel()) / total
    assert abs(percent(cat) - 100 * favours) <= 1 and abs(percent(cat) + percent(dog) - 100) <= 0.01
    assert (cat == "0 %") == saliency.all_negative


def percent(words: str) -> float:
    """As near as the words say."""
    return {"less than 1 %": 0.5, "more than 99 %": 99.5}.get(words) or float(words[:-2])


def test_each_class_has_its_place() -> None:
    both = of(2 * blob(0.15, 0.15).values - blob(0.85, 0.85).values)
    sentence = against_sentence(both, "cat", "dog")
    assert "67 % favours cat (in the upper left), 33 % favours dog (in the lower right)" in sentence
    assert "can be said" in against_sentence(of([[np.nan, 1.0]]), "cat", "dog")


@pytest.mark.slow
@given(maps(), maps(), st.booleans())
def test_correlation_is_pearsons_of_the_maps_as_shown(one: SaliencyMap, other: SaliencyMap, signed: bool) -> None:
    found = map_correlation(one.values, other.values, signed=signed)
    sides = [shown(each.values, signed=signed) for each in (one, other)]
    if any(side.max() - side.min() <= 2e-5 for side in sides):
        assert math.isnan(found) or any(side.max() - side.min() > 0 for side in sides)
        return
    if min(side.std() for side in sides) > 1e-3:
        assert found == pytest.approx(np.corrcoef(sides[0].ravel(), sides[1].ravel())[0, 1], abs=1e-3)
    assert -1 <= found <= 1
    assert map_correlation(one.values, one.values * 2, signed=signed) == pytest.approx(1)
    assert map_correlation(one.values, -one.values, signed=True) == pytest.approx(-1) or not signed


def shown(values: Map, *, signed: bool) -> np.ndarray:
    """At the size that sentences are about, by PyTorch, as parts of the largest by size."""
    kept = values.astype(np.float64) if signed else np.maximum(values, 0).astype(np.float64)
    size = np.abs(kept).max() or 1
    scaled = torch.nn.functional.interpolate(torch.from_numpy(kept / size)[None, None], (GRID, GRID), mode="bilinear")
    return scaled[0, 0].numpy()


@given(outputs(), outputs(), st.floats(-1, 1) | st.just(math.nan))
def test_agreement_is_said_as_it_is(one: Sequence[Prediction], other: Sequence[Prediction], correlation: float) -> None:
    said, alike = agreement_sentences(("A", "B"), (one, other), correlation)
    assert said.startswith("Both say" if one[0].name == other[0].name else "They disagree")
    for each in (one[0], other[0]):
        assert each.name in said and chance_words(each.probability) in said
    if math.isnan(correlation):
        assert "cannot be compared" in alike
        return
    number = float(re.search(r"correlation (−?[\d.]+)\.$", alike).group(1).replace("−", "-"))  # type: ignore[union-attr]
    assert abs(number - correlation) <= 0.005 + 1e-9 and "−0.00" not in alike
    assert ("are alike:" in alike) == (number >= ALIKE_FROM) and ("are unlike:" in alike) == (number < UNLIKE_BELOW)


def test_outputs_that_are_no_numbers_are_not_compared() -> None:
    broken = predictions([math.nan, 1.0], ["cat", "dog"])
    said, _ = agreement_sentences(("A", "B"), (broken, broken), 0.5)
    assert said == "The two cannot be compared: outputs are no numbers."
    assert math.isnan(map_correlation(np.array([[np.nan, 1]], np.float32), np.ones((1, 2), np.float32)))
