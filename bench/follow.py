"""A class that follows its teacher: how soon its screens know, how soon they stand, and what it costs to wait.

Teacher and students are visitors without a browser, each student in a thread of its own, all on this machine. Students
ask as often as their screens do. They answer twice, and some of them from a connection that was lost meanwhile: their
cookie brings them back.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import psutil

from bench.client import Visitor
from bench.memory import MEGABYTE
from bench.result import Result, percentile
from bench.server import Server, serve
from explorer.ui.classroom.bar import POLL_SECONDS
from explorer.ui.classroom.membership import CODE
from explorer.ui.serving.after_class import KEPT_SECONDS, LOOK_SECONDS

PAGES = ("compare", "training", "ideas", "architecture")  # where the teacher goes, one after the other
OPTIONS = ("a", "b", "c")
TOLD_GOAL_S, IDLE_GOAL_CORES, MEMORY_GOAL_MB = 2.0, 1.0, 30.0
PAGE_GOAL_S = {30: 3.0, 100: 10.0}
PATIENCE = 60.0
LOST_EVERY = 7  # each seventh student loses the connection before answering again


@dataclass
class Student:
    """A student's screen, which asks at its own moments; ``told`` and ``stood`` are when it knew of each move."""

    server: Server
    code: str
    number: int
    told: list[float] = field(default_factory=list)
    stood: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    answers: list[int] = field(default_factory=list)  # what is to be answered, one after the other
    _visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self._visitor = self._come("")

    def leave(self) -> None:
        """Close the connection."""
        self._visitor.__exit__(None, None, None)

    def live(self) -> None:
        """Ask and answer until it is ``over``."""
        time.sleep(Random(self.number).uniform(0, POLL_SECONDS))
        while not self.over.is_set():
            started = time.perf_counter()
            self._look()
            if self.answers and self._bar["questions"]:
                self._answer(self.answers.pop(0))
            self.over.wait(max(POLL_SECONDS - (time.perf_counter() - started), 0.05))

    def _look(self) -> None:
        before = self._visitor.place
        self._visitor.tick()
        moved = self._visitor.place != before
        if (moved or self._bar["going"]) and len(self.told) == len(self.stood):
            self.told.append(time.perf_counter())
        if moved:
            self.stood.append(time.perf_counter())

    def _answer(self, choice: int) -> None:
        number = self._bar["questions"][0]["number"]
        self._visitor.trigger("class", "do", ["answer", [number, choice]], in_fragment=True)
        if self.answers and self.number % LOST_EVERY == 0:
            name, value = self._bar["cookie"]["name"], self._bar["cookie"]["value"]
            self.leave()
            self._visitor = self._come(f"{name}={value}")

    def _come(self, cookie: str) -> Visitor:
        visitor = Visitor(self.server, "architecture", cookie=cookie).__enter__()
        visitor.visit("" if cookie else f"{CODE}={self.code}")
        bar(visitor)  # raises unless the student is in
        return visitor

    @property
    def _bar(self) -> dict[str, Any]:
        return bar(self._visitor)


def bar(visitor: Visitor) -> dict[str, Any]:
    """What the class's bar shows."""
    shown: dict[str, Any] = json.loads(visitor.component("class").bytes)
    return shown


@dataclass(frozen=True)
class Lesson:
    """What a class of ``count`` saw: seconds until each screen knew of each move, and until it stood; the cores that
    were busy while nothing changed; how many answers were miscounted, and how many megabytes were left behind."""

    count: int
    told: Sequence[float]
    stood: Sequence[float]
    cores: float
    wrong: int
    more: float


def run(
    classes: Sequence[int] = (30, 100),
    moves: int = 4,
    idle_seconds: float = 10.0,
    long_moves: int = 40,
    empty_seconds: float = KEPT_SECONDS + 2 * LOOK_SECONDS,
) -> Iterator[Result]:
    """Measure a class of each size, on one server that has seen one of that size before; then a long class of the last
    size, and what is left of it once its screens have been gone for a while."""
    with serve() as server:
        with Visitor(server, "architecture") as early:  # a server loads its libraries before a class comes
            early.visit()
            early.settle()
        for count in classes:
            _lesson(server, count, moves, 0.0)
            yield from _results(_lesson(server, count, moves, idle_seconds))
        yield _long_class(server, classes[-1], long_moves, empty_seconds)


def _long_class(server: Server, count: int, moves: int, empty_seconds: float) -> Result:
    time.sleep(empty_seconds)
    before, start = _megabytes(server), time.perf_counter()
    lesson = _lesson(server, count, moves, 0.0)
    minutes = (time.perf_counter() - start) / 60
    time.sleep(empty_seconds)
    name = f"a class of {count} for {minutes:.0f} minutes, memory that it leaves"
    ours = f"resident {empty_seconds:g} s after its end; at its end {lesson.more:.0f} MB more"
    return Result(
        name, _megabytes(server) - before, MEMORY_GOAL_MB, "MB more", False, ours, "before it, as long after others"
    )


