"""The six shortcuts on one real feature map: what each hands on, channel by channel, and what it costs.

``explorer.ideas.measure.six_shortcuts`` runs the model's own modules.
"""

from dataclasses import dataclass

from explorer.ideas.limits import Matrix, option, whole
from explorer.network.options import Shortcut
from explorer.text.quantities import counted, human

INPUTS, OUTPUTS, SIDE = 4, 8, 8  # channels in and, where the shape changes, out; pixels of the map
SEED = (0, 99)
NAMES = {
    Shortcut.NONE: "none",
    Shortcut.A: "A",
    Shortcut.B: "B",
    Shortcut.C: "C",
    Shortcut.AVGPOOL: "average-pool padding",
    Shortcut.AVGPOOL_PROJECTION: "average-pool projection",
}
CLASH = (
    "The letters clash: KellerJordan's code calls average-pool padding C, which in the paper is a projection "
    "in every block."
)


@dataclass(frozen=True, slots=True)
class ShortcutSetting:
    """Which shortcut, in a block that ``changes`` the shape or in one that does not, and the seed of its weights.

    Raises:
        Refusal: a value that there is not; the message quotes it.
    """

    shortcut: Shortcut = Shortcut.A
    changes: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "shortcut", option("Shortcut", self.shortcut, Shortcut))
        whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class ShortcutRun:
    """What went in and came out, a matrix a channel; nothing came out of what is not there.

    Of the output's channels so many are ``kept`` (the input's own values, every second where the shape changes),
    ``means`` of 2x2 of them, ``zeros``, or ``mixed`` from all. ``reached`` places of the input have any influence on
    them. ``params`` and ``macs`` are the shortcut's alone.
    """

    setting: ShortcutSetting
    inputs: tuple[Matrix, ...]
    outputs: tuple[Matrix, ...]
    kept: int
    means: int
    zeros: int
    mixed: int
    reached: int
    params: int
    macs: int


def sentence(run: ShortcutRun) -> str:
    """What each of the output's channels is, and what that costs."""
    name = NAMES[run.setting.shortcut]
    if not run.outputs:
        return "None: nothing runs beside the branch, so a block that should do nothing has to learn to."
    where = "where the shape changes" if run.setting.changes else "where the shape stays"
    kept = "every second value of an input channel" if run.setting.changes else "an input channel as it is"
    parts = [
        f"{count} {verb(count)} {what}"
        for count, what in (
            (run.kept, kept),
            (run.means, "the mean of 2×2 values of an input channel"),
            (run.zeros, "all zeros"),
            (run.mixed, f"a weighted sum of all {len(run.inputs)} input channels"),
        )
        if count
    ]
    costs = (
        f"{counted(run.params, 'parameter')} and {human(run.macs)} MACs" if run.params or run.macs else "no parameters"
    )
    places = SIDE * SIDE
    seen = f"All {places} places" if run.reached == places else f"{run.reached} of the {places} places"
    said = (
        f"{name[0].upper()}{name[1:]}, {where}: of {len(run.outputs)} channels {', '.join(parts)}. {seen} of the input "
        f"reach the output. It costs {costs}."
    )
    return f"{said} {CLASH}" if run.setting.shortcut in (Shortcut.AVGPOOL, Shortcut.C) else said


def verb(count: int) -> str:
    """Is or are."""
    return "is" if count == 1 else "are"
