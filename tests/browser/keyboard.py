"""A reader without a mouse: tabs through a page, sees where the focus is, and hears what changes."""

from typing import NamedTuple

from playwright.sync_api import Page

from tests.browser.driver import wait_idle

MOST_STOPS = 90
# The focused element, also inside components, with its name; and whether a line is drawn around it, or around what
# stands for it where the element itself is hidden, as in a switch.
_FOCUSED = """
() => {
  let found = document.activeElement;
  while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  const lined = (each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const hit = found.querySelector?.(".hit, .surface");
  let seen = hit ? getComputedStyle(hit).strokeDasharray !== "none" : false;
  for (let each = found, up = 0; each && up < 5; each = each.parentElement, up++) seen ||= lined(each);
  const name = found.getAttribute("aria-label") ?? found.textContent;
  return { role: found.getAttribute("role") ?? found.tagName.toLowerCase(), name: name.trim(), seen };
}
"""


_LISTEN = """
() => {
  const region = document.getElementById("resnet-explorer-live");
  window.heard = [];
  new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true });
}
"""
_HEARD = """
(words) => {
  const said = window.heard.join("\\n");
  if (!words.every((each) => said.includes(each))) return false;
  window.heard = [];
  return true;
}
"""


class Focused(NamedTuple):
    """What has the focus; ``seen`` if a line is drawn around it."""

    role: str
    name: str
    seen: bool


def focused(page: Page) -> Focused:
    """Returns what has the focus; ``body`` if nothing has it."""
    return Focused(**page.evaluate(_FOCUSED))


def tab_to(page: Page, name: str, role: str = "", *, back: bool = False) -> Focused:
    """Press Tab, or Shift+Tab, until what is called ``name`` has the focus; every stop on the way must be seen."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        now = focused(page)
        passed.append(now.name.partition("\n")[0])
        assert now.seen, f"the focus on {now} is not seen"
        if name in now.name and role in now.role and now.role != "main":
            return now
    raise AssertionError(f"Tab does not lead to {name!r}, but to {passed}")


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, and wait until the page has answered."""
    for key in keys:
        page.keyboard.press(key)
    wait_idle(page)


def listen(page: Page) -> None:
    """Write down from now on what the live region says."""
    page.locator("#resnet-explorer-live[role=status]").wait_for(state="attached")
    page.evaluate(_LISTEN)


def hears(page: Page, *words: str) -> None:
    """All these words were said since the last time, or will be within a minute."""
    page.wait_for_function(_HEARD, arg=list(words))
