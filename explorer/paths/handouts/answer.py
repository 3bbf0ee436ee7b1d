"""The answer to a step's question in plain text, for every kind of file."""

from collections.abc import Iterator

from explorer.paths.answers import Truth
from explorer.paths.handouts.values import StepHandout
from explorer.paths.values import Question

OPEN = "An open question: nobody wrote down what is right."
NONE_RIGHT = "None of these."
LETTERS = "ABCDEF"


def answer(handout: StepHandout) -> str:
    """What is right, in one line: an option with its letter, or a number with its unit."""
    question = handout.step.question
    assert question
    if handout.trouble and not handout.truth:
        return handout.trouble
    if handout.truth is None:
        return OPEN
    if not question.options:
        return _number(question, handout.truth)
    if handout.right is None:
        return NONE_RIGHT
    return f"{LETTERS[handout.right]}. {question.options[handout.right].text}"


def _number(question: Question, truth: Truth) -> str:
    words = f"{truth.answer:,.6g}" if isinstance(truth.answer, float | int) else str(truth.answer)
    return f"{words} {question.unit}".rstrip()


def wrong_options(handout: StepHandout) -> Iterator[tuple[str, str]]:
    """Each option that is wrong, with its letter, and why. None where nobody knows what is right."""
    question = handout.step.question
    if question and handout.truth:
        for place, option in enumerate(question.options):
            if place != handout.right:
                yield f"{LETTERS[place]}. {option.text}", option.wrong


def more_sentences(handout: StepHandout) -> tuple[str, ...]:
    """What the page says beside what is said of the question."""
    told = {sentence.casefold() for sentence in (handout.truth.sentences if handout.truth else ())}
    return tuple(each for each in handout.experiment.sentences if each.casefold() not in told)
