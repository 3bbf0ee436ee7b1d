"""A class on one server: a hundred sessions arrive at a page together, then think and click for a while.

Each session is a visitor without a browser in a thread of its own; it thinks, and reruns the page. The same class
visits a hello-world page with as many elements, on a server of its own, before.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from threading import Barrier

from bench.client import RUN_SECONDS, Visitor
from bench.result import Result, percentile
from bench.server import ROOT, Server, serve
from bench.visits import Counterpart, Visit, first_parts

RERUN_GOAL_S, ARRIVAL_GOAL_S = 0.6, 4.0


@dataclass(frozen=True)
class Pace:
    """How many ``sessions`` click for ``seconds``, and how long each thinks before a click, in the mean."""

    sessions: int = 100
    seconds: float = 20.0
    think: float = 3.0


@dataclass(frozen=True)
class Class:
    """What a class waited for, in seconds: ``arrival`` until the last one's page was whole, and each of ``reruns``."""

    arrival: float
    reruns: Sequence[float]

    @property
    def slow(self) -> float:
        """The 95th percentile of the reruns."""
        return percentile(self.reruns)


def run(pace: Pace = Pace(), only: Sequence[Visit] = ()) -> Iterator[Result]:
    """Measure each page, or ``only`` these."""
    with serve() as app, serve(ROOT / "bench" / "hello.py") as hello:
        for visit in only or first_parts():
            with Visitor(app, visit.page) as page:  # the server is warm: one reader has seen the page
                page.visit(visit.query)
                page.settle()
                counterpart = Counterpart(hello, page.counts())
            theirs = _attend(hello, Visit("", "", counterpart.query), pace)
            yield from _results(visit.name, _attend(app, visit, pace), theirs, counterpart.words, pace)


def _results(page: str, ours: Class, theirs: Class, beside: str, pace: Pace) -> Iterator[Result]:
    name = f"{page}: {pace.sessions} sessions"
    slow, simple = (f"{each.slow:.2f} s of {len(each.reruns)} reruns" for each in (ours, theirs))
    thinking = f"{name} thinking {pace.think:g} s, 95th percentile of reruns"
    yield Result(thinking, ours.slow, RERUN_GOAL_S, "s", False, slow, f"{beside}, {simple}")
    last, first = f"{ours.arrival:.2f} s", f"{beside}, {theirs.arrival:.2f} s"
    yield Result(f"{name} arrive together, the last one's page", ours.arrival, ARRIVAL_GOAL_S, "s", False, last, first)


def _attend(server: Server, visit: Visit, pace: Pace) -> Class:
    seat = partial(_reader, server, visit, pace, Barrier(pace.sessions, timeout=RUN_SECONDS))
    with ThreadPoolExecutor(pace.sessions) as pool:
        readers = list(pool.map(seat, range(pace.sessions)))
    return Class(max(arrival for arrival, _ in readers), [rerun for _, reruns in readers for rerun in reruns])


def _reader(server: Server, visit: Visit, pace: Pace, together: Barrier, number: int) -> tuple[float, list[float]]:
    """Returns how long this session waited for its page, and for each of its reruns."""
    thinks, reruns = Random(number), []
    with Visitor(server, visit.page) as page:
        together.wait()
        start = time.perf_counter()
        page.visit(visit.query)
        page.settle()
        arrival = time.perf_counter() - start
        together.wait()  # nobody clicks while others still arrive: these are two measurements
        end = time.perf_counter() + pace.seconds
        time.sleep(thinks.uniform(0, pace.think))
        while time.perf_counter() < end:
            reruns.append(page.rerun())
            time.sleep(thinks.uniform(pace.think / 2, 1.5 * pace.think))
    return arrival, reruns
