"""axe-core on every page, tab, story and lesson, and every path to its end: too long for every day, `make axe`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from bench.server import Server
from explorer import to_url
from explorer.gradients.stories import STORIES
from explorer.paths.links import to_link
from explorer.paths.shipped import SHIPPED
from explorer.paths.values import Path, Step
from explorer.ui.cam.choices import CamView
from explorer.ui.compare.choices import Tab
from explorer.ui.gradients.choices import NET, GradientsView
from explorer.ui.ideas.choices import Lesson
from explorer.ui.training.choices import TrainingView
from tests.browser.axe import faults_in_every_look
from tests.browser.conftest import OpenPage
from tests.browser.driver import PATIENCE_MS, address, wait_idle
from tests.browser.test_paths import IN_SUITE, follow

SMALL = {"images": "2", "seeds": "1"}


def states() -> Iterator[tuple[str, dict[str, str]]]:
    """A page's name and the state in its link."""
    yield "", {"branch": "0", "start_values": "true"}
    yield "paths", {}
    yield "paths", {"own_path": to_link(Path("Mine", (Step("A", "compare"),)))}
    yield "classroom", {}
    yield "training", {"experiment": "Recorded runs", "path": SHIPPED[0].key}
    yield "training", {"experiment": "Recorded runs", "path": SHIPPED[0].key, "path_said": "0!"}
    yield "architecture", {"role": "stem"}
    yield "architecture", {"unit": "layer2.0"}
    yield "architecture", {"counts": "true", "number": "4.12 G"}
    yield from (("compare", {"tab": tab, "steps": "true", "table": "true", "published": "true"}) for tab in Tab)
    for story in STORIES:
        yield "gradients", {NET: to_url(story.config), "contrast": story.contrast, **SMALL, **story.choices}
    small = {NET: "resnet20~stage_blocks-1.1.1~image_size-8", **SMALL, "values": "true"}
    yield from (("gradients", {**small, "view": view}) for view in GradientsView)
    open_tables = dict.fromkeys(("race_values", "paths_values", "blocks_values", "landscape_values"), "true")
    yield from (("training", {"experiment": view, **open_tables}) for view in TrainingView)
    yield from (("cam", {"look": view, "numbers": "true"}) for view in CamView)
    yield from (("ideas", {"lesson": lesson}) for lesson in Lesson)
    yield "classroom", {}


@pytest.mark.parametrize(
    ("name", "query"), [pytest.param(*state, id="-".join((state[0], *state[1].values()))) for state in states()]
)
def test_axe_finds_nothing_of_ours(server: Server, open_page: OpenPage, name: str, query: dict[str, str]) -> None:
    page = open_page(address(server.url, name, **query))
    wait_idle(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=5 * PATIENCE_MS)
    wait_idle(page)
    assert faults_in_every_look(page) == []


@pytest.mark.parametrize("path", [each for each in SHIPPED if each not in IN_SUITE], ids=lambda path: path.key)
def test_a_path_is_followed_to_its_end(server: Server, open_page: OpenPage, path: Path) -> None:
    follow(server, open_page, path)
