"""Finds the keeper in a Ray cluster, or starts it there: ``python -m explorer.cluster.finder ray://host:10001``.

Ray is imported here and not in the app's process, which it would end with the cluster.
"""

import os
import pickle
import subprocess
import sys
from base64 import b64decode, b64encode
from importlib import import_module
from pathlib import Path

from explorer.cluster.wire import Place

NAMESPACE, ACTOR = "resnet-explorer", "explorer.cluster.keeper:Keeper"
SECONDS = 60.0
_SIGN = "keeper:"


def find(address: str, actor: str = ACTOR) -> Place | None:
    """Returns where the keeper of this cluster listens; None where the cluster does not answer.

    ``actor`` is the keeper's class, as module:name, and the name of the actor.
    """
    home = str(Path(__file__).parents[2])
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_CLIENT_RECONNECT_GRACE_PERIOD": "0"}
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", __spec__.name, address, actor]
    environment = {**os.environ, **quiet, "PYTHONPATH": path}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    lines = [line.removeprefix(_SIGN) for line in done.stdout.splitlines() if line.startswith(_SIGN)]
    if not lines:
        return None
    place: Place = pickle.loads(b64decode(lines[-1]))
    return place


def main(address: str, actor: str) -> None:
    """Print where the keeper listens."""
    import ray  # noqa: PLC0415

    module, name = actor.split(":")
    keeper_class = getattr(import_module(module), name)
    ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level="ERROR")
    keeper = (
        ray.remote(keeper_class)
        .options(
            name=actor,
            lifetime="detached",
            get_if_exists=True,
            max_restarts=-1,
            max_concurrency=64,
            num_cpus=0,
            resources={"node:__internal_head__": 0.001},
        )
        .remote()
    )
    print(_SIGN + b64encode(pickle.dumps(ray.get(keeper.place.remote()))).decode(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
