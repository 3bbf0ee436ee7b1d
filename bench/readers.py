"""Readers behind a proxy, each in a thread of its own: they think, rerun their pages, send files, and come again."""

import http.client
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from websockets.exceptions import WebSocketException

from bench.client import Visitor
from bench.server import Server
from bench.upload import send
from explorer.pictures.samples import sample_bytes
from explorer.ui.serving.replica import COOKIE

RUN_PATIENCE = 60.0
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
