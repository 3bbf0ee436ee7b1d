// A row of small pictures, each a button where one can be chosen; too wide for the screen, it scrolls sideways.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const row = parentElement.querySelector(".thumbnails");
  const told = parentElement.querySelector(".told");
  const focused = row.querySelector(":focus")?.dataset.name;
  row.setAttribute("aria-label", data.label);
  row.classList.toggle("worded", data.worded);
  row.replaceChildren(...data.thumbnails.map((each) => thumb(each, data.chooses && setTriggerValue)));
  row.toggleAttribute("tabindex", false);
  if (!data.chooses && row.scrollWidth > row.clientWidth) row.tabIndex = 0; // scrolls by the arrow keys
  row.querySelector(`[data-name="${CSS.escape(focused ?? "")}"]`)?.focus({ preventScroll: true });
  const lit = row.querySelector('[aria-pressed="true"]');
  if (lit) row.scrollLeft = lit.offsetLeft - (row.clientWidth - lit.offsetWidth) / 2; // never the page itself
  // What a picture shows, in words below the row: while it is pointed at or has the focus.
  const tell = ({ target }) => (told.textContent = target.closest("[data-name]")?.querySelector("img").alt ?? "");
  row.onmouseover = tell;
  row.onmouseout = () => (told.textContent = "");
  if (row.tells) return;
  row.tells = true;
  row.addEventListener("focusin", tell);
  row.addEventListener("focusout", row.onmouseout);
}

function thumb({ name, label, source, alt, lit, opens }, setTriggerValue) {
  const made = document.createElement(setTriggerValue ? "button" : "div");
  made.className = "thumb";
  made.dataset.name = name;
  made.classList.toggle("opens", opens);
  if (setTriggerValue) {
    made.type = "button";
    made.setAttribute("aria-pressed", lit);
    made.onclick = () => setTriggerValue("pick", name);
  }
  const image = document.createElement("img");
  image.src = source;
  image.alt = alt;
  const words = document.createElement("span");
  words.textContent = label;
  made.append(image, words);
  return made;
}
