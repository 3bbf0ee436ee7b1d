"""The queue under real concurrency. Threads meet at events and barriers; nothing here sleeps to let things happen."""

import pickle
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from explorer.jobs import shared as jobs
from explorer.jobs.job import Attachment, request_key
from explorer.jobs.queue import JobCancelled, JobQueue, JobState, QueueFull
from explorer.live.inspect import inspect_live
from explorer.network.presets import preset
from tests.jobs.work import PATIENCE, Work, double, submit, until


def test_the_way_of_a_job(queue: JobQueue) -> None:
    work = Work("answer")
    handle = submit(queue, work.stoppable)
    assert isinstance(handle, str)
    assert work.started.wait(PATIENCE)
    until(lambda: queue.status(handle).progress > 0)
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


def test_what_is_found_so_far_is_in_the_status_until_the_end(queue: JobQueue) -> None:
    work = Work("all")
    words = ((0.25, "first", (1,)), (0.5, "second"))  # nothing new: what was found stays
    handle = submit(queue, work.tells, words)
    until(lambda: queue.status(handle).message == "second")
    assert queue.status(handle).so_far == (1,)
    work.go.set()
    assert queue.result(handle, PATIENCE) == "all"
    assert queue.status(handle).so_far is None  # the result has it all


def test_status_is_plain_data(queue: JobQueue) -> None:
    status = queue.status(submit(queue, double, 1))
    assert pickle.loads(pickle.dumps(status)) == status


def test_a_function_without_progress_is_called_plainly(queue: JobQueue) -> None:
    assert queue.result(queue.submit(double, number=21, owner="me", lane="test"), PATIENCE) == 42


@pytest.mark.parametrize("fraction", [-1.0, 0.5, 7.0, float("nan")])
def test_progress_stays_between_0_and_1(queue: JobQueue, fraction: float) -> None:
    work = Work()
    handle = submit(queue, work.tells, ((fraction, "told"),))
    until(lambda: queue.status(handle).message == "told")
    assert 0 <= queue.status(handle).progress <= 1
    work.go.set()
    queue.result(handle, PATIENCE)


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
    work = Work()
    handles = [submit(queue, work.alone, number, owner=f"owner {number}") for number in range(6)]
    assert [queue.result(handle, PATIENCE) for handle in handles] == list(range(6))


def test_a_lane_can_have_several_workers(engine: Any) -> None:
    queue, work = engine.make(workers=3), Work()
    handles = [submit(queue, work.meet, number, 3) for number in range(3)]
    assert [queue.result(handle, PATIENCE) for handle in handles] == [0, 1, 2]  # each has met the others


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


def test_results_are_kept_up_to_a_bound_the_latest_used(engine: Any) -> None:
    queue = engine.make(keep=4)
    handles = [submit(queue, double, number) for number in range(4) if _wait_for(queue, submit(queue, double, number))]
    assert queue.result(submit(queue, double, 0), timeout=0) == 0  # used again: now the youngest
    _wait_for(queue, submit(queue, double, 99))
    states = [queue.status(handle).state for handle in handles]
    assert states == [JobState.DONE, JobState.CANCELLED, JobState.DONE, JobState.DONE]
    with pytest.raises(JobCancelled, match="no longer kept: ask for it again"):
        queue.result(handles[1])


def _wait_for(queue: JobQueue, handle: str) -> bool:
    queue.result(handle, PATIENCE)
    return True


def file_of(size: int) -> bytes:
    return bytes(size)


def test_results_that_are_files_are_kept_up_to_a_bound_of_bytes(engine: Any, queue: JobQueue) -> None:
    engine.patch("explorer.jobs.store.KEEP_BYTES", 100)
    handles = []
    for bytes_each in (40, 41, 42):
        handles.append(submit(queue, file_of, bytes_each))
        _wait_for(queue, handles[-1])
        handles.append(submit(queue, double, bytes_each))
        _wait_for(queue, handles[-1])
    states = [queue.status(handle).state for handle in handles]
    assert states == [JobState.CANCELLED, *[JobState.DONE] * 5]
    large = submit(queue, file_of, 1000)
    assert len(queue.result(large, PATIENCE)) == 1000 == len(queue.result(large, PATIENCE))
    assert [queue.status(handle).state for handle in handles[1::2]] == [JobState.DONE] * 3
    assert [queue.status(handle).state for handle in handles[0::2]] == [JobState.CANCELLED] * 3


