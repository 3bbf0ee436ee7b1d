"""Notes on a network's picture: each unit's gradient norm and its shortcut's share. ``gradient_marks`` draws them."""

from dataclasses import dataclass

from explorer.gradients.shortcut_shares import split
from explorer.gradients.values import GradientFlow, ReadingState
from explorer.gradients.walk_back import steps

DECADES = 2.0  # the columns span at least these, so that small differences look small


@dataclass(frozen=True, slots=True)
class Note:
    """The note on one unit.

    ``share`` is the part of the gradient that comes down the shortcut, the rest comes down the branch; it is None if
    there is no add or no share. ``label`` is the share in words. ``strength`` is the gradient's size on a log scale, 1
    for the largest of all units and 0 for the smallest; it is None if the ``state`` has no size. ``tip`` has the lines
    of the hover text.
    """

    share: float | None
    label: str
    strength: float | None
    state: ReadingState
    tip: tuple[str, ...]


Notes = tuple[tuple[str, Note], ...]
"""Each noted unit with its note."""


def notes(flow: GradientFlow) -> Notes:
    """A note for the stem and each block: the share at its add and the size of the gradient that arrives there."""
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
