// Reports clicks on the innermost tiles of treemaps, which streamlit does not; all other tiles still zoom. The keyboard
// does what a click does: Tab leads to a treemap, the arrow keys from tile to tile, Enter opens one, or leads back out.
const LOOK_MS = 400; // a chart comes later than the page, and is sometimes drawn anew
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const FOCUS = `
.treemaplayer .slice:focus-visible { outline: none !important; }
.treemaplayer .slice:focus-visible > .surface { /* white with black edges: seen on every tile's colour */
  stroke: #FFFFFF !important; stroke-opacity: 1 !important; stroke-width: 6px !important; stroke-dasharray: 10 5;
  filter: drop-shadow(0 0 1px #000000) drop-shadow(0 0 1px #000000);
}`;

export default function ({ data: packed, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const heard = new Map(); // chart -> {graph, on, clicked}
  const listen = () =>
    data.charts.forEach((chart) => {
      const graph = document.querySelector(`.st-key-${CSS.escape(chart)} .js-plotly-plot`);
      if (graph?.on) nameTiles(graph);
      if (!graph?.on || heard.get(chart)?.on === graph.on) return; // a chart drawn anew has a new ``on``
      const clicked = ({ points }) => {
        const id = points[0].id;
        if (graph.data[0].parents.includes(id)) return true;
        setTriggerValue("pick", { chart, id });
        return false; // there is nothing inside to zoom into
      };
      graph.on("plotly_treemapclick", clicked);
      graph.onkeydown = (event) => press(event, graph);
      heard.set(chart, { graph, on: graph.on, clicked });
    });
  style();
  listen();
  const looking = setInterval(listen, LOOK_MS);
  return () => {
    clearInterval(looking);
    heard.forEach(({ graph, clicked }) => graph.removeListener?.("plotly_treemapclick", clicked));
  };
}

function style() {
  if (document.getElementById("resnet-explorer-tiles")) return;
  const made = document.createElement("style");
  made.id = "resnet-explorer-tiles";
  made.textContent = FOCUS;
  document.head.append(made);
}

function tilesOf(graph) {
  return [...graph.querySelectorAll(".treemaplayer .slice")].filter((tile) => tile.getBoundingClientRect().width);
}

// Plotly draws tiles without names. Its own data say which tile shows what; a tile that zooms shows something else.
function nameTiles(graph) {
  const { ids, labels, text } = graph.data[0];
  graph.querySelector(".main-svg:has(.treemaplayer .slice)")?.setAttribute("role", "group"); // not one image
  const tiles = tilesOf(graph);
  tiles.forEach((tile) => {
    const id = tile.__data__?.data?.data?.id ?? tile.__data__?.data?.id;
    if (tile.dataset.id === id) return;
    const place = ids.indexOf(id);
    tile.dataset.id = id;
    tile.setAttribute("role", "button");
    const name = id.endsWith(`.${labels[place]}`) ? id : labels[place]; // a layer by its whole name
    tile.setAttribute("aria-label", `${name}, ${text[place]}`.replace(/<[^>]*>/g, " "));
    tile.setAttribute("tabindex", "-1");
  });
  if (tiles.length && !tiles.some((tile) => tile.getAttribute("tabindex") === "0")) tiles[0].setAttribute("tabindex", "0");
}

function press(event, graph) {
  const tile = event.target.closest?.(".slice");
  if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
  const tiles = tilesOf(graph);
  const next = tiles[tiles.indexOf(tile) + STEPS[event.key]];
  if (event.key === "Enter" || event.key === " ") tile.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  else if (!(event.key in STEPS)) return;
  event.preventDefault();
  if (!next) return;
  tiles.forEach((each) => each.setAttribute("tabindex", each === next ? "0" : "-1"));
  next.focus();
}
