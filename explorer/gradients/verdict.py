"""What a gradient flow shows, in one word and one sentence, both from the measured numbers and nothing else.

The thresholds are this app's own, written where readers see them: there is no agreed line between a small gradient and
a vanishing one. They are two decades wide on either side, so that no choice of seed decides.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from explorer.gradients.conditions import BEFORE, condition
from explorer.gradients.number_words import factor_words, power_words
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import GradientFlow, ReadingState, main_path_convs
from explorer.text.quantities import counted

VANISHES_BELOW, EXPLODES_ABOVE = 1e-2, 1e2
_LIMITS = (math.log10(VANISHES_BELOW), math.log10(EXPLODES_ABOVE))
THRESHOLDS = (
    "The ratio is |dL/dh| after the stem divided by that after the last block. Below 10⁻² the gradient “vanishes”, "
    "above 10² it “explodes”, in between it is “healthy”. The median of the seeds decides."
)


class Verdict(StrEnum):
    """What happens to the gradient on its way from the last block to the stem."""

    VANISHES = "vanishes"
    HEALTHY = "is healthy"
    EXPLODES = "explodes"
    NOTHING = "is exactly zero"
    BREAKS = "is no number"


def verdict(log10_ratio: float) -> Verdict:
    """The word for one ratio first/last, given as its common logarithm."""
    if math.isnan(log10_ratio):
        return Verdict.BREAKS
    low, high = _LIMITS
    if log10_ratio < low:
        return Verdict.VANISHES
    return Verdict.EXPLODES if log10_ratio > high else Verdict.HEALTHY


def verdict_of(flow: GradientFlow) -> Verdict:
    """The word for one flow. Where both ends are exactly zero, there is no ratio and no gradient at all."""
    ends = flow.gradient_norms[0], flow.gradient_norms[-1]
    if all(end.state is ReadingState.ZERO for end in ends):
        return Verdict.NOTHING
    return verdict(flow.log10_ratio)


def ratio_words(log10: float, words: Callable[[float, int], str] = power_words) -> str:
    """A ratio with as many digits as put it on its own side of a threshold: 0.00996 vanishes, and "0.01" would not."""
    others = [limit for limit in _LIMITS if log10 != limit]
    for digits in range(2, 7):
        if words(log10, digits) not in [words(limit, digits) for limit in others]:
            return words(log10, digits)
    limit = min(others, key=lambda limit: abs(limit - log10))
    return f"just {'below' if log10 < limit else 'above'} {words(limit, 2)}"


@dataclass(frozen=True, slots=True)
class FlowFinding:
    """One network's verdict with its sentence, which says nothing that the numbers do not."""

    verdict: Verdict
    sentence: str


def finding(flow: FlowBand, name: str) -> FlowFinding:
    """What the seeds of one fresh network show together, with the condition and the moment for which it holds."""
    found = _median_verdict(flow)
    named = f"{name} ({condition(flow.config, flow.flows[0].source)})"
    return FlowFinding(found, f"{named}: {BEFORE} the gradient {found}{_how(flow, found)}{_dissent(flow, found)}.")


def _median_verdict(flow: FlowBand) -> Verdict:
    """The median ratio's verdict; where that is no number, the most frequent verdict of the seeds without one."""
    log10 = flow.ratio.median.log10
    if not math.isnan(log10):
        return verdict(log10)
    return Counter(verdict_of(one) for one in flow.flows if math.isnan(one.log10_ratio)).most_common(1)[0][0]


def _how(flow: FlowBand, found: Verdict) -> str:
    """The number behind the verdict, as a continuation of the sentence."""
    log10, convs = flow.ratio.median.log10, main_path_convs(flow.config)
    if found is Verdict.NOTHING:
        return f", at the last block and at the stem{_why_zero(flow)}"
    if found is Verdict.BREAKS:
        return ", since the signal or the gradient left what float32 can hold on its way"
    if math.isinf(log10):
        return f": {_without_factor(flow, log10)}"
    times = "times" if log10 > 0 else "of"
    stem = f"the stem gets {ratio_words(log10)} {times} what the last block gets"
    lost = ", below what float32 can hold" if _lost(flow) else ""
    return f": {stem}{lost}, {factor_words(log10 / convs)} for each of {counted(convs, 'convolution')}"


def _why_zero(flow: FlowBand) -> str:
    if flow.config.num_classes == 1:
        return ", since with one class the loss is constant"
    return ", since the loss is exactly zero" if not any(one.loss for one in flow.flows) else ""


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
    others = Counter(map(verdict_of, flow.flows))
    del others[found]
    said = [f"in {count} of {len(flow.flows)} seeds it {word}" for word, count in others.items()]
    return f"; {' and '.join(said)}" if said else ""


def reply(guess: Verdict, measured: Verdict) -> str:
    """What to say, kindly, to somebody who predicted ``guess``."""
    if guess is measured:
        return f"You predicted that it {guess}, and the measurement {BEFORE} says the same."
    return (
        f"You predicted that it {guess}; measured {BEFORE}, it {measured}. A good prediction to be wrong about: which "
        "number on the way would have told you?"
    )


def conclusion(first: Verdict, second: Verdict, change: str, where: str) -> str:
    """What the difference between two fresh networks does, ``change`` being what turns the second into the first.

    ``change`` is a noun in the singular: "the shortcut", "batch norm", "pre-activation". ``where`` is the condition
    that both share (``shared_condition``).
    """
    return f"So {BEFORE} {_difference(first, second).format(change=change)} ({where})."


def _difference(first: Verdict, second: Verdict) -> str:
    if first is second:
        return {
            Verdict.VANISHES: "both vanish: here {change} does not rescue the gradient",
            Verdict.HEALTHY: "both are healthy: here {change} is not what keeps the gradient alive",
            Verdict.EXPLODES: "both explode: here {change} does not tame the gradient",
            Verdict.NOTHING: "there is no gradient in either: here {change} changes nothing",
            Verdict.BREAKS: "neither gives numbers: here {change} does not help",
        }[first]
    if first is Verdict.HEALTHY:
        return "it is {change} that keeps the gradient healthy"
    if second is Verdict.HEALTHY:
        return "{change} does harm: without it the gradient is healthy"
    return "{change} changes what goes wrong, and neither is healthy"
