const LEAVING_MS = 5000; // what is still on its way to this screen then does not bring the class back
let left = { value: "", at: -LEAVING_MS }; // the cookie of the class that was left last

// The bar of a class: where one is, what is asked, and for its teacher all that leads the class.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const bar = parentElement.querySelector(".bar");
  const send = (word, value = null) => setTriggerValue("do", [word, value]);
  const leave = () => {
    left = { value: data.cookie.value, at: performance.now() };
    remember({ ...data.cookie, seconds: 0 });
    send("leave");
  };
  if (data.cookie.value !== left.value || performance.now() > left.at + LEAVING_MS) remember(data.cookie);
  dress(data);
  clock(bar, data);
  bar.classList.toggle("leads", data.leads);
  bar.querySelector(".place").textContent = data.ended ? "" : `Class ${data.code}`;
  bar.querySelector(".status").textContent = status(data);
  bar.querySelector(".said").textContent = data.said;
  const controls = bar.querySelector(".controls");
  if (data.leads && !data.ended) lead(bar, data, send);
  else redraw(controls, [data.ended, data.unseated, data.away, data.going, data.following], () => ways(data, send, leave));
  if (data.ended) for (const name of [".ask", ".more"]) bar.querySelector(name).hidden = true;
  polls(bar.querySelector(".polls"), data, send);
  if (!bar.measuring) {
    bar.measuring = new ResizeObserver(() => stay(bar));
    bar.measuring.observe(bar);
  }
  return () => {
    clearInterval(bar.ticking);
    bar.measuring.disconnect();
    bar.measuring = null;
    document.documentElement.classList.remove(LONG);
    dress({ hides: [], projector: false, questions: [], revealed: false });
  };
}

function status({ leads, ended, unseated, students, following, away, going }) {
  if (ended) return "The class is over.";
  if (unseated) return "Your place was given to another student, for your screen had been silent.";
  if (leads) return `${students} in`;
  if (away) return "You look around on your own.";
  if (going) return "Your teacher has moved on: your page follows.";
  return following ? "You follow your teacher." : "Look around: your teacher leads nobody now.";
}

// What a student can do, and anybody when the class is over.
function ways({ ended, unseated, away, following }, send, leave) {
  if (ended) return [button("Close", leave)];
  const made = [];
  if (unseated) made.push(button("Come back", () => send("sit_down"), { class: "main" }));
  else if (away) made.push(button("Back to the class", () => send("back"), { class: "main" }));
  else if (following) made.push(button("Look around on my own", () => send("stray")));
  made.push(button("Leave", leave));
  return made;
}

function lead(bar, data, send) {
  const pressed = (label, on, act) => button(label, act, { "aria-pressed": String(on) });
  const hides = (what) => data.hidden.includes(what);
  const hide = (what) => send("hide", hides(what) ? data.hidden.filter((each) => each !== what) : [...data.hidden, what]);
  const opens = (label, name) => {
    const part = bar.querySelector(name);
    const made = button(label, () => {
      part.hidden = !part.hidden;
      made.setAttribute("aria-expanded", String(!part.hidden));
      if (!part.hidden) part.querySelector("textarea, button, input")?.focus();
    });
    made.setAttribute("aria-expanded", String(!part.hidden));
    part.opener = made;
    return made;
  };
  redraw(bar.querySelector(".controls"), [data.following, data.hidden, data.projector], () => [
    pressed("All follow", data.following, () => send("follow", !data.following)),
    pressed("Hide verdicts", hides("verdicts"), () => hide("verdicts")),
    pressed("Projector", data.projector, () => send("projector", !data.projector)),
    opens("Ask", ".ask"),
    opens("More", ".more"),
  ]);
  redraw(bar.querySelector(".more"), [data.hidden, data.seeds], () => [
    button("Call everybody back", () => send("gather")),
    pressed("Hide settings", hides("settings"), () => hide("settings")),
    pressed("Each a seed", data.seeds, () => send("seeds", !data.seeds)),
    minutes(data.bounds, send),
    button("Exit quiz", () => send("quiz")),
    button("End the class", () => confirm("End the class for everybody?") && send("end")),
  ]);
  asking(bar.querySelector(".ask"), data.bounds, send);
  asked(bar.querySelector(".ask"), data.questions);
}

function minutes(bounds, send) {
  const input = element("input", { type: "number", min: 0, max: bounds.minutes, step: 1, value: 5 });
  const form = element("form", { className: "minutes" }, element("label", {}, "Minutes ", input), element("button", { textContent: "Start the clock" }));
  form.onsubmit = (event) => {
    event.preventDefault();
    send("minutes", Number(input.value));
  };
  return form;
}

