// One figure: draws the SVGs it is given, reports picks, zooms by changing the viewBox, and saves files.
const views = new WeakMap(); // canvas element -> {base: [x, y, w, h], now: [x, y, w, h]}

const DRAG_THRESHOLD = 5; // pixels a finger may slip while it still means a click
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
    canvas.onpointermove = (event) => {
      drag(event, canvas);
      tip(figure, event);
    };
    canvas.onpointerup = canvas.onpointercancel = () => (canvas.drag = null);
    canvas.onpointerleave = () => (figure.querySelector(".tip").hidden = true);
    canvas.onfocusin = (event) => tip(figure, event);
    canvas.onfocusout = () => (figure.querySelector(".tip").hidden = true);
  });
  legend(figure.querySelector(".legend"), data.legend);
  figure.querySelector(".tools").onclick = (event) => {
    const tool = event.target.closest("button")?.dataset.tool;
    const canvas = canvases.find((each) => each.offsetParent !== null);
    if (!tool || !canvas) return;
    if (tool === "svg" || tool === "png") savePicture(data, tool);
    else zoom(canvas, { in: 0.7, out: 1 / 0.7, fit: 0 }[tool]);
  };
}

// A new selection redraws the same picture: keep the reader's zoom unless the picture's size changed.
function show(canvas, markup) {
  if (canvas.markup === markup) return;
  const focused = canvas.querySelector(":focus")?.dataset.pick;
  canvas.markup = markup;
  canvas.innerHTML = markup;
  const box = canvas.querySelector("svg").getAttribute("viewBox").split(" ").map(Number);
  const before = views.get(canvas);
  const same = before && before.base.join() === box.join();
  views.set(canvas, { base: box, now: same ? before.now : [...box] });
  applyView(canvas);
  if (focused) canvas.querySelector(`[data-pick="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function applyView(canvas) {
  const { base, now } = views.get(canvas);
  const svg = canvas.querySelector("svg");
  svg.setAttribute("viewBox", now.join(" "));
  svg.style.aspectRatio = `${base[2]} / ${base[3]}`; // the frame stays, the content grows
  canvas.classList.toggle("zoomed", now[2] < base[2]);
}

function zoom(canvas, factor) {
  const view = views.get(canvas);
  const [x, y, w, h] = view.now;
  const width = factor ? Math.min(w * factor, view.base[2]) : view.base[2];
  const height = (width / view.base[2]) * view.base[3];
  view.now = clamp([x + (w - width) / 2, y + (h - height) / 2, width, height], view.base);
  applyView(canvas);
}

function clamp([x, y, w, h], base) {
  return [Math.min(Math.max(x, 0), base[2] - w), Math.min(Math.max(y, 0), base[3] - h), w, h];
}

function startDrag(event, canvas) {
  canvas.dragged = false;
  canvas.drag = { x: event.clientX, y: event.clientY, view: [...views.get(canvas).now] };
}

function drag(event, canvas) {
  if (!canvas.drag) return;
  const [dx, dy] = [event.clientX - canvas.drag.x, event.clientY - canvas.drag.y];
  if (Math.hypot(dx, dy) > DRAG_THRESHOLD) canvas.dragged = true;
  const view = views.get(canvas);
  if (!canvas.dragged || view.now[2] >= view.base[2]) return;
  const scale = view.now[2] / canvas.clientWidth;
  const [x, y, w, h] = canvas.drag.view;
  view.now = clamp([x - dx * scale, y - dy * scale, w, h], view.base);
  applyView(canvas);
}

function pick(event, canvas, setTriggerValue) {
  const part = event.target.closest("[data-pick]");
  if (part && !(event.type === "click" && canvas.dragged)) setTriggerValue("pick", part.dataset.pick);
}

function tip(figure, event) {
  const box = figure.querySelector(".tip");
  const part = event.target.closest?.("[data-tip]");
  box.hidden = !part;
  if (!part) return;
  box.textContent = part.dataset.tip;
  const frame = figure.getBoundingClientRect();
  const target = part.getBoundingClientRect();
  const left = Math.min(Math.max(target.left - frame.left, 0), frame.width - box.offsetWidth);
  const below = target.bottom - frame.top + 8;
  box.style.left = `${Math.max(left, 0)}px`;
  box.style.top = `${below}px`;
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
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  saveFigure(document.importNode(svg, true), width, height, { title: about, legend, notes }, format, filename);
}
