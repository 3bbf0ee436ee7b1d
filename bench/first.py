"""The first picture of each page, tab and lesson for a new reader, against a hello-world page with as many elements.

Two real servers, warm: the libraries are loaded, and somebody has seen the page before. What is timed is a new
session, from its connection to the last message of a page that computes nothing more, without a browser's drawing.
"""

import time
from collections.abc import Iterator, Sequence

from bench.client import Visitor
from bench.result import Result, interleaved
from bench.server import ROOT, Server, serve
from bench.visits import Counterpart, Visit, visits

GOAL = 1.5


def run(repeats: int = 15, only: Sequence[Visit] = ()) -> Iterator[Result]:
    """Measure each part of the app, or ``only`` these, in turn; each figure is a median of ``repeats``."""
    with serve() as app, serve(ROOT / "bench" / "hello.py") as hello:
        for visit in only or visits():
            yield _result(app, hello, visit, repeats)


def _result(app: Server, hello: Server, visit: Visit, repeats: int) -> Result:
    with Visitor(app, visit.page) as page:
        page.visit(visit.query)
        page.settle()
        counterpart = Counterpart(hello, page.counts())
    ours, theirs = interleaved(
        lambda: _arrival(app, visit.page, visit.query),
        lambda: _arrival(hello, "", counterpart.query),
        repeats=repeats,
    )
    return Result(
        name=f"{visit.name}: the first picture for a new reader",
        measured=ours / theirs,
        goal=GOAL,
        unit="x",
        at_least=False,
        ours=f"{ours * 1e3:.0f} ms",
        theirs=f"{counterpart.words}, {theirs * 1e3:.0f} ms",
    )


def _arrival(server: Server, page: str, query: str) -> float:
    start = time.perf_counter()
    with Visitor(server, page) as visitor:
        visitor.visit(query)
        visitor.settle()
        return time.perf_counter() - start
