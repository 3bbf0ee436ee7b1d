"""What depth and the first training steps do to the gradient, in sentences from the measured numbers and nothing else.

``explorer.gradients.verdict`` has the words for one measurement.
"""

import math
from collections.abc import Sequence

from explorer.gradients.conditions import BEFORE, condition, moment, shared_condition
from explorer.gradients.number_words import factor_words, power_words
from explorer.gradients.trend_values import DepthCurve, FirstSteps
from explorer.gradients.verdict import Verdict, ratio_words, verdict_of
from explorer.text.quantities import counted

_SPAN = 100  # convolutions
_SAME = math.log10(1.05)  # a change below 5 % is called none


def growth_sentence(curve: DepthCurve, name: str) -> str:
    """What depth does to one network, from the fitted growth; where nothing was measured, that."""
    growth, named = curve.growth, f"{name} ({condition(curve.variant)}): {BEFORE}"
    if growth is None:
        return f"{named} {_no_growth(curve)}."
    per_conv = math.log10(growth.per_conv)
    change = _SPAN * per_conv
    if abs(change) < _SAME:
        word, end = "neither grows nor shrinks", f"so over {_SPAN} of them it keeps its size, within 5 %"
    else:
        times = "times" if change > 0 else "of"
        word = "grows" if change > 0 else "shrinks"
        end = f"so over {_SPAN} of them to {power_words(change)} {times} its size"
    left_out = f" ({counted(growth.left_out, 'ratio')} without a logarithm left out)" if growth.left_out else ""
    return f"{named} the gradient {word} towards the input, {factor_words(per_conv)} a convolution, {end}{left_out}."


def _no_growth(curve: DepthCurve) -> str:
    """Why there is no line: no gradient at all, or too few numbers."""
    measured = sum(len(point.log10_ratios) for point in curve.points)
    if measured and measured == sum(point.both_zero for point in curve.points):
        why = ", since with one class the loss is constant" if curve.variant.num_classes == 1 else ""
        return f"the gradient is exactly zero at every depth{why}"
    return "too few depths gave a number to fit a line through"


def told(runs: Sequence[FirstSteps], names: Sequence[str]) -> tuple[str, ...]:
    """What the first steps changed, in sentences: each network's ratio and loss before and after, then which of the
    two has the lower loss."""
    sentences = [_run_sentence(run, name) for run, name in zip(runs, names, strict=True)]
    if len(runs) == 2 and not any(run.stopped for run in runs):
        sentences.append(_race(runs, names))
    return tuple(sentences)


def _run_sentence(run: FirstSteps, name: str) -> str:
    named = f"{name} ({condition(run.config, run.flows[0].source)})"
    if run.stopped:
        return f"{named}: {run.stopped}"
    start, end = (
        f"{verdict_of(flow)} (ratio {_ratio(run, at)})" for at, flow in ((0, run.flows[0]), (-1, run.flows[-1]))
    )
    return (
        f"{named}: {BEFORE} the gradient {start}, {moment(run.steps)} it {end}; "
        f"the loss went from {_loss(run, 0)} to {_loss(run, -1)}."
    )


def _ratio(run: FirstSteps, at: int) -> str:
    return "0/0" if verdict_of(run.flows[at]) is Verdict.NOTHING else ratio_words(run.log10_ratios[at])


def _loss(run: FirstSteps, at: int) -> str:
    return f"{run.losses[at]:.3g}"


def _race(runs: Sequence[FirstSteps], names: Sequence[str]) -> str:
    """Which of the two has the lower loss at the end, and how healthy the gradients of both were on the whole way."""
    first, second = runs
    named = f"({shared_condition(first.config, second.config, first.flows[0].source)})"
    after = f"So {moment(first.steps)}"
    if _loss(first, -1) == _loss(second, -1):
        return f"{after} neither is ahead {named}: both have a loss of {_loss(first, -1)}."
    better, worse = sorted(range(2), key=lambda index: runs[index].losses[-1])
    return f"{after} “{names[better]}” is ahead of “{names[worse]}” {named}{_health(runs, names)}."


def _health(runs: Sequence[FirstSteps], names: Sequence[str]) -> str:
    """Whether a gradient could be the reason: said where both are healthy in the end, with what was before."""
    if any(verdict_of(run.flows[-1]) is not Verdict.HEALTHY for run in runs):
        return ""
    before = [f"that of “{name}” {ill}" for run, name in zip(runs, names, strict=True) if (ill := _last_illness(run))]
    if not before:
        return f", although {BEFORE} and after every step the gradients of both are healthy"
    return f"; by then the gradients of both are healthy, but on the way {' and '.join(before)}"


def _last_illness(run: FirstSteps) -> str:
    """When the gradient was last not healthy, and what it was then; empty if it was healthy all the time."""
    ill = [(steps, found) for steps, flow in enumerate(run.flows) if (found := verdict_of(flow)) is not Verdict.HEALTHY]
    if not ill:
        return ""
    steps, found = ill[-1]
    return f"{'last ' if steps else ''}{found} {moment(steps)}"
