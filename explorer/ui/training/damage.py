"""Damage: blocks of a trained network are cut or swapped by a click, nothing is retrained, and its answers counted."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from explorer.charts.training.damage_bars import cut_bars_alt_text, cut_bars_rows
from explorer.charts.training.damage_curves import damage_curves_alt_text, damage_curves_rows
from explorer.charts.training.damage_picture import BLOCK, SHORTCUT, damage_picture
from explorer.network.options import Norm
from explorer.training.damage.cuts import Damage
from explorer.training.damage.outcome import DamageCurve, Lesion
from explorer.training.damage.sentences import (
    told_below_chance,
    told_beside,
    told_classes,
    told_curve,
    told_elsewhere,
    told_fixed,
    told_held,
    told_lesion,
    told_recalibration,
    told_single_cuts,
)
from explorer.training.damage.trained import TrainedNetwork
from explorer.ui.state.caching import shared
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.training import damage_choices as choices
from explorer.ui.training.damage_flips import flipped_pictures
from explorer.ui.training.damage_work import curves, damaged, single_cuts
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import cut_bars_chart, damage_curves_chart
from explorer.ui.widgets.svg_picture import svg_picture

_NONE = "none"
_drawn = shared(64)(damage_picture)


def damage_view(networks: Sequence[TrainedNetwork]) -> None:
    """Draw the network to click on, what the damage does, all single cuts as bars, and growing damage as curves."""
    network, beside, again = _choose(networks)
    damage = choices.chosen_damage(network.config)
    _picture(network, damage)
    outcome, bars = st.container(), st.container()
    shown = tuple(filter(None, (network, beside)))
    known = _single_cuts(shown, again)
    cuts, fresh = known[0]
    with outcome:
        lesion = damaged(network, damage, recalibrated=again, known=fresh if again else cuts)
        stale = damaged(network, damage, recalibrated=False, known=cuts, place=1) if again else None
        if lesion:
            elsewhere = told_elsewhere(lesion, known[1][again], beside.name) if beside else ""
            _outcome(network, lesion, stale, elsewhere)
    with bars:
        # the whole network comes first, and has no bar
        _bars([(each, cuts[1:], fresh[1:]) for each, (cuts, fresh) in zip(shown, known, strict=True) if cuts], damage)
    _curves(shown, again)


Found = tuple[Lesion, ...]


def _single_cuts(shown: Sequence[TrainedNetwork], again: bool) -> list[tuple[Found, Found]]:
    """Each network's single cuts, and with ``again`` the same with its norms recalibrated, where it has any."""
    asked = [(each, fresh) for fresh in (False, True)[: 1 + again] for each in shown if _normed(each) or not fresh]
    found = dict(zip(asked, single_cuts(tuple(asked)), strict=True))
    return [(found[each, False], found.get((each, True), ())) for each in shown]


def _normed(network: TrainedNetwork) -> bool:
    return network.config.norm is Norm.BATCH


def _choose(networks: Sequence[TrainedNetwork]) -> tuple[TrainedNetwork, TrainedNetwork | None, bool]:
    by_key = {each.key: each for each in networks}
    names = {each.key: each.name for each in networks}
    with st.container(key="setting.damage"), st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        network = by_key[choices.NETWORK.select(tuple(by_key), labels=names, then=choices.heal)]
        others = (*(key for key in by_key if key != network.key), _NONE)
        beside = choices.BESIDE.select(
            others, labels=names | {_NONE: "nothing"}, at_first=_counterpart(network, networks)
        )
        choices.CLICK.segmented()
        again = choices.RECALIBRATED.toggle() if _normed(network) else False
        st.button("Whole again", key="damage.heal", icon=":material/healing:", on_click=choices.heal)
    return network, by_key.get(beside), again


def _counterpart(network: TrainedNetwork, networks: Sequence[TrainedNetwork]) -> str:
    """Returns the key of the network that has shortcuts where this one has none, or the other way round; or nothing."""
    for each in networks:
        if each.config.depth == network.config.depth and each.config.is_plain != network.config.is_plain:
            return each.key
    return ""


