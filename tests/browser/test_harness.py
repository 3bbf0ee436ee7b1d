"""The harness itself: a test that could not fail would be worth nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.browser.conftest import OpenPage
from tests.browser.driver import PATIENCE_MS, Problems, expect_healthy, expect_no_overflow


def test_a_browser_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(chromium.ChromiumNotFoundError, match="/no/such/browser"):
        chromium.find_chromium()


def test_the_first_candidate_that_starts_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_candidates", lambda: iter(["stub", "good", "better"]))
    monkeypatch.setattr(chromium, "_starts", lambda path: path != "stub")
    assert chromium.find_chromium() == "good"


def test_no_browser_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_candidates", lambda: iter(["stub"]))
    monkeypatch.setattr(chromium, "_starts", lambda _: False)
    with pytest.raises(chromium.ChromiumNotFoundError, match="--install"):
        chromium.find_chromium()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("console.error('oh no')", "oh no"),
        ("setTimeout(() => { throw new Error('oh dear'); })", "oh dear"),
        ("fetch('http://elsewhere.invalid/x').catch(() => 0)", "another host: http://elsewhere.invalid/x"),
    ],
)
def test_a_page_with_an_error_is_noticed(open_page: OpenPage, problems: Problems, script: str, words: str) -> None:
    page = open_page("about:blank")
    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(300)
    assert any(words in found for found in problems.found)
    problems.clear()


def test_exception_boxes_and_wide_pages_are_noticed(open_page: OpenPage) -> None:
    page = open_page("about:blank", width=390, height=844)
    expect.set_options(timeout=200)
    try:
        page.set_content('<div data-testid="stException" style="width: 800px">ValueError</div>')
        with pytest.raises(AssertionError):
            expect_healthy(page)
        with pytest.raises(AssertionError, match="wider than the screen"):
            expect_no_overflow(page)
    finally:
        expect.set_options(timeout=PATIENCE_MS)
