"""The named actor that keeps a keeper running, on the head of the cluster."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import ray

from explorer.cluster.wire import Place, read_place

NAMESPACE = "resnet-explorer"


class KeeperActor:
    """Runs the keeper in a process of its own, which is connected to Ray as a program (a "driver").

    Ray keeps the worker processes of a connected program, with the libraries that they have loaded, for the next task.
    It ends those that an actor asked for once the program that made the actor has left. The actor and the keeper end
    together; Ray then starts both anew, and they know nothing of before.
    """

    def __init__(self, services: str) -> None:
        home = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        command = [sys.executable, "-m", "explorer.cluster.keeper", ray.get_runtime_context().gcs_address, services]
        self._keeper = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._keeper.stdout is not None
        self._place = read_place(self._keeper.stdout)
        threading.Thread(target=self._end_with_it, daemon=True).start()

    def place(self) -> Place:
        """Where the keeper listens."""
        if self._place is None:
            os._exit(1)
        return self._place

    def _end_with_it(self) -> None:
        self._keeper.wait()
        os._exit(1)
