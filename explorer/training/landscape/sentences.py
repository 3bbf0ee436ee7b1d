"""Landscapes in sentences, from the measured numbers and nothing else: how chaotic they are, whatever their height.

Li et al. (2018) claim that deep networks without skips have chaotic landscapes, and mean that they are not convex.
"""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf

from explorer.network.arithmetic import analyze
from explorer.text.quantities import counted, listed, percent, three_digits
from explorer.training.landscape.values import LIVE_SIDE, RADII, SIDE, Landscape, Landscapes

_MOST, _PART = 0.5, 0.1  # of the height


def told_landscapes(plain: Landscapes, residual: Landscapes) -> Sequence[str]:
    """All that is said of two kinds of networks beside each other."""
    return (
        told_shares(plain, residual),
        told_minima(plain, residual),
        told_radius(plain, residual),
        told_height(plain, residual),
        told_limits(plain),
    )


def told_shares(plain: Landscapes, residual: Landscapes) -> str:
    """How much of both landscapes bends down within each radius, and whether all planes agree on who has more."""
    within = []
    for place, radius in enumerate(RADII):
        both = _both(plain, residual, partial(_share, place), _percent)
        more = {1: plain, -1: residual, 0: None}[_apart(plain, residual, partial(_share, place))]
        verdict = f"every plane of {more.network} has more than any of the other" if more else "the planes overlap"
        within.append(f"{both} within {radius:g}{'' if place else ' of the trained weights'} ({verdict})")
    return (
        "A convex bowl bends down nowhere; how much of a landscape does is a measure of chaos. Of the second "
        f"differences along the axes these are negative: {'; '.join(within)}. Li et al. (2018) found deep plain "
        f"networks the more chaotic ones: {_beside_the_paper(plain, residual)}."
    )


def _beside_the_paper(plain: Landscapes, residual: Landscapes) -> str:
    """Whether these planes agree with the paper, and within which radius of the trained weights."""
    found = {radius: _apart(plain, residual, partial(_share, place)) for place, radius in enumerate(RADII)}
    same, opposite = ([f"{radius:g}" for radius, sign in found.items() if sign == wanted] for wanted in (1, -1))
    if len(same) == len(RADII):
        return "so are these"
    if opposite:
        return f"here it is the other way round within {listed(opposite)}"
    return f"here that holds within {listed(same)} only" if same else "these planes do not decide it"


def told_minima(plain: Landscapes, residual: Landscapes) -> str:
    """How many valleys there are."""
    both = _both(plain, residual, lambda each: each.minima, lambda count: f"{count:.0f}")
    several = any(each.minima > 1 for each in (*plain.found, *residual.found))
    meaning = " Where there are several, it depends on the start which one a way down leads to." if several else ""
    return f"Points of a plane that lie lower than all eight neighbours: {both}.{meaning}"


def told_radius(plain: Landscapes, residual: Landscapes) -> str:
    """How far from the trained weights the networks stay better than guessing."""
    both = _both(plain, residual, _radius, _distance)
    return (
        f"The nearest point that is no better than guessing (a loss of ln {plain.found[0].config.num_classes} ≈ "
        f"{plain.found[0].guess:.3f}) lies at a distance of {both}. At 1 the step along an axis is as long as the "
        "filters themselves."
    )


def told_height(plain: Landscapes, residual: Landscapes) -> str:
    """How high both are, which says nothing about chaos."""
    both = _both(plain, residual, lambda each: each.median, three_digits)
    higher, chaotic = _apart(plain, residual, lambda each: each.median), _apart(plain, residual, _widest)
    if higher and higher == -chaotic:
        said = "here the higher landscape is the one that bends down less"
    elif higher and higher == chaotic:
        said = "here the higher landscape bends down more, but a bowl can be as high as you like and do so nowhere"
    else:
        said = "a bowl can be as high as you like and bend down nowhere"
    return f"Height is no measure of chaos. The median loss of a plane is {both}: {said}."


def told_limits(shown: Landscapes) -> str:
    """What the planes leave out."""
    one = shown.found[0]
    return (
        f"A plane is 2 of {analyze(one.config).params:,} directions, seen at {one.side} × {one.side} points: what is "
        f"narrower than {_step(one):g} is not seen. The loss is that of {counted(one.pictures, 'training picture')}, "
        "unshifted and not mirrored, with the norms' running statistics. Norms' parameters and biases do not move."
    )


