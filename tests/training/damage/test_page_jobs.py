"""The page's questions are the library's answers, and no more networks are kept than said."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from explorer.jobs.job import request_key
from explorer.text.errors import Refusal
from explorer.training.damage import page_jobs
from explorer.training.damage.cuts import Damage, can_be_cut
from explorer.training.damage.lesion import all_single_cuts, lesion, random_cuts, shuffles
from explorer.training.damage.page_jobs import KEPT, cut_all, cut_each, damage_at_random, damage_once
from explorer.training.damage.study import LesionStudy
from explorer.training.damage.trained import TrainedNetwork
from tests.training.damage.patients import NETWORKS, load

RESIDUAL, PLAIN, UNNORMED = NETWORKS


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    page_jobs._STUDIES.clear()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("network", [RESIDUAL, PLAIN], ids=["residual", "plain"])
def test_answers_are_the_librarys(network: TrainedNetwork, again: bool) -> None:
    patient = load(network.key)
    given = patient.net, patient.images, patient.labels
    how = {"recalibrate_on": patient.calibration if again else None}
    whole, *cut = found = cut_each(network, again)
    assert whole == lesion(*given, **how) and tuple(cut) == all_single_cuts(*given, **how)
    assert cut_all([(network, again), (UNNORMED, False)]) == (found, cut_each(UNNORMED, False))
    cuts = can_be_cut(network.config)[:2]
    assert damage_once(network, Damage(cuts), again) == lesion(*given, cuts=cuts, **how)
    (curve,) = damage_at_random([network], False, again)
    assert curve == random_cuts(*given, counts=tuple(range(1, len(can_be_cut(network.config)) + 1)), **how)
    (curve,) = damage_at_random([network], True, again)
    assert curve == shuffles(*given, **how)


def test_what_nothing_can_be_shuffled_in_has_no_curve() -> None:
    assert damage_at_random([UNNORMED], True, False) == (None,)
    assert len(damage_at_random([UNNORMED, RESIDUAL], False, False)) == 2


def test_wishes_that_cannot_be_are_refused() -> None:
    with pytest.raises(Refusal, match="no batch norms"):
        cut_each(UNNORMED, True)
    with pytest.raises(Refusal, match=r"layer2\.0 cannot be cut"):
        damage_once(PLAIN, Damage(("layer2.0",)), False)


def test_requests_and_answers_travel_and_equal_ones_are_equal() -> None:
    assert pickle.loads(pickle.dumps(cut_each(RESIDUAL, False))) == cut_each(RESIDUAL, False)
    assert pickle.loads(pickle.dumps(RESIDUAL)) == RESIDUAL
    first, second = (request_key(cut_each, (network, False), {}) for network in (RESIDUAL, replace(RESIDUAL)))
    assert first == second and hash(first) == hash(second)


def test_a_few_networks_are_kept_and_each_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Counted(LesionStudy):
        def __init__(self, *args: object) -> None:
            made.append(args)
            super().__init__(*args)

    monkeypatch.setattr(page_jobs, "LesionStudy", Counted)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: damage_once(RESIDUAL, Damage(("layer1.0",)), False), range(8)))
    assert len(made) == 1
    for network in (PLAIN, UNNORMED, RESIDUAL):
        damage_once(network, Damage(), False)
    assert len(page_jobs._STUDIES) == KEPT and len(made) == 4


def test_a_cancelled_first_question_leaves_the_next_one_a_study() -> None:
    def stop(fraction: float, message: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        damage_once(RESIDUAL, Damage(), False, progress=stop)
    assert damage_once(RESIDUAL, Damage(), False).damage == Damage()
