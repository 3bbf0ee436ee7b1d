"""Readers on two replicas behind a proxy: one replica is killed, later both are restarted, one after the other.

``python -m bench.replicas --sessions 100 --seconds 300``; it is no part of ``python -m bench``, which needs no nginx.
Each reader is a visitor without a browser in a thread of its own: thinks, reruns its page, and some send files. Who
loses the connection comes again through the proxy with the same link and cookies, as a browser does.
"""

import argparse
import http.client
import signal
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

import psutil
from websockets.exceptions import WebSocketException

from bench.client import Visitor
from bench.memory import MEGABYTE
from bench.proxy import NAMES, Replicas, behind_proxy
from bench.result import HEADER, Result, percentile, row
from bench.server import START_SECONDS, Server
from bench.upload import send
from explorer.pictures.samples import sample_bytes
from explorer.ui.serving.replica import COOKIE, READY

BACK_GOAL_S, EXIT_GOAL_S = 10.0, 10.0
RUN_PATIENCE = 60.0
TRACEBACK, MOST_SAID = "Traceback", 4_000
LOST = (WebSocketException, OSError, http.client.HTTPException)
NET = "resnet20~stage_blocks-1.1.1~image_size-8"


@dataclass(frozen=True)
class Seat:
    """What a reader looks at, and the field and the file that it sends, if it does."""

    page: str
    query: str = ""
    field: str = ""
    file: str = ""


SEATS = (
    Seat("architecture", "net=resnet34"),
    Seat("compare", "tab=What+changes"),
    Seat("paths", field="The file (.json, at most 64 kB)", file="path.json"),
    Seat("ideas", "lesson=check"),
    Seat("gradients", f"flow={NET}"),
    Seat("cam", "sample=mine", field="Your picture", file="picture.png"),
)


@dataclass(frozen=True)
class Pace:
    """How many ``sessions`` read for ``seconds``, and how long each thinks before a click, in the mean."""

    sessions: int = 100
    seconds: float = 300.0
    think: float = 6.0


@dataclass(frozen=True)
class Loss:
    """A lost connection: when, from which replica, when the reader was back elsewhere with its page, and the reason."""

    at: float
    replica: str
    back: float
    reason: str


@dataclass
class Reader:
    """One reader. ``losses`` are of its connection, ``errors`` are what else went wrong."""

    proxy: Server
    number: int
    think: float
    over: threading.Event
    here: threading.Event = field(default_factory=threading.Event)
    losses: list[Loss] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    reruns: list[float] = field(default_factory=list)
    files: int = 0
    cookie: str = ""
    _shown: Counter[str] = field(default_factory=Counter)

    @property
    def seat(self) -> Seat:
        """What it looks at."""
        return SEATS[self.number % len(SEATS)]

    @property
    def replica(self) -> str:
        """The name of the server that it is with."""
        return self.cookie.partition(f"{COOKIE}=")[2].partition(";")[0]

    def live(self) -> None:
        """Read until it is ``over``."""
        self.cookie = _first_cookie(self.proxy)
        lost, reason = 0.0, ""
        while not self.over.is_set():
            before = self.replica
            try:
                with Visitor(self.proxy, self.seat.page, RUN_PATIENCE, self.cookie) as visitor:
                    self._arrive(visitor)
                    if lost:
                        self.losses.append(Loss(lost, before, time.monotonic(), reason))
                    lost = 0.0
                    self._read(visitor)
            except LOST as error:
                lost, reason = lost or time.monotonic(), reason if lost else f"{type(error).__name__} {error}"
                time.sleep(0.2)
            except Exception as error:
                self.errors.append(f"{self.seat.page}: {type(error).__name__}: {str(error).splitlines()[0]}")

    def _arrive(self, visitor: Visitor) -> None:
        visitor.visit(self.seat.query)
        visitor.settle()
        self.cookie = visitor.cookie
        shown = Counter({kind: count for kind, count in visitor.counts().items() if kind != "empty"})
        if self._shown and shown != self._shown:
            self.errors.append(f"{self.seat.page} had {self._shown - shown}, and came back with {shown - self._shown}")
        self._shown = shown
        self.here.set()

    def _read(self, visitor: Visitor) -> None:
        thinks = Random(self.number)
        while not self.over.is_set():
            visitor.think(thinks.uniform(self.think / 2, 1.5 * self.think))
            if self.seat.field and thinks.random() < 0.3:
                self._send(visitor)
            else:
                self.reruns.append(visitor.rerun())

    def _send(self, visitor: Visitor) -> None:
        data = sample_bytes("china") if self.seat.page == "cam" else b"{}"
        sent = send(self.proxy, visitor.session, self.seat.file, data, cookie=visitor.cookie)
        if sent.status != 204:
            raise http.client.HTTPException(f"a file was answered with {sent.status}")
        visitor.hand_in(self.seat.field, sent)
        visitor.settle()
        self.files += 1


def _first_cookie(proxy: Server) -> str:
    with urllib.request.urlopen(proxy.url, timeout=RUN_PATIENCE) as answer:
        return "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie"))


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


def run(pace: Pace = Pace()) -> Iterator[Result]:
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
    parser.add_argument("--sessions", type=int, default=Pace.sessions)
    parser.add_argument("--seconds", type=float, default=Pace.seconds)
    parser.add_argument("--think", type=float, default=Pace.think)
    print(HEADER, flush=True)
    results = list(run(Pace(**vars(parser.parse_args()))))
    for result in results:
        print(row(result), flush=True)
    sys.exit(not all(result.met for result in results))


if __name__ == "__main__":
    main()
