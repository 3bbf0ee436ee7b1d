"""Owners take turns, and none takes all the places."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from explorer.jobs.queue import JobQueue, JobState, QueueFull
from explorer.jobs.service import SERVER
from tests.jobs.work import PATIENCE, Work, double, submit


def test_owners_take_turns(queue: JobQueue, busy: Work) -> None:
    work = Work()
    requests = [("greedy", 1), ("greedy", 2), ("greedy", 3), ("late", 1), ("later", 1), ("late", 2)]
    handles = [submit(queue, work.note, f"{owner} {number}", owner=owner) for owner, number in requests]
    places = {
        queue.status(handle).position: f"{who} {number}"
        for handle, (who, number) in zip(handles, requests, strict=True)
    }
    busy.go.set()
    for handle in handles:
        queue.result(handle, PATIENCE)
    order = work.notes()
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


def test_owners_with_work_of_their_own_leave_places_to_those_without(engine: Any) -> None:
    queue = engine.make(max_waiting=8, shared=4, max_per_owner=4)
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


def test_seventeen_owners_who_take_all_they_may_leave_room_for_a_class(engine: Any) -> None:
    """With the bounds that the app has."""
    queue, stuck = engine.make(), Work()
    submit(queue, stuck, owner="owner 0")
    for number in range(4 * 17):
        with suppress(QueueFull):
            submit(queue, double, number, owner=f"owner {number // 4}")
    for number in range(100):
        submit(queue, double, 1000 + number, owner=f"pupil {number}")
    stuck.go.set()


def test_eighty_results_of_one_owner_cost_others_none(engine: Any) -> None:
    queue = engine.make(keep=8)

    def done(number: int, owner: str) -> str:
        handle = submit(queue, double, number, owner=owner)
        queue.result(handle, PATIENCE)
        return handle

    served = [done(number, SERVER) for number in range(3)]
    one, two = done(10, "one"), done(20, "two")
    greedy = [done(number, "greedy") for number in range(100, 180)]
    assert [queue.result(handle, 0) for handle in (*served, one, two)] == [0, 2, 4, 20, 40]
    states = [queue.status(handle).state for handle in greedy]
    assert states == [JobState.CANCELLED] * 77 + [JobState.DONE] * 3


def file_of(size: int) -> bytes:
    return bytes(size)


def test_large_files_of_one_owner_cost_others_none(engine: Any, queue: JobQueue) -> None:
    engine.patch("explorer.jobs.store.KEEP_BYTES", 100)

    def done(size: int, owner: str) -> str:
        handle = submit(queue, file_of, size, owner=owner)
        queue.result(handle, PATIENCE)
        return handle

    mine, *theirs = done(30, "one"), done(40, "greedy"), done(45, "greedy"), done(50, "greedy")
    assert [queue.status(handle).state for handle in (mine, *theirs)] == [
        *(JobState.DONE, JobState.CANCELLED, JobState.CANCELLED, JobState.DONE)
    ]
