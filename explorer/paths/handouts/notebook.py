"""A path as a notebook: each step's words, and code that runs its experiment.

nbformat 4.5, https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from explorer.paths.handouts.answer import LETTERS, answer, wrong_options
from explorer.paths.handouts.html import live_link, numbered
from explorer.paths.handouts.values import Handout, StepHandout
from explorer.text.quantities import capitalised

INSTALL = """\
# Needs the package of ResNet Explorer. Install it once, in the folder of the app's source code (a clone of its
# repository, where pyproject.toml is):
#
#     pip install .
#
import explorer  # pip install . in the folder of ResNet Explorer"""
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:])")
Cell = dict[str, Any]


def notebook(handout: Handout, address: str, *, teacher: bool = False) -> bytes:
    """The file, JSON; ``teacher`` adds what a teacher may say at each step."""
    cells = [_words("start", f"# {_plain(handout.path.title)}"), _code("install", INSTALL)]
    for number, step in numbered(handout):
        cells += _step(step, number, live_link(handout, number, address), teacher=teacher)
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": python, "language_info": {"name": "python"}}
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _step(handout: StepHandout, number: int, link: str, *, teacher: bool) -> Iterator[Cell]:
    yield _words(f"step-{number}", "\n\n".join(_told(handout, number, link, teacher=teacher)))
    if handout.code:
        yield _code(f"code-{number}", handout.code)
    if handout.step.question:
        yield _words(f"answer-{number}", _answer(handout))


def _told(handout: StepHandout, number: int, link: str, *, teacher: bool) -> Iterator[str]:
    step, question = handout.step, handout.step.question
    yield f"## {number}\\. {_plain(step.title)}"
    if question:
        yield f"**{_plain(question.text)}**"
        options = zip(LETTERS, question.options, strict=False)
        yield "\n".join(f"- {letter}\\. {_plain(option.text)}" for letter, option in options) or _plain(question.unit)
    if step.look and not question:
        yield _plain(f"In the app: {step.look}")
    if teacher and step.note:
        yield f"For the teacher: {_plain(step.note)}"
    yield f"Live: {_plain(link)}"


def _answer(handout: StepHandout) -> str:
    """The answer folded; a notebook shows HTML in its words."""
    said = [
        answer(handout),
        *(handout.truth.sentences if handout.truth else ()),
        *(f"Not {option}: {words}" for option, words in wrong_options(handout) if words),
        *([f"In the app: {handout.step.look}"] if handout.step.look else ()),
    ]
    inside = "".join(f"<p>{_plain(capitalised(each))}</p>" for each in said)
    return f"<details><summary>The answer</summary>{inside}</details>"


def _plain(text: str) -> str:
    """Words that markdown shows as they are, in one line: its own signs are entities."""
    words = escape(" ".join(text.split()), quote=False)
    return _SIGNS.sub(lambda found: f"&#{ord(found[0])};", words)


def _words(name: str, text: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(name: str, text: str) -> Cell:
    lines = text.splitlines(keepends=True)
    empty: Cell = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": name, "metadata": {}, "source": lines, **empty}
