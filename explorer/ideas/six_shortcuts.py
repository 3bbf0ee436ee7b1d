"""The six shortcuts on one real feature map: what each hands on, channel by channel, and what it costs.

``measure.six_shortcuts`` runs the model's own modules.
"""

from dataclasses import dataclass

from explorer.ideas.limits import Matrix, check_option, check_whole
from explorer.network.options import Shortcut
from explorer.text.quantities import capitalised, counted, human

INPUTS, OUTPUTS, SIDE = 4, 8, 8  # channels in and, where the shape changes, out; pixels of the map
SEED = (0, 99)
SHORTCUT_NAMES = {
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
    """The shortcut, the seed of its weights, and whether the block around it ``changes`` the shape.

    Raises:
        Refusal: a value that there is not; the message quotes it.
    """

    shortcut: Shortcut = Shortcut.A
    changes: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "shortcut", check_option("Shortcut", self.shortcut, Shortcut))
        check_whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class ShortcutRun:
    """The channels that went in and came out, each a matrix. ``outputs`` is empty where there is no shortcut.

    The output's channels are counted by what they are: ``kept`` are an input channel's own values (every second one
    where the shape changes), ``means`` of 2x2 of them, ``zeros``, or ``mixed`` from all input channels. ``reached``
    counts the places of the input that influence the output. ``params`` and ``macs`` are the shortcut's alone.
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
    """Says what each of the output's channels is, and what the shortcut costs."""
    name = SHORTCUT_NAMES[run.setting.shortcut]
    if not run.outputs:
        return "None: nothing runs beside the branch, so a block that should do nothing has to learn to."
    where = "where the shape changes" if run.setting.changes else "where the shape stays"
    kept = "every second value of an input channel" if run.setting.changes else "an input channel as it is"
    parts = [
        f"{count} {_verb(count)} {what}"
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
        f"{capitalised(name)}, {where}: of {len(run.outputs)} channels {', '.join(parts)}. {seen} of the input "
        f"reach the output. It costs {costs}."
    )
    return f"{said} {CLASH}" if run.setting.shortcut in (Shortcut.AVGPOOL, Shortcut.C) else said


def _verb(count: int) -> str:
    return "is" if count == 1 else "are"
