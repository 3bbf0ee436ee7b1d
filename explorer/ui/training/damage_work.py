"""The damage tab's questions in the job queue: one damage at once, all single cuts, and growing damage."""

from collections.abc import Sequence

from explorer.training.damage.cuts import Damage
from explorer.training.damage.outcome import DamageCurve, Lesion
from explorer.training.damage.trained import TrainedNetwork
from explorer.ui.training import lanes
from explorer.ui.widgets.job_progress import Work

_PATIENCE = 1.2  # seconds: most single answers are there by then


def each_cut(network: TrainedNetwork, place: int, *, recalibrated: bool = False) -> tuple[Lesion, ...]:
    """Returns all single cuts, measured without a click; empty while unknown, which the page says."""
    from explorer.training.damage.page_jobs import cut_each

    work = Work(f"damage_each_{place}", f"{network.name}: cutting every block", "Cut every block", automatic=True)
    found = work.run((network, recalibrated), cut_each, network, recalibrated, lane=lanes.LONG)
    return () if found is None else tuple(found)


def damaged(
    network: TrainedNetwork, damage: Damage, *, recalibrated: bool, known: Sequence[Lesion], place: int = 0
) -> Lesion | None:
    """Returns what this damage does, from what is ``known`` already or at once; None while unknown."""
    from explorer.training.damage.page_jobs import damage_once

    for lesion in known:
        if lesion.damage == damage:
            return lesion
    work = Work(f"damage_once_{place}", "Testing the damaged network", automatic=True, patience=_PATIENCE)
    request = (network, damage, recalibrated)
    found: Lesion | None = work.run(request, damage_once, network, damage, recalibrated, lane=lanes.AT_ONCE)
    return found


def curves(
    networks: tuple[TrainedNetwork, ...], *, shuffled: bool, recalibrated: bool
) -> tuple[DamageCurve | None, ...] | None:
    """Returns each network under growing damage, when the reader wants it."""
    from explorer.training.damage.page_jobs import damage_at_random

    button = "Shuffle the blocks" if shuffled else "Cut more and more blocks"
    work = Work("damage_curves", "Damaging at random", button)
    request = (networks, shuffled, recalibrated)
    found = work.run(request, damage_at_random, networks, shuffled, recalibrated, lane=lanes.LONG)
    return None if found is None else tuple(found)
