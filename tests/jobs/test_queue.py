"""The queue under real concurrency. Threads meet at events and barriers; nothing here sleeps to let things happen."""

import logging
import pickle
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pytest

from explorer.jobs import queue as jobs
from explorer.jobs.crews import MOST_GIVEN_UP
from explorer.jobs.queue import JobCancelled, JobFailed, JobQueue, JobState, JobStatus, QueueFull
from explorer.live.inspect import inspect_live
from explorer.network.presets import preset
from explorer.text.errors import Refusal

PATIENCE = 30  # seconds until a test that waits for an event gives up


@dataclass(eq=False)
class Work:
    """A job under the test's control: says when it starts, goes on when let, and remembers how often it ran."""

    answer: object = None
    started: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    runs: int = 0

    def __call__(self) -> object:
        self.runs += 1
        self.started.set()
        assert self.go.wait(PATIENCE)
        return self.answer

    def stoppable(self, progress: Callable[..., None]) -> object:
        """Reports progress until it is let go or cancelled."""
        self.runs += 1
        fraction = 0.0
        try:
            while not self.go.wait(0.001):
                fraction = min(fraction + 0.25, 0.75)
                progress(fraction, f"{fraction:.0%} of the way")
                self.started.set()
        except JobCancelled:
            self.stopped.set()
            raise
        return self.answer


@pytest.fixture
def queue() -> Iterator[JobQueue]:
    made = JobQueue(max_waiting=8, max_per_owner=3, keep=50)
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("jobs-test")]


@pytest.fixture
def busy(queue: JobQueue) -> Iterator[Work]:
    """Occupies the only worker of lane "test" until let go."""
    work = Work("busy")
    queue.submit(work, owner="somebody else", lane="test")
    assert work.started.wait(PATIENCE)
    yield work
    work.go.set()


def submit(queue: JobQueue, function: Callable[..., object], *args: object, owner: str = "me") -> str:
    return queue.submit(function, *args, owner=owner, lane="test")


@dataclass
class Clock:
    """A clock that also goes forward when it is told to."""

    ahead: float = 0.0
    real: Callable[[], float] = time.monotonic

    def __call__(self) -> float:
        return self.real() + self.ahead

    def later(self, seconds: float) -> None:
        self.ahead += seconds


def double(number: float) -> float:
    return 2 * number


def fail(message: str) -> None:
    raise ValueError(message)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what no event announces."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_the_way_of_a_job(queue: JobQueue) -> None:
    work = Work("answer")
    handle = submit(queue, work.stoppable)
    assert isinstance(handle, str)
    assert work.started.wait(PATIENCE)
    status = queue.status(handle)
    assert status.state is JobState.RUNNING
    assert 0 < status.progress <= 0.75
    assert status.message.endswith("of the way")
    assert status.position == 0
    with pytest.raises(TimeoutError, match="not finished"):
        queue.result(handle, timeout=0)
    work.go.set()
    assert queue.result(handle, PATIENCE) == "answer"
    done = queue.status(handle)
    assert (done.state, done.progress) == (JobState.DONE, 1.0)
    assert done.seconds >= status.seconds > 0
    assert queue.status(handle) == done  # the clock has stopped


def test_status_is_plain_data(queue: JobQueue) -> None:
    status = queue.status(submit(queue, double, 1))
    assert pickle.loads(pickle.dumps(status)) == status


def test_a_function_without_progress_is_called_plainly(queue: JobQueue) -> None:
    assert queue.result(queue.submit(double, number=21, owner="me", lane="test"), PATIENCE) == 42


@pytest.mark.parametrize("fraction", [-1.0, 0.5, 7.0, float("nan")])
def test_progress_stays_between_0_and_1(queue: JobQueue, fraction: float) -> None:
    seen: list[JobStatus] = []
    known = threading.Event()

    def work(progress: Callable[..., None]) -> None:
        assert known.wait(PATIENCE)
        progress(fraction)
        seen.append(queue.status(handle))

    handle = submit(queue, work)
    known.set()
    queue.result(handle, PATIENCE)
    assert 0 <= seen[0].progress <= 1


