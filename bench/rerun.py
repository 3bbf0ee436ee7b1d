"""A rerun of each page, tab and lesson with nothing changed, against a hello-world page with as many elements.

Two real servers under the project's own settings, asked in turn. What is timed is from the request to the last
message of the run, caches warm: the server's share of a click, without a browser's drawing.
"""

from collections.abc import Iterator, Sequence

from bench.client import Visitor
from bench.result import Result, interleaved
from bench.server import ROOT, Server, serve
from bench.visits import Counterpart, Visit, visits

GOAL = 1.5
_WARM_UP = 3  # reruns: after the first ones the browser holds every large message


def run(repeats: int = 40, only: Sequence[Visit] = ()) -> Iterator[Result]:
    """Measure each part of the app, or ``only`` these, in turn; each figure is a median of ``repeats``."""
    with serve() as app, serve(ROOT / "bench" / "hello.py") as hello:
        for visit in only or visits():
            yield _result(app, hello, visit, repeats)


def _result(app: Server, hello: Server, visit: Visit, repeats: int) -> Result:
    with Visitor(app, visit.page) as page, Visitor(hello) as simple:
        page.visit(visit.query)
        page.settle()
        counterpart = Counterpart(hello, page.counts())
        simple.visit(counterpart.query)
        counterpart.check(simple)
        for each in (page, simple) * _WARM_UP:
            each.rerun()
        before = page.received, simple.received
        ours, theirs = interleaved(page.rerun, simple.rerun, repeats)
        sent = [(each.received - start) / (repeats + 1) for each, start in zip((page, simple), before, strict=True)]
    return Result(
        name=f"{visit.name}: a rerun with nothing changed",
        measured=ours / theirs,
        goal=GOAL,
        unit="x",
        at_least=False,
        ours=_words(ours, sent[0]),
        theirs=f"{counterpart.words}, {_words(theirs, sent[1])}",
    )


def _words(seconds: float, sent: float) -> str:
    return f"{seconds * 1e3:.0f} ms, {sent / 1e3:.0f} kB sent"
