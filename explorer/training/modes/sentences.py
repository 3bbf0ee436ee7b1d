"""Both modes in sentences, from the counted pictures and measured statistics and nothing else.

Every sentence is about the network and the pictures at hand.
"""

from collections.abc import Sequence
from itertools import takewhile
from math import sqrt

from explorer.network.arithmetic import analyze
from explorer.text.quantities import counted, listed, percent
from explorer.training.modes.values import (
    BatchOrder,
    BatchOutcome,
    BatchStatistics,
    ModeComparison,
    NormStatistics,
    norm_names,
)

_STEADY = 2.0  # standard errors: a difference within them may be chance
_CLOSE = 0.1  # running standard deviations: means that are hardly off
_SHRUNK = 0.9  # of the running standard deviation


def told_evaluation(found: ModeComparison, name: str) -> str:
    """What evaluation mode gives, for any batch."""
    return (
        f"In evaluation mode {name} gets {_share(found.right, found)} right, in whatever batch a picture comes: "
        "the norms use their running statistics, which training left."
    )


def told_mixed(found: ModeComparison) -> str:
    """Training mode in mixed batches: the largest and smallest, and from which size on it is as good."""
    mixed = [each for each in found.of(BatchOrder.MIXED) if each.size > 1]
    if not mixed:
        return ""
    largest, smallest = mixed[-1], mixed[0]
    enough = list(takewhile(lambda each: each.within_chance, reversed(mixed)))
    if not enough:
        rest = f"Even in batches of {largest.size} that differs from evaluation mode by more than chance."
    elif enough[-1] is smallest:
        rest = "No size differs from evaluation mode by more than chance."
    elif enough[-1] is largest:
        rest = f"Only batches of {largest.size} differ from evaluation mode by no more than chance."
    else:
        rest = f"From {enough[-1].size} on, so few pictures cannot tell it from evaluation mode."
    several = f", batches of {_of(smallest, found)}" if smallest is not largest else ""
    return (
        f"In training mode each batch is normalised with its own statistics: mixed batches of {_of(largest, found)}"
        f"{several}. {rest}"
    )


def told_sorted(found: ModeComparison) -> str:
    """The largest difference that the order makes, and why; empty where no size is told in both orders."""
    pairs = zip(found.of(BatchOrder.MIXED), found.of(BatchOrder.SORTED), strict=True)
    costs = [(mixed.right - by_class.right, mixed, by_class) for mixed, by_class in pairs if mixed.size > 1]
    if not costs:
        return ""
    cost, mixed, by_class = max(costs, key=lambda each: each[0])
    if cost <= _STEADY * sqrt(sum(each.right * (1 - each.right / found.pictures) for each in (mixed, by_class))):
        return "Sorted by class the same pictures do no worse than by chance, in batches of any size."
    return (
        f"The same pictures sorted by class, in batches of {by_class.size}: {_percent(by_class, found)} instead of "
        f"{_percent(mixed, found)}. Now a batch shows one class or a few, and what its pictures have in common is "
        "taken away by the norms. Weights and picture are the same: only the picture's neighbours changed."
    )


def told_single(found: ModeComparison) -> str:
    """Batches of one picture, unless PyTorch refuses them."""
    single = next((each for each in found.batches if each.size == 1), None)
    if single is None:
        return ""
    same = "where the order can change nothing, " if len(found.batches) > 2 else ""
    return (
        f"A batch of one picture, {same}gets {_percent(single, found)}: batch norm is instance norm then, over the "
        f"picture's own pixels, at the smallest maps {counted(fewest_pixels(found), 'value')} a channel."
    )


def told_refusal(found: ModeComparison) -> str:
    """Where PyTorch refuses to train, in its own words."""
    side, sizes = found.refusal.side, listed([str(size) for size in found.refused])
    here = f"It refuses batches of {sizes} here" if sizes else f"Given a picture of {side} × {side} pixels it would"
    return (
        "PyTorch refuses training mode where a channel has a single value, which would be normalised to 0: for one "
        f"picture on maps of 1 × 1. {here}: “{found.refusal.words}”."
    )


def fewest_pixels(found: ModeComparison) -> int:
    """Pixels of the smallest map that a norm of the network normalises."""
    layers = analyze(found.config).by_name
    return min(height * width for _, height, width in (layers[name].output_shape for name in norm_names(found.config)))


def told_norm(found: BatchStatistics, norm: NormStatistics, classes: Sequence[str]) -> str:
    """How far one batch's statistics are from the running ones, mixed and sorted."""
    shown = f" ({listed([classes[each] for each in found.classes])})" if len(found.classes) <= 2 else ""
    (mixed, mixed_spread), (by_class, spread) = (
        (norm.of(order).off(norm.running), norm.of(order).spread(norm.running)) for order in BatchOrder
    )
    return (
        f"At {norm.name}, in the median channel, the mixed batch's mean is {mixed:.2f} running standard "
        f"deviations off and its standard deviation {mixed_spread:.2f} times the running one; in the sorted "
        f"batch{shown} it is {by_class:.2f} and {spread:.2f}. Each channel has "
        f"{counted(norm.values, 'value')} in {counted(found.size, 'picture')}."
    )


def told_before(found: BatchStatistics) -> str:
    """What the norms before the chosen one have done to what a batch has in common."""
    if found.training:
        return (
            "The norms before it used the batch's statistics, as in training mode: what the batch has in common is "
            "taken away little by little, at every norm."
        )
    return "The norms before it used their running statistics, as in evaluation mode: only this one looks at the batch."


def mean_lies_elsewhere(norm: NormStatistics) -> bool:
    """Whether the sorted batch's mean is clearly farther from the running one than the mixed batch's is."""
    mixed, by_class = (norm.of(order).off(norm.running) for order in BatchOrder)
    return by_class - mixed > _CLOSE


def varies_less(norm: NormStatistics) -> bool:
    """Whether the sorted batch varies clearly less than the mixed one."""
    mixed, by_class = (norm.of(order).spread(norm.running) for order in BatchOrder)
    return by_class < _SHRUNK * mixed


def told_narrow(norm: NormStatistics) -> str:
    """What the sorted batch's statistics mean for the pictures, where they are clearly others than the mixed one's."""
    causes = [
        *(["its mean lies elsewhere"] if mean_lies_elsewhere(norm) else []),
        *(["it varies less, so that small differences are blown up"] if varies_less(norm) else []),
    ]
    if not causes:
        return "Here the sorted batch is about as near to the running statistics as the mixed one."
    return f"The sorted batch is another crowd: {listed(causes)}."


def _share(right: int, found: ModeComparison) -> str:
    return f"{right:,} of {counted(found.pictures, 'picture')} ({percent(right, found.pictures)})"


def _percent(each: BatchOutcome, found: ModeComparison) -> str:
    return percent(each.right, found.pictures)


def _of(each: BatchOutcome, found: ModeComparison) -> str:
    return f"{each.size} get {_percent(each, found)} right"
