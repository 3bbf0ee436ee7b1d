"""Readers on two replicas behind a proxy: one replica is killed, later both are restarted, one after the other.

``python -m bench.replicas --sessions 100 --seconds 300``; it is no part of ``python -m bench``, which needs no nginx.
Each reader is a visitor without a browser in a thread of its own: thinks, reruns its page, and some send files. Who
loses the connection comes again through the proxy with the same link and cookies, as a browser does. ``--cluster 1``
has a Ray cluster on this computer do the replicas' work.
"""

import argparse
import os
import signal
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bench.memory import MEGABYTE
from bench.proxy import NAMES, Replicas, behind_proxy
from bench.ray_nodes import Nodes
from bench.readers import RUN_PATIENCE, Loss, Reader
from bench.result import HEADER, Result, percentile, row
from bench.server import START_SECONDS, Server
from bench.whole_class import Pace
from explorer.ui.serving.replica import READY
from explorer.ui.state.cluster import ADDRESS

PACE = Pace(seconds=300.0, think=6.0)
BACK_GOAL_S, EXIT_GOAL_S = 10.0, 10.0
TRACEBACK, MOST_SAID = "Traceback", 4_000


@dataclass(frozen=True)
class Move:
    """What happened to a replica with ``count`` readers: the signal it got, when, how it ended and after how long, and
    when each of the readers was back on another one."""

    name: str
    told: signal.Signals
    moment: float
    status: int
    seconds: float
    count: int
    back: Sequence[float]

    def has_taken(self, loss: Loss) -> bool:
        """Whether a connection was lost because of it."""
        return loss.replica == self.name and self.moment <= loss.at <= self.moment + RUN_PATIENCE


def run(pace: Pace = PACE) -> Iterator[Result]:
    """Let them read, kill the first replica in the middle, then tell each in turn to leave."""
    over = threading.Event()
    with behind_proxy() as replicas, ThreadPoolExecutor(pace.sessions) as pool:
        _wait_until_ready(replicas)
        readers = [Reader(replicas.proxy, number, pace.think, over) for number in range(pace.sessions)]
        lives = [pool.submit(reader.live) for reader in readers]
        try:
            for reader in readers:
                reader.here.wait(RUN_PATIENCE)
            first, second = NAMES
            spread = Counter(reader.replica for reader in readers)
            moves = []
            for name, told in ((first, signal.SIGKILL), (second, signal.SIGTERM), (first, signal.SIGTERM)):
                time.sleep(pace.seconds / 4)
                moves.append(_move(replicas, readers, name, told))
                replicas.start(name)
                _wait_until_ready(replicas)
            time.sleep(pace.seconds / 4)
        finally:
            over.set()
        for life in lives:
            life.result()
        logs = [server.log for server in replicas.every]
        largest = max(psutil.Process(server.process.pid).memory_info().rss for server in replicas.servers.values())
    for log in logs:
        if TRACEBACK in log:
            print(log[log.index(TRACEBACK) :][:MOST_SAID], file=sys.stderr)
    yield _calm(readers, moves, spread, sum(log.count(TRACEBACK) for log in logs), largest / MEGABYTE)
    for move in moves:
        yield from _moved(move)


def _wait_until_ready(replicas: Replicas) -> None:
    deadline = time.monotonic() + START_SECONDS
    for server in replicas.servers.values():
        while not _is_ready(server):
            if time.monotonic() > deadline:
                raise TimeoutError(f"A replica was not ready within {START_SECONDS:g} s.")
            time.sleep(0.2)


def _is_ready(server: Server) -> bool:
    try:
        with urllib.request.urlopen(server.url + READY, timeout=RUN_PATIENCE):
            return True
    except OSError:
        return False


def _move(replicas: Replicas, readers: Sequence[Reader], name: str, told: signal.Signals) -> Move:
    """Send a replica a signal, and wait until its readers are back elsewhere."""
    process, moment = replicas.servers[name].process, time.monotonic()
    its = [reader for reader in readers if reader.replica == name]
    process.send_signal(told)
    status = process.wait(START_SECONDS)
    seconds = time.monotonic() - moment
    while any(reader.replica == name for reader in its) and time.monotonic() < moment + RUN_PATIENCE:
        time.sleep(0.05)
    back = [loss.back - moment for reader in its for loss in reader.losses if loss.at >= moment]
    return Move(name, told, moment, status, seconds, len(its), back)


def _calm(
    readers: Sequence[Reader], moves: Sequence[Move], spread: Counter[str], tracebacks: int, largest: float
) -> Result:
    """What went wrong while no replica was lost, and what its readers did."""
    losses = [loss for reader in readers for loss in reader.losses]
    lost = [f"lost: {loss.reason}" for loss in losses if not any(move.has_taken(loss) for move in moves)]
    errors = lost + [error for reader in readers for error in reader.errors]
    reruns = [each for reader in readers for each in reader.reruns]
    did = f"{len(reruns)} reruns, 95 % within {percentile(reruns):.2f} s; {sum(each.files for each in readers)} files"
    did += f"; {largest:.0f} MB the larger replica"
    name = f"{len(readers)} sessions on two replicas ({', '.join(f'{count} on {on}' for on, count in spread.items())})"
    said = "".join(f"; {error} ({count} times)" for error, count in Counter(errors).items())
    wrong = len(errors) + tracebacks
    return Result(f"{name}, errors and lost connections", wrong, 0, "", False, did + said, "while no replica is lost")


def _moved(move: Move) -> Iterator[Result]:
    killed = move.told is signal.SIGKILL
    what = f"{move.name} {'is killed' if killed else 'is told to leave'}, until its readers are back with their page"
    late = max(move.back, default=0.0) if len(move.back) == move.count else RUN_PATIENCE
    words = f"{len(move.back)} of {move.count} on the other replica, 95 % within {percentile(move.back or [0.0]):.1f} s"
    yield Result(what, late, BACK_GOAL_S, "s", False, words, "the signal")
    if not killed:
        ended = f"with status {move.status}"
        yield Result(f"{move.name}, until it has ended", move.seconds, EXIT_GOAL_S, "s", False, ended, "the signal")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.replicas", description=__doc__)
    parser.add_argument("--sessions", type=int, default=PACE.sessions)
    parser.add_argument("--seconds", type=float, default=PACE.seconds)
    parser.add_argument("--think", type=float, default=PACE.think)
    parser.add_argument(
        "--cluster", type=int, default=0, metavar="N", help="with N nodes of Ray that compute (default: 0)"
    )
    told = parser.parse_args()
    print(HEADER, flush=True)
    with _cluster(told.cluster):
        results = list(run(Pace(told.sessions, told.seconds, told.think)))
    for result in results:
        print(row(result), flush=True)
    sys.exit(not all(result.met for result in results))


@contextmanager
def _cluster(nodes: int) -> Iterator[None]:
    """A cluster for the replicas that start meanwhile, with as many nodes of one processor each."""
    if not nodes:
        yield
        return
    with Nodes() as made:
        for _ in range(nodes):
            made.add()
        os.environ[ADDRESS] = made.address
        yield


if __name__ == "__main__":
    main()
