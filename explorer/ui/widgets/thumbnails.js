// A row of small pictures, each a button; on a screen too narrow for all it scrolls sideways.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const row = parentElement.querySelector(".thumbnails");
  const focused = row.querySelector(":focus")?.dataset.name;
  row.setAttribute("aria-label", data.label);
  row.replaceChildren(...data.thumbnails.map((each) => button(each, setTriggerValue)));
  row.querySelector(`[data-name="${CSS.escape(focused ?? "")}"]`)?.focus({ preventScroll: true });
  const lit = row.querySelector('[aria-pressed="true"]');
  if (lit) row.scrollLeft = lit.offsetLeft - (row.clientWidth - lit.offsetWidth) / 2; // never the page itself
}

function button({ name, label, source, alt, lit, opens }, setTriggerValue) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.name = name;
  made.title = alt;
  made.classList.toggle("opens", opens);
  made.setAttribute("aria-pressed", lit);
  made.onclick = () => setTriggerValue("pick", name);
  const image = document.createElement("img");
  image.src = source;
  image.alt = alt;
  const words = document.createElement("span");
  words.textContent = label;
  made.append(image, words);
  return made;
}