def test_positions_count_down(queue: JobQueue, busy: Work) -> None:
    handles = [submit(queue, double, number) for number in range(3)]
    assert [queue.status(handle).position for handle in handles] == [1, 2, 3]
    queue.cancel(handles[0])
    assert [queue.status(handle).position for handle in handles] == [0, 1, 2]
    busy.go.set()
    assert [queue.result(handle, PATIENCE) for handle in handles[1:]] == [2, 4]
    assert queue.status(handles[2]).position == 0


def test_lanes_do_not_wait_for_each_other(queue: JobQueue, busy: Work) -> None:
    assert queue.result(queue.submit(double, 4, owner="me", lane="test, another"), PATIENCE) == 8
    assert not busy.go.is_set()


def test_one_job_at_a_time_in_a_lane(queue: JobQueue) -> None:
    inside, most = 0, 0
    lock = threading.Lock()

    def work(number: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.005)  # long enough for a second worker, were there one, to come in
        with lock:
            inside -= 1
        return number

    handles = [submit(queue, work, number, owner=f"owner {number}") for number in range(6)]
    assert [queue.result(handle, PATIENCE) for handle in handles] == list(range(6))
    assert most == 1


def test_a_lane_can_have_several_workers() -> None:
    queue, meeting = JobQueue(workers=3), threading.Barrier(3)
    handles = [queue.submit(lambda _: meeting.wait(PATIENCE), number, owner="me", lane="test") for number in range(3)]
    assert {queue.result(handle, PATIENCE) for handle in handles} == {0, 1, 2}  # each got past the barrier
    queue.close()


def test_identical_requests_from_thirty_people_run_once(queue: JobQueue) -> None:
    work, together = Work("shared"), threading.Barrier(30)

    def visit(number: int) -> object:
        together.wait(PATIENCE)
        handle = submit(queue, work, owner=f"owner {number}")
        return queue.result(handle, PATIENCE)

    with ThreadPoolExecutor(30) as people:
        answers = [people.submit(visit, number) for number in range(30)]
        assert work.started.wait(PATIENCE)
        work.go.set()
        assert [answer.result(PATIENCE) for answer in answers] == ["shared"] * 30
    assert work.runs == 1


def test_asking_again_is_the_same_request(queue: JobQueue, busy: Work) -> None:
    """A page's script submits at every run."""
    handles = {submit(queue, double, 5) for _ in range(20)}
    assert len(handles) == 1
    busy.go.set()
    queue.result(handles.pop(), PATIENCE)


def test_a_finished_result_is_shared_without_running(queue: JobQueue) -> None:
    work = Work("kept")
    work.go.set()
    queue.result(submit(queue, work), PATIENCE)
    later = submit(queue, work, owner="somebody later")
    assert queue.status(later).state is JobState.DONE
    assert queue.result(later, timeout=0) == "kept"
    assert work.runs == 1


def test_only_equal_arguments_of_one_type_are_identical(queue: JobQueue) -> None:
    handles = [submit(queue, repr, argument) for argument in (1, True, 1.0)]
    assert [queue.result(handle, PATIENCE) for handle in handles] == ["1", "True", "1.0"]
    positional = submit(queue, double, 1)
    by_name = queue.submit(double, number=1, owner="me", lane="test")
    assert queue.result(positional, PATIENCE) == queue.result(by_name, PATIENCE) == 2


@pytest.mark.parametrize("value", [[1, 2], {"a": [3]}, b"a picture's bytes", bytearray(b"more"), (1, 2), None])
def test_any_plain_argument_can_be_asked_again(queue: JobQueue, value: object) -> None:
    copy = pickle.loads(pickle.dumps(value))
    first, second = submit(queue, repr, value), submit(queue, repr, copy)
    assert first == second
    assert queue.result(first, PATIENCE) == repr(value)


def test_results_are_kept_up_to_a_bound_the_latest_used() -> None:
    queue = JobQueue(keep=4)
    handles = [submit(queue, double, number) for number in range(4) if _wait_for(queue, submit(queue, double, number))]
    assert queue.result(submit(queue, double, 0), timeout=0) == 0  # used again: now the youngest
    _wait_for(queue, submit(queue, double, 99))
    states = [queue.status(handle).state for handle in handles]
    assert states == [JobState.DONE, JobState.CANCELLED, JobState.DONE, JobState.DONE]
    with pytest.raises(JobCancelled, match="no longer kept: ask for it again"):
        queue.result(handles[1])
    queue.close()


