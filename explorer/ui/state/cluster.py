"""The cluster that computes for this server and keeps its classes, where there is one."""

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.cluster.connect import Cluster

ADDRESS = "EXPLORER_CLUSTER"  # an environment variable: "ray://host:10001", or "auto" on the head's machine


@cache
def cluster() -> "Cluster | None":
    """Returns the cluster, and connects to it at the server's start, when this is called first; None without one."""
    address = os.environ.get(ADDRESS)
    if not address:
        return None
    from explorer.cluster.connect import connect  # noqa: PLC0415  one server alone has nothing of it

    return connect(address)


def devices() -> dict[str, str]:
    """The names and titles of the cluster's devices, else of this machine's, the fastest first. Needs the heavy
    libraries."""
    from explorer.live import inspect  # noqa: PLC0415  torch is loaded by now

    if there := cluster():
        return there.devices()
    return {device.name: device.title for device in inspect.devices()}
