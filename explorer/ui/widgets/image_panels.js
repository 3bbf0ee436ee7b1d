// Pictures beside each other, all as wide, each with words under it.
export default function ({ data: packed, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const place = parentElement.querySelector(".panels");
  place.style.setProperty("--count", data.panels.length);
  const before = [...place.querySelectorAll("figcaption")].map((each) => each.textContent);
  place.replaceChildren(...data.panels.map(figure));
  const fresh = data.panels.map((each) => each.words).filter((each) => !before.includes(each));
  if (before.length && fresh.length) document.dispatchEvent(new CustomEvent("say", { detail: fresh.join(". ") }));
}

function figure({ source, words, alt }) {
  const made = document.createElement("figure");
  const image = document.createElement("img");
  image.src = source;
  image.alt = alt;
  const caption = document.createElement("figcaption");
  caption.textContent = words;
  made.append(image, caption);
  return made;
}
