"""Truths of the recorded training runs, as Training > Recorded runs and > Damage tell them."""

from statistics import median

from explorer.jobs.idle import WORDS, Request
from explorer.paths.answers import Measured, Truth
from explorer.training.damage.outcome import Lesion
from explorer.training.damage.sentences import told_single_cuts
from explorer.training.recorded_damage import recorded_cuts
from explorer.training.recorded_networks import recorded_networks
from explorer.training.recorded_sets import RecordedSet, Shown, recorded_set
from explorer.training.verdict import Result, loss_differs, told


def deeper_plain_training(_device: str) -> Measured:
    """What 36 more layers do to the training accuracy of a plain network."""
    return Measured(Request(recorded_set, (Shown.FASHION,), WORDS), _training)


def _training(found: RecordedSet) -> Truth:
    shallow, deep, sentences = _plain_pair(found)
    moved = "up" if deep.train_accuracy > shallow.train_accuracy else "down"
    return Truth(moved if loss_differs(shallow, deep) else "same", sentences[:1])


def overfits(_device: str) -> Measured:
    """Whether the deeper plain network overfits: fits its training pictures better and test pictures worse."""
    return Measured(Request(recorded_set, (Shown.FASHION,), WORDS), _overfitting)


def _overfitting(found: RecordedSet) -> Truth:
    shallow, deep, sentences = _plain_pair(found)
    does = deep.loss < shallow.loss and deep.test_accuracy < shallow.test_accuracy
    return Truth("yes" if does else "no", sentences[1:2])


def race_order(_device: str) -> Measured:
    """Which of the four networks end with the lowest training loss after 1,000 steps on digits."""
    return Measured(Request(recorded_set, (Shown.DIGITS,), WORDS), _order)


def _order(found: RecordedSet) -> Truth:
    results = [Result(run, name) for run, name in zip(found.runs, found.names, strict=True)]
    worst = max(results, key=lambda each: each.loss)
    alone = all(loss_differs(worst, each) for each in results if each is not worst)
    return Truth(worst.name.partition(",")[0] if alone else "none", tuple(told(results, found.pairs)[:-1]))


def _plain_pair(found: RecordedSet) -> tuple[Result, Result, tuple[str, ...]]:
    """The first shallow and deep plain network, and what the page says of the two."""
    shallow, deep = next(pair for pair in found.pairs if found.runs[pair[0]].config.is_plain)
    results = [Result(found.runs[place], found.names[place]) for place in (shallow, deep)]
    return results[0], results[1], tuple(told(results, [(0, 1)]))


def one_cut(_device: str) -> Measured:
    """How many pictures in 100 residual-56 gets right with one block cut: the median over its blocks."""
    deepest = next(each for each in recorded_networks() if not each.config.is_plain)
    cuts = Request(recorded_cuts, (deepest, False), WORDS)

    def read(lesions: tuple[Lesion, ...]) -> Truth:
        _, *single = lesions
        return Truth(100 * median(each.accuracy for each in single), (told_single_cuts(single, deepest.name),))

    return Measured(cuts, read)
