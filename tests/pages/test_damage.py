"""The damage tab, from a script of its own: clicks cut and swap, the link keeps it, and the words are the counts."""

from dataclasses import replace
from functools import cache, partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer.training.damage.cuts import Damage, block_names, swapped
from explorer.training.damage.lesion import all_single_cuts, lesion
from explorer.training.damage.outcome import DamageCurve, Lesion
from explorer.training.damage.page_jobs import cut_each, damage_at_random
from explorer.training.damage.sentences import told_fixed, told_lesion, told_single_cuts
from explorer.training.damage.trained import TrainedNetwork
from explorer.ui.state.markdown import escaped
from explorer.ui.training import damage_work
from tests.pages.helpers import PATIENCE_S, component, healthy, link, opened_from, paragraphs, settled, warnings
from tests.training.damage.patients import SMALL, load

PAGE = """
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all
from explorer.ui.training.damage import damage_view
from explorer.ui.training.damage_choices import ALL
from tests.training.damage.patients import NETWORKS

with url.together():
    open_all(*ALL)
damage_view(NETWORKS)
"""
CLICKS = """
import streamlit as st

from explorer.ui.training import damage_choices as choices
from tests.training.damage.patients import SMALL

config = SMALL["plain"]
choices.CLICK.put(st.session_state["click"])
for block in st.session_state["clicks"]:
    choices.toggle(config, block)
st.session_state["found"] = choices.chosen_damage(config), choices.held_block(config)
"""


opened = partial(opened_from, PAGE)


def expected(cuts: list[str], order: tuple[str, ...] = (), *, key: str = "residual", fresh: bool = False) -> Lesion:
    patient = load(key)
    again = patient.calibration if fresh else None
    return lesion(patient.net, patient.images, patient.labels, cuts=cuts, order=order, recalibrate_on=again)


def test_a_whole_network_and_all_its_single_cuts_are_told() -> None:
    page = opened()
    patient = load("residual")
    assert escaped(told_lesion(expected([]))) in paragraphs(page)
    cuts = all_single_cuts(patient.net, patient.images, patient.labels)
    assert escaped(told_single_cuts(cuts, "Residual")) in paragraphs(page)
    assert not page.query_params


def test_cuts_stand_in_the_link_and_are_counted() -> None:
    page = opened(cuts="0110")
    found = expected(["layer1.1", "layer2.0"])
    assert escaped(told_lesion(found)) in paragraphs(page)
    table = page.dataframe[0].value
    assert list(table["now"]) == [each.after for each in found.classes]
    assert list(table["whole"]) == [each.before for each in found.classes]
    if found.flipped:
        row = component(page, "thumbnails")["thumbnails"]
        assert [each["name"] for each in row] == [str(flip.index) for flip in found.flipped[:24]]
    assert link(page, "cuts") == "0110"
    healed = settled(page.button(key="damage.heal").click().run())
    assert escaped(told_lesion(expected([]))) in paragraphs(healed) and "cuts" not in healed.query_params


def test_a_swap_stands_in_the_link_and_is_counted() -> None:
    page = opened(damaged="plain", swapped="layer1.0 layer1.1")
    order = swapped(SMALL["plain"], "layer1.0", "layer1.1")
    assert escaped(told_lesion(expected([], order, key="plain"))) in paragraphs(page)


def test_recalibrated_cuts_are_told_beside_those_that_are_not() -> None:
    page = opened(cuts="1000", recalibrated="true")
    stale, fresh = expected(["layer1.0"]), expected(["layer1.0"], fresh=True)
    assert escaped(told_lesion(fresh)) in paragraphs(page)
    if stale.flipped:
        assert "Recalibrating the batch norms" in paragraphs(page)


def test_each_table_of_cuts_has_its_network_above_it_and_no_empty_words() -> None:
    page = opened(damage_values="true")
    lid = next(each for each in page.expander if each.dataframe)
    assert [each.value for each in lid.markdown] == ["**Residual**", "**Plain**"]
    residual, plain = lid.dataframe
    assert "remark" not in residual.value and [each.proto.placeholder for each in (residual, plain)] == ["", ""]
    assert list(plain.value["remark"]) == ["", "", "cannot be cut", ""]
    assert [each.value for each in lid.caption] == [escaped(told_fixed(SMALL["plain"]))]


