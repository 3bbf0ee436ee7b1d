"""What tests of all pages do with one: open it, wait for its work, and read what it says. No browser is needed."""

import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from bench.server import ROOT
from explorer.ui.widgets import job_progress

PATIENCE_S = 60
POLL_S = 0.05
REST_S = 1.0  # between two reruns while work goes on: they cost as much as the work

# An AppTest looks for components in all that is installed, 0.2 s each time; that stays the same.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
# It makes a stand-in for the server in each run, and of each thing that a page asks it for: 3 ms.
app_test.MagicMock = cache(app_test.MagicMock)


def _ended(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    """Wait for the end of a run. An AppTest looks a thousand times a second whether it has come."""
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise TimeoutError(f"the page was not there after {timeout:g} s")


local_script_runner.require_widgets_deltas = _ended


def opened(page_name: str, **query: str | list[str]) -> AppTest:
    """``pages/<page_name>.py`` as somebody with this link sees it at first."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
    page.query_params.update(query)
    page.switch_page(f"pages/{page_name}.py")
    return healthy(page.run())


def opened_from(script: str, **query: str) -> AppTest:
    """A page whose script is this text, as somebody with this link sees it once its work is done."""
    page = AppTest.from_string(script, default_timeout=PATIENCE_S)
    page.query_params.update(query)
    return settled(healthy(page.run()))


def opened_with_my_network(page_name: str, net: str, **query: str) -> AppTest:
    """The same for somebody who chose ``net`` on the Architecture page and then went to this one."""
    page = opened("architecture", net=net)
    page.query_params.clear()
    page.query_params.update(query)
    page.switch_page(f"pages/{page_name}.py")
    return healthy(page.run())


def healthy(page: AppTest) -> AppTest:
    """The page, known to have raised nothing."""
    assert not page.exception, [error.value for error in page.exception]
    return page


def rerun_until(page: AppTest, done: Callable[[AppTest], bool]) -> AppTest:
    """Rerun the page as its polling fragment would, until it shows what it must."""
    deadline = time.monotonic() + PATIENCE_S
    while not done(page):
        assert time.monotonic() < deadline, "it never came"
        rested = time.monotonic() + REST_S
        time.sleep(POLL_S)
        while job_progress.queue().busy() and time.monotonic() < rested:
            time.sleep(POLL_S)
        healthy(page.run())
    return page


def settled(page: AppTest) -> AppTest:
    """Rerun the page until nothing is waited for."""
    return rerun_until(page, lambda page: not page.status)


def link(page: AppTest, name: str) -> str:
    """A value in the link, which must be there once."""
    values = page.query_params[name]
    (value,) = [values] if isinstance(values, str) else values
    return value


def warnings(page: AppTest) -> list[str]:
    return [each.value for each in page.warning]


def component(page: AppTest, name: str) -> dict[str, Any]:
    """What the page's one component of this name shows."""
    (shown,) = [each.proto for each in page.get("bidi_component") if each.proto.component_name.endswith(f"_{name}")]
    content: dict[str, Any] = json.loads(shown.bytes)
    return content


def charts(page: AppTest) -> list[str]:
    """The keys of the charts, in their order."""
    return [each.proto.id.rsplit("-", 1)[-1] for each in page.get("plotly_chart")]


def paragraphs(page: AppTest) -> str:
    """What its paragraphs say, as they are written."""
    return "\n".join(each.value for each in page.markdown)


def headline(page: AppTest) -> dict[str, Any]:
    """What the Architecture page's headline shows: its name, badges, cards and foot."""
    return component(page, "headline")


def card(page: AppTest, label: str) -> dict[str, str]:
    (found,) = [each for each in headline(page)["cards"] if each["label"] == label]
    return dict(found)


def metric(page: AppTest, label: str) -> str:
    return card(page, label)["value"]


def words(page: AppTest) -> str:
    """All that is said, as people read it."""
    said = (*page.header, *page.markdown, *page.info, *page.caption, *page.error, *page.warning, *page.success)
    return "\n".join(each.value for each in said).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
