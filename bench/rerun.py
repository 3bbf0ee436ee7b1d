"""A rerun of the Architecture page with nothing changed, against a hello-world page with as many charts.

Two real servers under the project's own settings, asked in turn. What is timed is from the request to the last
message of the run, caches warm: the server's share of a click, without a browser's drawing.
"""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlencode

from bench.client import Visitor
from bench.hello import CHARTS
from bench.result import Result, interleaved
from bench.server import ROOT, serve

GOAL = 2.0


def run(repeats: int = 60) -> list[Result]:
    """Measure both in turn; each figure is a median of ``repeats``."""
    with serve() as app, Visitor(app, "architecture") as page:
        page.visit()
        page.settle()
        charts = {kind: count for kind, count in page.counts().items() if kind in CHARTS}
        with serve(ROOT / "bench" / "hello.py") as hello, Visitor(hello) as simple:
            simple.visit(urlencode(charts))
            ours, theirs = interleaved(page.rerun, simple.rerun, repeats)
            _check_counts(charts, simple.counts())
    return [
        Result(
            name="Architecture page, rerun with nothing changed",
            measured=ours / theirs,
            goal=GOAL,
            unit="x",
            at_least=False,
            ours=f"{ours * 1e3:.0f} ms",
            theirs=f"a hello-world page with as many charts ({_words(charts)}), {theirs * 1e3:.0f} ms",
        )
    ]


def _check_counts(wanted: Mapping[str, int], shown: Counter[str]) -> None:
    if any(shown[kind] != count for kind, count in wanted.items()):
        raise RuntimeError(f"The hello-world page shows {dict(shown)} where the page has {dict(wanted)}.")


def _words(charts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in charts.items()) or "none"
