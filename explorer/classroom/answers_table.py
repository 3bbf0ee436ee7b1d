"""What a class answered, as rows for a file."""

from collections.abc import Iterable, Iterator

from explorer.classroom.values import Asked

HEADER = ("question", "text", "round", "option", "answers", "right")


def answer_rows(asked: Iterable[Asked]) -> Iterator[tuple[object, ...]]:
    """One row for each question, round and option, or number given: how many answered so, and whether it is right."""
    for each in asked:
        for vote, tally in enumerate(each.rounds, 1):
            for choice, count in tally.counts:
                option = each.poll.options[int(choice)] if each.poll.options else f"{choice:g} {each.poll.unit}".strip()
                right = "" if each.truth is None else "yes" if each.truth.holds(choice) else "no"
                yield each.number, each.poll.question, vote, option, count, right
