"""The tab "Train or eval?", from a script of its own: its words are measured, the link keeps the choices."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.training import recorded_networks
from explorer.training.modes.measure import batch_statistics, compare_modes
from explorer.training.modes.sentences import told_evaluation, told_mixed, told_norm, told_refusal, told_sorted
from explorer.ui.state.markdown import escaped
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import charts, healthy, link, opened_from, paragraphs, settled, warnings
from tests.pages.helpers import opened as opened_page
from tests.pages.test_rerun_cost import containers
from tests.training.damage.patients import NETWORKS, load

PAGE = """
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all
from explorer.ui.training.modes import modes_view
from explorer.ui.training.modes_choices import ALL
from tests.pages.test_rerun_cost import containers
from tests.training.damage.patients import NETWORKS

with url.together():
    open_all(*ALL)
modes_view(NETWORKS[{start}:])
"""


def opened(start: int = 0, **query: str) -> AppTest:
    return opened_from(PAGE.format(start=start), **query)


def given(key: str) -> tuple:
    patient = load(key)
    return patient.net, patient.images, patient.labels


def test_both_modes_and_the_last_norm_are_told() -> None:
    page = opened()
    found = compare_modes(*given("residual"))
    for said in (told_evaluation(found, "Residual"), told_mixed(found), told_sorted(found), told_refusal(found)):
        assert escaped(said) in paragraphs(page)
    # the patients have 30 test pictures, so the batch of 32 that comes first is refused, which the page says
    assert any("cannot be taken from" in each.value for each in page.error)
    assert not page.query_params


def test_network_norm_and_batch_stand_in_the_link() -> None:
    page = opened(
        modes_network="plain", modes_norm="layer1.0.bn2", modes_batch="8", modes_before="batch", modes_channels="true"
    )
    found = batch_statistics(*given("plain"), 8, training=True)
    (norm,) = [each for each in found.norms if each.name == "layer1.0.bn2"]
    assert escaped(told_norm(found, norm, NETWORKS[1].classes)) in paragraphs(page)
    table = page.dataframe[-1].value
    assert list(table["mean, running"]) == list(norm.running.means)
    assert list(table["mean, mixed"]) == list(norm.mixed.means)
    assert charts(page) == ["modes_curves", "modes_mean", "modes_deviation"]
    page.selectbox(key="modes_norm.widget").set_value("bn1")
    assert link(settled(healthy(page.run())), "modes_norm") == "bn1"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"modes_network": "unnormed"}, "must be one of residual, plain"),
        ({"modes_norm": "fc", "modes_batch": "4"}, "must be one of bn1"),
        ({"modes_batch": "3"}, "must be one of"),
    ],
)
def test_what_a_link_cannot_ask_for_is_said(query: dict[str, str], said: str) -> None:
    assert any(said in each.replace("\\", "") for each in warnings(opened(**query)))


def test_networks_without_batch_norms_have_no_two_modes() -> None:
    (said,) = [each.value for each in opened(start=2).info]
    assert "No trained network with batch norms" in said


def test_the_page_has_the_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    """With small networks: those that ship take half a minute of a core."""
    monkeypatch.setattr(recorded_networks, "recorded_networks", lambda: NETWORKS)
    page = settled(opened_page("training", experiment=str(TrainingView.MODES), modes_batch="4"))
    assert "In evaluation mode" in paragraphs(page) and "layer2.1.bn2" in paragraphs(page)
    assert len(list(containers(page.main))) <= 10  # each is a message of every rerun
