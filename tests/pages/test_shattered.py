"""The tab "Shattered gradients": what is measured is told, with the norm and without."""

from functools import cache

import pytest

from explorer.training.shattered.measure import shattered_gradients
from explorer.training.shattered.sentences import told_study
from explorer.training.shattered.values import WIDTH, ShatteringStudy
from explorer.ui.state.markdown import escaped
from explorer.ui.training.choices import TrainingView
from tests.pages.helpers import charts, opened, paragraphs, settled, words

pytestmark = pytest.mark.slow


@cache
def study(normed: bool) -> ShatteringStudy:
    """Measured once, for the page and for the test, in networks of a quarter of the width."""
    return shattered_gradients(normed, width=WIDTH // 4)


@pytest.mark.parametrize("normed", [True, False])
def test_both_charts_and_the_words(normed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.shattered.measure.shattered_gradients", lambda normed, **_: study(normed))
    query = {} if normed else {"shattered_norm": "false"}
    page = settled(opened("training", experiment=str(TrainingView.SHATTERED), shattered_values="true", **query))
    assert all(escaped(each) in paragraphs(page) for each in told_study(study(normed)))
    assert charts(page) == ["shattered_neighbours", "shattered_right_angles"]
    assert len(page.dataframe[0].value) == 18 and words(page)
