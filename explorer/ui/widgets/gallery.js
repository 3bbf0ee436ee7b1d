// A grid of small pictures, each a button; the focus stays on a picture when the grid is sorted or filtered.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const { cards } = JSON.parse(new TextDecoder().decode(packed));
  const place = parentElement.querySelector(".gallery");
  const focused = place.querySelector(":focus")?.dataset.key;
  const before = place.childElementCount;
  place.replaceChildren(...cards.map((each) => card(each, setTriggerValue)));
  place.querySelector(`[data-key="${CSS.escape(focused ?? "")}"]`)?.focus({ preventScroll: true });
  if (before && before !== cards.length) {
    document.dispatchEvent(new CustomEvent("say", { detail: `${cards.length} pictures are shown` }));
  }
}

function card({ key, name, source, guess, strange }, setTriggerValue) {
  const item = document.createElement("li");
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.key = key;
  made.onclick = () => setTriggerValue("pick", key);
  const image = document.createElement("img");
  image.src = source;
  image.alt = ""; // the words under it say what it is
  image.loading = "lazy";
  made.append(image, words("name", name), words("guess", guess));
  if (strange) made.append(words("strange", "unlike what it knows"));
  item.append(made);
  return item;
}

function words(kind, text) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = text;
  return made;
}
