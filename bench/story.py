"""The Gradient-flow page's default story from click to chart, against the computation behind it and nothing else.

A real server and a visitor without a browser: from the request to the run that brings the chart, the queue and the
page's polling in between. Each repeat asks for a number of classes that nobody asked for before, so that it is
measured and not remembered.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from urllib.parse import urlencode

import torch

from bench.client import Visitor
from bench.result import Result, seconds
from bench.server import Server, serve
from explorer import ResNetConfig, to_url
from explorer.gradients.page_jobs import Question, study
from explorer.gradients.paired_networks import pair
from explorer.gradients.stories import STORIES
from explorer.live.devices import leave_a_core_free

GOAL_S = 3.0


def run(repeats: int = 7) -> Iterator[Result]:
    """Measure in turn; each figure is a median of ``repeats``."""
    story, classes = STORIES[0], count(11)
    threads = torch.get_num_threads()
    leave_a_core_free()  # as the app does
    try:
        with serve() as server:
            _click(server, replace(story.config, num_classes=next(classes)))  # loads the libraries
            pairs = [
                (_click(server, replace(story.config, num_classes=next(classes))), _bare(story.config))
                for _ in range(repeats)
            ]
    finally:
        torch.set_num_threads(threads)
    ours, theirs = (statistics.median(figures) for figures in zip(*pairs, strict=True))
    yield Result(
        name=f"Gradient-flow page, the story “{story.title}” from click to chart",
        measured=ours,
        goal=GOAL_S,
        unit="s",
        at_least=False,
        ours=f"{ours:.2f} s on {os.cpu_count()} cores",
        theirs=f"the bare computation, {theirs:.2f} s: {ours / theirs:.2f} ×",
    )


def _click(server: Server, config: ResNetConfig) -> float:
    with Visitor(server, "gradients") as page:
        start = time.perf_counter()
        page.visit(urlencode({"flow": to_url(config)}))
        page.settle()
        took = time.perf_counter() - start
        if not page.counts()["plotly_chart"]:
            raise RuntimeError("The page settled without its chart.")
        return took


def _bare(config: ResNetConfig) -> float:
    """Both networks of the default contrast, all seeds of the default."""
    question = Question(pair(config, STORIES[0].contrast))
    return seconds(lambda: study(question))