def _wait_for(queue: JobQueue, handle: str) -> bool:
    queue.result(handle, PATIENCE)
    return True


def test_cancelling_one_owner_leaves_the_others_theirs(queue: JobQueue) -> None:
    work = Work("for you")
    mine, yours = submit(queue, work.stoppable), submit(queue, work.stoppable, owner="you")
    assert work.started.wait(PATIENCE)
    queue.cancel(mine)
    assert queue.status(mine).state is JobState.CANCELLED
    with pytest.raises(JobCancelled):
        queue.result(mine, PATIENCE)
    assert queue.status(yours).state is JobState.RUNNING
    work.go.set()
    assert queue.result(yours, PATIENCE) == "for you"
    assert not work.stopped.is_set()


def test_a_job_that_nobody_wants_stops_at_once(queue: JobQueue) -> None:
    work = Work()
    handles = [submit(queue, work.stoppable, owner=owner) for owner in ("me", "you")]
    assert work.started.wait(PATIENCE)
    for handle in handles:
        queue.cancel(handle)
    assert work.stopped.wait(PATIENCE)
    assert [queue.status(handle).state for handle in handles] == [JobState.CANCELLED] * 2
    assert queue.result(submit(queue, double, 3), PATIENCE) == 6  # and the worker is free


def test_a_waiting_job_that_nobody_wants_never_starts(queue: JobQueue, busy: Work) -> None:
    work = Work()
    queue.cancel(submit(queue, work))
    after = submit(queue, double, 1)
    assert queue.status(after).position == 1
    busy.go.set()
    assert queue.result(after, PATIENCE) == 2
    assert work.runs == 0


def test_cancelling_wakes_whoever_waits_for_the_result(queue: JobQueue, busy: Work) -> None:
    handle = submit(queue, double, 1)
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(queue.result, handle)
        queue.cancel(handle)
        with pytest.raises(JobCancelled):
            waiting.result(PATIENCE)


def test_a_cancelled_request_can_be_made_again(queue: JobQueue) -> None:
    work = Work("second time")
    queue.cancel(submit(queue, work.stoppable))
    again = submit(queue, work.stoppable)
    assert queue.status(again).state in (JobState.QUEUED, JobState.RUNNING)
    work.go.set()
    assert queue.result(again, PATIENCE) == "second time"


def test_cancelling_twice_or_the_unknown_does_nothing(queue: JobQueue, busy: Work) -> None:
    handle = submit(queue, double, 1)
    other = submit(queue, double, 1, owner="you")
    for wrong in (handle, handle, "job999:me", "nonsense", ""):
        queue.cancel(wrong)
    assert queue.status(other).state is JobState.QUEUED
    assert queue.status("nonsense").state is JobState.CANCELLED
    busy.go.set()
    assert queue.result(other, PATIENCE) == 2
    queue.cancel(other)  # finished: the result stays
    assert queue.status(other).state is JobState.DONE


def test_a_closed_session_is_released_everywhere(queue: JobQueue, busy: Work) -> None:
    mine = [submit(queue, double, number) for number in range(3)]
    shared = submit(queue, double, 0, owner="you")
    queue.release("me")
    assert [queue.status(handle).state for handle in mine] == [JobState.CANCELLED] * 3
    assert queue.status(shared).position == 1
    queue.release("nobody")
    busy.go.set()
    assert queue.result(shared, PATIENCE) == 0


