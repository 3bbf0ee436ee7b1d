"""A rerun of each page, tab and lesson with nothing changed, against a hello-world page with as many elements.

Two real servers under the project's own settings, asked in turn. What is timed is from the request to the last
message of the run, caches warm: the server's share of a click, without a browser's drawing.

The goal is against a page whose elements stand below each other. Ours stand in rows, columns and tabs, and a server
sends each of these containers as one message more: the ratio to a page with as many of them is printed, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

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
    with Visitor(app, visit.page) as page, Visitor(hello) as simple, Visitor(hello) as laid_out:
        page.visit(visit.query)
        page.settle()
        counterpart = Counterpart(hello, page.counts())
        contained = replace(counterpart, containers=len(page.containers))
        for peer, visitor in ((counterpart, simple), (contained, laid_out)):
            visitor.visit(peer.query)
            peer.check(visitor)
        for each in (page, simple, laid_out) * _WARM_UP:
            each.rerun()
        before = page.received, simple.received
        ours, theirs, theirs_laid_out = interleaved(page.rerun, simple.rerun, laid_out.rerun, repeats=repeats)
        sent = [(each.received - start) / (repeats + 1) for each, start in zip((page, simple), before, strict=True)]
    within = f"with as many containers ({contained.containers}), too: {theirs_laid_out * 1e3:.0f} ms"
    return Result(
        name=f"{visit.name}: a rerun with nothing changed",
        measured=ours / theirs,
        goal=GOAL,
        unit="x",
        at_least=False,
        ours=_words(ours, sent[0]),
        theirs=f"{counterpart.words}, {_words(theirs, sent[1])}; {within}, {ours / theirs_laid_out:.2f} x",
    )


def _words(seconds: float, sent: float) -> str:
    return f"{seconds * 1e3:.0f} ms, {sent / 1e3:.0f} kB sent"
