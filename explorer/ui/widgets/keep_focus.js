// Focus that a rerun would lose: where the focused element is gone, its successor gets the focus, or what stood before it.
// Part of the bar that stands above every page.
const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), textarea, summary, [tabindex='0']";
const LOOK_MS = 100; // after a change
const PATIENCE_MS = 800; // a component draws itself a little later than the page

function keepFocus() {
  const root = document.documentElement;
  if (root.dataset.keepsFocus) return;
  root.dataset.keepsFocus = "true";
  let last = null;
  let timer = 0;
  const remember = () => document.activeElement !== document.body && (last = remembered(deepest()));
  // Inside a component the focus moves without an event that comes out of it, keys and clicks do.
  for (const event of ["focusin", "keydown", "keyup", "click"]) document.addEventListener(event, remember, true);
  document.addEventListener("focusout", () =>
    // The reader clicked beside it, or Streamlit took it away: only the former leaves it usable.
    setTimeout(() => document.activeElement === document.body && last && usable(last.path[0]) && (last = null))
  );
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MS);
  };
  const look = () => {
    if (!last || document.activeElement !== document.body || usable(last.path[0])) return;
    last.lost ??= Date.now();
    const found = successor(last) ?? (Date.now() - last.lost > PATIENCE_MS ? placeOf(last) : null);
    if (found) found.focus({ preventScroll: true });
    else soon();
  };
  new MutationObserver(soon).observe(document.getElementById("root"), {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-test-script-state", "disabled"],
  });
}

function deepest() {
  let found = document.activeElement;
  while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}

function usable(element) {
  return element.isConnected && !element.disabled && element.checkVisibility();
}

// The focused element with all around it, its name, and what stands before it, the nearest first.
function remembered(element) {
  const path = [];
  for (let each = element; each && each.id !== "root"; each = each.parentElement ?? each.getRootNode().host) path.push(each);
  const key = path.flatMap((each) => [...each.classList]).find((name) => name.startsWith("st-key-"));
  const before = [];
  for (const each of path)
    for (let sibling = each.previousElementSibling; sibling; sibling = sibling.previousElementSibling)
      if (sibling.matches('[data-testid="stElementContainer"], [data-testid="stLayoutWrapper"]')) before.push(sibling);
  return { path, key, name: nameOf(element), before };
}

function nameOf(element) {
  return element.getAttribute("aria-label") ?? element.textContent;
}

// After Cancel the button that starts the work, else the same control drawn anew.
function successor({ path, key, name }) {
  const starts = key?.endsWith("-cancel") && document.querySelector(`.${CSS.escape(key.replace(/-cancel$/, "-now"))} button`);
  if (starts) return starts;
  const keyed = key && document.querySelector(`.${CSS.escape(key)}`);
  const around = [keyed, path.slice(1).find((each) => each.isConnected && each.checkVisibility())].filter(Boolean);
  const same = (each) => nameOf(each) === name && each.tagName === path[0].tagName;
  return around.map((place) => focusables(place).find(same)).find(Boolean);
}

// Where it was: what stood before it, or all around it; a screen reader, and the next Tab, go on from there.
function placeOf({ path, before }) {
  const place = before.find(usable) ?? path.find(usable);
  place?.setAttribute("tabindex", "-1");
  return place;
}

function focusables(place) {
  const inside = [...place.querySelectorAll("*")].flatMap((each) => (each.shadowRoot ? focusables(each.shadowRoot) : []));
  return [...place.querySelectorAll(FOCUSABLE), ...inside].filter(usable);
}
