"""A class from its beginning to its end."""

import dataclasses
import threading

import pytest

from explorer.classroom.answers_table import answer_rows
from explorer.classroom.codes import LETTERS, new_token
from explorer.classroom.room import MAX_POLLS, PRESENT_SECONDS
from explorer.classroom.rooms import IDLE_SECONDS, MAX_STUDENTS, Rooms
from explorer.classroom.values import ENDED, Hidden, Poll, Question, Scene, Tally, Truth, View
from explorer.text.errors import Refusal
from tests.classroom.clock import Clock

pytestmark = pytest.mark.usefixtures("each_place")

WHICH = Question(
    Poll("Which fits better?", ("plain-56", "plain-20")), Truth(1, "plain-20 does.", ("It is deeper, yet worse.", ""))
)
HOW_MANY = Question(Poll("How many parameters?", unit="k"), Truth(853))


def seen(rooms: Rooms, code: str, key: str, version: int = 0) -> Scene:
    scene = rooms.watch(code, key, version)
    assert scene is not None
    return scene


def students(rooms: Rooms, code: str, count: int) -> list[str]:
    tokens = [new_token() for _ in range(count)]
    for token in tokens:
        rooms.join(code, token)
    return tokens


def test_a_code_can_be_read_from_a_wall_and_typed() -> None:
    rooms = Rooms()
    opened = rooms.open()
    assert len(opened.code) == 6 and set(opened.code) <= set(LETTERS)
    typed = f" {opened.code[:3].lower()}-{opened.code[3:].lower()} "
    assert rooms.join(typed, new_token()) == 0


def test_a_student_keeps_the_seat_however_often_they_come() -> None:
    rooms = Rooms()
    code = rooms.open().code
    one, other = students(rooms, code, 2)
    assert [rooms.join(code, each) for each in (other, one, other, one)] == [1, 0, 1, 0]
    assert seen(rooms, code, other).seat == 1


def test_nothing_is_told_twice() -> None:
    rooms = Rooms()
    opened = rooms.open()
    (student,) = students(rooms, opened.code, 1)
    first = seen(rooms, opened.code, student)
    assert rooms.watch(opened.code, student, first.version) is None
    rooms.say(opened.code, opened.secret, view=View("cam", (("look", "map"),)))
    moved = seen(rooms, opened.code, student, first.version)
    assert moved.view == View("cam", (("look", "map"),)) and moved.moves == first.moves + 1
    rooms.say(opened.code, opened.secret, view=View("cam", (("look", "map"),)))
    assert rooms.watch(opened.code, student, moved.version) is None


def test_who_comes_late_gets_the_present_scene() -> None:
    rooms = Rooms()
    opened = rooms.open()
    rooms.say(opened.code, opened.secret, view=View("cam"), hidden=(Hidden.VERDICTS,), minutes=5)
    rooms.ask(opened.code, opened.secret, WHICH)
    (late,) = students(rooms, opened.code, 1)
    scene = seen(rooms, opened.code, late)
    assert scene.view.page == "cam" and scene.hidden == (Hidden.VERDICTS,) and 299 < (scene.seconds_left or 0) <= 300
    assert [each.poll for each in scene.asked] == [WHICH.poll]


def test_vote_discuss_vote_again() -> None:
    rooms = Rooms()
    code, secret = dataclasses.astuple(rooms.open())
    tokens = students(rooms, code, 3)
    rooms.ask(code, secret, WHICH)
    for token, choice in zip(tokens, (0, 0, 1), strict=True):
        rooms.answer(code, token, 1, 1, choice)
    rooms.say(code, secret, round=2)
    assert seen(rooms, code, tokens[0]).asked[0].mine is None
    with pytest.raises(Refusal, match="vote again"):
        rooms.answer(code, tokens[0], 1, 1, 1)
    rooms.answer(code, tokens[0], 1, 2, 1)
    rooms.say(code, secret, hidden=(Hidden.VERDICTS,))
    rooms.say(code, secret, revealed=True)
    with pytest.raises(Refusal, match="revealed"):
        rooms.answer(code, tokens[1], 1, 2, 1)
    scene = seen(rooms, code, tokens[1])
    (asked,) = scene.asked
    assert asked.rounds == (Tally(((0, 2), (1, 1))), Tally(((0, 0), (1, 1)))) and asked.truth == WHICH.truth
    assert scene.hidden == ()
    rooms.say(code, secret, asking=False)
    assert seen(rooms, code, tokens[1]).asked == ()


def test_the_last_answer_counts_once() -> None:
    rooms = Rooms()
    code, secret = dataclasses.astuple(rooms.open())
    (student,) = students(rooms, code, 1)
    rooms.ask(code, secret, HOW_MANY)
    for number in (1, 2, 853.0001, 853.0001):
        rooms.answer(code, student, 1, 1, number)
        rooms.join(code, student)
    assert seen(rooms, code, secret).asked[0].rounds == (Tally(((853.0, 1),)),)
    assert seen(rooms, code, student).asked[0].mine == 853.0


def test_students_know_neither_secret_nor_truth_nor_each_other() -> None:
    rooms = Rooms()
    code, secret = dataclasses.astuple(rooms.open())
    one, other = students(rooms, code, 2)
    rooms.ask(code, secret, WHICH)
    rooms.answer(code, one, 1, 1, 0)
    known = repr(seen(rooms, code, other))
    assert not any(each in known for each in (secret, one, "plain-20 does", "yet worse", "Tally"))
    assert one not in repr(seen(rooms, code, secret))


