"""A rerun of each page with nothing changed, against a hello-world page with as many charts.

Two real servers under the project's own settings, asked in turn. What is timed is from the request to the last
message of the run, caches warm: the server's share of a click, without a browser's drawing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from bench.client import Visitor
from bench.hello import CHARTS, OTHERS
from bench.result import Result, interleaved
from bench.server import ROOT, Server, serve

GOAL = 2.0
# The pages, each with how many components of its own are no charts: the bar above it, the Architecture's headline, and
# the buttons that save a chart.
PAGES = {"architecture": 2, "compare": 1, "gradients": 2, "cam": 2}


def run(repeats: int = 60, pages: Sequence[str] = tuple(PAGES)) -> Iterator[Result]:
    """Measure in turn; each figure is a median of ``repeats``.

    The first comparison of a page is the goal's. The second, with elements of every kind, tells the price of
    streamlit's own widgets from that of this app's work.
    """
    with serve() as app, serve(ROOT / "bench" / "hello.py") as hello:
        for page in pages:
            yield from _results(app, hello, page, repeats)


def _results(app: Server, hello: Server, name: str, repeats: int) -> Iterator[Result]:
    with Visitor(app, name) as page:
        page.visit()
        page.settle()
        elements = page.counts()
        charts = _charts(elements, PAGES[name])
        yield _compare(page, hello, charts, f"as many charts ({_words(charts)})", repeats)
        everything = f"as many elements of every kind ({elements.total()})"
        yield _compare(page, hello, _known(elements), everything, repeats)


def _charts(elements: Counter[str], plain: int) -> Counter[str]:
    """The page's charts and tables as a hello-world page has them: its drawings are components of its own, and a
    hello-world page draws with plotly."""
    charts = Counter({kind: count for kind, count in elements.items() if kind in CHARTS})
    charts["plotly_chart"] += charts.pop("bidi_component", 0) - plain
    return charts


def _compare(page: Visitor, hello: Server, elements: Counter[str], words: str, repeats: int) -> Result:
    with Visitor(hello) as simple:
        simple.visit(urlencode(elements))
        ours, theirs = interleaved(page.rerun, simple.rerun, repeats)
        missing = elements - simple.counts()
    if missing:
        raise RuntimeError(f"The hello-world page lacks {dict(missing)}.")
    return Result(
        name=f"{page.page.capitalize()} page, rerun with nothing changed",
        measured=ours / theirs,
        goal=GOAL,
        unit="x",
        at_least=False,
        ours=f"{ours * 1e3:.0f} ms",
        theirs=f"a hello-world page with {words}, {theirs * 1e3:.0f} ms",
    )


def _known(elements: Counter[str]) -> Counter[str]:
    """The same number of elements; kinds that the hello-world page cannot draw become text."""
    known: Counter[str] = Counter()
    for kind, count in elements.items():
        known[kind if kind in CHARTS or kind in OTHERS else "markdown"] += count
    return known


def _words(charts: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in charts.items()) or "none"
