"""The class on its pages: a teacher's session and students' sessions of one server."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.classroom.room import MAX_POLLS
from explorer.classroom.rooms import Rooms
from explorer.classroom.values import Poll, Question, Truth, View
from explorer.paths.links import OWN
from explorer.ui.classroom import follow, membership
from explorer.ui.shell import PAGES
from tests.pages.helpers import component, healthy, opened, opened_from, settled, warnings, words

NET = "resnet20~stage_blocks-1.1.1~image_size-8"


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """Classes of the test's own."""
    made = Rooms()
    monkeypatch.setattr("explorer.classroom.rooms._shared", [made])
    return made


def bar(page: AppTest) -> dict[str, Any]:
    return component(page, "class")


def leading() -> tuple[AppTest, str, str]:
    """A teacher's page, the code and the secret."""
    page = healthy(opened("classroom").button(key="class.open").click().run())
    code, _, secret = bar(page)["cookie"]["value"].partition(".")
    return page, code, secret


def went(page: AppTest, name: str, **query: str) -> AppTest:
    page.query_params.clear()
    page.query_params.update(query)
    page.switch_page(f"pages/{name}.py")
    return healthy(page.run())


def shows(rooms: Rooms, code: str, secret: str, page: str, **query: str) -> None:
    """The teacher goes there: an AppTest has pages alone, and the entry is what tells where one is."""
    rooms.say(code, secret, view=View(page, tuple(query.items())))


def place(page: AppTest) -> str:
    return str(page.session_state["held"]["class"]["page"])


def asked(page: AppTest, name: str) -> list[str]:
    values = page.query_params.get(name, [])
    return [values] if isinstance(values, str) else list(values)


def test_who_is_in_no_class_gets_nothing_of_it() -> None:
    page = opened("architecture", net=NET)
    assert not [each for each in page.get("bidi_component") if each.proto.component_name.endswith("_class")]


def test_a_teacher_opens_a_class_and_students_are_counted() -> None:
    page, code, secret = leading()
    assert code in [each.value for each in page.header]
    assert bar(page)["students"] == 0
    student = opened("architecture", net=NET, join=code)
    assert not bar(student)["leads"] and secret not in str(bar(student))
    assert bar(healthy(page.run()))["students"] == 1


def test_every_page_takes_a_student_in(rooms: Rooms) -> None:
    _, code, _ = leading()
    for number, (file, _) in enumerate(PAGES, 1):
        assert bar(opened(Path(file).stem, join=code))["code"] == code
        assert len(rooms._rooms[code].students) == number


def test_a_student_types_the_code() -> None:
    _, code, _ = leading()
    page = opened("classroom")
    page.text_input(key="class.code").set_value(f"{code[:3]}-{code[3:]}".lower())
    healthy(page.button[0].click().run())
    assert bar(page)["code"] == code and "You are in" in words(page)


def test_a_wrong_code_gets_a_sentence() -> None:
    page = opened("architecture", net=NET, join="<b>XX")
    assert "There is no class with this code" in warnings(page)[0]
    assert not warnings(healthy(page.run()))


def test_students_go_where_the_teacher_goes_with_all_choices(rooms: Rooms) -> None:
    _, code, secret = leading()
    student = opened("compare", net2="resnet101", measure="macs", join=code)
    shows(rooms, code, secret, "compare", net2="resnet18")
    healthy(student.run())
    assert asked(student, "net2") == ["resnet18"]
    assert asked(student, "measure") == []  # the student's own choice does not stay: the teacher has another
    shows(rooms, code, secret, "ideas", lesson="x + F(x)")
    healthy(student.run())
    assert place(student) == "ideas"


def test_a_change_on_the_same_page_is_followed(rooms: Rooms) -> None:
    _, code, secret = leading()
    student = opened("architecture", join=code)
    shows(rooms, code, secret, "architecture", net=NET)
    healthy(student.run())
    assert asked(student, "net") == [NET]
    shows(rooms, code, secret, "architecture", net="resnet18")
    healthy(student.run())
    assert asked(student, "net") == ["resnet18"]


def test_a_student_who_goes_elsewhere_is_left_alone_until_called_back(rooms: Rooms) -> None:
    _, code, secret = leading()
    shows(rooms, code, secret, "architecture", net=NET)
    student = opened("architecture", join=code)
    went(student, "ideas")
    assert bar(student)["away"]
    shows(rooms, code, secret, "architecture", net="resnet18")
    assert place(healthy(student.run())) == "ideas"
    rooms.say(code, secret, gather=True)
    healthy(student.run())
    assert place(student) == "architecture" and asked(student, "net") == ["resnet18"] and not bar(student)["away"]


