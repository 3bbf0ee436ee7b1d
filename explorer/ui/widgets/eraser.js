// A picture of cells that can be erased. The mask is painted here and sent after each stroke; what comes back are the
// probabilities, and a mask only where the page itself changed it (its "turn").
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const canvas = parentElement.querySelector("canvas");
  const state = (canvas.state ??= begun(canvas, parentElement));
  state.send = (mask) => setTriggerValue("mask", textOf(mask));
  const known = state.turn === data.turn;
  if (!known) {
    if (state.pictures?.picture.src === data.picture) remember(state); // "Undo" takes back what the page erased, too
    else state.undone = [];
    state.turn = data.turn;
    state.mask = cellsOf(data.mask, data.side);
    state.cursor = state.side === data.side ? state.cursor : [data.side >> 1, data.side >> 1];
    if (state.side !== data.side) {
      state.brush.max = Math.max(data.side >> 2, 1);
      state.brush.value = Math.max(Math.round(data.side / 14), 1);
    }
  }
  const { side, pixels } = data;
  Object.assign(state, { side, pixels, region: data.region ? cellsOf(data.region, side) : null });
  show(parentElement.querySelector("tbody"), data.chances, known);
  state.pictures ??= {};
  for (const name of ["picture", "hidden"]) load(state, name, data[name]);
  draw(state);
}

function load(state, name, source) {
  const image = state.pictures[name];
  if (image?.src === source) return;
  const fresh = new Image();
  fresh.onload = () => draw(state);
  fresh.src = source;
  state.pictures[name] = fresh;
}

// The buttons and the pointer, once for each canvas.
function begun(canvas, root) {
  const find = (name) => root.querySelector(name);
  const state = { canvas, mask: new Uint8Array(), undone: [], brush: find("input"), restore: find(".restore") };
  Object.assign(state, { undo: find(".undo"), reset: find(".reset"), keyed: false });
  state.restore.onclick = () => state.restore.setAttribute("aria-pressed", !restores(state));
  state.undo.onclick = () => {
    state.mask = state.undone.pop() ?? state.mask;
    finish(state);
  };
  state.reset.onclick = () => {
    remember(state);
    state.mask = new Uint8Array(state.mask.length);
    finish(state);
  };
  let last = null;
  const paint = (event) => {
    const to = cellAt(state, event);
    const steps = Math.max(Math.abs(to[0] - last[0]), Math.abs(to[1] - last[1]), 1);
    for (let step = 0; step <= steps; step++) {
      dab(state, last.map((from, axis) => Math.round(from + ((to[axis] - from) * step) / steps)), !restores(state));
    }
    last = to;
    draw(state);
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    state.keyed = false;
    remember(state);
    last = cellAt(state, event);
    paint(event);
  };
  canvas.onpointermove = (event) => {
    if (last && event.isPrimary) for (const each of event.getCoalescedEvents?.() ?? [event]) paint(each);
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (last) finish(state);
    last = null;
  };
  canvas.onkeydown = (event) => keyed(state, event);
  canvas.onblur = () => {
    state.keyed = false;
    draw(state);
  };
  return state;
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function keyed(state, event) {
  const move = MOVES[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey || !(move || event.key === " ")) return;
  event.preventDefault();
  event.stopPropagation();
  state.keyed = true;
  if (move) {
    const far = event.shiftKey ? 5 : 1;
    state.cursor = state.cursor.map((at, axis) => Math.min(Math.max(at + far * move[axis], 0), state.side - 1));
    draw(state);
  } else {
    remember(state);
    dab(state, state.cursor, !isErased(state));
    finish(state);
  }
  const [row, column] = state.cursor;
  say(`Row ${row + 1}, column ${column + 1}, ${isErased(state) ? "erased" : "there"}`);
}

const isErased = (state) => state.mask[state.cursor[0] * state.side + state.cursor[1]] === 1;
const restores = (state) => state.restore.getAttribute("aria-pressed") === "true";
const say = (detail) => document.dispatchEvent(new CustomEvent("say", { detail }));

function remember(state) {
  state.undone.push(state.mask.slice());
  if (state.undone.length > 50) state.undone.shift();
}

function finish(state) {
  draw(state);
  state.send(state.mask);
}

// The brush: a square of cells around one of them.
function dab(state, [row, column], erase) {
  const { side, mask } = state;
  const size = Number(state.brush.value);
  const before = (size - 1) >> 1;
  for (let r = Math.max(row - before, 0); r < Math.min(row - before + size, side); r++)
    for (let c = Math.max(column - before, 0); c < Math.min(column - before + size, side); c++)
      mask[r * side + c] = erase ? 1 : 0;
}

function cellAt({ canvas, side, pixels }, event) {
  const box = canvas.getBoundingClientRect();
  const cell = (at, from, length) => {
    const pixel = Math.min(Math.max(Math.floor(((at - from) / length) * pixels), 0), pixels - 1);
    return Math.floor((pixel * side) / pixels);
  };
  return [cell(event.clientY, box.top, box.height), cell(event.clientX, box.left, box.width)];
}

// What the network sees, with lines around what is erased and around the region that was found.
function draw(state) {
  const { canvas, pictures, side, pixels, mask, region } = state;
  state.undo.disabled = !state.undone.length;
  state.reset.disabled = !mask.includes(1);
  const { picture, hidden } = pictures ?? {};
  if (!picture?.complete || !hidden?.complete || !picture.naturalWidth) return;
  const size = picture.naturalWidth;
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const edge = (cell) => (Math.ceil((cell * pixels) / side) * size) / pixels;
  context.drawImage(picture, 0, 0, size, size);
  for (let cell = 0; cell < mask.length; cell++) {
    if (!mask[cell]) continue;
    const [top, left] = [edge(Math.floor(cell / side)), edge(cell % side)];
    const [height, width] = [edge(Math.floor(cell / side) + 1) - top, edge((cell % side) + 1) - left];
    context.drawImage(hidden, left, top, width, height, left, top, width, height);
  }
  const unit = size / (canvas.clientWidth || size);
  outline(context, mask, side, edge, unit, []);
  if (region) outline(context, region, side, edge, 2 * unit, [6 * unit, 4 * unit]);
  if (state.keyed) cursor(context, state, edge, unit);
  canvas.dataset.erased = mask.reduce((sum, each) => sum + each, 0); // for those who look at it without eyes
}

// Black under white, so that it is seen on every ground.
function outline(context, cells, side, edge, width, dashes) {
  const inside = (row, column) => row >= 0 && column >= 0 && row < side && column < side && cells[row * side + column];
  context.beginPath();
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      if (!inside(row, column)) continue;
      const [top, left, bottom, right] = [edge(row), edge(column), edge(row + 1), edge(column + 1)];
      const line = (x1, y1, x2, y2) => (context.moveTo(x1, y1), context.lineTo(x2, y2));
      if (!inside(row - 1, column)) line(left, top, right, top);
      if (!inside(row + 1, column)) line(left, bottom, right, bottom);
      if (!inside(row, column - 1)) line(left, top, left, bottom);
      if (!inside(row, column + 1)) line(right, top, right, bottom);
    }
  stroke(context, width, dashes);
}

