"""From a stroke on the Grad-CAM page's tab "Erase" to the new probabilities, on the network that comes with the app.

A real server and a visitor without a browser: from the message that holds the mask to the last message of the page
that shows what the network says now. Each stroke erases something else, so that nothing is known yet.
"""

import json
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from bench.client import Visitor
from bench.result import Result
from bench.server import serve
from explorer.cam.erasure import Mask

GOAL = 0.3
QUERY = urlencode({"weights": "fashion-resnet20", "sample": "ankle-boot-1", "look": "Erase"})
_SIDE = 28


def run(strokes: int = 15) -> Iterator[Result]:
    """Erase ``strokes`` different parts; the figure is the median, beside a rerun of the same page with no stroke."""
    with serve() as server, Visitor(server, "cam") as visitor:
        visitor.visit(QUERY)
        visitor.settle()
        masks = [Mask(_SIDE, frozenset(range(cell, cell + 60))) for cell in range(0, 20 * (strokes + 1), 20)]
        times = [_stroke(visitor, mask) for mask in masks][1:]
        alone = statistics.median(visitor.rerun() for _ in range(strokes))
    middle = statistics.median(times)
    yield Result(
        name="erasing, from a stroke to the new probabilities",
        measured=middle,
        goal=GOAL,
        unit="s",
        at_least=False,
        ours=f"{middle * 1e3:.0f} ms, the slowest {max(times) * 1e3:.0f} ms",
        theirs=f"a rerun with nothing changed, {alone * 1e3:.0f} ms",
    )


def _stroke(visitor: Visitor, mask: Mask) -> float:
    start = time.perf_counter()
    visitor.trigger("eraser", "mask", mask.text)
    visitor.settle()
    taken = time.perf_counter() - start
    shown = json.loads(visitor.component("eraser").bytes)
    if shown["mask"] != mask.text or any(each["after"] == "…" for each in shown["chances"]):
        raise RuntimeError("The page did not answer the stroke.")
    return taken
