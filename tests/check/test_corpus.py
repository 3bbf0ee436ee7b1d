"""Public structures, written anew: what the check reads in them, and that it calls nothing broken that runs."""

import pytest

from explorer.check import Report, Severity
from tests.check.corpus.entries import ENTRIES, Entry
from tests.check.corpus.texts import answer, text
from tests.check.cost import cost_of

MOST_S = 0.5
CASES = [(name, kind) for name, entry in ENTRIES.items() for kind in entry.kinds]
FAILS = ("would fail", "it fails", "cannot be added", "has to pool")


def wrong_in(entry: Entry, report: Report) -> list[str]:
    """What is false in a report of a network that runs: a fault, or a claim that it fails if it is unlike ours."""
    if entry.read is None:
        return [each.sentence for each in report.faults if each.severity is Severity.ERROR]
    if entry.faults:
        return [each.sentence for each in report.faults if any(words in each.sentence for words in FAILS)]
    return [each.sentence for each in report.faults]


def test_there_are_enough() -> None:
    assert len(ENTRIES) >= 60
    assert len(CASES) >= 300


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRIES)
def test_a_network_that_runs_is_not_called_broken(name: str) -> None:
    entry = ENTRIES[name]
    for kind in entry.kinds:
        text(name, kind)
        found: list[Report | str] = []
        cost = cost_of(lambda kind=kind, found=found: found.append(answer(name, kind)))  # type: ignore[misc]
        assert cost.seconds < MOST_S, kind
        report = found[0]
        if isinstance(report, str):
            assert entry.read is None, (kind, report)
            continue
        for field, value in (entry.read or {}).items():
            assert getattr(report.config, field) == value, (kind, field, report.sentence)
        assert wrong_in(entry, report) == [], kind
        assert len(report.others) == entry.others, kind
