"""Every choice of a page stands in the link on each of its tabs, and does so again after another page."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.queue import JobQueue
from explorer.ui.compare.choices import Tab
from explorer.ui.gradients.choices import GradientsView
from tests.pages.helpers import healthy, link, opened, settled

COMPARE = {"net1": "resnet20", "net3": "resnet18", "measure": "macs", "share": "true", "by": "role", "to": "3"}
COMPARE |= {"differs": "true", "channels": "512", "ratio": "8", "from": "2", "goal": "width", "max_params": "5 M"}
COMPARE |= {"around": "3", "batch": "4", "edit": "true", "edit_which": "2"}
GRADIENTS = {"flow": "resnet20~stage_blocks-1.1.1~image_size-8", "images": "2", "seeds": "1", "contrast": "norm"}
GRADIENTS |= {"show": "weight", "scale": "linear", "relative": "true", "lit": "layer1.0", "sgd_steps": "3"}
GRADIENTS |= {"rate": "0.01", "function": "gelu", "product": "30", "which": "2"}


@pytest.fixture(autouse=True)
def fresh_queue(module_queue: JobQueue) -> None:
    """One queue for all tests, which measure the same networks."""


def gone_to(page: AppTest, name: str) -> AppTest:
    """By the menu, whose links have no choices."""
    page.query_params.clear()
    page.switch_page(f"pages/{name}.py")
    return settled(healthy(page.run()))


@pytest.mark.parametrize(
    ("name", "state"),
    [
        *(("compare", COMPARE | ({} if tab is Tab.BUDGET else {"tab": tab})) for tab in Tab),
        *(
            ("gradients", GRADIENTS | ({} if view is GradientsView.LAYERS else {"view": view}))
            for view in GradientsView
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else each.get("tab") or each.get("view") or "first",
)
def test_every_choice_survives_other_tabs_and_other_pages(name: str, state: dict[str, str]) -> None:
    page = settled(opened(name, **state))
    assert {each: link(page, each) for each in page.query_params} == state
    gone_to(page, "architecture")
    assert not {"net1", "flow"} & set(page.query_params)
    page.text_input(key="q.widget").input("conv2").run()
    gone_to(page, name)
    assert {each: link(page, each) for each in page.query_params} == state