// The form is drawn once: nothing that happens in the class may take what is typed.
function asking(form, bounds, send) {
  if (form.onsubmit) return;
  const { question, options, right, unit } = form.elements;
  for (const each of [question, options, unit]) each.maxLength = bounds[each.name];
  const choices = () => {
    const lines = options.value.split("\n").filter((each) => each.trim());
    const chosen = right.value;
    right.replaceChildren(...["not said", ...lines].map((label, index) => element("option", { value: String(index), textContent: label.slice(0, 40) })));
    right.value = chosen && Number(chosen) <= lines.length ? chosen : "0";
    right.disabled = !lines.length;
    unit.disabled = lines.length > 0;
  };
  options.oninput = choices;
  choices();
  form.onsubmit = (event) => {
    event.preventDefault();
    if (performance.now() < form.asked + 1000) return; // a double click asks once
    form.asked = performance.now();
    form.waits = { number: form.newest, text: question.value.trim().replace(/\s+/g, " ") };
    send("ask", { question: question.value, options: options.value, unit: unit.value, right: Number(right.value || 0) });
  };
  form.empty = () => {
    form.reset();
    choices();
  };
}

// A question that was refused stays in the form: it goes when the question is on the screens.
function asked(form, [question]) {
  const { waits } = form;
  form.newest = question?.number;
  if (!waits || !question || question.number === waits.number || question.text !== waits.text) return;
  form.waits = null;
  form.hidden = true;
  form.empty();
  form.opener.setAttribute("aria-expanded", "false");
}

const LONG = "class-bar-long", ASIDE = "answers-aside"; // page.css

// Beside the page, a bar needs no scrolling, which would take the picture away.
function show(part) {
  if (!document.documentElement.classList.contains(ASIDE)) part.scrollIntoView({ block: "nearest" });
}

// A long bar that stood still would cover the page: it scrolls with it, and is shown when it becomes long.
function stay(bar) {
  const root = document.documentElement.classList;
  const was = root.contains(LONG);
  const long = root.toggle(LONG, bar.offsetHeight > window.innerHeight / 3);
  if (long && !was) show(bar);
}

// Seconds count down here: the server says them when something changes.
function clock(bar, { version, seconds }) {
  if (bar.dataset.version !== String(version)) bar.deadline = seconds === null ? null : performance.now() + 1000 * seconds;
  bar.dataset.version = version;
  const show = () => {
    const left = bar.deadline === null ? null : Math.max(0, Math.ceil((bar.deadline - performance.now()) / 1000));
    bar.querySelector(".clock").textContent = left === null ? "" : left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "Time is up";
  };
  clearInterval(bar.ticking);
  if (bar.deadline !== null) bar.ticking = setInterval(show, 1000);
  show();
}

// A reload brings teacher and student back; the cookie goes to this server alone, and from none of its links elsewhere.
function remember({ name, value, seconds }) {
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${seconds}; SameSite=Strict${secure}`;
}

// What the class does to the page around the bar: page.css says how.
function dress({ hides, projector, questions, revealed }) {
  if (!document.getElementById("resnet-explorer-class")) {
    document.head.append(element("style", { id: "resnet-explorer-class", textContent: PAGE_STYLE }));
  }
  const root = document.documentElement.classList;
  for (const what of ["verdicts", "settings", "page"]) root.toggle(`class-hides-${what}`, hides.includes(what));
  root.toggle("projector", projector);
  root.toggle(ASIDE, projector && revealed && questions.length > 0);
  root.contains("class-hides-verdicts") ? marking.observe(document.getElementById("root"), { subtree: true, childList: true }) : marking.disconnect();
  mark();
}

// The sentences that tell what came out: paragraphs that begin so, lists, and on Grad-CAM the heading.
const VERDICTS = ["What happened.", "What happens.", "What you see."];
const marking = new MutationObserver(mark); // before the browser paints: nothing flashes up

function mark() {
  for (const each of document.querySelectorAll('[data-testid="stMarkdown"]')) {
    const first = each.querySelector("p, ul, ol");
    const told = first && (first.tagName !== "P" || VERDICTS.includes(first.firstElementChild?.textContent));
    each.toggleAttribute("data-verdict", Boolean(told));
  }
  const seen = document.title.startsWith("Grad-CAM");
  for (const each of document.querySelectorAll('[data-testid="stHeading"]:has(h2)')) each.toggleAttribute("data-verdict", seen);
}
