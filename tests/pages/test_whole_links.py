"""What the menu and a whole link do to the choices of the page that is left and found again."""

import pytest

from tests.pages.helpers import healthy, link, opened


@pytest.mark.parametrize("whole", [False, True])
def test_a_whole_link_takes_what_it_leaves_out_back_to_the_default(whole: bool) -> None:
    page = opened("compare", by="role", share="true")
    page.query_params.clear()
    page.switch_page("pages/architecture.py")
    healthy(page.run())
    page.session_state["held"]["link.page"]["visits"] = whole
    page.query_params.clear()
    page.query_params.update({"share": "true"})
    page.switch_page("pages/compare.py")
    for _ in range(2):  # the run after the first keeps it
        healthy(page.run())
        assert link(page, "share") == "true"
        assert ("by" in page.query_params) is not whole
