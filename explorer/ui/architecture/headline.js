// A network's name with its badges, and its numbers as cards; a card's button shows the number's receipt below.
export default function ({ data: packed, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const root = parentElement.querySelector(".headline");
  root.querySelector("h2").replaceChildren(data.name, ...data.badges.map(badge));
  const asked = root.asked ?? "";
  root.querySelector(".cards").replaceChildren(...data.cards.map((each) => card(each, root, data.cards)));
  root.querySelector(".foot").textContent = data.foot;
  ask(root, data.cards, asked); // a receipt stays open, with the new network's numbers
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function badge([text, reason]) {
  const made = element("span", "badge", text);
  made.title = reason;
  return made;
}

function card({ label, value, delta }, root, cards) {
  const made = element("div", "card", "");
  made.dataset.label = label;
  const head = element("div", "label", label);
  const button = element("button", "", "?");
  button.type = "button";
  button.setAttribute("aria-label", `Where ${label} comes from`);
  button.onclick = () => ask(root, cards, root.asked === label ? "" : label);
  head.append(button);
  made.append(head, element("div", "value", value));
  if (delta) made.append(element("div", "delta", delta));
  return made;
}

function ask(root, cards, label) {
  root.asked = label;
  for (const each of root.querySelectorAll(".card")) {
    const open = each.dataset.label === label;
    each.classList.toggle("asked", open);
    each.querySelector("button").setAttribute("aria-expanded", open);
  }
  const receipt = root.querySelector(".receipt");
  const found = cards.find((each) => each.label === label);
  receipt.hidden = !found;
  if (found) receipt.replaceChildren(element("strong", "", found.label), ` ${found.receipt}`);
}
