"""What the gradients along the circle show, in sentences from the measured numbers and nothing else."""

from collections.abc import Sequence

from explorer.text.quantities import counted, listed, minus
from explorer.training.shattered.values import LAG, POINTS, Alike, Branches, Shattering, ShatteringStudy, theory

_SEEN = 0.01  # a correlation that a chart still shows
_LAW = {Branches.PLAIN: "2⁻ᴸ", Branches.FULL: "(3/4)ᴸ"}


def told_neighbours(study: ShatteringStudy) -> str:
    """The shallowest and the deepest networks, and which of them give noise."""
    ends = {branches: study.of(branches) for branches in Branches}
    deep, seeds = ends[Branches.PLAIN][-1].depth, len(ends[Branches.PLAIN][0].neighbours)
    said = [f"{_number(found[-1].median(Alike.NEIGHBOURS))} in {_name(branches)}" for branches, found in ends.items()]
    noise = [_name(branches) for branches, found in ends.items() if is_noise(found[-1])]
    verdict = f" In {listed(noise)} the seeds lie on both sides of 0: that is noise." if noise else ""
    return (
        f"Two inputs {360 * LAG // POINTS}° apart have gradients that correlate at {counted(deep, 'layer')} by "
        f"{listed(said)}, the median of {counted(seeds, 'seed')}.{verdict}"
    )


def told_better(study: ShatteringStudy) -> str:
    """Whether skips keep neighbours' gradients more alike at the deepest networks, for all seeds."""
    plain = study.of(Branches.PLAIN)[-1]
    apart = [
        _name(branches)
        for branches in (Branches.FULL, Branches.TENTH)
        if min(study.of(branches)[-1].neighbours) > max(plain.neighbours)
    ]
    if not apart:
        return f"At {counted(plain.depth, 'layer')} the seeds of networks with and without skips overlap."
    return f"For every seed they are more alike in {listed(apart)} than in any plain network of {plain.depth} layers."


def told_theory(study: ShatteringStudy) -> str:
    """The theorems beside what was measured at right angles, where the theorems are about such networks."""
    said = []
    for branches, law in _LAW.items():
        lawful = [
            (each, expected)
            for each in study.of(branches)
            if (expected := theory(branches, each.depth, normed=study.normed)) is not None and expected >= _SEEN
        ]
        if lawful:
            found, expected = lawful[-1]
            measured = f"{_number(found.median(Alike.RIGHT_ANGLES))} was measured, {_place(found, expected)}"
            said.append(f"{law} is {_number(expected)} for {_name(branches)} of {found.depth} layers; {measured}")
    return (
        "The theorems take neurons to be active for half of the inputs, and independently for two at right angles. "
        f"{'. '.join(said)}."
    )


def _place(found: Shattering, expected: float) -> str:
    """Where the seeds lie beside the theorem."""
    if min(found.right_angles) > expected:
        return "more for every seed"
    if max(found.right_angles) < expected:
        return "less for every seed"
    return "the seeds on both sides"


def is_noise(found: Shattering) -> bool:
    """Whether the seeds' autocorrelations lie on both sides of 0."""
    return min(found.neighbours) <= 0 <= max(found.neighbours)


def _name(branches: Branches) -> str:
    return {
        Branches.PLAIN: "plain networks",
        Branches.FULL: "residual ones",
        Branches.TENTH: "residual ones with branches × 0.1",
    }[branches]


def _number(value: float) -> str:
    return minus(f"{value:.2f}")


def told_study(study: ShatteringStudy) -> Sequence[str]:
    """All of it."""
    return told_neighbours(study), told_better(study), told_theory(study)
