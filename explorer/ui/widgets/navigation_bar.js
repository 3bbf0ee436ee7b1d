// The bar above every page: its links, and buttons that copy the address, which holds the whole state.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  parentElement.querySelector(".mark").innerHTML = data.mark;
  parentElement.querySelector("h1").textContent = data.here;
  listen();
  keepFocus();
  links(parentElement.querySelector("nav"), data, setTriggerValue);
  layout();
  settings(parentElement.querySelector(".settings"));
  const { here, others } = hosts(data.others);
  copies(parentElement, ".here", here, "");
  copies(
    parentElement,
    ".others",
    others,
    `This link begins with ${others}. It opens on devices that are on the same network as this computer.`
  );
  parentElement.querySelector(".others").hidden = !others;

  // A button that copies the link to this state from a host, then says what to know of it.
  function copies(bar, which, host, advice) {
    const button = bar.querySelector(which);
    const label = (button.dataset.label ??= button.textContent);
    button.onclick = async () => {
      const done = await copy(host + window.location.pathname + withoutLids(data.lids));
      button.textContent = done ? "Link copied" : "Copy it from the address bar";
      bar.querySelector(".advice").textContent = done ? advice : "";
      document.dispatchEvent(new CustomEvent("say", { detail: `${button.textContent}. ${done ? advice : ""}` }));
      setTimeout(() => (button.textContent = label), 2500);
    };
  }
}

// This page's host, and the one that other devices reach where this one is the computer itself ("localhost").
function hosts(address) {
  const { protocol, hostname, port, origin } = window.location;
  const local = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  return { here: origin, others: local && address.endsWith(`:${port}`) ? `${protocol}//${address}` : "" };
}

// The state in the address without what is open and what is closed: the back button needs that, nobody else.
function withoutLids(lids) {
  const kept = window.location.search
    .slice(1)
    .split("&")
    .filter((part) => part && !lids.includes(part.split("=")[0]));
  return kept.length ? `?${kept.join("&")}` : "";
}

// On a phone: show or hide the settings that are not the most important ones.
function settings(button) {
  const root = document.documentElement.classList;
  const say = () => {
    button.textContent = root.contains("all-settings") ? "Fewer settings" : "All settings";
    button.setAttribute("aria-expanded", String(root.contains("all-settings")));
  };
  button.onclick = () => {
    root.toggle("all-settings");
    say();
  };
  say();
}

// Real links, so that a page opens in a new tab too; a plain click keeps the session, and with it the choices made.
function links(nav, { pages, here }, setTriggerValue) {
  if (nav.dataset.here === here) return;
  nav.dataset.here = here;
  nav.replaceChildren(
    ...pages.map(([name, label]) => {
      const link = document.createElement("a");
      link.href = name;
      link.textContent = label;
      if (label === here) link.setAttribute("aria-current", "page");
      link.onclick = (event) => {
        if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        if (label !== here) setTriggerValue("go", name);
      };
      return link;
    })
  );
}

// What streamlit cannot say of its own containers. A container takes part by its key.
const LAYOUT = `
/* The focus is in ink, so that it is not taken for a choice, which is in the page's colour. */
[data-testid="stApp"] :is(a, button, summary, [tabindex], [role="tab"]):focus-visible,
[data-testid="stApp"] [data-testid="stCheckbox"] label:has(input:focus-visible),
[data-testid="stApp"] [data-testid="stSlider"] [data-rac]:has(> * > input:focus-visible),
[data-testid="stApp"] :is([data-testid="stTextInputRootElement"], [data-testid="stTextAreaRootElement"]):focus-within,
[data-testid="stApp"] .react-aria-ComboBox > [role="group"]:has(:focus-visible) {
  outline: 2px solid currentColor;
  outline-color: light-dark(#1F2430, #E8EBF2);
  outline-offset: 2px;
  box-shadow: none;
}
[data-testid="stMain"]:focus-visible { outline-offset: -2px !important; }
/* Plotly's toolbar covers titles and keys to colours; the buttons below a chart do what it did. */
.modebar-container:not(:has([data-title="Close fullscreen"])) { display: none; }
/* Choices that wrap: each button has a whole border of its own. */
[data-testid="stButtonGroup"] [role="radiogroup"]:has([data-variant="segmented_control"]) { gap: 0.25rem; }
[data-testid="stButtonGroup"] button[data-variant="segmented_control"] {
  margin: 0;
  border-radius: 8px;
}
[data-testid="stButtonGroup"] button[data-variant="segmented_control"]:not([data-selected], :hover, :focus-visible) {
  border-color: color-mix(in srgb, currentColor 22%, transparent) !important; /* beside the chosen one, too */
}
@media (max-width: 640px) {
  html:has([class*="st-key-setting"]) { --all-settings: block; }
  [data-testid="stHeading"] h2 { padding: 0; font-size: 1.25rem; }
  /* All tabs can be seen, in one row where they fit. */
  [data-testid="stTabs"] [role="tablist"] { flex-wrap: wrap; overflow: visible; gap: 0 0.6rem; }
  [data-testid^="stTabsScroll"] { display: none; }
  /* The picture first: words after it, and settings only when they are asked for, but for the most important ones. */
  body:has(:is([data-testid="stPlotlyChart"], [data-testid="stTabs"])) div:has(> [class*="st-key-after_the_picture"]) { order: 1; }
  html:not(.all-settings) div:has(> [class*="st-key-setting"]):not(:has([data-testid="stAlert"])),
  html:not(.all-settings) [class*="st-key-short_row"] > :nth-child(n + 3) { display: none; }
  .st-key-lineup > div:has([data-testid="stSelectbox"]) { flex: 1 1 30%; width: auto; min-width: 0; }
}`;

function layout() {
  if (document.getElementById("resnet-explorer-layout")) return;
  const style = document.createElement("style");
  style.id = "resnet-explorer-layout";
  style.textContent = LAYOUT;
  document.head.append(style);
}

// A classroom's server is reached over plain http, where browsers hide the clipboard API: then the old way.
async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // not allowed here: try the other way
    }
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
