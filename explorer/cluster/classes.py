"""The app's classes where several replicas share them: a ``Classroom`` that asks the keeper."""

from typing import Any, Unpack

from explorer.classroom.values import ENDED, Asked, Opened, Question, Scene, Words
from explorer.cluster.wire import Away, Wire
from explorer.text.errors import Refusal

AWAY = "The class does not answer at the moment. Please try again in a minute."


class ClusterClassroom:
    """A ``Classroom`` over a wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def open(self, visitor: str = "") -> Opened:
        """See ``Classroom``."""
        opened: Opened = self._call("open", visitor)
        return opened

    def join(self, code: str, student: str, visitor: str = "") -> int:
        """See ``Classroom``."""
        seat: int = self._call("join", code, student, visitor)
        return seat

    def say(self, code: str, secret: str, **words: Unpack[Words]) -> None:
        """See ``Classroom``."""
        self._call("say", code, secret, **words)

    def ask(self, code: str, secret: str, *questions: Question) -> None:
        """See ``Classroom``."""
        self._call("ask", code, secret, *questions)

    def answer(self, code: str, student: str, number: int, round: int, choice: float) -> None:  # noqa: A002
        """See ``Classroom``."""
        self._call("answer", code, student, number, round, choice)

    def watch(self, code: str, key: str, seen: int = 0) -> Scene | None:
        """See ``Classroom``; while nobody answers, nothing is new."""
        try:
            scene: Scene | None = self._wire.call("classes", "watch", code, key, seen)
        except Away:
            return None
        return ENDED if scene and scene.ended else scene  # the very one that whoever asks knows

    def record(self, code: str, secret: str) -> tuple[Asked, ...]:
        """See ``Classroom``."""
        asked: tuple[Asked, ...] = self._call("record", code, secret)
        return asked

    def close(self, code: str, secret: str) -> None:
        """See ``Classroom``."""
        self._call("close", code, secret)

    def _call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._wire.call("classes", method, *args, **kwargs)
        except Away:
            raise Refusal(AWAY) from None
