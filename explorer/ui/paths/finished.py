"""The end of a path: how many of the reader's answers were right, told on the page of paths until that is left."""

from explorer.text.quantities import counted
from explorer.ui.paths.followed import Followed
from explorer.ui.state.session import held

# In the session: whether answers were right, by path and step, and the sentence on the path that was finished.
_RIGHT, _SAID = "path.right", "path.finished"


def note_answer(here: Followed, *, right: bool) -> None:
    """Remember whether this step's answer was right."""
    held(_RIGHT)[f"{here.link} {here.place}"] = right


def finish(here: Followed) -> None:
    """End the path: its sentence waits on the page of paths."""
    answers = [right for key, right in held(_RIGHT).items() if key.partition(" ")[0] == here.link]
    held(_RIGHT).clear()
    score = f" {sum(answers)} of {counted(len(answers), 'answer')} right." if answers else ""
    held(_SAID).update(leaving=True, sentence=f"You have followed “{here.path.title}” to its end.{score}")


def is_leaving() -> bool:
    """Whether a path has just ended and its reader is to be led to the page of paths; told once."""
    return bool(held(_SAID).pop("leaving", False))


def finished() -> str:
    """What to say of the path that was finished; nothing where none was."""
    said: str = held(_SAID).get("sentence", "")
    return said


def forget() -> None:
    """Say no more of the path that was finished."""
    held(_SAID).clear()
