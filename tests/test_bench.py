"""Each benchmark runs once, as small as it can be: what it measures is not judged here, only that it still measures."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from bench import (
    erase,
    first,
    follow,
    gradients,
    lesion,
    load,
    memory,
    rerun,
    several,
    sweep,
    table,
    training,
    whole_class,
)
from bench.result import Result, interleaved, row
from bench.server import ROOT, Server, serve
from bench.visits import first_parts, visits
from explorer import to_url
from explorer.compare import landscape
from explorer.live.devices import default_device
from explorer.ui.cam.choices import CamView
from explorer.ui.compare.choices import Tab
from explorer.ui.gradients.choices import GradientsView
from explorer.ui.ideas.choices import Lesson
from explorer.ui.shell import address_of
from explorer.ui.training.choices import TrainingView

pytestmark = pytest.mark.slow

Serve = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(scope="module")
def running() -> Iterator[Serve]:
    """One server of each script for all benchmarks, which start their own elsewhere: 3 s each."""
    with ExitStack() as stack:
        servers: dict[Path, Server] = {}

        def shared(script: Path = ROOT / "app.py") -> AbstractContextManager[Server]:
            if script not in servers:
                servers[script] = stack.enter_context(serve(script))
            return nullcontext(servers[script])

        yield shared


@pytest.fixture(autouse=True)
def shared_servers(running: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for benchmark in (erase, first, follow, load, memory, rerun, several, whole_class):
        monkeypatch.setattr(benchmark, "serve", running)


def test_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "live_rows", cache(table.live_rows))  # 0.8 s each time
    results = list(table.run(repeats=1))
    assert "ResNet-152" in results[0].name
    assert all(result.measured > 0 and result.at_least for result in results)


def test_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "live", cache(sweep.live))
    same, whole = sweep.run(repeats=1, networks=3)
    assert "3 networks in" in same.ours
    assert "3 of them" in same.theirs
    assert f"{len(landscape.sweep(sweep.BASE)):,} networks in" in whole.ours
    assert same.measured > 0
    assert whole.measured > 0


def test_the_sample_of_the_sweep_goes_from_shallow_to_deep() -> None:
    depths = [config.depth for config in sweep.sample(10)]
    assert len(depths) == 10
    assert depths == sorted(depths)
    assert (depths[0], depths[-1]) == (10, 218)
    with pytest.raises(ValueError, match="not 1000"):
        sweep.sample(1000)


def test_rerun() -> None:
    (result,) = rerun.run(repeats=1, only=visits()[3:4])
    assert result.name.startswith("Compare, “What changes”")
    assert result.goal == 1.5
    assert "kB sent" in result.ours
    assert "as many elements" in result.theirs
    assert re.search(r"with as many containers \(\d+\), too: \d+ ms, [\d.]+ x", result.theirs)
    assert result.measured > 0


def test_first() -> None:
    (result,) = first.run(repeats=1, only=[each for each in visits() if each.page == "ideas"][-1:])
    assert result.name.startswith("Ideas")
    assert "as many elements" in result.theirs
    assert result.measured > 0


def test_class() -> None:
    slow, last = whole_class.run(whole_class.Pace(sessions=2, seconds=0.5, think=0.2), only=visits()[-1:])
    assert "2 sessions thinking 0.2 s" in slow.name
    assert (slow.goal, last.goal) == (0.6, 4)
    assert "reruns" in slow.ours
    assert "as many elements" in last.theirs
    assert slow.measured > 0
    assert last.measured > 0


def test_every_page_tab_and_lesson_is_visited() -> None:
    known = visits()
    assert [each.page for each in first_parts()] == list(dict.fromkeys(each.page for each in known))
    assert {address_of(f"pages/{file.name}") for file in (ROOT / "pages").glob("*.py")} == {each.page for each in known}
    for page, parts in (
        ("compare", Tab),
        ("gradients", GradientsView),
        ("training", TrainingView),
        ("cam", CamView),
        ("ideas", Lesson),
    ):
        assert len([each for each in known if each.page == page]) == len(parts)
        assert all(any(urlencode({"": part})[1:] in each.query for each in known) for part in parts)


def test_load() -> None:
    (result,) = load.run(seconds=1, only=[load.DISTURBANCES[-1]])
    assert "links of 1 MB" in result.name
    assert result.measured > 0
    assert not result.at_least


def test_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "POLL_SECONDS", 0.2)  # more often than a screen asks
    told, stood, idle, wrong, memory, left = follow.run((2,), 1, idle_seconds=0.5, long_moves=2, empty_seconds=0.1)
    assert told.name.startswith("a class of 2") and 0 < told.measured <= stood.measured
    assert wrong.measured == 0
    assert idle.unit == "cores" and memory.unit == left.unit == "MB more"


def test_memory() -> None:
    (result,) = memory.run(count=3, warm_up=1)
    assert "3 different configurations" in result.name
    assert math.isfinite(result.measured)


def test_gradients() -> None:
    results = list(gradients.run(repeats=1, batch_size=2))
    devices = 1 if default_device().name == "cpu" else 2
    assert [result.name for result in results] == [f"gradient flow of {name}" for name in gradients.NETWORKS] * devices
    assert all(result.measured > 0 and not result.at_least and result.goal == 1.1 for result in results)
    assert "norms of 56 layers and 27 blocks" in results[0].ours


def test_training() -> None:
    results = list(training.run(steps=1, repeats=1, recorded_steps=0))
    assert [result.at_least for result in results] == [True] * len(training.NETWORKS)
    assert all("a bare loop" in result.theirs and result.goal == 0.9 for result in results)


def test_lesion() -> None:
    (result,) = lesion.run(pictures=8, clicks=0)
    assert result.name == "a block of ResNet-56 cut" and result.goal == 0.6 and not result.at_least
    assert result.measured > 0 and "mean of 27" in result.ours


def test_erase() -> None:
    (result,) = erase.run(strokes=1)
    assert result.goal == 0.3 and result.unit == "s" and not result.at_least
    assert result.measured > 0 and "a rerun with nothing changed" in result.theirs


def test_several() -> None:
    (result,) = several.run(count=3, size=(400, 300))
    assert result.name.startswith("memory while 3 photographs") and result.goal == 600 and not result.at_least


def test_configurations_are_different_and_fit_into_a_link() -> None:
    networks = memory.configurations(320)
    links = {to_url(network) for network in networks}
    assert len(links) == 320
    assert all(quote(link, safe="~") == link for link in links)
    assert networks == memory.configurations(320)
    with pytest.raises(ValueError, match="not 100000"):
        memory.configurations(100_000)


def test_interleaved_takes_turns_and_medians() -> None:
    calls: list[str] = []
    ours, theirs = iter([9.0, 1.0, 5.0, 2.0]), iter([9.0, 10.0, 30.0, 20.0])

    def take(name: str, figures: Iterator[float]) -> float:
        calls.append(name)
        return next(figures)

    assert interleaved(lambda: take("a", ours), lambda: take("b", theirs), repeats=3) == (2.0, 20.0)
    assert calls == ["a", "b"] * 4


@pytest.mark.parametrize(("measured", "at_least", "met"), [(3, True, True), (3, False, False), (2, False, True)])
def test_goal(measured: float, at_least: bool, met: bool) -> None:
    result = Result("work", measured, 2, "x", at_least, "1 s", "3 s")
    assert result.met is met
    assert ("**no**" in row(result)) is not met
