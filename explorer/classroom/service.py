"""The face of classes: all that the rest of the app knows about where they are kept."""

from typing import Protocol, Unpack

from explorer.classroom.values import Asked, Opened, Question, Scene, Words


class Classroom(Protocol):
    """Keeps classes. ``explorer.classroom.rooms`` keeps them in this process; anything with these methods can stand in.

    Every method may be called from any thread. A *key* is the teacher's secret or a student's token: a random text of
    16 to 64 characters that the student's browser keeps. Each refusal is a ``Refusal`` with a sentence for the reader.
    """

    def open(self, visitor: str = "") -> Opened:
        """Begin a class; ``visitor`` is whatever tells one visitor from another, such as a network address.

        Raises:
            Refusal: there are as many classes as there may be.
        """

    def join(self, code: str, student: str, visitor: str = "") -> int:
        """Come to a class, or back to it; returns the student's seat, from 0. A token keeps its seat.

        Raises:
            Full: all places are taken.
            Refusal: there is no such class; whoever has tried too many wrong codes is told that instead.
        """

    def say(self, code: str, secret: str, **words: Unpack[Words]) -> None:
        """Change what the class sees. Raises Refusal where the class is not this teacher's, or over."""

    def ask(self, code: str, secret: str, *questions: Question) -> None:
        """Put a question on every screen, or several as a quiz; what was asked before is put away.

        Raises:
            Refusal: the class is not this teacher's, or has been asked as much as it may be.
        """

    def answer(self, code: str, student: str, number: int, round: int, choice: float) -> None:  # noqa: A002
        """Answer question ``number`` in this round of votes; until the reveal, the last answer is the one that counts.

        Raises:
            Refusal: this vote is over, there is no such answer, or the student is in no such class.
        """

    def watch(self, code: str, key: str, seen: int = 0) -> Scene | None:
        """Returns what this key may see, or None while it is still the version ``seen``.

        A class that is over, and one that the key does not belong to, is ``ENDED``.
        """

    def record(self, code: str, secret: str) -> tuple[Asked, ...]:
        """Returns all that was asked, with counts. Raises Refusal where the class is not this teacher's, or over."""

    def close(self, code: str, secret: str) -> None:
        """End the class and forget it. Raises Refusal where it is not this teacher's; ending it twice does nothing."""