def test_the_work_of_the_absent_is_dropped(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ABSENCE_CHECK_S", 0)
    here = {"me"}
    queue.alive = here.__contains__
    work = Work()
    handle = submit(queue, work.stoppable)
    assert work.started.wait(PATIENCE)
    here.clear()  # the tab is closed; nobody tells the queue
    assert work.stopped.wait(PATIENCE)
    assert queue.status(handle).state is JobState.CANCELLED


def test_owners_take_turns(queue: JobQueue, busy: Work) -> None:
    order: list[str] = []
    requests = [("greedy", 1), ("greedy", 2), ("greedy", 3), ("late", 1), ("later", 1), ("late", 2)]
    handles = [
        submit(queue, lambda owner, number: order.append(f"{owner} {number}"), owner, number, owner=owner)
        for owner, number in requests
    ]
    places = {
        queue.status(handle).position: f"{who} {number}"
        for handle, (who, number) in zip(handles, requests, strict=True)
    }
    busy.go.set()
    for handle in handles:
        queue.result(handle, PATIENCE)
    assert order == ["greedy 1", "late 1", "later 1", "greedy 2", "late 2", "greedy 3"]
    assert order == [places[place] for place in sorted(places)]  # as the queue had said


def test_a_request_shared_with_a_patient_owner_moves_up(queue: JobQueue, busy: Work) -> None:
    mine = [submit(queue, double, number) for number in range(3)]
    assert queue.status(mine[2]).position == 3
    submit(queue, double, 2, owner="you")
    assert queue.status(mine[2]).position == 2  # your first turn, asked for after my first


def test_no_owner_has_more_than_a_share(queue: JobQueue, busy: Work) -> None:
    for number in range(3):
        submit(queue, double, number)
    with pytest.raises(QueueFull, match="You already have 3 computations waiting or running"):
        submit(queue, double, 3)
    submit(queue, double, 2)  # joining costs nothing
    submit(queue, double, 3, owner="you")
    queue.cancel(submit(queue, double, 0))
    submit(queue, double, 4)


def test_fifty_submissions_at_once_are_refused_politely(queue: JobQueue, busy: Work) -> None:
    together = threading.Barrier(50)

    def visit(number: int) -> str:
        together.wait(PATIENCE)
        try:
            return submit(queue, double, number, owner=f"owner {number}")
        except QueueFull as refusal:
            return str(refusal)

    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(visit, range(50)))
    refused = [answer for answer in answers if answer.startswith("The server is busy: 8 computations are waiting")]
    accepted = [answer for answer in answers if answer not in refused]
    assert (len(accepted), len(refused)) == (8, 42)
    assert sorted(queue.status(handle).position for handle in accepted) == list(range(1, 9))
    busy.go.set()
    for handle in accepted:
        queue.result(handle, PATIENCE)


def test_owners_with_work_of_their_own_leave_places_to_those_without() -> None:
    queue = JobQueue(max_waiting=8, shared=4, max_per_owner=4)
    stuck = Work()
    submit(queue, stuck)
    assert stuck.started.wait(PATIENCE)
    greedy = [submit(queue, double, number, owner=f"owner {number // 4}") for number in range(4)]
    with pytest.raises(QueueFull, match="4 computations are waiting, and one of yours is among them or running"):
        submit(queue, double, 100)  # whose own job runs
    with pytest.raises(QueueFull, match="You already have 4"):
        submit(queue, double, 100, owner="owner 0")
    late = [submit(queue, double, 200 + number, owner=f"late {number}") for number in range(4)]
    with pytest.raises(QueueFull, match="The server is busy: 8 computations are waiting"):
        submit(queue, double, 300, owner="the last")
    stuck.go.set()
    assert [queue.result(handle, PATIENCE) for handle in greedy] == [0, 2, 4, 6]
    assert [queue.result(handle, PATIENCE) for handle in late] == [400, 402, 404, 406]
    queue.close(PATIENCE)


def test_seventeen_owners_who_take_all_they_may_leave_room_for_a_class() -> None:
    """With the bounds that the app has."""
    queue, stuck = JobQueue(), Work()
    submit(queue, stuck, owner="owner 0")
    for number in range(4 * 17):
        with suppress(QueueFull):
            submit(queue, double, number, owner=f"owner {number // 4}")
    for number in range(100):
        submit(queue, double, 1000 + number, owner=f"pupil {number}")
    stuck.go.set()
    queue.close(PATIENCE)


