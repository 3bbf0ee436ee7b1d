"""Many paths: how many ways lead through a network, how long they are, and by which of them the gradient comes."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from explorer.charts.training.path_bars import path_norms_alt_text, path_rows, path_shares_alt_text
from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.network.options import Shortcut
from explorer.text.quantities import capitalised
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.data import DataSet
from explorer.training.paths.effort import why_too_large
from explorer.training.paths.lengths import PathGradients
from explorer.training.paths.sentences import (
    told_estimate,
    told_gradient,
    told_modest,
    told_paths,
    told_sum,
    told_veit,
)
from explorer.training.racers import fitted, racer, racer_name
from explorer.ui.state.markdown import escaped
from explorer.ui.training import paths_choices as choices
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import path_norms_chart, path_shares_chart
from explorer.ui.widgets.job_progress import Work
from explorer.ui.widgets.my_network import my_network

LANE = "paths"
MINE = "my network"
_DEEP = (56, 110)  # to be looked at untrained where no trained one ships; 110 is Veit et al.'s


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A network that can be chosen: a trained one, or only a configuration."""

    name: str
    config: ResNetConfig
    trained: TrainedNetwork | None = None


def paths_view(networks: Sequence[TrainedNetwork]) -> None:
    """Draw the choice, what the paths are in words, and both charts with their table.

    An untrained network is tested on the pictures of the first of the trained ``networks``.
    """
    chosen, initial = _choose(networks)
    name = f"untrained {chosen.name}" if initial else chosen.name
    if why := why_too_large(chosen.config):
        st.info(escaped(why), icon=":material/info:")
        return
    found = _measured(chosen.trained or networks[0], chosen.config if initial else None, name)
    if found:
        _show(found, capitalised(name))


def _choose(networks: Sequence[TrainedNetwork]) -> tuple[_Candidate, bool]:
    """Returns the network, and whether it is to be looked at untrained."""
    there = _candidates(networks)
    with st.container(key="setting.paths"), st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = there[choices.NETWORK.select(tuple(there), labels={key: each.name for key, each in there.items()})]
        if not chosen.trained:
            st.caption("Only untrained: nobody has trained it here.")
            return chosen, True
        return chosen, choices.WEIGHTS.segmented() == choices.Weights.INITIAL


def _candidates(networks: Sequence[TrainedNetwork]) -> dict[str, _Candidate]:
    """By their keys in the link: the trained networks, the deep ones that nobody trained, and the reader's own."""
    found = {each.key: _Candidate(each.name, each.config, each) for each in networks}
    trained = [each.config for each in networks]
    for config in (racer(DataSet.FASHION, depth, Shortcut.A) for depth in _DEEP):
        if config not in trained:
            found[racer_name(config)] = _Candidate(racer_name(config), config)
    found[MINE] = _Candidate(f"{name_of(my_network())} (my network)", fitted(my_network(), DataSet.FASHION))
    return found


def _measured(network: TrainedNetwork, initial: ResNetConfig | None, name: str) -> PathGradients | None:
    from explorer.training.paths.page_jobs import paths_of

    work = Work(
        "paths", f"{capitalised(name)}: following the gradient back", "Measure the paths", automatic=True, patience=1.2
    )
    found: PathGradients | None = work.run((network, initial), paths_of, network, initial, lane=LANE)
    return found


def _show(found: PathGradients, name: str) -> None:
    _say(told_paths(found, name), told_gradient(found))
    left, right = st.columns(2)
    with left:
        chart(
            path_shares_chart(found, name),
            key="path_shares",
            alt=path_shares_alt_text(found, name),
            filename="path-shares",
        )
    with right:
        chart(
            path_norms_chart(found, name), key="path_norms", alt=path_norms_alt_text(found, name), filename="path-norms"
        )
    _say(told_veit(found), told_estimate(found), told_sum(found), told_modest(found))
    expander = choices.VALUES.expander()
    if expander:
        expander.dataframe(pd.DataFrame(path_rows(found)), hide_index=True, alt="Paths and gradient by length")


def _say(*said: str) -> None:
    st.markdown("\n".join(f"- {escaped(each)}" for each in said if each))
