"""Devices of a cluster: what readers are offered, and that work for a GPU gets one, in a process of its own."""

import os
from functools import partial
from typing import Any

import pytest

from bench.ray_nodes import Nodes
from explorer.cluster.connect import Cluster
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Away, Wire
from tests.jobs.work import PATIENCE, until


class Answers(Wire):
    """A way to a keeper that knows of these resources, or to none."""

    def __init__(self, resources: dict[str, float] | None) -> None:
        super().__init__(lambda: None)
        self._resources = resources

    def call(self, *_args: Any, **_kwargs: Any) -> dict[str, float]:
        if self._resources is None:
            raise Away
        return self._resources


@pytest.mark.parametrize(
    ("resources", "offered"),
    [
        ({"CPU": 4.0}, {"cpu": "CPU, 4 of the cluster"}),
        ({"CPU": 4.0, "GPU": 2.0}, {"cuda:0": "GPU, 2 of the cluster", "cpu": "CPU, 4 of the cluster"}),
        (
            {"CPU": 4.0, "GPU": 3.0, "accelerator_type:H200": 1.0, "accelerator_type:A10G": 1.0},
            {"cuda:0": "A10G or H200, 3 of the cluster", "cpu": "CPU, 4 of the cluster"},
        ),
        (None, {"cpu": "CPU, 0 of the cluster"}),
    ],
)
def test_each_kind_of_device_is_offered_by_name(resources: dict[str, float] | None, offered: dict[str, str]) -> None:
    assert Cluster(Answers(resources)).devices() == offered
    assert list(offered)[-1] == "cpu", "the fastest first"


def gpus(device: str, number: int) -> tuple[str, int, int]:
    """The GPUs that this process may use, and which process it is."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", ""), os.getpid(), number


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
def test_work_for_a_gpu_gets_one_whatever_its_lane_is_called(nodes: Nodes) -> None:
    wire = Wire(partial(find, nodes.address))
    wire.start()
    jobs, node = ClusterJobs(wire), nodes.add(cpus=0, num_gpus=1)
    until(lambda: "cuda:0" in Cluster(wire).devices())
    asked = (("cuda:0", 1, "cuda:0"), ("cuda:0", 2, "training"), ("cpu", 3, "cpu"))
    handles = [jobs.submit(gpus, device, number, owner="me", lane=lane) for device, number, lane in asked]
    one, other, without = (jobs.result(handle, 2 * PATIENCE) for handle in handles)
    assert one[0] == other[0] == "0"
    assert without[0] != "0"
    assert one[1] != other[1], "its memory is free again"
    nodes.kill(node)
    wire.close()
