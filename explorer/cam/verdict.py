"""One verdict on a map from its three tests: deletion, insertion, random weights. Without torch.

The rules, the first that fits: a map without evidence has no verdict; one that stays similar with random weights, or
that finds the pixels no better than chance in both ways, is not trusted; a test without a result leaves the verdict
open; deletion and insertion may disagree; a map that passes all three is trusted, no finer than its cells.
"""

import math
from collections.abc import Sequence

from explorer.cam.check_values import BeliefCurve, Randomisation, Trial
from explorer.cam.check_verdicts import Belief, Check, randomisation_check
from explorer.text.quantities import counted

ASKS = (  # deletion, insertion, random weights
    "Does the class lose its probability soonest when the hottest pixels are deleted first?",
    "Does it come back soonest when they are inserted first?",
    "Does the map change when the weights are made random, from the classifier down, block by block? One that does not "
    "shows edges of the picture, not what the network knows (Adebayo et al. 2018).",
)
LIMITS = (
    "What no test can say: a faithful map does not make the network right, it shows what the network relied on, also "
    "where that is wrong. And pictures with pixels deleted are pictures that it never saw."
)
_STRANGE = (
    " But this picture is unlike those that the network learned from: the map may show truly where it looked, and its "
    "answer still means nothing."
)


def curve_check(curve: BeliefCurve) -> Check:
    """Whether deletion, or insertion, beats every random map: the area under its curve against theirs."""
    if not curve.random:
        return Check(Belief.OPEN, "There is no random map to compare with, so nothing can be said of this map.")
    if not all(map(math.isfinite, (curve.area, *curve.random_areas))):
        return Check(Belief.OPEN, "The network gave outputs that are no numbers, so nothing can be said of this map.")
    deletes = curve.trial is Trial.DELETION
    passed = curve.area < min(curve.random_areas) if deletes else curve.area > max(curve.random_areas)
    found = f"area {_against(curve.area, curve.random_areas)}"
    if passed:
        return Check(Belief.PASSED, f"Yes, {'lower' if deletes else 'higher'} than every random map: {found}.")
    return Check(Belief.FAILED, f"No better than chance: {found}.")


def weights_check(found: Randomisation) -> Check:
    """Whether the map depends on what the network has learnt; of several pictures their median decides."""
    pictures = sum(map(math.isfinite, found.spearman[-1])) if found.spearman else 0
    return randomisation_check([middle for middle, *_ in found.spearman_band], pictures)


def verdict(
    deletion: Check,
    insertion: Check,
    weights: Check,
    cells: tuple[int, int],
    *,
    empty: bool = False,
    strange: bool = False,
) -> Check:
    """The verdict on a map of ``cells`` (rows, columns) from its three tests, with its sentence.

    ``empty``: nothing in the map speaks for the class. ``strange``: the picture is unlike those that the network
    learned from.
    """
    found = _verdict(deletion, insertion, weights, f"{cells[0]}×{cells[1]} cells", empty=empty)
    return Check(found.belief, found.sentence + _STRANGE) if strange else found


def _verdict(deletion: Check, insertion: Check, weights: Check, cells: str, *, empty: bool) -> Check:
    if empty:
        return Check(Belief.OPEN, "There is no region to trust: at this block nothing speaks for the class.")
    named = {"deletion": deletion, "insertion": insertion, "random weights": weights}
    failed, missing = ([name for name in named if named[name].belief is end] for end in (Belief.FAILED, Belief.OPEN))
    reasons = []
    if failed[:2] == ["deletion", "insertion"]:
        reasons.append("its hottest pixels matter no more than those of random maps")
    if "random weights" in failed:
        reasons.append("it stays similar when the weights are random, so it does not show what the network has learnt")
    if reasons:
        return Check(Belief.FAILED, f"Do not trust this map: {', and '.join(reasons)}.")
    if missing:
        return Check(Belief.OPEN, f"No verdict: there is no result of {' and of '.join(missing)}.")
    if failed:
        won, lost = ("insertion", "deletion") if failed == ["deletion"] else ("deletion", "insertion")
        return Check(
            Belief.MIXED,
            f"The tests disagree: the map beats chance at {won} and not at {lost}. Trust no more than that some of the "
            f"region matters, no finer than its {cells}.",
        )
    return Check(
        Belief.PASSED,
        f"Trust the region, no finer than its {cells}: the network relies on it, and the map depends on what the "
        "network has learnt.",
    )


def _against(value: float, others: Sequence[float]) -> str:
    """``0.120 (3 random maps: 0.250 to 0.312)``: with as many digits as it takes to see which is larger."""
    ends = min(others), max(others)
    told = (d for d in range(3, 7) if all(value == end or f"{value:.{d}f}" != f"{end:.{d}f}" for end in ends))
    digits = next(told, 7)
    low, high = (f"{end:.{digits}f}" for end in ends)
    between = low if low == high else f"{low} to {high}"
    return f"{value:.{digits}f} ({counted(len(others), 'random map')}: {between})"
