// The questions of a class: to answer, or with what was answered. All that somebody wrote is set as text, never as HTML.
function element(tag, about = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), about);
  made.append(...inside.filter((each) => each !== ""));
  return made;
}

function button(label, act, about = {}) {
  const made = element("button", { type: "button", textContent: label, onclick: act });
  for (const [name, value] of Object.entries(about)) made.setAttribute(name, value);
  return made;
}

// Draw anew only what differs from what is there: a field keeps what was typed, a button the focus.
function redraw(place, about, draw) {
  const now = JSON.stringify(about);
  if (place.dataset.shown === now) return;
  place.dataset.shown = now;
  place.replaceChildren(...draw());
}

function polls(place, data, send) {
  if (!place.childElementCount) place.append(element("div"), element("div", { className: "controls" }));
  const [questions, controls] = place.children;
  const at = { list: data.questions, revealed: data.revealed, round: data.round };
  redraw(questions, at, () => (data.leads || data.revealed ? data.questions.map((each) => counted(each, data)) : [ballot(data, send)]));
  const asked = data.leads && data.questions.length;
  redraw(controls, [asked, data.round, data.revealed], () => (asked ? leading(data, send) : []));
  tell(place, data);
}

// A screen reader hears of a new question and of its answer.
function tell(place, { questions, round, revealed }) {
  const now = questions.length ? `${questions[0].number} ${round} ${revealed}` : "";
  if (place.dataset.told === now) return;
  place.dataset.told = now;
  const words = questions.map((each) => (revealed ? each.truth : each.text)).join(" ");
  if (!now) return;
  show(place); // a long bar scrolls with the page: bar.js
  document.dispatchEvent(new CustomEvent("say", { detail: `${revealed ? "The answer:" : "Question:"} ${words}` }));
}

function leading({ round, revealed, questions }, send) {
  const made = [];
  if (!revealed && round === 1 && questions.length === 1) made.push(button("Discuss, then vote again", () => send("again")));
  if (!revealed) made.push(button("Show the answer", () => send("reveal"), { class: "main" }));
  made.push(button("Put it away", () => send("put_away")));
  return made;
}

// What a student answers: of a quiz, the first question without an answer.
function ballot(data, send) {
  const list = data.questions;
  if (!list.length) return element("div");
  const place = list.findIndex((each) => each.mine === null);
  const asked = list[place < 0 ? list.length - 1 : place];
  const of = list.length > 1 ? `Question ${list.indexOf(asked) + 1} of ${list.length}: ` : data.round === 2 ? "Vote again: " : "";
  const answer = (choice) => send("answer", [asked.number, choice]);
  return element(
    "div",
    { className: "poll" },
    element("p", { className: "question", textContent: of + asked.text }),
    asked.options.length ? options(asked, answer) : field(asked, data.bounds, answer),
    asked.mine === null ? "" : element("p", { className: "note", textContent: counts(asked, list.length > 1) })
  );
}

function options({ text, options, mine }, answer) {
  const made = element("div", { className: "options" });
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", text);
  made.append(...options.map((each, index) => button(each, () => answer(index), { "aria-pressed": String(index === mine) })));
  return made;
}

function field({ unit, mine }, bounds, answer) {
  const input = element("input", { inputMode: "decimal", maxLength: bounds.number, autocomplete: "off", value: mine ?? "" });
  const form = element("form", { className: "options" });
  form.append(element("label", {}, "Your answer ", input, unit ? ` ${unit}` : ""), element("button", { textContent: "Answer", className: "main" }));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) answer(input.value);
  };
  return form;
}

function counts({ options, mine, unit }, quiz) {
  const said = options.length ? options[mine] : `${mine} ${unit}`.trim();
  return quiz ? "All are answered. Thank you." : `You say: ${said}. You can change it until the answer is shown.`;
}

// What was answered: a row for each option, and one below it for what is wrong with it; a column for each vote.
function counted(asked, { round, revealed, leads, students }) {
  const votes = asked.answers.length;
  const names = votes > 1 ? ["First vote", "Second vote"] : ["Answers"];
  const head = element("tr", {}, element("td"), ...names.map((each, vote) => element("th", { scope: "col", textContent: `${each}: ${asked.answers[vote]}` })));
  const most = Math.max(1, ...asked.bars.flatMap((bar) => bar.counts));
  const rows = asked.bars.flatMap((bar, index) => row(bar, asked.options.length > 0 && index === asked.mine, asked.answers, most));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  const live = leads && !revealed;
  const how = live ? `${asked.answers[round - 1] ?? 0} of ${students} have answered` : "";
  return element(
    "div",
    { className: "poll" },
    element("p", { className: "question", textContent: asked.text }),
    live ? folded(how, table) : table,
    asked.truth ? element("p", { className: "truth", textContent: asked.truth }) : "",
    asked.mine !== null && !asked.options.length ? element("p", { className: "note", textContent: `You said ${asked.mine} ${asked.unit}.` }) : ""
  );
}

let unfolded = true; // the teacher's choice, until the page is loaded anew

function folded(how, table) {
  const made = element("details", { open: unfolded }, element("summary", { textContent: how }), table);
  made.ontoggle = () => (unfolded = made.open);
  return made;
}

function row({ label, counts, right, why }, mine, answers, most) {
  const notes = [right ? "✓ right" : "", mine ? "● your answer" : ""].filter(Boolean).join(", ");
  const name = element("th", { scope: "row" }, `${label} `, notes ? element("span", { className: "mark", textContent: notes }) : "");
  const cells = counts.map((count, vote) => {
    const share = answers[vote] ? ` (${Math.round((100 * count) / answers[vote])} %)` : "";
    const bar = element("span", { className: "amount" });
    bar.style.width = `${(100 * count) / most}%`;
    return element("td", {}, element("span", { className: "track" }, bar), element("span", { className: "count", textContent: `${count}${share}` }));
  });
  const line = element("tr", { className: right ? "right" : "" }, name, ...cells);
  return why ? [line, element("tr", { className: "why" }, element("td", { colSpan: 1 + counts.length, textContent: why }))] : [line];
}
