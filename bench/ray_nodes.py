"""Ray's nodes as processes of this machine."""

import os
from typing import Any, Self

from bench.server import ROOT, free_port

_MEMORY = 100 * 2**20  # bytes of each node's object store
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "GRPC_ENABLE_FORK_SUPPORT": "0",  # Ray's server for clients forks, and grpc aborts in what it forked
    "PYTHONPATH": str(ROOT),
}


class Nodes:
    """A cluster: its head, which has no processors, and the worker nodes that are added."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster  # noqa: PLC0415  not everywhere installed

        os.environ.update(_ENVIRONMENT)
        self._head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": _MEMORY}
        self._head |= {"ray_client_server_port": free_port(), "gcs_server_port": free_port()}
        self._cluster = Cluster(initialize_head=True, head_node_args=self._head)

    @property
    def address(self) -> str:
        """As ``EXPLORER_CLUSTER`` has it, for a replica on the head's machine."""
        return str(self._cluster.address)

    @property
    def client_address(self) -> str:
        """As ``EXPLORER_CLUSTER`` has it, for a replica anywhere."""
        return f"ray://127.0.0.1:{self._head['ray_client_server_port']}"

    def add(self, cpus: int = 1, **more: Any) -> Any:
        """Starts a worker node; returns it."""
        return self._cluster.add_node(num_cpus=cpus, object_store_memory=_MEMORY, **more)

    def kill(self, node: Any) -> None:
        """End a node's processes at once."""
        self._cluster.remove_node(node, allow_graceful=False)

    def kill_all(self) -> None:
        """End every node, the head as well."""
        for node in (self._cluster.head_node, *self._cluster.worker_nodes):
            node.kill_all_processes(check_alive=False)

    def begin_again(self) -> None:
        """Start a head where the one before was."""
        from ray.cluster_utils import Cluster  # noqa: PLC0415

        self._cluster = Cluster(initialize_head=True, head_node_args=self._head)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.shutdown()
