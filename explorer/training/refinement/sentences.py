"""What the blocks of a network do little by little, in sentences from the measured numbers and nothing else."""

from math import isfinite
from statistics import median

from explorer.network.options import Activation, Order
from explorer.text.quantities import capitalised, counted, percent, three_digits
from explorer.training.damage.outcome import chance
from explorer.training.refinement.maps import BlockMaps
from explorer.training.refinement.values import BlockChange, Reading, Refinement

_STEADY = 2.0  # standard errors: a difference within them may be chance


def told_changes(found: Refinement, name: str) -> str:
    """How large what the blocks add is beside what they get."""
    if not found.changes:
        return f"{capitalised(name)} has no shortcuts: a block does not add to its input, it replaces it."
    there = [each for each in found.changes if isfinite(each.ratio)]
    if not there:
        return f"Nothing flows by the shortcuts of {name}."
    low, high = (choose(there, key=lambda each: each.ratio) for choose in (min, max))
    smaller = sum(each.ratio < 1 for each in there)
    return (
        f"{capitalised(name)}: {smaller:,} of {counted(len(there), 'block')} add less than they get, |F(x)| < |x|. The "
        f"least is {_ratio(low)}, the most {_ratio(high)}, and the median {three_digits(_median(there))}."
    )


def _ratio(each: BlockChange) -> str:
    return f"{three_digits(each.ratio)} of |x| in {each.block}"


def _median(changes: list[BlockChange]) -> float:
    return median(each.ratio for each in changes)


def told_expected(found: Refinement) -> str:
    """The measured ratios beside De & Smith's; empty where their reasoning does not apply."""
    pairs = [
        each.ratio / wanted for each, wanted in zip(found.changes, found.expected, strict=False) if isfinite(each.ratio)
    ]
    if not pairs:
        return ""
    after = (
        " Theirs is for sums without an activation behind them; here one follows each sum and makes x smaller."
        if found.config.order is Order.POST
        else ""
    )
    return (
        f"Batch norm alone gives about 1/√l at block l of an untrained network (De & Smith 2020). Measured are "
        f"{three_digits(min(pairs))} to {three_digits(max(pairs))} times that.{after}"
    )


def told_cosine(found: Refinement) -> str:
    """Whether the branch points along its input, and what an input without negative values does to that."""
    if not found.changes:
        return ""
    low, high = (choose(each.cosine for each in found.changes) for choose in (min, max))
    said = (
        f"The cosine of the angle between F(x) and x is {_signed(low)} to {_signed(high)}. At 0 they are at a right "
        "angle; below 0 F(x) takes away from x."
    )
    positive = all(each.negative == 0 for each in found.changes)
    if positive and found.config.order is Order.POST and found.config.activation is Activation.RELU:
        said += (
            " Behind a ReLU no value of x is below zero, so the cosine also says whether F(x) is above or below zero "
            "on average."
        )
    return said


def _signed(value: float) -> str:
    rounded = f"{value:.2f}"
    return "0.00" if rounded == "-0.00" else rounded.replace("-", "−")


def told_readings(found: Refinement, name: str) -> str:
    """What the probe reads after the stem and after the last block, beside the network itself and guessing."""
    first, last = found.readings[0], found.readings[-1]
    best = max(found.readings, key=lambda each: each.right)
    peak = "" if best in (first, last) else f" It reads most after {best.place}, {_share(best.right, found)}."
    return (
        f"A linear probe on the channels' means gets {_share(first.right, found)} of "
        f"{counted(found.pictures, 'picture')} right after the stem and {_share(last.right, found)} after the last "
        f"block: {_course(first, last, found)}.{peak} {capitalised(name)} itself gets {_share(found.right, found)} "
        f"right, and guessing {percent(chance(found.config), 1)}."
    )


def _course(first: Reading, last: Reading, found: Refinement) -> str:
    """Two probes that are equally good differ by about the root of the pictures that either gets wrong."""
    doubt = _STEADY * sum(each.right * (1 - each.right / found.pictures) for each in (first, last)) ** 0.5
    if abs(last.right - first.right) <= doubt:
        return "a difference that so few pictures cannot tell from chance"
    return f"{'more' if last.right > first.right else 'less'} can be read at the end"


def _share(right: int, found: Refinement) -> str:
    return percent(right, found.pictures)


def told_steps(found: Refinement) -> str:
    """How the probe's gain is spread over the blocks, where there is one."""
    gains = [
        (later.right - earlier.right, later.place)
        for earlier, later in zip(found.readings, found.readings[1:], strict=False)
    ]
    whole = found.readings[-1].right - found.readings[0].right
    if len(gains) < 2 or whole <= 0:
        return ""
    most, place = max(gains)
    up = sum(gain > 0 for gain, _ in gains)
    return (
        f"{up:,} of {counted(len(gains), 'block')} raise what the probe reads; the largest single step is "
        f"{100 * most / found.pictures:.1f} points, at {place}."
    )


def told_maps(found: BlockMaps) -> str:
    """What the maps are, and their scale."""
    return (
        f"The {len(found.channels)} channels of {found.block} to which F(x) adds most. Mid-grey is 0, white is "
        f"{three_digits(found.most)} and black −{three_digits(found.most)}, in all rows alike."
    )
