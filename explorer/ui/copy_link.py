"""A button that copies the page's address, which holds the whole state."""

import streamlit as st

_HTML = """
<button type="button">Copy link</button>
"""
_CSS = """
button {
  height: 2.5rem;
  padding: 0 0.9rem;
  font: 400 0.95rem var(--st-font);
  color: var(--st-text-color);
  background: var(--st-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
  cursor: pointer;
}
button:hover, button:focus-visible {
  border-color: var(--st-primary-color);
  color: var(--st-primary-color);
}
"""
# A classroom's server is reached over plain http, where browsers hide the clipboard API: then the old way.
_JS = """
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    const done = await copy(window.location.href);
    button.textContent = done ? "Link copied" : "Copy it from the address bar";
    setTimeout(() => (button.textContent = "Copy link"), 2500);
  };
}

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
"""
_BUTTON = st.components.v2.component("resnet_explorer_copy_link", html=_HTML, css=_CSS, js=_JS)


def copy_link(*, key: str) -> None:
    """Show the button."""
    _BUTTON(key=key, width="content")