def test_a_network_without_batch_norms_has_no_switch() -> None:
    assert not [each for each in opened(damaged="unnormed").toggle if "norms" in each.label]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"cuts": "01"}, "0 or 1 for each of the 4 blocks"),
        ({"cuts": "0x10"}, "0 or 1 for each of the 4 blocks"),
        ({"damaged": "plain", "cuts": "0010"}, "layer2.0 cannot be cut"),
        ({"swapped": "layer1.0 layer2.0"}, "cannot be swapped"),
        ({"swapped": "layer1.0 layer9.0"}, "no block"),
    ],
)
def test_what_a_link_cannot_ask_for_is_said(query: dict[str, str], said: str) -> None:
    page = opened(**query)
    assert any(said in each.replace("\\", "") for each in warnings(page))


@pytest.mark.parametrize("kind", ["cuts", "shuffles"])
def test_growing_damage_waits_for_a_click(kind: str) -> None:
    page = opened(damage_curve=kind)
    assert not [each for each in page.get("plotly_chart") if "damage_curves" in each.proto.id]
    label = "Shuffle the blocks" if kind == "shuffles" else "Cut more and more blocks"
    (button,) = [each for each in page.button if each.label == label]
    page = settled(button.click().run())
    assert "lead over guessing" in paragraphs(page)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """All damage of the small networks, as if it had been recorded; of one cut one answer is another today."""

    def cuts(network: TrainedNetwork, again: bool) -> tuple[Lesion, ...]:
        *same, last = cut_each(network, again)
        return *same, replace(last, after=((last.after[0] + 1) % 10, *last.after[1:]))

    def curve(network: TrainedNetwork, by_order: bool, again: bool) -> DamageCurve | None:
        return damage_at_random([network], by_order, again)[0]

    monkeypatch.setattr(damage_work, "recorded_cuts", cache(cuts))
    monkeypatch.setattr(damage_work, "recorded_curve", cache(curve))


@pytest.mark.usefixtures("recorded")
def test_recorded_damage_is_there_at_once_and_measured_again() -> None:
    page = AppTest.from_string(PAGE, default_timeout=PATIENCE_S)
    page.query_params["cuts"] = "0100"
    healthy(page.run())
    assert not page.status  # nothing is waited for
    assert escaped(told_lesion(expected(["layer1.1"]))) in paragraphs(page)
    assert "The same cut in Plain" in paragraphs(page) and paragraphs(page).count("lead over guessing") == 2
    each, curves = [button.key for button in page.button if button.label == "Measure again"]
    page = settled(page.button(key=each).click().run())
    answers = 30 * (5 + 4)  # pictures, of the whole networks and of their cuts
    said = [caption.value for caption in page.caption]
    assert escaped(f"Measured again: of {answers} answers 2 differ from the recording.") in said
    page = settled(page.button(key=curves).click().run())
    assert any("values none differs from the recording" in caption.value for caption in page.caption)


def test_clicks_cut_and_heal_and_swap() -> None:
    """The picture's clicks, which AppTest cannot make."""

    def after(*clicks: str, swap: bool = False) -> tuple[Damage, str]:
        page = AppTest.from_string(CLICKS, default_timeout=PATIENCE_S)
        page.session_state["clicks"] = clicks
        page.session_state["click"] = "swap two" if swap else "cut"
        found: tuple[Damage, str] = healthy(page.run()).session_state["found"]
        return found

    config = SMALL["plain"]
    assert after("layer1.1") == (Damage(("layer1.1",)), "")
    assert after("layer1.1", "layer1.0", "layer1.1") == (Damage(("layer1.0",)), "")
    assert after("layer1.1", "layer1.1") == (Damage(), "")
    assert after("layer2.0") == (Damage(), "")  # it cannot be cut
    assert after("layer1.1", swap=True) == (Damage(), "layer1.1")
    assert after("layer1.1", "layer1.1", swap=True) == (Damage(), "")
    assert after("layer1.1", "layer2.1", swap=True) == (Damage(), "layer2.1")  # which does not fit, and is held now
    assert after("layer1.1", "layer1.0", swap=True) == (
        Damage(order=swapped(config, "layer1.0", "layer1.1")),
        "",
    )
    assert set(block_names(config)) == {"layer1.0", "layer1.1", "layer2.0", "layer2.1"}