def _picture(network: TrainedNetwork, damage: Damage) -> None:
    config, held = network.config, choices.held_block(network.config)
    if held:
        st.caption(escaped(told_held(config, held)))
    elif why := told_fixed(config):
        st.caption(f"Pale: {escaped(why)}")
    svg_picture(
        _drawn(config, damage, held=held),
        _drawn(config, damage, held=held, tall=True),
        key="damage_network",
        filename=f"damage-{network.key}",
        about=f"{network.name}: which blocks are cut or swapped",
        notes=("Click a block to cut its branch, only the shortcut stays; nothing is retrained.",),
        legend=((BLOCK, "block"), *([] if config.is_plain else [(SHORTCUT, "shortcut")])),
        on_pick=lambda block: choices.toggle(config, block),
    )


def _outcome(network: TrainedNetwork, lesion: Lesion, stale: Lesion | None, elsewhere: str) -> None:
    """What the damage did in words, class by class, and the pictures that flipped."""
    said = [
        told_lesion(lesion),
        elsewhere,
        told_recalibration(stale, lesion) if stale and stale.flipped else "",
        told_classes(lesion, network.classes),
        told_below_chance(lesion, network.classes),
    ]
    left, right = st.columns([5, 3], gap="medium")
    with left:
        st.markdown(bullets(said))
        flipped_pictures(network, lesion)
    with right:
        rows = [
            {"class": network.classes[each.label], "pictures": each.count, "whole": each.before, "now": each.after}
            for each in lesion.classes
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt="Pictures right, class by class")


def _bars(shown: Sequence[tuple[TrainedNetwork, Found, Found]], damage: Damage) -> None:
    """All single cuts of the network that is damaged, and of the one beside it, each also with norms recalibrated.

    The blocks that are cut on the page are marked in both."""
    if not shown:
        return
    said = [told_single_cuts(found, each.name) for each, found, _ in shown]
    if len(shown) == 2:
        (one, cuts, _), (other, others, _) = shown
        said.append(told_beside(cuts, others, (one.name, other.name)))
    st.markdown(bullets(said))
    for place, (column, (each, found, again)) in enumerate(zip(st.columns(len(shown)), shown, strict=True)):
        with column:
            chart(
                cut_bars_chart(found, each.name, number=place, recalibrated=again, chosen=damage.cuts),
                key=f"damage_bars_{place}",
                alt=cut_bars_alt_text(found, each.name, recalibrated=again),
                filename=f"cuts-{each.key}",
            )
    expander = choices.VALUES.expander()
    if expander:
        for each, found, again in shown:
            rows = pd.DataFrame(cut_bars_rows(found, recalibrated=again)).convert_dtypes()
            expander.markdown(f"**{escaped(each.name)}**")
            expander.dataframe(rows, hide_index=True, placeholder="", alt=f"Single cuts: {each.name}")
            if why := told_fixed(each.config):
                expander.caption(escaped(why))


def _curves(networks: tuple[TrainedNetwork, ...], again: bool) -> None:
    """Draw the curves of growing random damage."""
    st.subheader("More and more damage", anchor=False)
    shuffled = choices.CURVE.segmented(labels={"cuts": "cut k blocks", "shuffles": "shuffle the blocks"}) == "shuffles"
    place = st.container()
    every = curves(networks, shuffled=shuffled, recalibrated=again)
    shown = [(curve, each.name) for curve, each in zip(every, networks, strict=True) if curve]
    if shown:
        with place:
            _draw_curves(shown, shuffled=shuffled)


def _draw_curves(shown: Sequence[tuple[DamageCurve, str]], *, shuffled: bool) -> None:
    found, names = zip(*shown, strict=True)
    st.markdown(bullets(told_curve(curve, name, shuffled=shuffled) for curve, name in shown))
    chart(
        damage_curves_chart(found, names, shuffled=shuffled),
        key="damage_curves",
        alt=damage_curves_alt_text(found, names, shuffled=shuffled),
        filename="damage-shuffles" if shuffled else "damage-cuts",
    )
    expander = choices.CURVE_VALUES.expander()
    if expander:
        rows = damage_curves_rows(found, names, shuffled=shuffled)
        expander.dataframe(pd.DataFrame(rows), hide_index=True, alt="The numbers of the curves")
