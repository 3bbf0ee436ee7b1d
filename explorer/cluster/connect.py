"""Has this process share the jobs and classes of a cluster."""

from dataclasses import dataclass
from functools import partial

from explorer.classroom import rooms
from explorer.cluster.classes import ClusterClassroom
from explorer.cluster.finder import find
from explorer.cluster.jobs import ClusterJobs
from explorer.cluster.wire import Away, Wire
from explorer.jobs import shared


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster that this process uses."""

    wire: Wire

    def devices(self) -> dict[str, str]:
        """What networks can be computed on there: torch's name of each kind, the fastest first, and a title."""
        try:
            resources: dict[str, float] = self.wire.call("jobs", "resources")
        except Away:
            resources = {}
        gpus, cpus = (int(resources.get(name, 0)) for name in ("GPU", "CPU"))
        makes = sorted(name.partition(":")[2] for name in resources if name.startswith("accelerator_type:"))
        found = {"cuda:0": f"{' or '.join(makes) or 'GPU'}, {gpus} of the cluster"} if gpus else {}
        return {**found, "cpu": f"CPU, {cpus} of the cluster"}


def connect(address: str) -> Cluster:
    """Share what the cluster at ``ray://host:port``, or ``auto`` on its head's machine, keeps; returns the cluster.

    Where it does not answer, everybody is told so until it does.
    """
    wire = Wire(partial(find, address))
    shared.share(ClusterJobs(wire))
    rooms.share(ClusterClassroom(wire))
    wire.start()
    return Cluster(wire)
