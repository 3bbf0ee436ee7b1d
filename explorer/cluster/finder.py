"""Finds the keeper in a Ray cluster, or starts it there: ``python -m explorer.cluster.finder ray://host:10001``.

Ray is imported here and not in the app's process, which it would end with the cluster.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from explorer.cluster.wire import Place, is_there, read_place, write_place

SERVICES = "explorer.cluster.keeper:services"
SECONDS = 60.0
ON_HEAD = {"node:__internal_head__": 0.001}


def find(address: str, services: str = SERVICES) -> Place | None:
    """Returns where the keeper of this cluster listens; None where the cluster does not answer.

    ``services`` names the actor and the function that makes what it keeps, as module:name.
    """
    home = str(Path(__file__).parents[2])
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_CLIENT_RECONNECT_GRACE_PERIOD": "0"}
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "explorer.cluster.finder", address, services]
    environment = {**os.environ, **quiet, "PYTHONPATH": path}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    place = read_place(done.stdout.splitlines())
    return place if place and is_there(place) else None  # the actor of one that has just ended may still name its place


def main(address: str, services: str = SERVICES) -> None:
    """Print where the keeper listens; ends by itself where the cluster does not answer."""
    bound = threading.Timer(SECONDS, os._exit, (1,))  # whoever asked may have ended
    bound.daemon = True
    bound.start()
    import ray  # noqa: PLC0415

    from explorer.cluster.actor import NAMESPACE, KeeperActor  # noqa: PLC0415

    ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level="ERROR")
    how = {"name": services, "lifetime": "detached", "get_if_exists": True, "max_restarts": -1}
    keeper = ray.remote(KeeperActor).options(**how, num_cpus=0, resources=ON_HEAD).remote(services)
    write_place(ray.get(keeper.place.remote()))


if __name__ == "__main__":
    main(*sys.argv[1:])
