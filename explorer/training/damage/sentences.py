"""What damage did, in sentences from the counted pictures and nothing else.

Every sentence is about the networks and pictures at hand: one training of each, not what residual networks do.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import median

from explorer.network.config import ResNetConfig
from explorer.network.options import Norm
from explorer.text.quantities import capitalised, counted, listed, noun, percent, signed
from explorer.training.damage.cuts import block_names, can_be_cut, partners, why_not_cut
from explorer.training.damage.outcome import NO_CLASS, DamageCurve, Lesion, chance

_NAMED = 3  # blocks named one by one
_STEADY = 2.0  # standard errors: a difference within them may be chance
_LITTLE = 0.01  # accuracy that a cut costs and that is called less than a point
_MOST, _PART = 0.5, 0.1  # of a loss that recalibration takes back


def told_lesion(lesion: Lesion) -> str:
    """What the damage is, what it cost, and whether so few pictures can tell."""
    count = len(lesion.labels)
    if not lesion.damage.cuts and not lesion.damage.order and not lesion.recalibrated:
        return (
            f"Nothing is cut: the whole network gets {lesion.right:,} of {counted(count, 'picture')} right "
            f"({_share(lesion.accuracy)})."
        )
    lost, mended = len(lesion.flipped), lesion.mended
    return (
        f"{capitalised(_damage(lesion))} the network gets {lesion.right:,} of "
        f"{counted(count, 'picture')} right ({_share(lesion.accuracy)}) instead of {lesion.right_before:,} "
        f"({_share(lesion.accuracy_before)}): {_turned(lost, mended)}{_doubt(lost, mended)}."
    )


def _turned(lost: int, mended: int) -> str:
    if not lost and not mended:
        return "no picture changed sides"
    return (
        f"{lost:,} that {'was' if lost == 1 else 'were'} right {'is' if lost == 1 else 'are'} wrong now and "
        f"{mended:,} that {'was' if mended == 1 else 'were'} wrong {'is' if mended == 1 else 'are'} right"
    )


def _doubt(lost: int, mended: int) -> str:
    """Two networks that are equally good differ by about the root of the pictures in which they differ (McNemar)."""
    if lost != mended and abs(lost - mended) <= _STEADY * sqrt(lost + mended):
        return ", a difference that so few pictures cannot tell from chance"
    return ""


def _damage(lesion: Lesion) -> str:
    cuts, parts = lesion.damage.cuts, []
    if cuts and lesion.config.is_plain:
        parts.append(f"without {_blocks(cuts, 'blocks')}")
    elif cuts:
        parts.append(f"without the {'branch' if len(cuts) == 1 else 'branches'} of {_blocks(cuts, 'blocks')}")
    if lesion.damage.order:
        parts.append(_order(lesion))
    if lesion.recalibrated:
        parts.append("with its batch norms recalibrated")
    return f"{listed(parts)},"


def _order(lesion: Lesion) -> str:
    names, order = block_names(lesion.config), lesion.damage.order
    moved = [name for name, now in zip(names, order, strict=True) if name != now]
    tau = f"(Kendall's tau of the order {lesion.damage.tau(lesion.config):.2f})"
    return f"with {listed(moved)} swapped {tau}" if len(moved) == 2 else f"with {len(moved):,} blocks shuffled {tau}"


def _blocks(cuts: Sequence[str], what: str) -> str:
    return listed(cuts) if len(cuts) <= _NAMED else f"{len(cuts):,} {what}"


def _share(accuracy: float) -> str:
    return percent(accuracy, 1)


def _points(cost: float) -> str:
    points = round(100 * abs(cost), 1)
    return f"{points:.1f} {noun(1 if points == 1 else 2, 'point')}"


def told_classes(lesion: Lesion, classes: Sequence[str]) -> str:
    """The class that lost most, and the one that most pictures are taken for; empty where no picture flipped."""
    if not lesion.flipped:
        return ""
    hit = max(lesion.classes, key=lambda each: each.before - each.after)
    taken_for, count = lesion.commonest
    return (
        f"Hardest hit is {classes[hit.label]}: {hit.after:,} of its {counted(hit.count, 'picture')} right instead of "
        f"{hit.before:,}. Most pictures are taken for {_class(taken_for, classes)}, {count:,} of "
        f"{len(lesion.labels):,}."
    )


def _class(number: int, classes: Sequence[str]) -> str:
    return "no class, since the logits are no finite numbers" if number == NO_CLASS else classes[number]


def told_below_chance(lesion: Lesion, classes: Sequence[str]) -> str:
    """Why the accuracy lies below that of guessing; empty where it does not, or may do so by chance."""
    count, guess = len(lesion.labels), chance(lesion.config)
    taken_for, taken = lesion.commonest
    if lesion.accuracy >= guess - _STEADY * sqrt(guess * (1 - guess) / count):
        return ""
    if taken_for == NO_CLASS:
        return (
            f"{_share(lesion.accuracy)} is below guessing ({_share(guess)}): {taken:,} pictures have no answer at all."
        )
    own = next((each for each in lesion.classes if each.label == taken_for), None)
    of_it = f"only {own.after:,} of the {own.count:,} that show one" if own else "none of them shows one"
    norms = ", normalised with statistics of maps that are no longer there" if _stale(lesion) else ""
    return (
        f"{_share(lesion.accuracy)} is below guessing ({_share(guess)}), which has to be: guesses ignore the picture, "
        f"and this network does not. It takes {taken:,} of {count:,} pictures for {classes[taken_for]} and "
        f"{of_it}. What is behind the damage reads maps that it never saw in training{norms}, so the "
        "same pictures that it told apart land together in a wrong class."
    )


def _stale(lesion: Lesion) -> bool:
    return lesion.config.norm is Norm.BATCH and not lesion.recalibrated


def told_fixed(config: ResNetConfig) -> str:
    """Which blocks cannot be cut, and why; empty where all can."""
    fixed = [name for name in block_names(config) if why_not_cut(config, name)]
    if len(fixed) < 2:
        return why_not_cut(config, fixed[0]) if fixed else ""
    return (
        f"{_blocks(fixed, 'blocks')} cannot be cut: they change the shape of the map, and in a plain network nothing "
        "else does that for the next block."
    )


def told_held(config: ResNetConfig, block: str) -> str:
    """Which blocks a block can be swapped with, once it is chosen."""
    others = partners(config, block)
    if not others:
        return f"{block} cannot be swapped: no other block of its stage takes and gives maps of the same shape."
    return f"{block} can be swapped with {listed(others)}: click one of them."


def told_single_cuts(lesions: Sequence[Lesion], name: str) -> str:
    """What one cut costs in this network, and which blocks matter most."""
    if not lesions:
        return f"{name}: no block can be cut, since every one changes the shape."
    costs = [each.cost for each in lesions]
    most = max(lesions, key=lambda each: each.cost)
    before = _share(most.accuracy_before)
    if len(lesions) == 1:
        return f"{name}: the only block that can be cut, {_block(most)}, costs {_cost(most)}, from {before}."
    little = sum(cost < _LITTLE for cost in costs)
    few = f"{little:,}" if little else "None"
    rest = f"{few} of the {len(costs):,} cuts cost{'' if little > 1 else 's'} less than 1 point"
    return (
        f"{name}, {before} right as a whole: one cut costs {_change(median(costs))} at the median. {_block(most)} "
        f"matters most: without it {_share(most.accuracy)} are right. {rest}."
    )


def _change(cost: float) -> str:
    return _points(cost) if cost >= 0 else f"nothing (it gains {_points(cost)})"


def _cost(lesion: Lesion) -> str:
    return f"{_change(lesion.cost)} ({signed(lesion.right - lesion.right_before)} pictures)"


def _block(lesion: Lesion) -> str:
    return listed(lesion.damage.cuts)


def told_beside(one: Sequence[Lesion], other: Sequence[Lesion], names: tuple[str, str]) -> str:
    """Two networks beside each other: what a cut costs in each, and which of them it harms more."""
    if not one or not other:
        return ""
    medians = [median(each.cost for each in lesions) for lesions in (one, other)]
    worst = [max(each.cost for each in lesions) for lesions in (one, other)]
    said = [
        f"{name} {_change(middle)} at the median, {_change(most)} at most"
        for name, middle, most in zip(names, medians, worst, strict=True)
    ]
    end = "These are one training of each; others, from other seeds, give other numbers."
    fragile = 0 if medians[0] > medians[1] else 1
    cheapest, dearest = min(each.cost for each in (one, other)[fragile]), worst[1 - fragile]
    if abs(medians[0] - medians[1]) < _LITTLE:
        found = "a typical cut costs both about the same"
    elif cheapest > dearest:
        found = f"every cut of {names[fragile]} costs more than any of {names[1 - fragile]}"
    else:
        found = f"a typical cut harms {names[fragile]} more"
    return f"One block cut costs {'; '.join(said)}: {found}. {_left_out(one, other, names)}{end}"


def _left_out(one: Sequence[Lesion], other: Sequence[Lesion], names: tuple[str, str]) -> str:
    said = []
    for lesions, name in zip((one, other), names, strict=True):
        config = lesions[0].config
        fixed = len(block_names(config)) - len(can_be_cut(config))
        if fixed:
            said.append(f"{counted(fixed, 'block')} of {name} cannot be cut at all.")
    return f"{' '.join(said)} " if said else ""


def told_recalibration(stale: Lesion, fresh: Lesion) -> str:
    """What the batch norms' statistics have to do with a loss: the same damage without and with recalibration."""
    back = fresh.accuracy - stale.accuracy
    went = f"Recalibrating the batch norms after it takes {_share(stale.accuracy)} to {_share(fresh.accuracy)}"
    if stale.cost < _LITTLE or _doubt(len(stale.flipped), stale.mended):
        return f"{went}: the damage had cost too little to ask what it comes from."
    share = back / stale.cost
    if share >= _MOST:
        why = "most of the loss was running statistics that no longer fitted, not what the damage took away"
    elif share >= _PART:
        why = "part of the loss was running statistics that no longer fitted, the rest is what the damage took away"
    else:
        why = "running statistics that no longer fitted are not what the loss comes from"
    return f"{went}: {why}."