def test_nobody_follows_while_the_teacher_leads_nobody(rooms: Rooms) -> None:
    _, code, secret = leading()
    student = opened("architecture", join=code)
    rooms.say(code, secret, following=False)
    shows(rooms, code, secret, "ideas")
    assert place(healthy(student.run())) == "architecture"


def test_a_large_class_does_not_move_all_at_once(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    _, code, secret = leading()
    student = opened("architecture", net=NET, join=code)
    shows(rooms, code, secret, "architecture", net="resnet18")
    healthy(student.run())
    for number in range(99):
        rooms.join(code, f"{number:032d}")
    waits: list[float] = []
    monkeypatch.setattr(follow.random, "uniform", lambda low, high: waits.append(high) or high)  # type: ignore[func-returns-value]
    shows(rooms, code, secret, "architecture", net="resnet34")
    assert bar(healthy(student.run()))["going"] and asked(student, "net") == ["resnet18"]
    assert waits and 0 < waits[0] < 10
    monkeypatch.setattr(follow, "SECONDS_A_STUDENT", 0.0)
    student.session_state["held"]["class"].pop("due")
    assert asked(healthy(student.run()), "net") == ["resnet34"]


def test_each_student_gets_a_recorded_run_of_their_own(rooms: Rooms) -> None:
    _, code, secret = leading()
    pages = [opened("training", experiment="Recorded runs", join=code) for _ in range(3)]
    view = View(follow.SEEDS_PAGE, tuple((name, str(value)) for name, value in follow.SEEDS_QUERY.items()))
    rooms.say(code, secret, view=view, seeds=True)
    for page in pages:
        healthy(page.run())
    assert [page.selectbox[0].value for page in pages] == ["0", "1", "2"]
    losses = [str(page.get("plotly_chart")[0].proto.spec) for page in pages]
    assert len(set(losses)) == 3


def test_seeds_reach_students_who_are_at_the_recorded_runs_already(rooms: Rooms) -> None:
    _, code, secret = leading()
    view = View(follow.SEEDS_PAGE, tuple((name, str(value)) for name, value in follow.SEEDS_QUERY.items()))
    rooms.say(code, secret, view=view)
    _, page = (opened("training", join=code) for _ in range(2))
    assert asked(page, "recorded_seed") == []
    rooms.say(code, secret, seeds=True)
    assert asked(healthy(page.run()), "recorded_seed") == ["1"]


def test_a_question_reaches_a_student_and_its_answer_when_it_is_shown(rooms: Rooms) -> None:
    teacher, code, secret = leading()
    student = opened("ideas", join=code)
    rooms.ask(code, secret, Question(Poll("Which?", ("a", "b")), Truth(1, "It is b.")))
    (question,) = bar(healthy(student.run()))["questions"]
    assert question["text"] == "Which?" and not question["bars"][0]["counts"]
    _, token = bar(student)["cookie"]["value"].split(".")
    rooms.answer(code, token, 1, 1, 0)
    assert bar(healthy(teacher.run()))["questions"][0]["bars"][0]["counts"] == [1]
    rooms.say(code, secret, revealed=True)
    assert bar(healthy(student.run()))["questions"][0]["truth"] == "It is b."


def test_a_class_that_is_over_is_said_to_be(rooms: Rooms) -> None:
    teacher, code, secret = leading()
    student = opened("architecture", net=NET, join=code)
    rooms.close(code, secret)
    for page in (teacher, student):
        assert bar(healthy(page.run()))["ended"]
        assert bar(page)["cookie"]["seconds"] == 0


def test_a_student_whose_seat_was_given_up_is_seated_again(rooms: Rooms) -> None:
    _, code, _ = leading()
    student = opened("architecture", net=NET, join=code)
    rooms._rooms[code].students.clear()
    assert not bar(healthy(student.run()))["ended"]
    assert len(rooms._rooms[code].students) == 1


def test_a_student_whose_place_was_given_to_another_reads_so(monkeypatch: pytest.MonkeyPatch, rooms: Rooms) -> None:
    _, code, secret = leading()
    student = opened("architecture", net=NET, join=code)
    seats = rooms._rooms[code].students
    seats.clear()
    monkeypatch.setattr("explorer.classroom.rooms.MAX_SEATS", 1)
    rooms.join(code, "another student's")
    shown = bar(healthy(student.run()))
    assert shown["unseated"] and not shown["ended"]
    assert shown["cookie"]["seconds"], "the browser keeps what finds the same seat again"
    seats.clear()
    assert not bar(healthy(student.run()))["unseated"]
    rooms.close(code, secret)
    shown = bar(healthy(student.run()))
    assert shown["ended"] and not shown["unseated"]


def with_cookie(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """From now on, every browser that comes has this cookie."""
    monkeypatch.setattr(type(membership.st.context), "cookies", {name: value})


def test_a_teacher_who_opens_her_own_link_stays_the_teacher(monkeypatch: pytest.MonkeyPatch, rooms: Rooms) -> None:
    page, code, secret = leading()
    page.query_params["join"] = code
    assert bar(healthy(page.run()))["leads"]
    with_cookie(monkeypatch, membership.TEACHER_COOKIE, f"{code}.{secret}")
    for query in ({"join": code.lower()}, {}):
        assert bar(opened("architecture", net=NET, **query))["leads"]
    assert not rooms._rooms[code].students
    other = rooms.open().code
    assert not bar(opened("architecture", net=NET, join=other))["leads"], "another's class is not hers"


def test_a_student_s_token_in_the_teacher_s_cookie_leads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _, code, _ = leading()
    _, token = bar(opened("architecture", net=NET, join=code))["cookie"]["value"].split(".")
    with_cookie(monkeypatch, membership.TEACHER_COOKIE, f"{code}.{token}")
    for query in ({"join": code}, {}):
        page = opened("architecture", net=NET, **query)
        assert not bar(page)["leads"] and bar(page)["cookie"]["name"] == membership.STUDENT_COOKIE


def test_a_teacher_is_told_that_a_view_is_too_long_to_be_followed(
    monkeypatch: pytest.MonkeyPatch, rooms: Rooms
) -> None:
    made = rooms.open()
    with_cookie(monkeypatch, membership.TEACHER_COOKIE, f"{made.code}.{made.secret}")
    script = """
        from explorer.ui.classroom import follow
        from explorer.ui.shell import start
        start("Ideas")
        follow.tell()  # as the entry does after each page
    """
    page = opened_from(script, lesson="x" * 5000)
    assert "its address is too long" in bar(healthy(page.run()))["said"]
    page.query_params["lesson"] = "x"
    healthy(page.run())
    assert bar(healthy(page.run()))["said"] == ""
    scene = rooms.watch(made.code, made.secret)
    assert scene and scene.view == View("ideas", (("lesson", "x"),))


def test_the_code_is_in_no_copied_link() -> None:
    page = opened("classroom")
    assert "join" in component(page, "bar")["lids"]


def test_the_class_page_is_settled() -> None:
    page, code, _ = leading()
    assert settled(page) and code in words(page)


def test_a_path_that_no_class_can_be_asked_is_left_with_a_sentence(rooms: Rooms) -> None:
    teacher, code, secret = leading()
    rooms.ask(code, secret, Question(Poll("Which?", ("a", "b"))))
    twice = {"text": "Which?", "options": [{"text": "a"}, {"text": "a "}]}
    lean = json.dumps({"title": "Mine", "steps": [{"title": "A", "page": "compare", "question": twice}]})
    went(teacher, "compare", path=OWN + base64.urlsafe_b64encode(zlib.compress(lean.encode())).decode().rstrip("="))
    assert warnings(teacher) == ["Step 1\\: Two options are the same\\: nobody could tell them apart."]
    assert bar(teacher)["questions"]


def test_a_class_predicts_a_gradient_before_it_is_shown(rooms: Rooms) -> None:
    teacher, code, secret = leading()
    student = opened("gradients", join=code)
    assert not [each for each in student.button if each.key == "guess.class"], "the teacher asks"
    teacher = settled(went(teacher, "gradients", flow=NET, images="2", seeds="1", predict="true"))
    healthy(teacher.button(key="guess.class").click().run())
    (question,) = rooms.record(code, secret)
    assert question.poll.options == ("It vanishes", "It is healthy", "It explodes")
    assert [each["text"] for each in bar(healthy(student.run()))["questions"]] == [question.poll.question]
    healthy(teacher.button(key="guess.none").click().run())
    assert question.truth
    assert question.truth.sentence in words(settled(teacher)), "the class is told what the page says"


def test_a_teacher_reads_why_a_class_cannot_be_asked_to_predict(rooms: Rooms) -> None:
    teacher, code, secret = leading()
    rooms.ask(code, secret, *[Question(Poll("Which?", ("a", "b")))] * MAX_POLLS)
    teacher = settled(went(teacher, "gradients", flow=NET, images="2", seeds="1", predict="true"))
    healthy(teacher.button(key="guess.class").click().run())
    assert any(f"at most {MAX_POLLS} questions" in each for each in warnings(teacher))
    assert not warnings(healthy(teacher.run())), "once"
