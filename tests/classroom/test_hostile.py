"""Visitors who do not mean well: nothing breaks, and nobody else notices."""

from contextlib import suppress

import pytest

from explorer.classroom.ballot import MAX_VOTES
from explorer.classroom.codes import MINUTE, new_token
from explorer.classroom.room import MOST_GONE, PRESENT_SECONDS
from explorer.classroom.rooms import (
    ABSENT_SECONDS,
    GONE_SECONDS,
    MAX_CLASSES,
    MAX_SEATS,
    MAX_STUDENTS,
    SILENT_SECONDS,
    Rooms,
)
from explorer.classroom.values import Opened, Poll, Question
from explorer.text.errors import Refusal
from tests.classroom.clock import Clock

pytestmark = pytest.mark.usefixtures("each_place")

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


def fill(rooms: Rooms, count: int, *, asks: bool = True) -> tuple[Opened, list[str]]:
    """A class of this many students, who have answered its question where it asks one."""
    opened, tokens = rooms.open(), [new_token() for _ in range(count)]
    if asks:
        rooms.ask(opened.code, opened.secret, YES_NO)
    for token in tokens:
        rooms.join(opened.code, token)
        if asks:
            rooms.answer(opened.code, token, 1, 1, 1)
    return opened, tokens


def answers(rooms: Rooms, opened: Opened) -> int:
    scene = rooms.watch(opened.code, opened.secret)
    assert scene
    return scene.asked[0].rounds[0].answers


def test_a_seat_with_an_answer_is_given_up_last() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened, (answered,) = fill(rooms, 1)
    for number in range(MAX_STUDENTS + 50):
        clock.wait(1.0)
        rooms.join(opened.code, new_token(), str(number))
    assert rooms.join(opened.code, answered, "a phone that sleeps") == 0
    assert answers(rooms, opened) == 1


def test_who_took_all_places_and_left_gives_way_to_a_class() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    hoarders = [fill(rooms, MAX_SEATS) for _ in range(MAX_STUDENTS // MAX_SEATS)]
    opened = rooms.open()
    with pytest.raises(Refusal, match="All 300 places on this server"):
        rooms.join(opened.code, new_token())
    clock.wait(SILENT_SECONDS + 1)
    honest = [new_token() for _ in range(30)]
    assert [rooms.join(opened.code, token) for token in honest] == list(range(30))
    assert sum(len(room.students) for room in rooms._rooms.values()) == MAX_STUDENTS
    assert [answers(rooms, each) for each, _ in hoarders] == [MAX_SEATS] * 2, "what they answered stays counted"


def test_who_comes_back_finds_their_seat_and_their_answer() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened, tokens = fill(rooms, MAX_SEATS)
    clock.wait(SILENT_SECONDS + 1)
    for token in tokens[1:]:
        rooms.watch(opened.code, token)
    late = new_token()
    assert rooms.join(opened.code, late) == MAX_SEATS
    with pytest.raises(Refusal, match="All 150 places of this class"):
        rooms.join(opened.code, tokens[0])
    clock.wait(ABSENT_SECONDS + 1)
    assert rooms.join(opened.code, tokens[0]) == 0
    scene = rooms.watch(opened.code, tokens[0])
    assert scene and scene.asked[0].mine == 1
    rooms.answer(opened.code, tokens[0], 1, 1, 0)
    assert answers(rooms, opened) == MAX_SEATS, "nobody is counted twice"


def test_one_class_takes_no_more_than_its_share() -> None:
    rooms = Rooms(Clock())
    opened, _ = fill(rooms, MAX_SEATS, asks=False)
    with pytest.raises(Refusal, match="All 150 places of this class"):
        rooms.join(opened.code, new_token())
    fill(rooms, MAX_STUDENTS - MAX_SEATS, asks=False)


def test_students_that_come_and_go_leave_little_behind() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    opened, _ = fill(rooms, 1)
    for _ in range(5):
        clock.wait(SILENT_SECONDS + 1)
        for _ in range(MAX_SEATS):
            token = new_token()
            rooms.join(opened.code, token)
            with suppress(Refusal):
                rooms.answer(opened.code, token, 1, 1, 1)
    room = rooms._rooms[opened.code]
    assert len(room.students) == MAX_SEATS and len(room.gone) == MOST_GONE
    assert answers(rooms, opened) == MAX_VOTES


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


def test_classes_that_were_opened_and_left_hold_nobody_up() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    teacher = rooms.open("school")
    for _ in range(MAX_CLASSES - 1):
        rooms.open("school")
    with pytest.raises(Refusal, match="20 classes"):
        rooms.open("school")
    clock.wait(2 * MINUTE)
    rooms.watch(teacher.code, teacher.secret)
    others = [rooms.open("school") for _ in range(10)]
    assert {teacher.code, *(each.code for each in others)} <= rooms._rooms.keys()


def test_one_visitor_takes_the_places_of_ten_classes_a_minute_at_most() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    for _ in range(MAX_CLASSES):
        rooms.open("eager")
    clock.wait(2 * MINUTE)
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