def test_finished_jobs_let_their_arguments_go(queue: JobQueue) -> None:
    picture = np.zeros((3, 224, 224))
    gone = weakref.ref(picture)
    handle = submit(queue, np.sum, picture)
    del picture
    assert queue.result(handle, PATIENCE) == 0
    until(lambda: gone() is None)  # though the result is kept
    assert queue.result(handle, PATIENCE) == 0


def length(file: Attachment) -> int:
    return len(file.data)


def test_a_file_is_told_from_others_by_its_name_and_let_go(queue: JobQueue) -> None:
    """The key of a kept result must not keep 260 MB of a session that is closed."""
    data = bytes(9)
    known = sys.getrefcount(data)
    handle = submit(queue, length, Attachment("mine", data))
    assert queue.result(handle, PATIENCE) == 9
    until(lambda: sys.getrefcount(data) == known)  # though the result is kept
    assert submit(queue, length, Attachment("mine", b"not looked at")) == handle
    assert submit(queue, length, Attachment("another", b"")) != handle


def test_what_came_of_a_file_goes_with_the_last_who_asked(queue: JobQueue) -> None:
    """Other results stay for whoever asks next, but a picture is in memory no longer than its reader's session."""
    first = submit(queue, length, Attachment("ours", bytes(9)), owner="one")
    assert queue.result(first, PATIENCE) == 9
    again = submit(queue, length, Attachment("ours", b""), owner="two")
    plain = submit(queue, double, 4, owner="two")
    assert queue.result(plain, PATIENCE) == 8
    queue.cancel(first)  # nobody waits for a result that is known
    queue.release("one")
    assert queue.result(again, PATIENCE) == 9
    queue.release("two")
    assert queue.status(again).state is JobState.CANCELLED
    assert queue.result(plain, PATIENCE) == 8
    assert submit(queue, length, Attachment("ours", b"anew")) not in (first, again)


def test_what_comes_of_a_file_after_its_reader_has_left_is_not_kept(engine: Any, queue: JobQueue) -> None:
    work = Work()
    handle = submit(queue, work.read, Attachment("mine", b""))
    assert work.started.wait(PATIENCE)
    queue.release("me")
    work.go.set()
    until(lambda: engine.remembered()[0] == 0)
    assert queue.status(handle).state is JobState.CANCELLED


def test_long_texts_are_digests_in_a_key() -> None:
    long = "é\ud800" * 10_000
    key = request_key(length, (long, long[:-1]), {})
    assert len(repr(key)) < 1_000
    assert key == request_key(length, ("é\ud800" * 10_000, long[:-1]), {})
    assert key != request_key(length, (long, long), {})


def test_a_closed_queue_frees_its_workers_and_refuses(queue: JobQueue) -> None:
    work = Work()
    handle = submit(queue, work.stoppable)
    assert work.started.wait(PATIENCE)
    queue.close(PATIENCE)
    assert work.stopped.is_set()
    assert queue.status(handle).state is JobState.CANCELLED
    with pytest.raises(QueueFull, match="closed"):
        submit(queue, double, 1)


def test_a_storm_leaves_nothing_behind(engine: Any) -> None:
    """Many people who submit, look, cancel and leave at once, each result right."""
    queue = engine.make(max_waiting=1000, max_per_owner=1000, keep=10)

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
    until(lambda: engine.remembered()[3] == 0)
    by_handle, by_request, waiting, _ = engine.remembered()
    assert by_handle == by_request <= 10
    assert waiting == 0


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