function cursor(context, { cursor: [row, column], brush, side }, edge, unit) {
  const size = Number(brush.value);
  const [top, left] = [row, column].map((at) => Math.max(at - ((size - 1) >> 1), 0));
  const [bottom, right] = [row, column].map((at) => Math.min(at - ((size - 1) >> 1) + size, side));
  context.beginPath();
  context.rect(edge(left), edge(top), edge(right) - edge(left), edge(bottom) - edge(top));
  stroke(context, 2 * unit, []);
}

function stroke(context, width, dashes) {
  context.setLineDash([]);
  context.lineWidth = 3 * width;
  context.strokeStyle = "#000";
  context.stroke();
  context.setLineDash(dashes);
  context.lineWidth = width;
  context.strokeStyle = "#fff";
  context.stroke();
}

function show(body, chances, tell) {
  const top = chances.reduce((best, each) => (each.now > best.now ? each : best), chances[0]);
  const before = body.textContent;
  body.replaceChildren(...chances.map((each) => row(each, each === top)));
  if (tell && body.textContent !== before && !top.after.includes("…")) say(`${top.name}: ${top.after} now`);
}

function row({ name, was, now, before, after }, first) {
  const made = document.createElement("tr");
  made.classList.toggle("first", first);
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  made.append(head, chance(was, before), chance(now, after));
  return made;
}

function chance(share, words) {
  const made = document.createElement("td");
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.style.width = `${100 * share}%`;
  made.append(words, bar);
  return made;
}

// The text of explorer/cam/erasure.py: a bit for each cell, row by row, in base64.
function cellsOf(text, side) {
  const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  return Uint8Array.from({ length: side * side }, (_, cell) => (bytes[cell >> 3] >> (7 - (cell & 7))) & 1);
}

function textOf(mask) {
  const bytes = new Uint8Array(Math.ceil(mask.length / 8));
  mask.forEach((each, cell) => (bytes[cell >> 3] |= each << (7 - (cell & 7))));
  return btoa(String.fromCharCode(...bytes));
}