def _lesson(server: Server, count: int, moves: int, idle_seconds: float) -> Lesson:
    before = _megabytes(server)
    with _class(server, count) as (teacher, students):
        time.sleep(2 * POLL_SECONDS)
        cores = _cores(psutil.Process(server.process.pid), idle_seconds)
        told, stood = _moves(teacher, students, moves)
        wrong = _wrong_answers(teacher, students)
    time.sleep(1.0)  # until the server has noticed that all are gone
    return Lesson(count, told, stood, cores, wrong, _megabytes(server) - before)


@contextmanager
def _class(server: Server, count: int) -> Iterator[tuple[Visitor, Sequence[Student]]]:
    """A teacher who has opened a class, and its students, who live until the end."""
    with Visitor(server, "classroom") as teacher, ExitStack() as stack, ThreadPoolExecutor(count) as pool:
        teacher.visit()
        teacher.press("Open a class")
        for page in PAGES:  # nobody waits for what is drawn for the first time
            teacher.go(page)
        code = bar(teacher)["code"]
        students = list(pool.map(partial(Student, server, code), range(count)))
        for student in students:
            stack.callback(student.leave)
        lives = [pool.submit(student.live) for student in students]
        try:
            yield teacher, students
        finally:
            for student in students:
                student.over.set()
        for life in lives:
            life.result()
        teacher.trigger("class", "do", ["end", None], in_fragment=True)


def _results(lesson: Lesson) -> Iterator[Result]:
    name, told, stood = f"a class of {lesson.count}", lesson.told, lesson.stood
    words = f"95th percentile of {len(told)}, at most"
    asks = f"screens ask every {POLL_SECONDS:g} s"
    what = f"{name}, until a screen says that the teacher moved on"
    yield Result(what, percentile(told), TOLD_GOAL_S, "s", False, f"{words} {max(told):.2f} s", asks)
    goal = PAGE_GOAL_S.get(lesson.count, max(PAGE_GOAL_S.values()))
    what = f"{name}, until the new page stands"
    yield Result(what, percentile(stood), goal, "s", False, f"{words} {max(stood):.2f} s", "the teacher's click")
    what = f"{name} while nothing changes"
    yield Result(what, lesson.cores, IDLE_GOAL_CORES, "cores", False, "the server's processor time", "two cores")
    what = f"{name}, answers lost or counted twice"
    yield Result(what, lesson.wrong, 0, "answers", False, "each answers twice, some reconnect", "their last answers")
    what = f"{name}, memory that it leaves"
    yield Result(
        what,
        lesson.more,
        MEMORY_GOAL_MB,
        "MB more",
        False,
        "resident, at its end",
        "before it, after another such class",
    )


def _cores(process: psutil.Process, seconds: float) -> float:
    """How many cores the server keeps busy while nothing changes."""
    if not seconds:
        return 0.0
    start, before = time.perf_counter(), sum(process.cpu_times()[:2])
    time.sleep(seconds)
    return float((sum(process.cpu_times()[:2]) - before) / (time.perf_counter() - start))


def _moves(teacher: Visitor, students: Sequence[Student], moves: int) -> tuple[list[float], list[float]]:
    """Let the teacher go from page to page; returns the seconds until each screen knew, and until it stood."""
    told, stood = [], []
    for number in range(moves):
        start = time.perf_counter()
        teacher.go(PAGES[number % len(PAGES)])
        _wait(partial(_all_stood, students, number + 1))
        told += [student.told[number] - start for student in students]
        stood += [student.stood[number] - start for student in students]
    return told, stood


def _all_stood(students: Sequence[Student], moves: int) -> bool:
    return all(len(student.stood) >= moves for student in students)


def _wrong_answers(teacher: Visitor, students: Sequence[Student]) -> int:
    """Ask; each student answers twice, the second time as expected. Returns how many answers are not in the count."""
    typed = {"question": "Which?", "options": "\n".join(OPTIONS), "unit": "", "right": 0}
    teacher.trigger("class", "do", ["ask", typed], in_fragment=True)
    expected = [0] * len(OPTIONS)
    for student in students:
        last = student.number % len(OPTIONS)
        expected[last] += 1
        student.answers += [(last + 1) % len(OPTIONS), last]
    _wait(lambda: not any(student.answers for student in students))
    time.sleep(2 * POLL_SECONDS)
    teacher.tick()
    counted = [shown["counts"][-1] for shown in bar(teacher)["questions"][0]["bars"]]
    return sum(abs(one - other) for one, other in zip(counted, expected, strict=True))


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not all screens followed within {PATIENCE:g} s.")
        time.sleep(0.02)


def _megabytes(server: Server) -> float:
    return float(psutil.Process(server.process.pid).memory_info().rss / MEGABYTE)
