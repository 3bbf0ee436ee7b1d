// The bar above every page: its links, and buttons that copy the address, which holds the whole state.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  parentElement.querySelector(".mark").innerHTML = data.mark;
  parentElement.querySelector("h1").textContent = data.here;
  listen();
  keepFocus();
  oneStepBack();
  links(parentElement, data, setTriggerValue);
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
  const home = parentElement.querySelector(".home");
  Object.assign(home, { hidden: !data.taken, onclick: () => setTriggerValue("take", true) });
  prepareLink = () => {
    parentElement.querySelector(".printed").textContent =
      (others || here) + window.location.pathname + withoutLids(data.lids);
  };

  // A button that copies the link to this state from a host, then says what to know of it.
  function copies(bar, which, host, advice) {
    const button = bar.querySelector(which);
    const label = (button.label ??= [...button.childNodes]);
    button.title = label.length > 1 ? label.map((each) => each.textContent).join("") : "";
    button.onclick = async () => {
      const done = await copy(host + window.location.pathname + withoutLids(data.lids));
      button.textContent = done ? "Link copied" : "Copy it from the address bar";
      bar.querySelector(".advice").textContent = done ? advice : "";
      document.dispatchEvent(new CustomEvent("say", { detail: `${button.textContent}. ${done ? advice : ""}` }));
      setTimeout(() => button.replaceChildren(...label), 2500);
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
function links(bar, { pages: [first, ...menu], here }, setTriggerValue) {
  const nav = bar.querySelector("nav");
  if (nav.dataset.here === here) return;
  nav.dataset.here = here;
  const leadTo = (link, [name, label]) => {
    if (label === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.onclick = (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (label !== here) setTriggerValue("go", name);
    };
    return link;
  };
  leadTo(bar.querySelector(".brand"), first); // its address is that of the app
  nav.replaceChildren(
    ...menu.map(([name, label]) => {
      const link = document.createElement("a");
      link.href = name;
      link.textContent = label;
      return leadTo(link, [name, label]);
    })
  );
}

const PAPER_WIDTH = 680; // pixels between the margins of A4: print.css has the same
let prepareLink = () => {};
window.addEventListener("beforeprint", () => printing(true)); // before the browser lays out the paper
window.matchMedia("print").addEventListener("change", (event) => printing(event.matches));

function printing(onPaper) {
  if (onPaper) prepareLink();
  document.querySelectorAll(".js-plotly-plot").forEach((graph) => fit(graph, onPaper));
}

// A chart is as wide as the screen's column; on paper the rest would be cut off.
function fit(graph, onPaper) {
  graph.onScreen ??= graph._fullLayout.width;
  const width = onPaper ? PAPER_WIDTH : graph.onScreen;
  if (graph._fullLayout.width !== width) window.Plotly.relayout(graph, { width });
  if (!onPaper) delete graph.onScreen;
}

// What streamlit cannot say of its own containers: navigation_bar.py puts LAYOUT here, out of page.css.
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
