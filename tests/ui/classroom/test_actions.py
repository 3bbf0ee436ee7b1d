"""What the bar's script sends: a word and what belongs to it, from anybody."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.classroom.codes import new_token
from explorer.classroom.rooms import Rooms
from explorer.classroom.values import MAX_MINUTES, MAX_OPTION, Hidden, Poll, Question, Scene, Truth, View
from explorer.text.errors import Refusal
from explorer.ui.classroom import bar
from explorer.ui.classroom.actions import act, typed_question
from explorer.ui.classroom.content import content
from explorer.ui.classroom.membership import UNSEATED, Member, seated_again
from explorer.ui.widgets.component_data import packed

BAR = Path(bar.__file__).parent
POLL = Question(
    Poll("<img src=x onerror=alert(1)> Which?", ("<b>a</b>", "b")), Truth(1, "It is b.", ("Not a, <i>b</i>.", ""))
)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms()
    monkeypatch.setattr("explorer.classroom.rooms._shared", [made])
    return made


@pytest.fixture
def teacher(rooms: Rooms) -> Member:
    opened = rooms.open()
    return Member(opened.code, opened.secret, leads=True)


@pytest.fixture
def student(rooms: Rooms, teacher: Member) -> Member:
    token = new_token()
    rooms.join(teacher.code, token)
    return Member(teacher.code, token, leads=False)


def seen(rooms: Rooms, member: Member) -> Scene:
    scene = rooms.watch(member.code, member.key)
    assert scene
    return scene


def test_a_question_is_typed_with_an_option_a_line() -> None:
    assert typed_question(" Which? ", "a\n\n b \n", "k", 2) == Question(Poll("Which?", ("a", "b")), Truth(1))
    assert typed_question("How many?", "", " k ") == Question(Poll("How many?", unit="k"))
    with pytest.raises(Refusal, match="Option 3 is said to be right"):
        typed_question("Which?", "a\nb", right=3)


def test_a_class_is_led_by_words(rooms: Rooms, teacher: Member, student: Member) -> None:
    for what in (["hide", ["verdicts", "nonsense"]], ["projector", True], ["follow", False], ["minutes", 2]):
        assert act(teacher, seen(rooms, teacher), what) == ""
    scene = seen(rooms, teacher)
    assert scene.hidden == (Hidden.VERDICTS,) and scene.projector and not scene.following and scene.seconds_left
    typed = {"question": "Which?", "options": "a\nb", "unit": "", "right": 2}
    assert act(teacher, scene, ["reveal", None]) == "No question is on the screens now."
    monkeyed = Question(Poll("Which?", ("a", "b")), Truth(1))
    rooms.ask(teacher.code, teacher.key, monkeyed)
    assert act(student, seen(rooms, student), ["answer", [1, 1]]) == ""
    assert seen(rooms, teacher).asked[0].rounds[0].counts == ((0, 0), (1, 1))
    assert act(teacher, seen(rooms, teacher), ["again", None]) == ""
    assert act(teacher, seen(rooms, teacher), ["reveal", None]) == ""
    assert "revealed" in act(student, seen(rooms, student), ["answer", [1, 0]])
    assert act(teacher, seen(rooms, teacher), ["put_away", None]) == ""
    assert act(teacher, seen(rooms, teacher), ["end", None]) == ""
    assert seen(rooms, student).ended and typed


def test_a_question_of_half_characters_can_be_sent_to_all_screens(
    rooms: Rooms, teacher: Member, student: Member
) -> None:
    for typed in (
        {"question": "\ud800 why", "options": "a\udfff\nb", "right": 1},
        {"question": "why", "options": "", "unit": "\ud800"},
    ):
        assert act(teacher, seen(rooms, teacher), ["ask", typed]) == ""
        for member in (teacher, student):
            assert packed(content(member, seen(rooms, member)))
    rooms.say(teacher.code, teacher.key, view=View("cam", (("look", "\ud800"),)))
    assert seen(rooms, student).view.query == (("look", "?"),)
    assert Truth(0, "\ud800", ("", "\ud800")) == Truth(0, "?", ("", "?"))


def test_the_quiz_at_the_end_asks_everything_once_more(rooms: Rooms, teacher: Member, student: Member) -> None:
    assert "Nothing was asked yet" in act(teacher, seen(rooms, teacher), ["quiz", None])
    typed = {"question": "How many?", "options": "", "unit": "k", "right": 0}
    for what in (["ask", typed], ["ask", {**typed, "question": "Why?", "options": "a\nb"}], ["ask", typed]):
        assert act(teacher, seen(rooms, teacher), what) == ""
    assert act(teacher, seen(rooms, teacher), ["quiz", None]) == ""
    shown = content(student, seen(rooms, student))["questions"]
    assert [(each["number"], each["text"]) for each in shown] == [(4, "How many?"), (5, "Why?")]
    assert act(student, seen(rooms, student), ["answer", [4, "1,000"]]) == ""
    assert act(student, seen(rooms, student), ["answer", [5, 1]]) == ""
    assert [each["answers"] for each in content(teacher, seen(rooms, teacher))["questions"]] == [[1], [1]]


@pytest.mark.parametrize("large", [10**400, -(10**400), 10**4000], ids=range(3))
def test_numbers_of_hundreds_of_digits_break_nothing(
    rooms: Rooms, teacher: Member, student: Member, large: int
) -> None:
    assert act(teacher, seen(rooms, teacher), ["minutes", large]) == ""
    assert (seen(rooms, teacher).seconds_left or 0) <= 60 * MAX_MINUTES
    typed = {"question": "How many?", "options": "", "right": large}
    assert act(teacher, seen(rooms, teacher), ["ask", typed]) == ""
    assert act(student, seen(rooms, student), ["answer", [1, large]]) == "Please answer with an ordinary number."
    assert act(student, seen(rooms, student), ["answer", [1, "9e9999"]]) == "Please answer with an ordinary number."
    assert act(student, seen(rooms, student), ["answer", [large, 1]]) == "This question is closed."


def test_the_bar_s_fields_take_what_a_class_takes_and_no_more(rooms: Rooms, teacher: Member) -> None:
    bounds = content(teacher, seen(rooms, teacher))["bounds"]
    for name, most, says in (("question", "x", "at most 300"), ("unit", "u", "at most 20")):
        typed = {"question": "Why?", "options": "", name: most * bounds[name]}
        assert act(teacher, seen(rooms, teacher), ["ask", typed]) == ""
        assert says in act(teacher, seen(rooms, teacher), ["ask", {**typed, name: most * (bounds[name] + 1)}])
    longest = "\n".join(letter * MAX_OPTION for letter in "abcdef")
    assert len(longest) <= bounds["options"]
    assert act(teacher, seen(rooms, teacher), ["ask", {"question": "Why?", "options": longest}]) == ""
    scripts = "".join((BAR / name).read_text("utf-8") for name in ("bar.html", "bar.js", "poll.js"))
    assert "maxlength=" not in scripts and not re.search(r"\b(maxLength|max): \d", scripts)


def test_a_student_comes_back_to_a_place_with_one_click(
    rooms: Rooms, student: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = rooms._rooms[student.code].students
    seats.clear()
    with monkeypatch.context() as patched:
        patched.setattr("explorer.classroom.rooms.MAX_SEATS", 0)
        assert seated_again(student) is UNSEATED
        assert content(student, UNSEATED)["unseated"]
        assert act(student, UNSEATED, ["sit_down", None]).startswith("All 0 places of this class are taken.")
    assert act(student, UNSEATED, ["sit_down", None]) == "" and student.key in seats


def test_a_student_leads_nothing(rooms: Rooms, teacher: Member, student: Member) -> None:
    before = seen(rooms, teacher)
    for word in ("ask", "quiz", "again", "reveal", "put_away", "follow", "gather", "projector", "seeds", "hide", "end"):
        assert act(student, seen(rooms, student), [word, True]) == ""
    assert seen(rooms, teacher) == before


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=50), st.lists, max_leaves=5)


@given(what=st.one_of(JSON, st.tuples(st.sampled_from(["answer", "hide", "minutes", "follow"]), JSON).map(list)))
def test_nonsense_breaks_nothing(what: object) -> None:
    rooms = Rooms()
    opened = rooms.open()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("explorer.classroom.rooms._shared", [rooms])
        rooms.ask(opened.code, opened.secret, POLL)
        for leads in (True, False):
            token = new_token()
            rooms.join(opened.code, token)
            member = Member(opened.code, opened.secret if leads else token, leads)
            act(member, seen(rooms, member), what)


def test_the_right_answer_is_on_no_screen_before_it_is_shown(rooms: Rooms, teacher: Member, student: Member) -> None:
    rooms.ask(teacher.code, teacher.key, POLL)
    for member in (teacher, student):
        shown = content(member, seen(rooms, member))
        assert "It is b" not in str(shown) and "Not a" not in str(shown)
        assert all(not bar["right"] for question in shown["questions"] for bar in question["bars"])
    rooms.say(teacher.code, teacher.key, revealed=True)
    for member in (teacher, student):
        (question,) = content(member, seen(rooms, member))["questions"]
        assert question["truth"] == "It is b."
        assert [(bar["right"], bar["why"]) for bar in question["bars"]] == [(False, "Not a, <i>b</i>."), (True, "")]


def test_a_student_s_screen_gets_no_secret(rooms: Rooms, teacher: Member, student: Member) -> None:
    shown = str(content(student, seen(rooms, student)))
    assert teacher.key not in shown and student.key in shown
