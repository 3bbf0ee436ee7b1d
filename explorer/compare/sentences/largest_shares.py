"""What each network has in total, and the stage with the largest part of it, in one sentence."""

from collections.abc import Sequence

from explorer.compare.budget import Measure, budget
from explorer.network.architecture import Architecture
from explorer.network.labels import stage_label
from explorer.network.names import spoken
from explorer.text.quantities import percent
from explorer.text.ratios import ratio


def stage_totals(arch: Architecture, measure: Measure) -> dict[str, int]:
    """A network's amount by stage ("stem", "layer1" ... "head"); stages without any are left out."""
    totals: dict[str, int] = {}
    for cell in budget(arch, measure):
        totals[cell.stage] = totals.get(cell.stage, 0) + cell.value
    return totals


def largest_stage(arch: Architecture, measure: Measure) -> str:
    """The stage that has most; the first of several that have as much."""
    totals = stage_totals(arch, measure)
    return max(totals, key=lambda stage: totals[stage])


def largest_shares(archs: Sequence[Architecture], measure: Measure) -> str:
    """The networks' totals, each after the first as a ratio to it, and where the largest part of each lies."""
    said = "; ".join(_share(arch, archs[0], measure) for arch in archs)
    return f"{measure.label}: {said}."


def _share(arch: Architecture, first: Architecture, measure: Measure) -> str:
    total, stage = measure.total(arch), largest_stage(arch, measure)
    against = "" if arch is first else f" ({ratio(total, measure.total(first))})"
    label = stage_label(stage).lower()
    where = label if stage.startswith("layer") else f"the {label}"
    share = percent(stage_totals(arch, measure)[stage], total)
    return f"{spoken(arch.config)} has {measure.words(total)}{against}, the largest part, {share}, in {where}"