def told_again(recorded: Sequence[Sequence[Lesion]], measured: Sequence[Sequence[Lesion]]) -> str:
    """In how many answers several networks' single cuts, measured again, differ from the recorded ones."""
    one, other = ([taken for lesions in sweeps for each in lesions for taken in each.after]
                  for sweeps in (recorded, measured))  # fmt: skip
    return _again(one, other, "answer")


def told_curves_again(recorded: Sequence[DamageCurve | None], measured: Sequence[DamageCurve | None]) -> str:
    """In how many accuracies curves that were measured again differ from the recorded ones."""
    one, other = ([share for curve in curves if curve for band in curve.bands for share in band.accuracies]
                  for curves in (recorded, measured))  # fmt: skip
    return _again(one, other, "value")


def _again(recorded: Sequence[float], measured: Sequence[float], what: str) -> str:
    every = counted(len(recorded), what)
    differ = sum(one != other for one, other in zip(recorded, measured, strict=True))
    said = f"{differ:,} differ" if differ > 1 else f"{differ or 'none'} differs"
    return f"Measured again: of {every} {said} from the recording."


def told_elsewhere(lesion: Lesion, others: Sequence[Lesion], name: str) -> str:
    """What the same cut of one block does in another network, from ``others``, its cuts, or why that is not known.

    Empty where nothing is damaged, or nothing is known of the other network."""
    if not others or not (lesion.damage.cuts or lesion.damage.order):
        return ""
    if len(lesion.damage.cuts) != 1 or lesion.damage.order:
        return (
            f"The same damage to {name} is not shown: in the network beside it only cuts of one block are measured. "
            f"Choose {name} as the network and click the same blocks."
        )
    (block,), config = lesion.damage.cuts, others[0].config
    for each in others:
        if each.damage == lesion.damage:
            again = ", its norms recalibrated, too" if each.recalibrated else ""
            shares = f"{_share(each.accuracy)} right instead of {_share(each.accuracy_before)}"
            return f"The same cut in {name}{again}: {shares}."
    if block in block_names(config):
        return f"In {name} {why_not_cut(config, block)}"
    return f"{capitalised(name)} has no {block} to cut."


def told_curve(curve: DamageCurve, name: str, *, shuffled: bool = False) -> str:
    """Says how much random damage it takes until the accuracy is halfway between the whole network's and guessing."""
    guess = chance(curve.config)
    half = (curve.accuracy + guess) / 2
    bands = curve.bands[::-1] if shuffled else curve.bands
    lost = next((band for band in bands if band.median < half), None)
    seeds = f"{counted(len(curve.seeds), 'seed')} on {counted(curve.pictures, 'picture')}"
    if lost is None:
        return f"{name}: at no damage shown does the median of {seeds} lose half of its lead over guessing."
    place = f"at a Kendall's tau of {lost.place:.2f}" if shuffled else f"with {_of_blocks(curve, lost.place)}"
    return (
        f"{name}: {place} at least half of its lead over guessing is gone, the median of {seeds} is "
        f"{_share(lost.median)} (whole {_share(curve.accuracy)}, guessing {_share(guess)})."
    )


def _of_blocks(curve: DamageCurve, place: float) -> str:
    return f"{place:.0f} of its {len(can_be_cut(curve.config))} blocks cut"
