"""What a picture of the network says of each unit beside its layers: the gradient's share on the shortcut, its size.

``explorer.charts.network.gradient_marks`` draws it.
"""

from dataclasses import dataclass

from explorer.gradients.shortcut_shares import split
from explorer.gradients.values import GradientFlow, ReadingState
from explorer.gradients.walk_back import steps

HOW_TO_READ = (
    "An arc is as thick as the shortcut's share of the gradient, which its percentage says; a block's bars are as full "
    "as the branch's share. The columns at the blocks are |dL/dh|, on a log scale: full is the largest of all; an "
    "outlined one is below float32."
)
DECADES = 2.0  # that the columns span at least, so that small differences look small


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of one unit.

    ``share`` of the gradient comes down its shortcut and the rest down its branch (None: there is no add, or no
    share), and ``label`` says so in a word. ``strength`` is the size of the gradient there, 1 for the largest of all
    and 0 for the smallest, on a log scale; None where ``state`` is one that has no size. ``tip`` has lines for those
    who point at it.
    """

    share: float | None
    label: str
    strength: float | None
    state: ReadingState
    tip: tuple[str, ...]


Notes = tuple[tuple[str, Note], ...]
"""The notes of the units that have one."""


def notes(flow: GradientFlow) -> Notes:
    """A note for the stem and each block: the share at its add, the size of what arrives, and the walk's numbers."""
    sizes = [reading.log10 for reading in flow.gradient_norms if reading.finite]
    top = max(sizes, default=0.0)
    span = max(top - min(sizes, default=0.0), DECADES)
    found = []
    for step in reversed(steps(flow)):
        parts = split(step.parting) if step.parting else None
        note = Note(
            share=parts.shortcut if parts and not parts.missing else None,
            label=parts.shortcut_words if parts else "",
            strength=1 + (step.arrives.log10 - top) / span if step.arrives.finite else None,
            state=step.arrives.state,
            tip=tuple(filter(None, (step.arrival, parts.short if parts else "", step.since))),
        )
        found.append((step.unit, note))
    return tuple(found)
