"""The choice of a network to look into: a trained one, an untrained deep one, or the reader's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.network.options import Shortcut
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.data import DataSet
from explorer.training.racers import fitted, racer, racer_name
from explorer.ui.state.url_control import Control
from explorer.ui.training import inside_choices as choices
from explorer.ui.widgets.my_network import my_network

MINE = "my network"
_DEEP = (56, 110)  # to be looked into untrained where no trained one ships; 110 is Veit et al.'s


@dataclass(frozen=True, slots=True)
class Inside:
    """What is looked into: the network called ``trained``, or with ``initial`` an untrained one of this configuration,
    on the pictures of ``trained``."""

    name: str
    config: ResNetConfig
    trained: TrainedNetwork
    initial: ResNetConfig | None


def choose_network(networks: Sequence[TrainedNetwork]) -> Inside:
    """Draw the choice among the trained ``networks``, deep ones that nobody trained, and the reader's own."""
    others = _untrained([each.config for each in networks])
    by_key = {each.key: each for each in networks}
    labels = {each.key: each.name for each in networks} | {key: name for key, (name, _) in others.items()}
    with st.container(key="setting.inside"), st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        key = choices.NETWORK.select(tuple(labels), labels=labels)
        if key in others:
            st.caption("Only untrained: nobody has trained it here.")
            name, config = others[key]
            return Inside(f"untrained {name}", config, networks[0], config)
        chosen = by_key[key]
        if choices.WEIGHTS.segmented() == choices.Weights.INITIAL:
            return Inside(f"untrained {chosen.name}", chosen.config, chosen, chosen.config)
        return Inside(chosen.name, chosen.config, chosen, None)


def choose_trained(control: Control, networks: Sequence[TrainedNetwork], depth: int = 0) -> TrainedNetwork:
    """Draw the choice among trained networks.

    At first it is the first one of ``depth``, or the shallowest, which is measured soonest.
    """
    by_key = {each.key: each for each in networks}
    proposed = min(networks, key=lambda each: (each.config.depth != depth, each.config.depth))
    names = {each.key: each.name for each in networks}
    return by_key[control.select(tuple(by_key), labels=names, at_first=proposed.key)]


def _untrained(trained: Sequence[ResNetConfig]) -> dict[str, tuple[str, ResNetConfig]]:
    """Names and configurations by their keys in the link."""
    deep = (racer(DataSet.FASHION, depth, Shortcut.A) for depth in _DEEP)
    found = {racer_name(each): (racer_name(each), each) for each in deep if each not in trained}
    found[MINE] = f"{name_of(my_network())} (my network)", fitted(my_network(), DataSet.FASHION)
    return found
