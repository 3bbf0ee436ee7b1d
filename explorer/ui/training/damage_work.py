"""The damage tab's questions: recorded answers at once, others from the job queue.

One damage is measured at once, all single cuts and growing damage where they are not recorded or wanted again.
"""

from collections.abc import Sequence

import streamlit as st

from explorer.training.damage.cuts import Damage
from explorer.training.damage.outcome import DamageCurve, Lesion
from explorer.training.damage.sentences import told_again, told_curves_again
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.recorded_damage import recorded_curve, recorded_cuts, told_recorded
from explorer.ui.state.markdown import escaped
from explorer.ui.training import lanes
from explorer.ui.widgets.job_progress import Work

_PATIENCE = 1.2  # seconds: most single answers are there by then


def _work(key: str, doing: str, button: str, *, recorded: bool, automatic: bool = False) -> Work:
    """Returns one kind of work; what is ``recorded`` is measured only when the reader wants it measured again."""
    if recorded:
        return Work(key, doing, "Measure again", aside=True, icon=":material/replay:")
    return Work(key, doing, button, automatic=automatic)


def single_cuts(asked: tuple[tuple[TrainedNetwork, bool], ...]) -> tuple[tuple[Lesion, ...], ...]:
    """Returns for each network, with its norms recalibrated or not, the whole of it and all its single cuts.

    They are empty while unknown, which the page says. Recorded ones are measured again when the reader wants it.
    """
    from explorer.training.damage.page_jobs import cut_all

    recorded = tuple(recorded_cuts(*each) for each in asked)
    there = all(recorded)
    work = _work("damage_each", "Cutting every block", "Cut every block", recorded=there, automatic=True)
    found = work.run(asked, cut_all, asked, lane=lanes.LONG)
    if there:
        st.caption(escaped(told_again(recorded, found) if found else told_recorded(asked[0][0])))
    return found or recorded


def damaged(
    network: TrainedNetwork, damage: Damage, *, recalibrated: bool, known: Sequence[Lesion], place: int = 0
) -> Lesion | None:
    """Returns what this damage does, from what is ``known`` already or at once; None while unknown.

    Where it is known, the network gets ready for damage that is not.
    """
    from explorer.training.damage.page_jobs import damage_once, get_ready

    for lesion in known:
        if lesion.damage == damage:
            Work("damage_ready", "").submit(get_ready, network, lane=lanes.AT_ONCE)
            return lesion
    work = Work(f"damage_once_{place}", "Testing the damaged network", automatic=True, patience=_PATIENCE)
    request = (network, damage, recalibrated)
    found: Lesion | None = work.run(request, damage_once, network, damage, recalibrated, lane=lanes.AT_ONCE)
    return found


def curves(
    networks: tuple[TrainedNetwork, ...], *, shuffled: bool, recalibrated: bool
) -> tuple[DamageCurve | None, ...]:
    """Returns each network under growing damage: recorded, or measured when the reader wants it."""
    from explorer.training.damage.page_jobs import damage_at_random

    recorded = tuple(recorded_curve(each, shuffled, recalibrated) for each in networks)
    request = (networks, shuffled, recalibrated)
    there = all(recorded)
    button = "Shuffle the blocks" if shuffled else "Cut more and more blocks"
    work = _work("damage_curves", "Damaging at random", button, recorded=there)
    found = work.run(request, damage_at_random, *request, lane=lanes.LONG)
    if there:
        st.caption(escaped(told_curves_again(recorded, found) if found else told_recorded(networks[0])))
    return found or recorded
