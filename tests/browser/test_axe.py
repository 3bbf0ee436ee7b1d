"""axe-core on one state of every page, in light and dark, on a screen and a phone; `make axe` looks at all states."""

import pytest

from bench.server import Server
from explorer.ui.compare.choices import Tab
from explorer.ui.ideas.choices import Lesson
from explorer.ui.training.choices import TrainingView
from tests.browser.axe import faults_in_every_look
from tests.browser.conftest import OpenPage
from tests.browser.driver import address, follow, wait_idle

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


@pytest.mark.parametrize("states", [STATES[:4], STATES[4:]], ids=lambda states: "-".join(name for name, *_ in states))
def test_axe_finds_nothing_of_ours(
    server: Server, open_page: OpenPage, states: tuple[tuple[str, dict[str, str], str], ...]
) -> None:
    """One page goes from state to state; what is wrong is said of each."""
    page = open_page(address(server.url, states[0][0], **states[0][1]))
    faults = {}
    for name, query, part in states:
        url = address(server.url, name, **query)
        if page.url != url:
            follow(page, url)
        page.get_by_test_id(part).first.wait_for()
        wait_idle(page)
        faults[url] = faults_in_every_look(page)
    assert not any(faults.values()), faults
