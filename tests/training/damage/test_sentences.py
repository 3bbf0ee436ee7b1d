"""The sentences say what was counted, whatever it was."""

import re
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.damage.cuts import Damage, can_be_cut, swapped
from explorer.training.damage.outcome import Band, DamageCurve, Lesion
from explorer.training.damage.sentences import (
    told_again,
    told_below_chance,
    told_beside,
    told_classes,
    told_curve,
    told_curves_again,
    told_elsewhere,
    told_fixed,
    told_held,
    told_lesion,
    told_recalibration,
    told_single_cuts,
)
from explorer.training.data import CLASSES
from tests.training.damage.lesions import PLAIN, RESIDUAL, damage_curves, lesion, single_cuts, with_right


def well_formed(sentence: str) -> bool:
    return sentence.endswith(".") and "  " not in sentence and not re.search(r"\bnan\b|-\d|,,|\.\.", sentence)


@given(single_cuts())
def test_every_cut_is_told_by_its_counts(lesions: tuple[Lesion, ...]) -> None:
    for each in lesions:
        said = told_lesion(each)
        assert well_formed(said)
        right = sum(a == b for a, b in zip(each.labels, each.after, strict=True))
        count = len(each.labels)
        assert f"gets {right} of {count} picture{'' if count == 1 else 's'} right" in said
        assert f"instead of {each.right_before} (" in said
        turned = re.search(r"(\d+) that (?:was|were) right .* and (\d+) that", said)
        lost, mended = map(int, turned.groups()) if turned else (0, 0)
        assert each.right_before - lost + mended == right
        assert lost == len(each.flipped) and bool(turned) == (each.before != each.after and bool(lost or mended))
        classes = told_classes(each, CLASSES)
        assert bool(classes) == bool(each.flipped) and (not classes or well_formed(classes))


def test_the_damage_is_named() -> None:
    labels = (0, 1, 2, 3)
    assert told_lesion(lesion(labels, labels, labels, ())) == (
        "Nothing is cut: the whole network gets 4 of 4 pictures right (100 %)."
    )
    assert told_lesion(lesion(labels, labels, (0, 1, 2, 9), ("layer1.0", "layer2.1"))) == (
        "Without the branches of layer1.0 and layer2.1, the network gets 3 of 4 pictures right (75.0 %) instead of 4 "
        "(100 %): 1 that was right is wrong now and 0 that were wrong are right, a difference that so few pictures "
        "cannot tell from chance."
    )
    four = lesion(labels, labels, labels, ("layer1.0", "layer1.1", "layer2.1", "layer3.1"))
    assert told_lesion(four).startswith("Without the branches of 4 blocks, the network")
    plain = Lesion(PLAIN, Damage(("layer1.0",)), True, labels, labels, labels)
    assert told_lesion(plain).startswith("Without layer1.0 and with its batch norms recalibrated, the network")
    swap = Damage(order=swapped(RESIDUAL, "layer1.0", "layer1.2"))
    assert told_lesion(Lesion(RESIDUAL, swap, False, labels, labels, labels)).startswith(
        "With layer1.0 and layer1.2 swapped (Kendall's tau of the order 0.83), the network"
    )
    many = Damage(order=(*swap.order[:4], "layer2.2", "layer2.1", *swap.order[6:]))
    assert told_lesion(Lesion(RESIDUAL, many, False, labels, labels, labels)).startswith(
        "With 4 blocks shuffled (Kendall's tau of the order 0.78), the network"
    )


@given(single_cuts(), st.data())
def test_below_chance_is_explained_where_it_cannot_be_chance(lesions: tuple[Lesion, ...], data: st.DataObject) -> None:
    each = data.draw(st.sampled_from(lesions))
    said = told_below_chance(each, CLASSES)
    assert not said or (well_formed(said) and each.accuracy < 0.1)


def test_below_chance_names_the_class_that_swallows_the_pictures() -> None:
    labels = tuple(number % 10 for number in range(1000))
    wrong = tuple(8 if label != 8 else 0 for label in labels)
    assert told_below_chance(lesion(labels, labels, wrong), CLASSES) == (
        "0 % is below guessing (10.0 %), which has to be: guesses ignore the picture, and this network does not. It "
        "takes 900 of 1,000 pictures for Bag and only 0 of the 100 that show one. What is behind the damage reads maps "
        "that it never saw in training, normalised with statistics of maps that are no longer there, so the same "
        "pictures that it told apart land together in a wrong class."
    )
    assert not told_below_chance(lesion(labels, labels, (0,) * 1000), CLASSES)  # exactly chance
    assert not told_below_chance(with_right("layer1.0", 85), CLASSES)  # within two standard errors of 10 %
    assert told_below_chance(with_right("layer1.0", 80), CLASSES)


