"""What holds of several seeds or learning rates, in sentences computed from all of their runs."""

from collections import Counter
from collections.abc import Iterable, Sequence

from explorer.text.quantities import counted, listed, three_digits
from explorer.training.verdict import Result, accuracy_differs, loss_differs

Pair = tuple[Result, Result]  # a shallow network and a deep one that differ in nothing else


def told_often(pairs: Sequence[Pair], what: str) -> str:
    """Returns with how many of several seeds or rates (``what``) a deep network does worse than a shallow one."""
    shallow, deep = (each.name for each in pairs[0])
    return (
        f"Beside {shallow}, {deep} fits its training pictures {_counts(_fits(*pair) for pair in pairs)} of "
        f"{counted(len(pairs), what)}; on test pictures it is right {_counts(_tested(*pair) for pair in pairs)}."
    )


def _counts(words: Iterable[str]) -> str:
    return listed([f"{word} with {count:,}" for word, count in Counter(words).most_common()])


def _fits(shallow: Result, deep: Result) -> str:
    if not loss_differs(shallow, deep):
        return "equally well"
    return "better" if deep.loss < shallow.loss else "worse"


def _tested(shallow: Result, deep: Result) -> str:
    if not accuracy_differs(shallow, deep):
        return "equally often"
    return "more often" if deep.test_accuracy > shallow.test_accuracy else "less often"


def told_best_rates(pairs: Sequence[Pair]) -> str:
    """Returns how a shallow and a deep network fit, each at the rate with its lowest training loss."""
    shallow, deep = (min(each, key=lambda result: result.loss) for each in zip(*pairs, strict=True))
    rates = [f"{three_digits(each.loss)} (rate {each.run.recipe.learning_rate:g})" for each in (deep, shallow)]
    return f"At the best rate of each, {deep.name} fits {_fits(shallow, deep)}: loss {' against '.join(rates)}."


def told_seed(results: Sequence[Result]) -> str:
    """Returns which of the seeds of ``results``, one network's runs, is shown; see ``middle_seed``."""
    losses = sorted(each.loss for each in results)
    seed = middle_seed(results)
    place = losses.index(next(each.loss for each in results if each.run.recipe.seed == seed)) + 1
    return (
        f"Seed {seed} is shown, a middle one: by the training loss of {results[0].name}, {three_digits(losses[0])} to "
        f"{three_digits(losses[-1])}, it is number {place} of {len(losses)}."
    )


def middle_seed(results: Sequence[Result]) -> int:
    """Returns the seed of the run with the median training loss, the lower one of two."""
    ordered = sorted(results, key=lambda each: each.loss)
    return ordered[(len(ordered) - 1) // 2].run.recipe.seed