def test_a_silent_job_is_given_up_and_its_lane_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, silent, clock = JobQueue(silent_seconds=600), Work(), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    handle = submit(queue, silent)
    assert silent.started.wait(PATIENCE)
    after = submit(queue, double, 21, owner="you")
    clock.later(599)
    assert queue.status(handle).state is JobState.RUNNING
    clock.later(1)
    assert queue.status(after).state is not JobState.CANCELLED
    with pytest.raises(JobFailed, match="given up after 10 minutes without a sign of progress"):
        queue.result(handle, 0)
    assert queue.result(after, PATIENCE) == 42  # while the first still runs
    assert not silent.go.is_set()
    for number in range(4):
        submit(queue, double, number)  # it counts no more against its owner
    silent.go.set()
    until(lambda: len([thread for thread in threading.enumerate() if thread.name == "jobs-test"]) == 1)
    assert queue.status(handle).state is JobState.FAILED  # its late answer is nobody's
    queue.close(PATIENCE)


def test_a_job_that_reports_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock = JobQueue(silent_seconds=600), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    report, heard, done = threading.Event(), threading.Event(), threading.Event()

    def work(progress: Callable[..., None]) -> str:
        assert report.wait(PATIENCE)
        progress(0.5)
        heard.set()
        assert done.wait(PATIENCE)
        return "late and right"

    handle = submit(queue, work)
    clock.later(599)
    report.set()
    assert heard.wait(PATIENCE)
    clock.later(599)
    assert queue.status(handle).state is JobState.RUNNING
    done.set()
    assert queue.result(handle, PATIENCE) == "late and right"
    queue.close(PATIENCE)