@given(single_cuts())
def test_the_blocks_that_matter_most_are_those_that_cost_most(lesions: tuple[Lesion, ...]) -> None:
    said = told_single_cuts(lesions, "It")
    assert well_formed(said)
    worst = re.search(r"(layer\d\.\d) matters most", said)[1]
    assert next(each for each in lesions if each.damage.cuts == (worst,)).cost == max(each.cost for each in lesions)
    middle = 100 * median(each.cost for each in lesions)
    if middle >= 0:
        assert f"one cut costs {round(middle, 1):.1f} point" in said


def test_what_cannot_be_cut_is_said() -> None:
    assert told_fixed(RESIDUAL) == ""
    assert told_fixed(PLAIN) == (
        "layer2.0 and layer3.0 cannot be cut: they change the shape of the map, and in a plain network nothing else "
        "does that for the next block."
    )
    assert told_fixed(replace(PLAIN, stage_blocks=(3, 3), widths=(16, 32))).startswith("layer2.0 cannot be cut: it")


def test_what_a_chosen_block_can_be_swapped_with_is_said() -> None:
    assert told_held(RESIDUAL, "layer1.1") == "layer1.1 can be swapped with layer1.0 and layer1.2: click one of them."
    assert told_held(RESIDUAL, "layer2.0").startswith("layer2.0 cannot be swapped: no other block")


def test_what_a_cut_costs_and_which_matters_most() -> None:
    lesions = [with_right("layer1.0", 500), with_right("layer1.1", 880), with_right("layer2.0", 895)]
    assert told_single_cuts(lesions, "It") == (
        "It, 90.0 % right as a whole: one cut costs 2.0 points at the median. layer1.0 matters most: without it 50.0 % "
        "are right. 1 of the 3 cuts costs less than 1 point."
    )
    assert told_single_cuts(lesions[:2], "It").endswith("None of the 2 cuts costs less than 1 point.")
    assert told_single_cuts(lesions[1:2], "It") == (
        "It: the only block that can be cut, layer1.1, costs 2.0 points (−20 pictures), from 90.0 %."
    )
    assert told_single_cuts([], "It") == "It: no block can be cut, since every one changes the shape."


@given(single_cuts(PLAIN), single_cuts(RESIDUAL))
def test_two_networks_beside_each_other(plain: tuple[Lesion, ...], residual: tuple[Lesion, ...]) -> None:
    said = told_beside(plain, residual, ("Plain", "Residual"))
    assert well_formed(said) and "2 blocks of Plain cannot be cut at all." in said
    medians = [median(each.cost for each in lesions) for lesions in (plain, residual)]
    if "harms Plain more" in said or "every cut of Plain" in said:
        assert medians[0] > medians[1]
    if "every cut of Plain" in said:
        assert min(each.cost for each in plain) > max(each.cost for each in residual)


def test_plain_beside_residual() -> None:
    plain = [with_right(block, 100 + number, PLAIN) for number, block in enumerate(can_be_cut(PLAIN))]
    residual = [with_right(block, 870 + number) for number, block in enumerate(can_be_cut(RESIDUAL))]
    assert told_beside(plain, residual, ("Plain-20", "ResNet-20")) == (
        "One block cut costs Plain-20 79.7 points at the median, 80.0 points at most; ResNet-20 2.6 points at the "
        "median, 3.0 points at most: every cut of Plain-20 costs more than any of ResNet-20. 2 blocks of Plain-20 "
        "cannot be cut at all. These are one training of each; others, from other seeds, give other numbers."
    )
    assert told_beside([], residual, ("Plain-20", "ResNet-20")) == ""


@pytest.mark.parametrize(
    ("stale", "fresh", "words"),
    [
        (500, 800, "most of the loss was running statistics"),
        (500, 600, "part of the loss"),
        (500, 510, "are not what the loss comes from"),
        (500, 400, "are not what the loss comes from"),
        (895, 880, "too little to ask"),
    ],
)
def test_what_recalibration_takes_back(stale: int, fresh: int, words: str) -> None:
    said = told_recalibration(with_right("layer1.0", stale), with_right("layer1.0", fresh, fresh=True))
    assert words in said and f"takes {stale / 10} % to {fresh / 10} %" in said and well_formed(said)


