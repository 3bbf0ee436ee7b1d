"""Truths follow from what was measured: other numbers, other answers."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.cam.check_values import Baseline, BeliefCurve, Randomisation, Trial
from explorer.cam.evidence_place import GRID
from explorer.cam.foreground import Foreground
from explorer.cam.results import Examination, Look
from explorer.cam.saliency_map import Method, SaliencyMap
from explorer.network.arithmetic import analyze
from explorer.network.presets import preset
from explorer.paths.answers import Measured
from explorer.paths.truths import measured
from explorer.paths.truths.maps import Seen
from explorer.training.modes.values import BatchStatistics, ChannelStatistics, NormStatistics
from explorer.weights.catalogue import embedded

BOOT = embedded().classes.index("Ankle boot")


def truth(name: str) -> Measured:
    return measured(name, "cpu")


@pytest.mark.parametrize(
    ("name", "pair", "answer"),
    [
        ("wider_field", ("resnet34", "resnet50"), "34"),
        ("wider_field", ("resnet50", "resnet34"), "50"),
        ("wider_field", ("resnet50", "resnet50"), "same"),
        ("moved_stride", ("resnet50_v1", "resnet50"), "macs"),
        ("moved_stride", ("resnet34", "resnet50"), "both"),
        ("moved_stride", ("resnet50", "resnet50"), "nothing"),
        ("moved_stride", ("resnet50", "resnet34"), None),
        ("heaviest_stage", ("resnet34", "resnet50"), "layer4"),
        ("heaviest_stage", ("resnet34", "resnet20"), "layer3"),
    ],
)
def test_networks_decide(name: str, pair: tuple[str, str], answer: str | None) -> None:
    assert truth(f"budgets.{name}").read(tuple(analyze(preset(each)) for each in pair)).answer == answer


def statistics(mean: float, variance: float) -> ChannelStatistics:
    return ChannelStatistics((mean, mean), (variance, variance))


@pytest.mark.parametrize(("mean", "variance", "answer"), [(0, 1, "alike"), (0.5, 1, "other"), (0, 0.5, "other")])
def test_a_batch_of_one_class_decides(mean: float, variance: float, answer: str) -> None:
    norm = NormStatistics("bn1", 100, statistics(0, 1), statistics(0, 1), statistics(mean, variance))
    assert truth("modes.one_class").read(BatchStatistics(False, 32, (0,), (norm,))).answer == answer


def look(target: int, *hot: tuple[int, int]) -> Look:
    """The network says ``target``, for which these cells of a 2x2 map speak."""
    values = np.full((2, 2), -1, np.float32)
    for cell in hot:
        values[cell] = 1
    logits = np.zeros(10, np.float32)
    logits[target] = 9
    return Look(logits, target, (SaliencyMap(Method.GRAD_CAM, "layer3.2", target, values),))


LEFT = np.zeros((GRID, GRID), bool)
LEFT[:, : GRID // 2] = True


@pytest.mark.parametrize(
    ("hot", "answer"),
    [((), "nowhere"), (((0, 0), (1, 0)), "on"), (((0, 1), (1, 1)), "beside")],
)
def test_where_the_evidence_lies_decides(hot: tuple[tuple[int, int], ...], answer: str) -> None:
    seen = Seen(look(BOOT, *hot), Foreground(LEFT, brighter=True))
    assert truth("maps.other_class").read(seen).answer == answer
    share = truth("maps.on_the_boot").read(seen).answer
    assert share is None if not hot else isinstance(share, float) and (share > 50) is (answer == "on")


def test_without_an_object_nothing_lies_on_it() -> None:
    seen = Seen(look(BOOT, (0, 0)), None)
    assert truth("maps.other_class").read(seen).answer is None
    assert truth("maps.on_the_boot").read(seen).answer is None


def examination(deletion: float, insertion: float, similarity: float) -> Examination:
    """Level curves of these areas, against random maps of 0.5; and how similar the map stays."""
    curves = [
        BeliefCurve(trial, Baseline.MEAN, 0, (0.0, 1.0), (area, area), ((0.5, 0.5),))
        for trial, area in ((Trial.DELETION, deletion), (Trial.INSERTION, insertion))
    ]
    return Examination(*curves, Randomisation("layer3.2", 0, ("fc",), (), (), ((similarity,),), ((similarity,),)))


PASSES, FAILS, MIXED = (0.1, 0.9, 0.0), (0.9, 0.1, 0.9), (0.9, 0.9, 0.0)


@pytest.mark.parametrize(
    ("name", "target", "tests", "answer"),
    [
        ("deleted_first", BOOT, PASSES, "yes"),
        ("deleted_first", BOOT, FAILS, "no"),
        ("random_weights", BOOT, PASSES, "changes"),
        ("random_weights", BOOT, FAILS, "stays"),
        ("passes_and_is_right", BOOT, PASSES, "right"),
        ("passes_and_is_right", BOOT - 1, PASSES, "wrong"),
        ("passes_and_is_right", BOOT, MIXED, "fails"),
        ("map_of_the_palace", BOOT, PASSES, "PASSED"),
        ("map_of_the_palace", BOOT, MIXED, "MIXED"),
        ("map_of_the_palace", BOOT, FAILS, "FAILED"),
    ],
)
def test_the_tests_of_a_map_decide(name: str, target: int, tests: tuple[float, float, float], answer: str) -> None:
    given = look(target, (0, 0)), examination(*tests)
    assert truth(f"maps.{name}").read(given).answer == answer


def test_the_network_that_a_number_is_read_from_decides() -> None:
    name = "layer1.0.conv2"
    wide = analyze(replace(preset("resnet50"), width_per_group=128))
    found = truth("receipts.convolution").read(wide)
    assert (found.answer, found.sentences[0]) == (wide.by_name[name].params, "3·3·128·128 = 147,456")
    assert truth("receipts.busiest_stage").read(analyze(preset("resnet20"))).answer == "layer1"
