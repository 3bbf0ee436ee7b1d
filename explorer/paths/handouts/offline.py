"""A path as one HTML file that works offline: pictures, numbers, and the answers folded under their questions."""

from collections.abc import Iterator
from html import escape

from explorer.paths.handouts.answer import LETTERS, answer, more_sentences, wrong_options
from explorer.paths.handouts.html import bullets, document, folded, live_link, numbered, paragraphs, table
from explorer.paths.handouts.values import Handout, Picture, StepHandout
from explorer.text.quantities import counted


def offline_page(handout: Handout, address: str, *, teacher: bool = False) -> bytes:
    """The file. ``address`` is that of the app that made it; ``teacher`` adds what a teacher may say at each step."""
    return document(handout.path.title, _body(handout, address, teacher=teacher), "offline.css")


def _body(handout: Handout, address: str, *, teacher: bool) -> Iterator[str]:
    path = handout.path
    yield f"<header><h1>{escape(path.title)}</h1>"
    if len(handout.steps) > 1:
        about = [f"{counted(len(path.steps), 'step')}, about {counted(path.minutes, 'minute')}."]
        about += ["For the teacher: with notes."] * teacher
        about += ["Answer first, then open the answer."] * any(step.question for step in path.steps)
        yield f'<p class="small">{" ".join(about)}</p>{_contents(handout)}'
    yield "</header>"
    for number, step in numbered(handout):
        link = live_link(handout, number, address)
        yield from _step(step, number, link, teacher=teacher, alone=len(handout.steps) == 1)
    where = f" at {escape(address)}" if address else ""
    yield f'<footer><p class="small">Made by ResNet Explorer{where}</p></footer>'


def _contents(handout: Handout) -> str:
    links = "".join(
        f'<li><a href="#step-{number}">{escape(step.step.title)}</a></li>' for number, step in numbered(handout)
    )
    return f'<nav aria-label="Steps"><ol>{links}</ol></nav>'


def _step(handout: StepHandout, number: int, link: str, *, teacher: bool, alone: bool) -> Iterator[str]:
    step, question = handout.step, handout.step.question
    yield f'<section aria-labelledby="step-{number}">'
    heading = step.title if alone else f"{number}. {step.title}"
    yield f'<h2 id="step-{number}">{escape(heading)}</h2>'
    if question:
        yield f'<p class="question">{escape(question.text)}</p>{_options(handout)}'
        yield folded("The answer", f"{_answer(handout)}{_seen(handout)}{_numbers(handout)}")
    else:
        yield f"{_seen(handout)}{bullets(handout.sentences)}{_numbers(handout)}"
    if handout.trouble:
        yield paragraphs([handout.trouble])
    if teacher and step.note:
        yield f'<aside class="note"><p><strong>For the teacher.</strong> {escape(step.note)}</p></aside>'
    yield f'<p class="small">Live: <code>{escape(link)}</code></p></section>'


def _seen(handout: StepHandout) -> str:
    """What to look at and the pictures: both may tell the answer."""
    look = f"<p><strong>In the app:</strong> {escape(handout.step.look)}</p>" if handout.step.look else ""
    return look + "".join(map(_picture, handout.experiment.pictures))


def _numbers(handout: StepHandout) -> str:
    return "".join(
        folded(f"The numbers: {each.title}", table(each.rows, each.title)) for each in handout.experiment.pictures
    )


def _options(handout: StepHandout) -> str:
    question = handout.step.question
    assert question
    if not question.options:
        return f'<p class="small">A number{f" in {escape(question.unit)}" if question.unit else ""}.</p>'
    options = zip(LETTERS, question.options, strict=False)
    return f'<ul class="options">{"".join(f"<li>{letter}. {escape(each.text)}</li>" for letter, each in options)}</ul>'


def _answer(handout: StepHandout) -> str:
    truth, wrong = handout.truth, list(wrong_options(handout))
    parts = [f'<p class="right"><strong>{escape(answer(handout))}</strong></p>']
    parts.append(paragraphs(truth.sentences if truth else ()))
    if wrong:
        why = "".join(f"<dt>Not {escape(option)}</dt><dd>{escape(words)}</dd>" for option, words in wrong)
        parts.append(f"<dl>{why}</dl>")
    parts.append(folded("What the page says beside", bullets(more_sentences(handout))))
    return "".join(parts)


def _picture(picture: Picture) -> str:
    """A picture with its title and legend; nothing where it could not be drawn."""
    if not picture.wide:
        return ""
    head = f"<strong>{escape(picture.title)}</strong>" + "".join(f"<br>{escape(line)}" for line in picture.lines)
    if picture.narrow:
        kind = ' class="drawing"' if picture.drawing else ""
        shapes = f'<div class="wide">{picture.wide}</div><div class="narrow">{picture.narrow}</div>'
    else:
        kind, shapes = ' class="pixels"', f"<div>{picture.wide}</div>"
    names = "".join(f"<li>{entry.svg} {escape(entry.name)}</li>" for entry in picture.legend)
    key = f'<ul class="key">{names}</ul>' if names else ""
    return f"<figure{kind}><figcaption>{head}</figcaption>{shapes}{key}</figure>"