@given(st.booleans().flatmap(lambda shuffled: st.tuples(damage_curves(shuffled), st.just(shuffled))))
def test_where_half_of_the_lead_is_lost(case: tuple[DamageCurve, bool]) -> None:
    curve, shuffled_ = case
    said = told_curve(curve, "It", shuffled=shuffled_)
    assert said.endswith(".") and "  " not in said
    half = (curve.accuracy + 0.1) / 2
    assert ("at no damage shown" in said) == all(band.median >= half for band in curve.bands)


def test_curves_are_told_by_the_first_damage_that_halves_the_lead() -> None:
    bands = (Band(1, (0.9, 0.8)), Band(4, (0.3, 0.2)), Band(9, (0.1, 0.1)))
    curve = DamageCurve(RESIDUAL, False, 0.9, 250, (0, 1), bands)
    assert told_curve(curve, "It") == (
        "It: with 4 of its 9 blocks cut at least half of its lead over guessing is gone, the median of 2 seeds on 250 "
        "pictures is 25.0 % (whole 90.0 %, guessing 10.0 %)."
    )
    taus = DamageCurve(RESIDUAL, False, 0.9, 250, (0, 1), (Band(0.8, (0.1, 0.1)), Band(0.9, (0.8, 0.8))))
    assert told_curve(taus, "It", shuffled=True).startswith("It: at a Kendall's tau of 0.80 at least half")


def test_the_same_cut_in_the_network_beside_it() -> None:
    plain = [with_right("layer1.1", 300, PLAIN), with_right("layer3.2", 120, PLAIN)]
    cut = with_right("layer1.1", 890)
    assert told_elsewhere(cut, plain, "plain-20") == "The same cut in plain-20: 30.0 % right instead of 90.0 %."
    fresh = [replace(each, recalibrated=True) for each in plain]
    assert "The same cut in plain-20, its norms recalibrated, too: 30.0 %" in told_elsewhere(cut, fresh, "plain-20")
    fixed = told_elsewhere(with_right("layer2.0", 850), plain, "plain-20")
    assert fixed.startswith("In plain-20 layer2.0 cannot be cut: it turns 16 channels into 32")
    deeper = replace(cut, damage=Damage(("layer1.7",)))
    assert told_elsewhere(deeper, plain, "plain-20") == "Plain-20 has no layer1.7 to cut."
    assert told_elsewhere(replace(cut, damage=Damage()), plain, "plain-20") == ""
    assert told_elsewhere(cut, [], "plain-20") == ""


@pytest.mark.parametrize(
    "damage", [Damage(("layer1.1", "layer3.2")), Damage(order=swapped(RESIDUAL, "layer1.0", "layer1.2"))]
)
def test_why_other_damage_is_not_told_of_the_network_beside_it(damage: Damage) -> None:
    plain = [with_right("layer1.1", 300, PLAIN)]
    assert told_elsewhere(replace(with_right("layer1.1", 890), damage=damage), plain, "plain-20") == (
        "The same damage to plain-20 is not shown: in the network beside it only cuts of one block are measured. "
        "Choose plain-20 as the network and click the same blocks."
    )


def test_what_is_measured_again_is_counted() -> None:
    labels = tuple(range(10)) * 10
    recorded = [[lesion(labels, labels, labels)], [lesion(labels, labels, labels), lesion(labels, labels, labels)]]
    assert told_again(recorded, recorded) == "Measured again: of 300 answers none differs from the recording."
    other = [recorded[0], [recorded[1][0], lesion(labels, labels, (1, 2, *labels[2:]))]]
    assert told_again(recorded, other) == "Measured again: of 300 answers 2 differ from the recording."
    curve = DamageCurve(RESIDUAL, False, 0.9, 250, (0, 1), (Band(1.0, (0.8, 0.7)), Band(2.0, (0.5, 0.4))))
    assert told_curves_again([curve], [curve]) == "Measured again: of 4 values none differs from the recording."
    off = replace(curve, bands=(Band(1.0, (0.8, 0.7)), Band(2.0, (0.5, 0.3))))
    assert told_curves_again([curve], [off]) == "Measured again: of 4 values 1 differs from the recording."
