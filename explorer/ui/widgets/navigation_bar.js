// The bar above every page: its links, and a button that copies the address, which holds the whole state.
export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector(".mark").innerHTML = data.mark;
  links(parentElement.querySelector("nav"), data, setTriggerValue);
  layout();
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    const done = await copy(window.location.href);
    button.textContent = done ? "Link copied" : "Copy it from the address bar";
    setTimeout(() => (button.textContent = "Copy link"), 2500);
  };
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

// What streamlit cannot say of its own containers: the picture comes first on a phone, so settings that would fill a
// screen before it go below. A container takes part by its key.
function layout() {
  if (document.getElementById("resnet-explorer-layout")) return;
  const style = document.createElement("style");
  style.id = "resnet-explorer-layout";
  style.textContent = "@media (max-width: 640px) { div:has(> .st-key-last_on_a_phone) { order: 1; } }";
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
