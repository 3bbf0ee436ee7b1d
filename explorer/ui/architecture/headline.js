// A network's name with its badges, and its numbers as cards; a badge, or a card's button, shows its reason below.
export default function ({ data: packed, parentElement }) {
  const now = new TextDecoder().decode(packed);
  const data = JSON.parse(now);
  const root = parentElement.querySelector(".headline");
  if (root.shown === now) return; // nothing is drawn anew under the reader's focus
  const focused = root.querySelector(":focus")?.dataset.asks;
  if (root.shown) say([data.name, ...data.cards.map((each) => `${each.label} ${each.value}`)].join(", "));
  root.shown = now;
  root.reasons = Object.fromEntries([...data.badges, ...data.cards.map((each) => [each.label, each.receipt])]);
  root.querySelector("h2").textContent = data.name;
  root.querySelector(".name").replaceChildren(root.querySelector("h2"), ...data.badges.map(([text]) => badge(text, root)));
  root.querySelector(".cards").replaceChildren(...data.cards.map((each) => card(each, root)));
  root.querySelector(".foot").textContent = data.foot;
  show(root); // a receipt stays open, with the new network's numbers
  root.querySelector(`[data-asks="${CSS.escape(focused ?? "")}"]`)?.focus({ preventScroll: true });
}

function say(words) {
  document.dispatchEvent(new CustomEvent("say", { detail: words })); // to live_region.js
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

// A button that shows or hides the reason for what it is about.
function asking(made, about, root) {
  made.type = "button";
  made.dataset.asks = about;
  made.onclick = () => {
    root.asked = root.asked === about ? "" : about;
    show(root);
    if (root.asked) say(`${about}: ${root.reasons[about]}`);
  };
  return made;
}

function badge(text, root) {
  return asking(element("button", "badge", text), text, root);
}

function card({ label, value, delta }, root) {
  const made = element("div", "card", "");
  made.dataset.label = label;
  const head = element("div", "label", label);
  const button = asking(element("button", "", "?"), label, root);
  button.setAttribute("aria-label", `Receipt of ${label}?`);
  head.append(button);
  made.append(head, element("div", "value", value));
  if (delta) made.append(element("div", "delta", delta));
  return made;
}

function show(root) {
  const asked = root.asked in root.reasons ? root.asked : "";
  for (const button of root.querySelectorAll("[data-asks]"))
    button.setAttribute("aria-expanded", button.dataset.asks === asked);
  for (const card of root.querySelectorAll(".card")) card.classList.toggle("asked", card.dataset.label === asked);
  const receipt = root.querySelector(".receipt");
  receipt.hidden = !asked;
  if (asked) receipt.replaceChildren(element("strong", "", asked), ` ${root.reasons[asked]}`);
}
