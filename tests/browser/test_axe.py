"""axe-core on one state of every page, in light and dark, on a screen and a phone; `make axe` looks at all states."""

import pytest

from bench.server import Server
from explorer.ui.compare.choices import Tab
from explorer.ui.ideas.choices import Lesson
from explorer.ui.training.choices import TrainingView
from tests.browser.axe import faults_in_every_look
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, wait_idle

# The states have what the others of their page have not: chosen options as tags, a primary button, a table, answers.
STATES = (
    ("", {"start_values": "true"}, "stDataFrame"),
    ("architecture", {"role": "stem"}, "stDataFrame"),
    ("compare", {"tab": Tab.MEASURED}, "stBaseButton-primary"),
    ("gradients", {"flow": "resnet20~stage_blocks-1.1.1~image_size-8", "images": "2", "seeds": "1"}, "stPlotlyChart"),
    ("training", {"experiment": TrainingView.RECORDED}, "stTable"),
    ("cam", {}, "stPlotlyChart"),
    ("ideas", {"lesson": Lesson.BUGS}, "stCode"),
    ("classroom", {}, "stBaseButton-primaryFormSubmit"),
)


@pytest.mark.parametrize(("name", "query", "part"), STATES, ids=[name or "start" for name, *_ in STATES])
def test_axe_finds_nothing_of_ours(
    server: Server, open_page: OpenPage, name: str, query: dict[str, str], part: str
) -> None:
    page = open_page(address(server.url, name, **query))
    page.get_by_test_id(part).first.wait_for()
    wait_idle(page)
    assert faults_in_every_look(page) == []
