// The bar of a guided path: where the reader is, the question, their answer, what is true, and the way on.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const find = (name) => parentElement.querySelector(name);
  const last = data.steps.length - 1;
  where(find(".where"), data);
  find(".progress").replaceChildren(
    ...data.steps.map((_, place) => {
      const mark = document.createElement("i");
      mark.className = place <= data.place ? "done" : "";
      return mark;
    })
  );
  const go = (place) => () => setTriggerValue("go", place);
  Object.assign(find(".back"), { disabled: data.place === 0, onclick: go(data.place - 1) });
  Object.assign(find(".next"), { disabled: data.place === last, onclick: go(data.place + 1) });
  find(".next").classList.toggle("primary", data.place < last && (data.seen || !data.question));
  find(".leave").textContent = data.place === last && data.seen ? "Done" : "Leave the path";
  find(".leave").onclick = () => setTriggerValue("leave", true);
  find(".away").hidden = !data.away;
  find(".return").onclick = go(data.place);

  find(".question").textContent = data.question;
  find(".asked").hidden = !data.question || (data.asked && data.seen);
  find(".question").hidden = data.asked; // it stands in the class's bar
  options(find(".options"), data, setTriggerValue);
  number(find(".number"), data, setTriggerValue);
  const reveal = find(".reveal");
  const lost = parentElement.activeElement === reveal && data.seen; // the button goes: the focus goes on
  reveal.hidden = data.seen || !data.question;
  reveal.textContent = data.said || data.asked ? "Show what is true" : "Just show me";
  reveal.classList.toggle("primary", Boolean(data.said));
  reveal.onclick = () => setTriggerValue("reveal", true);

  const ask = find(".ask");
  ask.hidden = !data.leads || data.seen || data.asked || !data.question;
  ask.onclick = () => setTriggerValue("ask", true);

  find(".truth").hidden = !data.shown || data.asked;
  find(".reply").textContent = data.shown?.reply ?? "";
  find(".sentences").replaceChildren(...(data.shown?.sentences ?? []).map(paragraph));
  find(".look").textContent = data.look && (data.seen || !data.question) ? `Look at: ${data.look}` : "";
  find(".note").hidden = !data.note;
  find(".note p").textContent = data.note;
  say(find(".path"), data);
  if (lost) (data.place < last ? find(".next") : find(".leave")).focus();
  const hides = Boolean(data.question) && !data.seen && !data.away;
  find(".hint-below").hidden = !hides;
  document.documentElement.classList.toggle("path-asks", hides);
  return () => document.documentElement.classList.remove("path-asks");
}

function where(place, { path, steps, place: at }) {
  const step = document.createElement("b");
  step.textContent = steps[at];
  place.replaceChildren(`${path} · step ${at + 1} of ${steps.length}: `, step);
}

function options(group, { options: texts, said, seen, shown, question, asked }, setTriggerValue) {
  group.hidden = !texts.length || asked;
  group.setAttribute("aria-label", question);
  while (group.children.length > texts.length) group.lastChild.remove();
  texts.forEach((text, place) => {
    const button = group.children[place] ?? group.appendChild(document.createElement("button"));
    const chosen = said === String(place);
    button.type = "button";
    button.textContent = text;
    button.disabled = seen;
    button.setAttribute("aria-pressed", chosen);
    button.classList.toggle("right", shown?.right === place);
    button.classList.toggle("wrong", chosen && shown?.correct === false);
    button.onclick = () => {
      for (const each of group.children) each.setAttribute("aria-pressed", each === button);
      setTriggerValue("say", String(place));
    };
  });
}

function number(form, { options: texts, said, seen, unit, question, asked }, setTriggerValue) {
  form.hidden = Boolean(texts.length) || !question || asked;
  form.querySelector(".unit").textContent = unit;
  const input = form.querySelector("input");
  if (input.dataset.question !== question || seen) input.value = said;
  input.dataset.question = question;
  input.setAttribute("aria-label", unit ? `Your number, in ${unit}` : "Your number");
  input.disabled = seen;
  form.querySelector("button").hidden = seen;
  form.onsubmit = (event) => {
    event.preventDefault();
    setTriggerValue("say", input.value);
  };
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

// A screen reader hears the question of a new step, and what is true of it.
function say(root, { place, question, shown }) {
  const words = shown ? [shown.reply, ...shown.sentences].join(" ") : question;
  const key = `${place} ${words}`;
  if (root.dataset.heard === key || !words) return;
  root.dataset.heard = key;
  document.dispatchEvent(new CustomEvent("say", { detail: words }));
}
