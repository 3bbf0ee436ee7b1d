"""What a gradient flow shows, in one word and one sentence, both from the measured numbers and nothing else.

The thresholds are this app's own, written where readers see them: there is no agreed line between a small gradient and
a vanishing one. They are two decades wide on either side, so that no choice of seed decides.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from explorer.gradients.number_words import factor_words, power_words
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.trend_values import DepthCurve, FirstSteps
from explorer.gradients.values import ReadingState, main_path_convs
from explorer.text.quantities import counted

VANISHES_BELOW, EXPLODES_ABOVE = 1e-2, 1e2
_STEADY = 0.01  # decades a convolution that make no decade in a hundred of them
THRESHOLDS = (
    "The ratio is |dL/dh| after the stem divided by that after the last block. Below 10⁻² the gradient “vanishes”, "
    "above 10² it “explodes”, in between it is “healthy”. The median of the seeds decides."
)


class Verdict(StrEnum):
    """What happens to the gradient on its way from the last block to the stem."""

    VANISHES = "vanishes"
    HEALTHY = "is healthy"
    EXPLODES = "explodes"
    BREAKS = "is no number"


def verdict(log10_ratio: float) -> Verdict:
    """The word for one ratio first/last, given as its common logarithm."""
    if math.isnan(log10_ratio):
        return Verdict.BREAKS
    if log10_ratio < math.log10(VANISHES_BELOW):
        return Verdict.VANISHES
    return Verdict.EXPLODES if log10_ratio > math.log10(EXPLODES_ABOVE) else Verdict.HEALTHY


@dataclass(frozen=True, slots=True)
class FlowFinding:
    """One network's verdict with its sentence, which says nothing that the numbers do not."""

    verdict: Verdict
    sentence: str


def finding(flow: FlowBand, name: str) -> FlowFinding:
    """What the seeds of one network show together."""
    found = verdict(flow.ratio.median.log10)
    return FlowFinding(found, f"{name}: the gradient {found}{_how(flow, found)}{_dissent(flow, found)}.")


def _how(flow: FlowBand, found: Verdict) -> str:
    """The number behind the verdict, as a continuation of the sentence."""
    log10, convs = flow.ratio.median.log10, main_path_convs(flow.config)
    if found is Verdict.BREAKS:
        return ", since the signal or the gradient left what float32 can hold on its way"
    if math.isinf(log10):
        return f": {_without_factor(flow, log10)}"
    factor = factor_words(log10 / convs)
    stem = f"the stem gets {power_words(log10)} of what the last block gets"
    if log10 > 0:
        stem = f"the stem gets {power_words(log10)} times what the last block gets"
    lost = ", below what float32 can hold" if _lost(flow) else ""
    return f": {stem}{lost}, {factor} for each of {counted(convs, 'convolution')}"


def _without_factor(flow: FlowBand, log10: float) -> str:
    """Why the ratio is zero or infinite."""
    if log10 < 0:
        return "nothing at all arrives at the stem"
    if flow.gradient_norms[-1].median.state is ReadingState.ZERO:
        return "at the last block it is exactly zero"
    return "what arrives at the stem is above float32"


def _lost(flow: FlowBand) -> bool:
    """Whether what arrives at the stem is below float32 for the typical seed."""
    return flow.gradient_norms[0].median.state is ReadingState.UNDERFLOW


def _dissent(flow: FlowBand, found: Verdict) -> str:
    """What other seeds show, where they show something else."""
    others = Counter(verdict(one.log10_ratio) for one in flow.flows)
    del others[found]
    said = [f"in {count} of {len(flow.flows)} seeds it {word}" for word, count in others.items()]
    return f"; {' and '.join(said)}" if said else ""


def reply(guess: Verdict, measured: Verdict) -> str:
    """What to say, kindly, to somebody who predicted ``guess``."""
    if guess is measured:
        return f"You predicted that it {guess}, and the measurement says the same."
    return (
        f"You predicted that it {guess}; measured, it {measured}. A good prediction to be wrong about: which number "
        "on the way would have told you?"
    )


def conclusion(first: Verdict, second: Verdict, change: str) -> str:
    """What the difference between two networks does, ``change`` being what turns the second into the first.

    ``change`` is a noun in the singular: "the shortcut", "batch norm", "pre-activation".
    """
    if first is second:
        same = {
            Verdict.VANISHES: "both vanish: here {change} does not rescue the gradient",
            Verdict.HEALTHY: "both are healthy: here {change} is not what keeps the gradient alive",
            Verdict.EXPLODES: "both explode: here {change} does not tame the gradient",
            Verdict.BREAKS: "neither gives numbers: here {change} does not help",
        }[first]
        return f"So {same.format(change=change)}."
    if first is Verdict.HEALTHY:
        return f"So here it is {change} that keeps the gradient healthy."
    if second is Verdict.HEALTHY:
        return f"So here {change} does harm: without it the gradient is healthy."
    return f"So here {change} changes what goes wrong, and neither is healthy."


def growth_sentence(curve: DepthCurve, name: str) -> str:
    """What depth does to one network, from the fitted growth; where nothing was measured, that."""
    growth = curve.growth
    if growth is None:
        return f"{name}: too few depths gave a number to fit a line through."
    per_conv = math.log10(growth.per_conv)
    word = "neither grows nor shrinks" if abs(per_conv) < _STEADY else "grows" if per_conv > 0 else "shrinks"
    left_out = f" ({counted(growth.left_out, 'ratio')} without a logarithm left out)" if growth.left_out else ""
    return (
        f"{name}: towards the input the gradient {word}, {factor_words(per_conv)} a convolution, "
        f"so by {power_words(100 * per_conv)} over 100 of them{left_out}."
    )


def told(runs: Sequence[FirstSteps], names: Sequence[str]) -> tuple[str, ...]:
    """What the first steps changed, in sentences: each network's ratio and loss before and after, then which of the
    two has the lower loss."""
    said = [_run_sentence(run, name) for run, name in zip(runs, names, strict=True)]
    if len(runs) == 2 and not any(run.stopped for run in runs):
        said.append(_race(runs, names))
    return tuple(said)


def _run_sentence(run: FirstSteps, name: str) -> str:
    before, after = run.log10_ratios[0], run.log10_ratios[-1]
    if run.stopped:
        return f"{name}: {run.stopped}"
    return (
        f"{name}: before the first step the gradient {verdict(before)} (ratio {power_words(before)}), after "
        f"{counted(run.steps, 'step')} it {verdict(after)} ({power_words(after)}); the loss went from "
        f"{run.losses[0]:.3g} to {run.losses[-1]:.3g}."
    )


def _race(runs: Sequence[FirstSteps], names: Sequence[str]) -> str:
    """Which of the two has the lower loss at the end, and whether its gradient could be the reason."""
    order = sorted(range(2), key=lambda index: runs[index].losses[-1])
    better, worse = order
    healthy = all(verdict(run.log10_ratios[-1]) is Verdict.HEALTHY for run in runs)
    why = " although the gradients of both are healthy" if healthy else ""
    return f"So “{names[better]}” is ahead of “{names[worse]}”{why}."
