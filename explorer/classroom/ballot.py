"""One question of a class and the votes on it."""

from collections import Counter
from dataclasses import dataclass, field

from explorer.classroom.values import Asked, Question, Tally
from explorer.text.errors import Refusal

MAX_VOTES = 500  # on one question at a time: more than there are seats, for a seat that was given up leaves its vote


@dataclass(eq=False, slots=True)
class Ballot:
    """A question, the counts of the votes that are over, and who answers what in the present one.

    Who answered what is forgotten when a vote is over: only counts are kept.
    """

    number: int
    question: Question
    over: list[Tally] = field(default_factory=list)
    open: dict[str, float] = field(default_factory=dict)  # by student

    def answer(self, student: str, choice: float) -> bool:
        """Count a student's answer in place of an earlier one; returns whether it is another.

        Raises:
            Refusal: there is no such answer, or there are as many as there may be.
        """
        admitted = self.question.poll.admitted(choice)
        if student not in self.open and len(self.open) >= MAX_VOTES:
            raise Refusal(f"{MAX_VOTES} have answered this question already: no more are counted.")
        if self.open.get(student) == admitted:
            return False
        self.open[student] = admitted
        return True

    def end_vote(self) -> None:
        """Keep the counts of the present vote, and begin another."""
        self.over.append(self.tally())
        self.open.clear()

    def tally(self) -> Tally:
        """The counts of the present vote."""
        counts = Counter(self.open.values())
        options = self.question.poll.options
        given = range(len(options)) if options else sorted(counts)
        return Tally(tuple((choice, counts[choice]) for choice in given))

    def for_teacher(self, *, voting: bool = True) -> Asked:
        """All of it; the present vote too while there is one, and where anybody has answered in it."""
        now = [self.tally()] if voting or self.open else []
        return Asked(self.number, self.question.poll, self.question.truth, (*self.over, *now))

    def for_student(self, student: str, *, revealed: bool) -> Asked:
        """What a student may know."""
        mine = self.open.get(student)
        if not revealed:
            return Asked(self.number, self.question.poll, mine=mine)
        return Asked(self.number, self.question.poll, self.question.truth, (*self.over, self.tally()), mine)


def expect(ballots: list[Ballot], number: int) -> Ballot:
    """Returns the ballot with this number.

    Raises:
        Refusal: that question is not on the screens.
    """
    found = next((each for each in ballots if each.number == number), None)
    if found is None:
        raise Refusal("This question is closed.")
    return found