def test_a_given_up_job_stops_when_it_reports_again(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock = JobQueue(silent_seconds=600), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    started, report, stopped = threading.Event(), threading.Event(), threading.Event()

    def work(progress: Callable[..., None]) -> None:
        started.set()
        assert report.wait(PATIENCE)
        try:
            progress(0.5)
        except JobCancelled:
            stopped.set()
            raise

    handle = submit(queue, work)
    assert started.wait(PATIENCE)
    clock.later(600)
    assert queue.status(handle).state is JobState.FAILED
    report.set()
    assert stopped.wait(PATIENCE)
    queue.close(PATIENCE)


def test_only_so_many_threads_of_a_lane_are_left_to_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock = JobQueue(silent_seconds=600), Clock()
    monkeypatch.setattr(jobs.time, "monotonic", clock)
    silent = [Work(number) for number in range(MOST_GIVEN_UP + 1)]
    for number, work in enumerate(silent):
        handle = submit(queue, work, owner=f"owner {number}")
        assert work.started.wait(PATIENCE)
        clock.later(600)
        assert queue.status(handle).state is JobState.FAILED
    after = submit(queue, double, 21)
    with pytest.raises(TimeoutError):
        queue.result(after, 0.1)  # the lane waits for one to end
    silent[0].go.set()
    assert queue.result(after, PATIENCE) == 42
    for work in silent:
        work.go.set()
    queue.close(PATIENCE)


def test_an_error_keeps_its_message_for_a_while_only() -> None:
    queue = JobQueue(error_seconds=0)
    first = submit(queue, fail, "the kernel does not fit")
    with pytest.raises(JobFailed, match=r"^the kernel does not fit$"):
        queue.result(first, PATIENCE)
    status = queue.status(first)
    assert (status.state, status.message) == (JobState.FAILED, "the kernel does not fit")
    second = submit(queue, fail, "the kernel does not fit")
    assert second != first
    queue.close()


def test_an_error_answers_identical_requests_meanwhile(queue: JobQueue) -> None:
    """Or a page that asks at every run would fail, and work, for ever."""
    first = submit(queue, fail, "no")
    with pytest.raises(JobFailed):
        queue.result(first, PATIENCE)
    assert submit(queue, fail, "no") == first


@pytest.mark.parametrize(("error", "traced"), [(Refusal("no picture"), False), (ValueError("a mistake"), True)])
def test_only_faults_of_the_program_are_traced(
    queue: JobQueue, caplog: pytest.LogCaptureFixture, error: Exception, traced: bool
) -> None:
    def fails() -> None:
        raise error

    caplog.set_level(logging.INFO, logger="explorer.jobs.queue")
    with pytest.raises(JobFailed, match=str(error)):
        queue.result(queue.submit(fails, owner="ada"), timeout=PATIENCE)
    (record,) = caplog.records
    assert (record.exc_info is not None, record.levelno >= logging.WARNING) == (traced, traced)
    assert str(error) in record.getMessage()


def test_a_worker_outlives_what_it_runs(queue: JobQueue) -> None:
    def leave() -> None:
        raise SystemExit

    with pytest.raises(JobFailed, match="SystemExit"):
        queue.result(submit(queue, leave), PATIENCE)
    assert queue.result(submit(queue, double, 1), PATIENCE) == 2


def test_a_function_cannot_ignore_its_cancellation(queue: JobQueue) -> None:
    work = Work()

    def stubborn(progress: Callable[..., None]) -> str:
        try:
            work.stoppable(progress)
        except JobCancelled as error:
            raise RuntimeError("wrapped, as torchinfo does") from error
        return "never"

    handle = submit(queue, stubborn)
    assert work.started.wait(PATIENCE)
    queue.cancel(handle)
    assert work.stopped.wait(PATIENCE)
    assert queue.result(submit(queue, double, 1), PATIENCE) == 2
    assert queue.status(handle).state is JobState.CANCELLED


def test_finished_jobs_let_their_arguments_go(queue: JobQueue) -> None:
    picture = np.zeros((3, 224, 224))
    gone = weakref.ref(picture)
    handle = submit(queue, np.sum, picture)
    del picture
    assert queue.result(handle, PATIENCE) == 0
    until(lambda: gone() is None)  # though the result is kept
    assert queue.result(handle, PATIENCE) == 0


def test_a_closed_queue_frees_its_workers_and_refuses(queue: JobQueue) -> None:
    work = Work()
    handle = submit(queue, work.stoppable)
    assert work.started.wait(PATIENCE)
    queue.close(PATIENCE)
    assert work.stopped.is_set()
    assert queue.status(handle).state is JobState.CANCELLED
    with pytest.raises(QueueFull, match="closed"):
        submit(queue, double, 1)


def test_a_storm_leaves_nothing_behind() -> None:
    """Many people who submit, look, cancel and leave at once, each result right."""
    queue = JobQueue(max_waiting=1000, max_per_owner=1000, keep=10)

    def visit(person: int) -> int:
        right = 0
        for number in range(40):
            handle = submit(queue, double, number, owner=f"owner {person}")
            queue.status(handle)
            if (person + number) % 3 == 0:
                queue.cancel(handle)
            elif (person + number) % 7 == 0:
                queue.release(f"owner {person}")
            else:
                try:
                    right += queue.result(handle, PATIENCE) == 2 * number
                except JobCancelled:  # evicted between finishing and being fetched
                    right += 1
        return right

    with ThreadPoolExecutor(16) as people:
        results = list(people.map(visit, range(16)))
    expected = [sum((p + n) % 3 != 0 and (p + n) % 7 != 0 for n in range(40)) for p in range(16)]
    assert results == expected
    until(lambda: all(job.state.finished for job in queue._jobs.all()))
    assert len(queue._jobs.by_id) == len(queue._jobs.by_key) <= 10
    assert all(not lane.waiting for lane in queue._lanes.values())
    queue.close()


def test_the_shared_queue_measures_a_network() -> None:
    """The first user: a real measurement, with progress, whose report is plain data."""
    shared = jobs.queue()
    assert shared is jobs.queue()
    handle = shared.submit(inspect_live, preset("resnet20"), owner="me", batch_size=2)
    report = shared.result(handle, PATIENCE)
    assert report.agrees
    assert pickle.loads(pickle.dumps(report)) == report


def test_a_measurement_can_be_cancelled_in_the_middle() -> None:
    halfway = threading.Event()
    cancelled = threading.Event()

    def stop(fraction: float, message: str) -> None:
        if fraction > 0.3:
            halfway.set()
        if cancelled.is_set() or halfway.is_set():
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled, match="enough"):  # itself, not torchinfo's wrapping of it
        inspect_live(preset("resnet20"), progress=stop)
    assert halfway.is_set()
