"""What a cluster computes is what this process computes, to the last bit."""

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer import preset
from explorer.cluster.jobs import digest
from explorer.gradients.page_jobs import Question, study
from explorer.gradients.values import InputSource
from explorer.jobs.job import Attachment, request_key
from explorer.live.inspect import inspect_live
from tests.gradients.test_page_jobs import picture
from tests.jobs.work import PATIENCE

if TYPE_CHECKING:
    from tests.cluster.tested import OnCluster

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]
QUESTION = Question((preset("resnet20"), preset("plain20")), (3, 1), batch_size=4)


def test_gradients_are_the_same_bits(cluster_engine: "OnCluster") -> None:
    jobs = cluster_engine.make(workers=None)
    there = jobs.result(jobs.submit(study, QUESTION, "cpu", owner="me"), 4 * PATIENCE)
    assert pickle.dumps(there) == pickle.dumps(pickle.loads(pickle.dumps(study(QUESTION))))


def test_a_picture_goes_there_and_large_results_come_back(cluster_engine: "OnCluster") -> None:
    jobs, file = cluster_engine.make(workers=None), Attachment("mine", picture())
    of_picture = replace(QUESTION, source=InputSource.IMAGES, seeds=(0,))
    there = jobs.result(jobs.submit(study, of_picture, "cpu", picture=file, owner="me"), 4 * PATIENCE)
    assert pickle.dumps(there) == pickle.dumps(pickle.loads(pickle.dumps(study(of_picture, picture=file))))
    large = np.random.default_rng(0).random(1_000_000)
    back = jobs.result(jobs.submit(np.negative, large, owner="me"), PATIENCE)
    assert np.array_equal(back, -large)
    assert jobs.result(jobs.submit(np.negative, large, owner="you"), 0) is back, "known here: it is not sent again"


def test_a_measurement_on_the_cluster_agrees_with_the_arithmetic(cluster_engine: "OnCluster") -> None:
    jobs = cluster_engine.make(workers=None)
    assert jobs.result(jobs.submit(inspect_live, preset("resnet20"), "cpu", owner="me"), 4 * PATIENCE).agrees


def test_equal_requests_have_one_digest_however_their_parts_are_shared() -> None:
    text = "".join(["layer", "1"])
    shared, apart = (text, text), ("".join(["layer", "1"]), "".join(["lay", "er1"]))
    assert pickle.dumps(shared) != pickle.dumps(apart)
    assert digest(request_key(study, (shared,), {})) == digest(request_key(study, (apart,), {}))
    assert digest(request_key(study, (shared,), {})) != digest(request_key(study, (("layer1", "layer2"),), {}))
