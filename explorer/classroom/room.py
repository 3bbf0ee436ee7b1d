"""One class: what its teacher set, who is in, and what was asked. Whoever calls holds the lock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.classroom.ballot import Ballot, expect
from explorer.classroom.values import MAX_MINUTES, Asked, Question, Scene, Words
from explorer.text.errors import Refusal

MAX_POLLS = 100
PRESENT_SECONDS = 15.0  # a student who has not looked for longer is not counted as being in
MOST_GONE = 300  # students whose seats were given up and are kept in mind
MINUTE = 60.0


@dataclass(eq=False, slots=True)
class Student:
    """A seat, when its student looked last, and how often their own screen changed by what they did themselves."""

    seat: int
    looked: float
    acts: int = 0
    has_answered: bool = False


@dataclass(eq=False, slots=True)
class Room:
    """A class. ``scene`` is what all see; ``acts`` counts what the teacher alone sees: who comes, and who answers.

    ``touched`` is when anybody last did something, ``looked`` when the teacher's screen last asked.
    """

    secret: str
    touched: float
    looked: float
    scene: Scene = field(default_factory=lambda: Scene(version=1))
    acts: int = 0
    until: float | None = None
    students: dict[str, Student] = field(default_factory=dict)
    gone: dict[str, Student] = field(default_factory=dict)  # who answered, and lost their seat; the last ones
    seats: int = 0
    ballots: list[Ballot] = field(default_factory=list)
    asked: list[Ballot] = field(default_factory=list)  # those on the screens

    def seat(self, token: str, now: float) -> int:
        """Seat a student, or find their seat again."""
        student = self.students.get(token)
        if student is None:
            known = self.gone.pop(token, None)
            student = self.students[token] = known or self._new_student(now)
            student.looked = self.touched = now
            self.count_present(now)
        student.looked = now
        return student.seat

    def _new_student(self, now: float) -> Student:
        self.seats += 1
        return Student(self.seats - 1, now)

    def give_up(self, token: str) -> None:
        """Free a seat. What its student answered stays counted, and is found again when they come back."""
        student = self.students.pop(token)
        if student.has_answered:
            self.gone[token] = student
        if len(self.gone) > MOST_GONE:
            del self.gone[next(iter(self.gone))]

    def count_present(self, now: float) -> None:
        """Count who is in."""
        present = sum(now - each.looked <= PRESENT_SECONDS for each in self.students.values())
        if present != self.scene.students:
            self.scene = replace(self.scene, students=present)
            self.acts += 1

    def say(self, words: Words, now: float) -> None:
        """Change what all see.

        Raises:
            Refusal: it cannot be; nothing is changed.
        """
        self._vote(words)
        minutes, scene = words.get("minutes"), self.scene
        if minutes is not None:
            self.until = now + MINUTE * min(minutes, MAX_MINUTES) if minutes > 0 else None
        view, gather, seeds = words.get("view", scene.view), words.get("gather", False), words.get("seeds", scene.seeds)
        self._show(
            view=view,
            moves=scene.moves + (view != scene.view or gather or seeds != scene.seeds),
            gathered=scene.gathered + gather,
            following=words.get("following", scene.following or gather),
            hidden=tuple(sorted(set(words.get("hidden", () if words.get("revealed") else scene.hidden)))),
            projector=words.get("projector", scene.projector),
            seeds=seeds,
            changed=minutes is not None,
        )

    def _vote(self, words: Words) -> None:
        second, revealed = words.get("round") == 2, bool(words.get("revealed"))
        if (second or revealed) and not self.asked:
            raise Refusal("No question is on the screens now.")
        if second and (self.scene.round == 2 or self.scene.revealed):
            raise Refusal("This question was voted on already.")
        if second:
            for ballot in self.asked:
                ballot.end_vote()
            self._show(round=2, changed=True)
        if revealed:
            self._show(revealed=True)
        if not words.get("asking", True):
            self._put_away()

    def ask(self, questions: Sequence[Question], now: float) -> None:
        """Put these on all screens.

        Raises:
            Refusal: it would be more than a class may be asked.
        """
        if len(self.ballots) + len(questions) > MAX_POLLS:
            raise Refusal(f"A class is asked at most {MAX_POLLS} questions. Open another class to go on.")
        self._put_away()
        first = len(self.ballots) + 1
        self.asked = [Ballot(number, question) for number, question in enumerate(questions, first)]
        self.ballots += self.asked
        self.touched = now
        self._show(changed=True)

    def _put_away(self) -> None:
        for ballot in self.asked:
            ballot.end_vote()
        had = bool(self.asked)
        self.asked = []
        self._show(round=1, revealed=False, changed=had)

    def answer(self, token: str, number: int, vote: int, choice: float, now: float) -> None:
        """Count an answer.

        Raises:
            Refusal: that vote is over, or there is no such answer.
        """
        ballot, student = expect(self.asked, number), self.students[token]
        student.looked = now
        if self.scene.revealed:
            raise Refusal("The answer is revealed: nobody can vote any more.")
        if vote != self.scene.round:
            raise Refusal("Another vote has begun: please vote again.")
        if ballot.answer(token, choice):
            student.acts += 1
            student.has_answered = True
            self.acts += 1
            self.touched = now

    def for_teacher(self, now: float) -> Scene:
        """What the teacher sees."""
        asked = tuple(ballot.for_teacher() for ballot in self.asked)
        return replace(self.scene, version=self.teacher_version, asked=asked, seconds_left=self._seconds_left(now))

    @property
    def teacher_version(self) -> int:
        """Changes with anything that the teacher sees."""
        return self.scene.version + self.acts

    def for_student(self, token: str, now: float) -> Scene:
        """What this student sees."""
        asked = tuple(ballot.for_student(token, revealed=self.scene.revealed) for ballot in self.asked)
        seat, version = self.students[token].seat, self.student_version(token)
        return replace(self.scene, version=version, asked=asked, seat=seat, seconds_left=self._seconds_left(now))

    def student_version(self, token: str) -> int:
        """Changes with anything that this student sees."""
        return self.scene.version + self.students[token].acts

    def record(self) -> tuple[Asked, ...]:
        """All that was asked, with counts."""
        return tuple(ballot.for_teacher(voting=ballot in self.asked) for ballot in self.ballots)

    def _seconds_left(self, now: float) -> float | None:
        return None if self.until is None else max(self.until - now, 0.0)

    def _show(self, *, changed: bool = False, **fields: Any) -> None:
        """Put a new scene on all screens where anything differs, or something beside the scene has ``changed``."""
        if changed or any(getattr(self.scene, name) != value for name, value in fields.items()):
            self.scene = replace(self.scene, version=self.scene.version + 1, **fields)