def told_plane(found: Landscape, name: str) -> str:
    """One plane by itself."""
    norms = "norms' statistics measured anew at each point" if found.recalibrated else "running statistics"
    return (
        f"{name}, plane {found.plane + 1}, {norms}: the trained weights have a loss of "
        f"{three_digits(found.trained_loss)} and {found.trained_right:,} of "
        f"{counted(found.pictures, 'training picture')} right. Over steps of "
        f"{_step(found):g}, {_bends(found)}; no better than guessing from a distance of {_distance(_radius(found))}."
    )


def told_steps(recorded: Landscape | None) -> str:
    """Why numbers of a plane of ``LIVE_SIDE`` points differ from recorded ones, the same plane's if that is there."""
    step = 2 / (SIDE - 1)
    if not recorded:
        return (
            f"Recorded planes have steps of {step:g}, which skip fewer narrow bends and valleys: numbers over "
            "different steps do not compare."
        )
    return (
        f"The recorded plane is the same one over steps of {step:g}: there {_bends(recorded)}. At its points that are "
        f"measured here, too, {_bends(recorded.thinned(LIVE_SIDE))}. Longer steps skip narrow bends and valleys, so "
        "numbers over different steps do not compare."
    )


def _bends(found: Landscape) -> str:
    shares = zip(found.non_convex_shares, RADII, strict=True)
    said = " and ".join(f"{_percent(share)} within {radius:g}" for share, radius in shares)
    return f"{said} bends down, with {counted(found.minima, 'minimum').replace('minimums', 'minima')}"


def told_recalibrated(fresh: Landscape, stale: Landscape) -> str:
    """How much of the height is due to running statistics: the same points without and with norms measured anew."""
    height = stale.median - stale.trained_loss
    gone = (stale.median - fresh.median) / height if 0 < height < inf else 0.0
    if gone >= _MOST:
        why = "most of the height came from running statistics that do not fit moved weights"
    elif gone >= _PART:
        why = "part of the height came from running statistics that do not fit moved weights"
    else:
        why = "the height is no matter of running statistics"
    return (
        f"At the same points with running statistics the median loss is {three_digits(stale.median)}, with statistics "
        f"measured anew {three_digits(fresh.median)}: {why}. Of the second differences within {RADII[0]:g}, "
        f"{_percent(_widest(stale))} are negative with running statistics and {_percent(_widest(fresh))} without."
        f"{_lower_or_calmer(fresh, stale)}"
    )


def _lower_or_calmer(fresh: Landscape, stale: Landscape) -> str:
    """A sentence where height and chaos differ in opposite directions, else nothing."""
    if fresh.median < stale.median and _widest(fresh) > _widest(stale):
        return " Lower, and bent down more: height is no measure of chaos."
    if fresh.median > stale.median and _widest(fresh) < _widest(stale):
        return " Higher, and bent down less: height is no measure of chaos."
    return ""


def _share(place: int, found: Landscape) -> float:
    return found.non_convex_shares[place]


_widest = partial(_share, 0)


def _radius(found: Landscape) -> float:
    return inf if found.radius is None else found.radius


def _distance(radius: float) -> str:
    return "more than the plane shows" if radius == inf else f"{radius:.2f}"


def _step(found: Landscape) -> float:
    return 2 / (found.side - 1)


def _percent(share: float) -> str:
    return percent(share, 1)


def _both(
    plain: Landscapes, residual: Landscapes, value: Callable[[Landscape], float], words: Callable[[float], str]
) -> str:
    """The range over the planes of both: "13.0 % to 21.3 % in plain-56 and 0 % in residual-56"."""
    ranges = []
    for shown in (plain, residual):
        values = list(map(value, shown.found))
        ranges.append(" to ".join(dict.fromkeys((words(min(values)), words(max(values))))))
    one, other = ranges
    return f"{one} in both" if one == other else f"{one} in {plain.network} and {other} in {residual.network}"


def _apart(plain: Landscapes, residual: Landscapes, value: Callable[[Landscape], float]) -> int:
    """1 where every plane of the first has more than every plane of the second, -1 where less, 0 where they overlap."""
    one, other = ([value(each) for each in shown.found] for shown in (plain, residual))
    return 1 if min(one) > max(other) else -1 if max(one) < min(other) else 0
