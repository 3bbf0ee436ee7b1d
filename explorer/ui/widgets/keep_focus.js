// Focus that a rerun would lose: where the focused element is gone, its successor gets the focus, or what stood before it.
// Part of the bar that stands above every page.
const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), textarea, summary, [tabindex='0']";

function keepFocus() {
  const root = document.documentElement;
  if (root.dataset.keepsFocus) return;
  root.dataset.keepsFocus = "true";
  let last = null;
  document.addEventListener("focusin", (event) => (last = remembered(event)));
  document.addEventListener("focusout", () =>
    // The reader clicked beside it, or Streamlit took it away: only the latter leaves nothing of it.
    setTimeout(() => document.activeElement === document.body && last && usable(last.path[0]) && (last = null))
  );
  let timer = 0;
  const look = () => {
    if (!last || document.activeElement !== document.body || usable(last.path[0])) return;
    successor(last)?.focus({ preventScroll: true });
  };
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(look, 100);
  }).observe(document.getElementById("root"), {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-test-script-state", "disabled"],
  });
}

function usable(element) {
  return element.isConnected && !element.disabled && element.checkVisibility();
}

// The focused element with all around it, its name, and what stands before it, the nearest first.
function remembered(event) {
  const path = event.composedPath().filter((each) => each instanceof Element);
  const key = path.flatMap((each) => [...each.classList]).find((name) => name.startsWith("st-key-"));
  const before = [];
  for (const each of path) {
    if (each.id === "root") break;
    for (let sibling = each.previousElementSibling; sibling; sibling = sibling.previousElementSibling)
      if (sibling.matches('[data-testid="stElementContainer"], [data-testid="stLayoutWrapper"]')) before.push(sibling);
  }
  return { path, key, name: nameOf(path[0]), before };
}

function nameOf(element) {
  return element.getAttribute("aria-label") ?? element.textContent;
}

// The same control drawn anew; after Cancel the button that starts the work; else the text before it, read from there on.
function successor({ path, key, name, before }) {
  const starts = key?.endsWith("-cancel") && key.replace(/-cancel$/, "-now");
  const keyed = [starts, key].map((each) => each && document.querySelector(`.${CSS.escape(each)}`)).filter(Boolean);
  const home = path.slice(1).find((each) => each.isConnected && each.checkVisibility());
  const places = [...keyed, home].filter(Boolean).map(focusables);
  for (const [place, found] of places.entries()) {
    const same = found.find((each) => nameOf(each) === name && each.tagName === path[0].tagName);
    if (same ?? (place < keyed.length && found[0])) return same ?? found[0];
  }
  const text = before.find(usable) ?? home;
  text?.setAttribute("tabindex", "-1");
  return text;
}

function focusables(place) {
  const inside = [...place.querySelectorAll("*")].flatMap((each) => (each.shadowRoot ? focusables(each.shadowRoot) : []));
  return [...place.querySelectorAll(FOCUSABLE), ...inside].filter(usable);
}
