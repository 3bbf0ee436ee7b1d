"""Visitors who do not mean well: nothing breaks, and nobody else notices."""

import pytest

from explorer.classroom.codes import MINUTE, new_token
from explorer.classroom.room import PRESENT_SECONDS
from explorer.classroom.rooms import ABSENT_SECONDS, GONE_SECONDS, MAX_CLASSES, MAX_STUDENTS, Rooms
from explorer.classroom.values import Poll, Question
from explorer.text.errors import Refusal
from tests.classroom.clock import Clock

YES_NO = Question(Poll("Really?", ("yes", "no")))


def attempts(rooms: Rooms, visitor: str, count: int) -> list[str]:
    said = []
    for number in range(count):
        with pytest.raises(Refusal) as refusal:
            rooms.join(f"WRONG{number}", new_token(), visitor)
        said.append(str(refusal.value))
    return said


def test_codes_are_not_guessed() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    said = attempts(rooms, "guesser", 30)
    assert all("no class with this code" in each for each in said[:20])
    assert all("too many tries" in each for each in said[20:])
    clock.wait(MINUTE)
    assert "no class with this code" in attempts(rooms, "guesser", 1)[0]


def test_a_guesser_locks_nobody_out_who_has_the_same_address() -> None:
    rooms = Rooms(Clock())
    opened = rooms.open()
    attempts(rooms, "school", 30)
    for number in range(10):
        attempts(rooms, f"guesser {number}", 20)
    assert [rooms.join(opened.code, new_token(), "school") for _ in range(30)] == list(range(30))


def test_many_come_from_one_address_in_a_minute() -> None:
    rooms = Rooms(Clock())
    for opened in (rooms.open(), rooms.open()):
        assert [rooms.join(opened.code, new_token(), "school") for _ in range(100)] == list(range(100))


def test_many_guessers_are_stopped_together() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    rooms.open()
    said = [attempts(rooms, f"guesser {number}", 1)[0] for number in range(250)]
    assert sum("no class" in each for each in said) == 200


def test_the_end_of_a_class_is_nobody_s_wrong_guess() -> None:
    rooms = Rooms(Clock())
    opened, next_one = rooms.open(), rooms.open()
    students = [new_token() for _ in range(50)]
    for token in students:
        rooms.join(opened.code, token, "school")
    rooms.close(opened.code, opened.secret)
    for token in students:
        with pytest.raises(Refusal, match="This class is over"):
            rooms.join(opened.code, token, "school")
    assert rooms.join(next_one.code, students[0], "school") == 0


def test_a_thousand_joins_take_no_place_from_those_who_look() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    code = rooms.open().code
    honest = [new_token() for _ in range(30)]
    for token in honest:
        rooms.join(code, token, "school")
    refused = 0
    for number in range(1000):
        try:
            rooms.join(code, new_token(), f"bot {number % 5}")
        except Refusal:
            refused += 1
        clock.wait(0.1)
        if number % 10 == 0:
            for token in honest:
                rooms.watch(code, token)
    assert refused > 0
    assert sum(len(room.students) for room in rooms._rooms.values()) <= MAX_STUDENTS
    assert [rooms.join(code, token, "school") for token in honest] == list(range(30))
    clock.wait(MINUTE + ABSENT_SECONDS)
    rooms.join(code, new_token(), "school")


def test_a_seat_with_an_answer_is_never_given_up() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened = rooms.open()
    answered = new_token()
    rooms.join(opened.code, answered, "a phone that sleeps")
    rooms.ask(opened.code, opened.secret, YES_NO)
    rooms.answer(opened.code, answered, 1, 1, 0)
    for number in range(MAX_STUDENTS + 50):
        clock.wait(1.0)
        rooms.join(opened.code, new_token(), str(number))
    assert rooms.join(opened.code, answered, "a phone that sleeps") == 0
    scene = rooms.watch(opened.code, opened.secret)
    assert scene and scene.asked[0].rounds[0].answers == 1


def test_no_more_students_than_places() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    code = rooms.open().code
    for number in range(MAX_STUDENTS):
        rooms.join(code, new_token(), str(number))
    clock.wait(ABSENT_SECONDS / 2)
    with pytest.raises(Refusal, match=r"300 places|too many"):
        rooms.join(code, new_token(), "late")


def test_no_more_classes_than_there_may_be_but_empty_ones_give_way() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened = []
    for _ in range(MAX_CLASSES):
        opened.append(rooms.open())
        clock.wait(MINUTE)
        for each in opened:
            rooms.watch(each.code, each.secret)
    with pytest.raises(Refusal, match="20 classes"):
        rooms.open()
    clock.wait(GONE_SECONDS)
    student = new_token()
    rooms.join(opened[0].code, student)  # its teacher is away, its students are not
    clock.wait(PRESENT_SECONDS)
    rooms.open()
    assert opened[0].code in rooms._rooms and sum(each.code in rooms._rooms for each in opened) == MAX_CLASSES - 1


def test_one_visitor_opens_ten_classes_a_minute_at_most() -> None:
    rooms = Rooms(Clock())
    for _ in range(10):
        rooms.open("eager")
    with pytest.raises(Refusal, match="too many tries"):
        rooms.open("eager")
    rooms.open("another")


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "x" * 10_000, "é" * 20])
def test_a_token_that_nobody_was_given_is_refused(token: str) -> None:
    rooms = Rooms()
    with pytest.raises(Refusal, match="damaged"):
        rooms.join(rooms.open().code, token)


@pytest.mark.parametrize("code", ["", "x" * 10_000, "<b>", "\0", "İ" * 6])
def test_any_text_may_be_tried_as_a_code(code: str) -> None:
    with pytest.raises(Refusal, match="no class with this code"):
        Rooms().join(code, new_token())


def test_nobody_answers_from_outside() -> None:
    rooms = Rooms()
    opened, other = rooms.open(), rooms.open()
    stranger = new_token()
    rooms.join(other.code, stranger)
    rooms.ask(opened.code, opened.secret, YES_NO)
    for token in (stranger, opened.secret, ""):
        with pytest.raises(Refusal, match="not in this class"):
            rooms.answer(opened.code, token, 1, 1, 0)
    student = new_token()
    rooms.join(opened.code, student)
    for number, choice in ((2, 0), (0, 0), (1, 7), (1, float("nan")), (1, "x" * 10_000)):
        with pytest.raises(Refusal):
            rooms.answer(opened.code, student, number, 1, choice)  # type: ignore[arg-type]
    scene = rooms.watch(opened.code, opened.secret)
    assert scene and scene.asked[0].rounds[0].answers == 0
