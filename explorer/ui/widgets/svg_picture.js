// One figure: draws the SVGs it is given, reports picks, zooms by drawing them larger, and saves files.
const DRAG_THRESHOLD = 5; // pixels a finger may slip while it still means a click
const ZOOM_STEP = 1.4;
const LARGEST = 8;
// What the page's variables become in a file.
const FILE_COLOURS = {
  "--st-text-color": INK,
  "--st-background-color": PAPER,
  "--st-secondary-background-color": "#F2F4F8",
  "--st-border-color": LINE,
  "--st-primary-color": INK, // of what is selected, which a file does not show
  "--st-font": FONT,
};

export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const figure = parentElement.querySelector(".figure");
  const canvases = [...figure.querySelectorAll(".canvas")];
  figure.querySelector(".title").textContent = data.title;
  figure.querySelector(".tools").setAttribute("aria-label", `Picture, ${data.about}`);
  canvases.forEach((canvas) => {
    show(canvas, canvas.classList.contains("tall") ? data.tall : data.wide);
    canvas.onclick = (event) => pick(event, canvas, setTriggerValue);
    canvas.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(event, canvas, setTriggerValue);
      }
    };
    canvas.onpointerdown = (event) => startDrag(event, canvas);
    canvas.onpointermove = (event) => drag(event, canvas);
    canvas.onpointerup = canvas.onpointercancel = () => (canvas.drag = null);
  });
  tips(figure);
  legend(figure.querySelector(".legend"), data.legend);
  figure.querySelector(".tools").onclick = (event) => {
    const tool = event.target.closest("button")?.dataset.tool;
    const canvas = canvases.find((each) => each.offsetParent !== null);
    if (!tool || !canvas) return;
    if (tool === "svg" || tool === "png") savePicture(data, tool);
    else zoom(canvas, { in: ZOOM_STEP, out: 1 / ZOOM_STEP, fit: 0 }[tool]);
  };
}

// A new selection redraws the same picture: what is larger than its frame stays scrolled to where the reader was.
function show(canvas, markup) {
  if (canvas.markup === markup) return;
  const focused = canvas.querySelector(":focus")?.dataset.pick;
  const before = canvas.querySelector("svg");
  canvas.markup = markup;
  canvas.innerHTML = markup;
  const svg = canvas.querySelector("svg");
  if (before?.getAttribute("viewBox") === svg.getAttribute("viewBox")) svg.style.width = before.style.width;
  if (focused) canvas.querySelector(`[data-pick="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

// The picture grows down the page, which scrolls as ever; across the page its frame scrolls. So nothing is swallowed.
function zoom(canvas, factor) {
  const svg = canvas.querySelector("svg");
  const now = parseFloat(svg.style.width || "100") / 100;
  const next = factor ? Math.min(Math.max(now * factor, 1), LARGEST) : 1;
  const middle = (canvas.scrollLeft + canvas.clientWidth / 2) / now;
  svg.style.width = next === 1 ? "" : `${100 * next}%`;
  canvas.scrollLeft = middle * next - canvas.clientWidth / 2;
}

// A mouse has no other way to move what is wider than its frame than the bar below it; fingers and wheels scroll.
function startDrag(event, canvas) {
  canvas.dragged = false;
  canvas.drag = event.pointerType === "mouse" ? { x: event.clientX, from: canvas.scrollLeft } : null;
}

function drag(event, canvas) {
  if (!canvas.drag) return;
  const moved = event.clientX - canvas.drag.x;
  if (Math.abs(moved) > DRAG_THRESHOLD) canvas.dragged = true;
  if (canvas.dragged) canvas.scrollLeft = canvas.drag.from - moved;
}

function pick(event, canvas, setTriggerValue) {
  const part = event.target.closest("[data-pick]");
  if (part && !(event.type === "click" && canvas.dragged)) setTriggerValue("pick", part.dataset.pick);
}

// A part's numbers, while it is pointed at or has the focus. They stay while they are pointed at, and Escape hides them.
function tips(figure) {
  if (figure.hasTips) return;
  figure.hasTips = true;
  const box = figure.querySelector(".tip");
  const hide = () => (box.hidden = true);
  const leave = (event) => event.relatedTarget !== box && hide();
  for (const canvas of figure.querySelectorAll(".canvas")) {
    canvas.addEventListener("pointermove", (event) => !event.buttons && tip(figure, box, event.target));
    canvas.addEventListener("pointerleave", leave);
    canvas.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && tip(figure, box, target));
    canvas.addEventListener("focusout", hide);
    canvas.addEventListener("scroll", hide);
  }
  box.addEventListener("pointerleave", hide);
  box.addEventListener("click", hide);
  figure.getRootNode().addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function tip(figure, box, target) {
  const part = target.closest?.("[data-tip]");
  box.hidden = !part;
  if (!part) return;
  box.textContent = part.dataset.tip;
  const frame = figure.getBoundingClientRect();
  const { left, bottom } = part.getBoundingClientRect();
  box.style.left = `${Math.max(Math.min(left - frame.left, frame.width - box.offsetWidth), 0)}px`;
  box.style.top = `${bottom - frame.top}px`;
}

function legend(box, entries) {
  box.replaceChildren(
    ...entries.map(([colour, words]) => {
      const entry = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.style.background = colour;
      entry.append(swatch, words);
      return entry;
    })
  );
}

// The file has the picture for a screen, also on a phone: slides are wide.
function savePicture({ wide, about, notes, legend, filename }, format) {
  const markup = wide.replace(/var\((--[\w-]+)\)/g, (_, name) => FILE_COLOURS[name]);
  const svg = new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
  svg.querySelectorAll(".selection").forEach((frame) => frame.remove());
  svg.querySelectorAll(".pick").forEach((part) => {
    ["tabindex", "role", "aria-pressed", "aria-label", "data-pick", "data-tip", "class"].forEach((name) =>
      part.removeAttribute(name)
    );
  });
  svg.querySelectorAll("text").forEach((words) => words.removeAttribute("aria-hidden"));
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  saveFigure(document.importNode(svg, true), width, height, { title: about, legend, notes }, format, filename);
}
