"""A path as a worksheet for paper: its questions with room to write, and the answers on a page of their own."""

from collections.abc import Iterator
from html import escape

from explorer.paths.handouts.answer import LETTERS, answer, wrong_options
from explorer.paths.handouts.html import document, live_link, numbered, paragraphs
from explorer.paths.handouts.values import Handout, StepHandout

_LINES = 3  # to write on, under a question with options
_MORE_LINES = 5  # under one without


def worksheet(handout: Handout, address: str, *, teacher: bool = False) -> bytes:
    """The file, an HTML page that is made to be printed on A4; ``teacher`` adds the notes to the answers."""
    return document(f"Worksheet: {handout.path.title}", _body(handout, address, teacher=teacher), "worksheet.css")


def _body(handout: Handout, address: str, *, teacher: bool) -> Iterator[str]:
    title = escape(handout.path.title)
    yield f'<header><h1>{title}</h1><p class="name">Name <span></span> Date <span></span></p></header>'
    for number, step in numbered(handout):
        yield from _step(step, number, live_link(handout, number, address))
    yield f'<section class="answers"><h1>Answers: {title}</h1>'
    for number, step in numbered(handout):
        if step.step.question:
            yield from _answer(step, number, teacher=teacher)
    yield "</section>"


def _step(handout: StepHandout, number: int, link: str) -> Iterator[str]:
    """A step; what to look at stands there where it cannot tell the answer."""
    step, question = handout.step, handout.step.question
    yield f'<section class="step"><div class="ask"><h2>{number}. {escape(step.title)}</h2>'
    if question:
        yield f'<p class="question">{escape(question.text)}</p>'
    if question and question.options:
        boxes = zip(LETTERS, question.options, strict=False)
        drawn = "".join(f'<li><span class="box"></span>{letter}. {escape(each.text)}</li>' for letter, each in boxes)
        yield f'<ul class="options">{drawn}</ul>'
    elif question:
        yield f'<p class="name">Answer <span></span> {escape(question.unit)}</p>'
    look = f" {escape(step.look)}" if step.look and not question else ""
    yield f'<p>In the app:{look} <span class="small">{escape(link)}</span></p></div>'
    lines = _LINES if question and question.options else _MORE_LINES
    yield f'<div class="lines"><div>What I saw, and why:</div>{"<div></div>" * (lines - 1)}</div></section>'


def _answer(handout: StepHandout, number: int, *, teacher: bool) -> Iterator[str]:
    yield f'<div class="key"><h2>{number}. {escape(handout.step.title)}</h2>'
    yield f"<p><strong>{escape(answer(handout))}</strong></p>"
    yield paragraphs(handout.truth.sentences if handout.truth else ())
    yield paragraphs(f"Not {option}: {words}" for option, words in wrong_options(handout) if words)
    if teacher and handout.step.note:
        yield paragraphs([f"For the teacher: {handout.step.note}"])
    yield "</div>"
