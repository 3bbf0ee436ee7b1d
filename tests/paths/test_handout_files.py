"""The files to take home: whole, closed to strangers' markup, and with the answers where they belong."""

import json
import re
from html import unescape
from html.parser import HTMLParser

import nbformat
import pytest

from explorer.paths.answers import Truth
from explorer.paths.handouts.notebook import INSTALL, notebook
from explorer.paths.handouts.offline import offline_page
from explorer.paths.handouts.values import Experiment, Handout, Picture, StepHandout
from explorer.paths.handouts.worksheet import worksheet
from explorer.paths.values import Option, Path, Question, Step
from tests.paths.handout_samples import EVIL, HOSTILE, MADE

ADDRESS = "https://class.example/app/"
PAGES = pytest.mark.parametrize("write", [offline_page, worksheet])


class _Reader(HTMLParser):
    """Collects a file's tags with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@PAGES
def test_a_page_of_strangers_words_has_nothing_that_runs_or_loads(write: object) -> None:
    reader = _Reader(write(MADE, ADDRESS, teacher=True).decode())  # type: ignore[operator]
    assert not {tag for tag, _ in reader.tags} & {"script", "img", "iframe", "link", "object", "form", "base"}
    for _, values in reader.tags:
        assert not [name for name in values if name.startswith("on")]
        assert (values.get("href") or "#").startswith("#")
    policies = [values["content"] for _, values in reader.tags if values.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert str(policies[0]).startswith("default-src 'none'; ")
    assert "script-src" not in str(policies[0])
    said = "".join(reader.words)
    assert said.count(EVIL) >= 6, "it is shown as the words that it is"


@PAGES
def test_what_a_teacher_says_is_in_the_teachers_version_alone(write: object) -> None:
    step = Step("A", "compare", note="Let them vote first.")
    made = Handout(Path("Mine", (step,)), (StepHandout(step),))
    question = Step("A", "compare", question=Question("Why?"), note="Let them vote first.")
    asked = Handout(Path("Mine", (question,)), (StepHandout(question),))
    for each in (made, asked):
        assert b"vote first" not in write(each, ADDRESS)  # type: ignore[operator]
    assert b"vote first" in write(asked, ADDRESS, teacher=True)  # type: ignore[operator]


def test_the_answer_is_folded_with_the_reason_why_each_other_option_is_wrong() -> None:
    page = offline_page(MADE, ADDRESS).decode()
    before, answer = page.split("<details><summary>The answer</summary>")[:2]
    assert "B. B" in before
    assert "<strong>B. B</strong>" in answer
    assert f"<dt>Not A. {unescape(EVIL)}" in unescape(answer)
    assert "<strong>3.5 &lt;script" in page, "a number has its unit"
    assert "<details open" not in page


@pytest.mark.parametrize("write", [offline_page, worksheet, notebook])
def test_sentences_that_begin_with_a_network_s_name_begin_with_a_capital(write: object) -> None:
    question = Question("Which?", (Option("A"), Option("B")), right=0)
    shown = Experiment((), ("plain-20 does not.",))
    truth = Truth(None, ("plain-56 falls.",), place=0)
    steps = (
        StepHandout(Step("A", "compare"), None, shown),
        StepHandout(Step("B", "compare", (), question), truth, shown),
    )
    text = unescape(write(Handout(Path("Mine", tuple(each.step for each in steps)), steps), ADDRESS).decode())  # type: ignore[operator]
    assert "Plain-56 falls" in text and "plain-" not in text


def test_pictures_numbers_and_what_to_look_at_are_folded_under_a_question_and_open_without_one() -> None:
    shown = Experiment((Picture("Curves", (), (), "<svg></svg>", "", ({"steps": 1},)),), ("It falls.",))
    view = Step("View", "training", look="Click ten blocks.")
    asked = Step("Asked", "training", question=Question("Why?"), look="Click ten blocks.")
    made = Handout(Path("Mine", (view, asked)), tuple(StepHandout(each, experiment=shown) for each in (view, asked)))
    _, open_one, folded_one = offline_page(made, ADDRESS).decode().split("<section")
    for each in ("<figure", "In the app:</strong> Click ten blocks.", "It falls."):
        assert each in open_one.partition("<details>")[0]
        assert each not in folded_one.partition("<details><summary>The answer")[0]
        assert each in folded_one
    assert "The numbers: Curves" in folded_one.partition("<details><summary>The answer")[2]
    assert folded_one.rindex("</details>") > folded_one.index("<figure") > folded_one.index("The answer")


def test_paper_asks_for_nothing_that_it_cannot_do() -> None:
    view, asked = Step("View", "cam", look="Click it."), Step("Asked", "cam", question=Question("?"), look="Switch it.")
    made = Handout(Path("Mine", (view, asked)), tuple(map(StepHandout, (view, asked))))
    sheet, book = worksheet(made, ADDRESS).decode(), json.loads(notebook(made, ADDRESS))
    assert "In the app: Click it." in sheet
    assert "Switch it." not in sheet, "it may tell the answer, as in the app, where it comes after it"
    _, _, one, two, answer = ["".join(cell["source"]) for cell in book["cells"]]
    assert "In the app&#58; Click it" in one
    assert "Switch it" not in two
    assert "In the app&#58; Switch it" in answer


def test_a_file_says_how_long_it_takes_to_one_reader() -> None:
    page = offline_page(MADE, ADDRESS).decode()
    assert "2 steps, about 4 minutes. Answer first, then open the answer." in page
    views = tuple(Step(each, "cam") for each in "AB")
    page = offline_page(Handout(Path("Mine", views), tuple(map(StepHandout, views))), ADDRESS).decode()
    assert "Answer first" not in page


def test_a_step_in_the_app_is_named_by_its_address_and_is_no_link() -> None:
    page = offline_page(MADE, ADDRESS).decode()
    assert re.findall(r"<code>(.*?)</code>", page)[1] == f"{ADDRESS}ideas?lesson=bugs"
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page)


def test_a_shipped_paths_link_names_the_step_and_tells_no_answer() -> None:
    path = Path("Read", (Step("A", "ideas", (("line", "9"),)), Step("B", "cam")), "read")
    made = Handout(path, tuple(map(StepHandout, path.steps)))
    for write in (offline_page, worksheet):
        page = unescape(write(made, ADDRESS).decode())
        assert f"{ADDRESS}ideas?path=read&path_step=1<" in page
        assert f"{ADDRESS}cam?path=read&path_step=2<" in page
        assert "line=9" not in page


def test_the_worksheet_has_room_to_write_and_the_answers_begin_a_page() -> None:
    sheet = worksheet(MADE, ADDRESS).decode()
    steps, answers = sheet.split('<section class="answers">')
    assert steps.count('class="box"') == 2
    assert steps.count('<div class="lines">') == 2
    assert "<strong>B. B</strong>" in answers
    assert "<strong>B. B</strong>" not in steps
    assert re.search(r"\.answers \{[^}]*break-before: page", sheet)


def test_the_notebook_is_one_and_keeps_strangers_words_apart_from_code() -> None:
    text = notebook(MADE, ADDRESS, teacher=True).decode()
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert json.loads(text)["nbformat_minor"] == 5
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    assert [cell.source for cell in book.cells if cell.cell_type == "code"] == [INSTALL, "print('own')"]
    words = "".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert "<script" not in words
    assert "](" not in words
    assert "`" not in words
    assert "javascript:" not in words
    assert unescape(unescape(words)).count("<script>alert(1)</script>") >= 6


def test_an_open_question_and_one_that_nobody_could_measure_say_so() -> None:
    for trouble, says in (("", "An open question"), ("It could not be measured.", "It could not be measured.")):
        step = StepHandout(Step("A", "cam", question=Question("Why?")), trouble=trouble)
        for write in (offline_page, worksheet, notebook):
            page = write(Handout(HOSTILE, (step,)), ADDRESS).decode()
            assert says in unescape(page)
