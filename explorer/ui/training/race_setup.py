"""The choices above the race: pictures, networks and recipe."""

from dataclasses import dataclass, replace

import streamlit as st

from explorer.gradients.paired_networks import with_skips
from explorer.network.config import ResNetConfig
from explorer.network.names import name_of
from explorer.network.options import Norm, Shortcut
from explorer.text.typed_numbers import positive_number, whole_number
from explorer.training.data import DataSet
from explorer.training.effort import check_effort
from explorer.training.racers import fitted, racer_name, racers
from explorer.training.recipe import Optimizer, Recipe, Schedule
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import escaped
from explorer.ui.training import choices
from explorer.ui.widgets.my_network import my_network


@dataclass(frozen=True, slots=True)
class RaceSetup:
    """What the reader asks for. ``pairs`` are places (shallow, deep) of networks that differ in depth alone."""

    data: DataSet
    configs: tuple[ResNetConfig, ...]
    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    recipe: Recipe
    device: str


def choose_race(device: str) -> RaceSetup | None:
    """Draw the choices. Returns None where an entry is invalid, which the page then says."""
    with st.container(key="setting.race"), st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        data = DataSet(choices.DATA.segmented())
        own = choices.OWN.toggle()
        depths = "" if own else choices.DEPTHS.text(width=100)
        shortcut = Shortcut(choices.SHORTCUT.segmented()) if not own else Shortcut.A
        rate, steps = choices.RATE.text(width=110), choices.STEPS.text(width=110)
    more = choices.MORE.expander()
    if more:
        with more, st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            _draw_more()
    try:
        configs, names, pairs = (
            _own(data) if own else _family(data, depths, shortcut, Norm(choices.NORM.value), choices.ZERO_INIT.on)
        )
        recipe = Recipe(
            legs=tuple(whole_number(choices.STEPS.label, each.strip()) for each in steps.split("+")),
            learning_rate=positive_number(choices.RATE.label, rate),
            schedule=Schedule(choices.SCHEDULE.value),
            optimizer=Optimizer(choices.OPTIMIZER.value),
            batch_size=whole_number(choices.BATCH.label, choices.BATCH.value),
            seed=whole_number(choices.SEED.label, choices.SEED.value),
        )
        _check_effort(configs, recipe)
    except ValueError as error:
        st.warning(escaped(str(error)), icon=":material/error:")
        return None
    return RaceSetup(data, configs, names, pairs, recipe, device)


_check_effort = shared(64)(check_effort)


def _draw_more() -> None:
    choices.NORM.segmented()
    choices.SCHEDULE.segmented()
    choices.OPTIMIZER.segmented()
    choices.BATCH.text(width=140)
    choices.SEED.text(width=80)
    choices.ZERO_INIT.toggle()


Networks = tuple[tuple[ResNetConfig, ...], tuple[str, ...], tuple[tuple[int, int], ...]]


@shared(64)
def _family(data: DataSet, depths: str, shortcut: Shortcut, norm: Norm, zero: bool) -> Networks:
    """The paper's networks: plain and residual of each depth."""
    wanted = sorted({whole_number(choices.DEPTHS.label, each) for each in depths.replace(",", " ").split()})
    if not 1 <= len(wanted) <= 2:
        raise ValueError(f"{choices.DEPTHS.label} has {len(wanted)} numbers: give one or two, for example 20, 56.")
    family = racers(data, tuple(wanted), shortcut)
    configs = tuple(replace(each, norm=norm, zero_init_residual=zero) for each in family)
    pairs = ((0, 1), (2, 3)) if len(wanted) == 2 else ()
    return configs, tuple(map(racer_name, configs)), pairs


def _own(data: DataSet) -> Networks:
    """The reader's network beside the same without its shortcuts."""
    mine = fitted(my_network(), data)
    residual = with_skips(mine)
    plain = replace(residual, shortcut=Shortcut.NONE)
    return (plain, residual), (f"{name_of(my_network())}, plain", f"{name_of(my_network())}, residual"), ()