def test_another_s_secret_and_a_student_s_token_lead_no_class() -> None:
    rooms = Rooms()
    mine, yours = rooms.open(), rooms.open()
    (student,) = students(rooms, mine.code, 1)
    for secret in (yours.secret, student, "", "é" * 32, mine.secret[:-1]):
        for attempt in (
            lambda secret=secret: rooms.say(mine.code, secret, projector=True),
            lambda secret=secret: rooms.ask(mine.code, secret, WHICH),
            lambda secret=secret: rooms.record(mine.code, secret),
            lambda secret=secret: rooms.close(mine.code, secret),
        ):
            with pytest.raises(Refusal, match="not yours"):
                attempt()
    assert seen(rooms, mine.code, mine.secret).projector is False
    assert seen(rooms, mine.code, yours.secret) is ENDED


def test_a_class_ends_after_four_idle_hours() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened = rooms.open()
    (student,) = students(rooms, opened.code, 1)
    clock.wait(IDLE_SECONDS - 1)
    rooms.say(opened.code, opened.secret, following=False)
    clock.wait(IDLE_SECONDS - 1)
    assert not seen(rooms, opened.code, student).ended  # looking is not using
    clock.wait(2)
    assert seen(rooms, opened.code, student) is ENDED
    assert rooms.watch(opened.code, student, ENDED.version) is None
    assert not rooms._rooms


def test_a_teacher_ends_a_class() -> None:
    rooms = Rooms()
    opened = rooms.open()
    rooms.close(opened.code, opened.secret)
    rooms.close(opened.code, opened.secret)
    with pytest.raises(Refusal, match="This class is over"):
        rooms.join(opened.code, new_token())


def test_who_has_left_is_not_counted() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened = rooms.open()
    stays, _ = students(rooms, opened.code, 2)
    before = seen(rooms, opened.code, opened.secret)
    assert before.students == 2
    clock.wait(PRESENT_SECONDS)
    rooms.watch(opened.code, stays)
    clock.wait(1)
    assert seen(rooms, opened.code, opened.secret, before.version).students == 1


def test_everybody_is_called_back() -> None:
    rooms = Rooms()
    opened = rooms.open()
    rooms.say(opened.code, opened.secret, following=False)
    rooms.say(opened.code, opened.secret, gather=True)
    scene = seen(rooms, opened.code, opened.secret)
    assert scene.following and scene.gathered == 1 and scene.moves == 1


def test_a_quiz_asks_several_and_its_answers_are_rows() -> None:
    rooms = Rooms()
    code, secret = dataclasses.astuple(rooms.open())
    one, other = students(rooms, code, 2)
    rooms.ask(code, secret, WHICH, HOW_MANY)
    rooms.answer(code, one, 1, 1, 1)
    rooms.answer(code, one, 2, 1, 850)
    rooms.answer(code, other, 2, 1, 853)
    expected = [
        (1, "Which fits better?", 1, "plain-56", 0, "no"),
        (1, "Which fits better?", 1, "plain-20", 1, "yes"),
        (2, "How many parameters?", 1, "850 k", 1, "no"),
        (2, "How many parameters?", 1, "853 k", 1, "yes"),
    ]
    assert list(answer_rows(rooms.record(code, secret))) == expected
    rooms.say(code, secret, asking=False)
    assert list(answer_rows(rooms.record(code, secret))) == expected


def test_nothing_is_voted_on_without_a_question() -> None:
    rooms = Rooms()
    opened = rooms.open()
    for words in ({"revealed": True}, {"round": 2}):
        with pytest.raises(Refusal, match="No question"):
            rooms.say(opened.code, opened.secret, **words)  # type: ignore[arg-type]
    rooms.ask(opened.code, opened.secret, WHICH)
    rooms.say(opened.code, opened.secret, round=2)
    with pytest.raises(Refusal, match="already"):
        rooms.say(opened.code, opened.secret, round=2)


def test_a_class_is_asked_a_hundred_questions_and_no_more() -> None:
    rooms = Rooms()
    opened = rooms.open()
    for _ in range(MAX_POLLS):
        rooms.ask(opened.code, opened.secret, WHICH)
    with pytest.raises(Refusal, match="at most 100"):
        rooms.ask(opened.code, opened.secret, WHICH)
    assert len(rooms.record(opened.code, opened.secret)) == MAX_POLLS


def test_many_threads_lose_no_answer() -> None:
    rooms = Rooms()
    code, secret = dataclasses.astuple(rooms.open())
    rooms.ask(code, secret, WHICH)

    def study(choices: tuple[int, ...]) -> None:
        token = new_token()
        for choice in choices:
            rooms.join(code, token)
            rooms.answer(code, token, 1, 1, choice)
            rooms.watch(code, token)

    threads = [threading.Thread(target=study, args=((1, 0, number % 2),)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen(rooms, code, secret).asked[0].rounds == (Tally(((0, 50), (1, 50))),)
    assert sorted(student.seat for student in rooms._rooms[code].students.values()) == list(range(100))
    assert len(rooms._rooms[code].students) < MAX_STUDENTS
