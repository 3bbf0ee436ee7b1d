// Saves the chart above as PNG or SVG, and shows it on the full screen.
const FILE_WIDTH = 1000; // pixels: a slide's, whatever the page's width is

export default function ({ data: packed, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const place = parentElement.querySelector(".save");
  place.asked = data;
  place.setAttribute("aria-label", `Chart ${data.filename}`);
  if (place.childElementCount) return; // the same buttons, under the reader's focus
  const saving = ["png", "svg"].map((format) =>
    button(`Chart as ${format.toUpperCase()}`, () => saveChart(place.asked, format))
  );
  place.append(...saving, button("Full screen", () => fullScreen(place.asked)));
}

function button(words, onclick) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.onclick = onclick;
  return made;
}

function graphOf({ chart }) {
  return document.querySelector(`.st-key-${CSS.escape(chart)} .js-plotly-plot`);
}

// The page's heading says which networks or which question the chart is about; the chart's own title says what it shows.
async function saveChart(data, format) {
  const graph = graphOf(data);
  if (!graph) return;
  const { layout } = graph;
  const traces = graph.data.map((trace) => ({ ...trace, selectedpoints: null })); // what was clicked dims the rest
  const height = graph._fullLayout.height;
  const shapes = (layout.shapes ?? []).filter(({ name }) => name !== "chosen"); // annotations.py
  const onPaper = { ...layout, shapes, selections: [], template: printed(layout.template), paper_bgcolor: PAPER, plot_bgcolor: PAPER };
  const options = { format: "svg", width: FILE_WIDTH, height, imageDataOnly: true };
  const markup = await window.Plotly.toImage({ data: traces, layout: onPaper }, options);
  const svg = new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
  const title = document.querySelector('[data-testid="stHeading"] h2')?.textContent ?? "ResNet Explorer";
  saveFigure(document.importNode(svg, true), FILE_WIDTH, height, { title, legend: data.legend }, format, data.filename);
}

// The page's theme in dark ink on white: words, and lines.
function printed(value, name = "") {
  if (Array.isArray(value) || !value) return value;
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, printed(each, key)]));
  if (/^(paper_|plot_)?bgcolor$/.test(name)) return PAPER;
  if (/(grid|zeroline|tick|line)color$/.test(name)) return LINE;
  if (name === "family") return FONT;
  return name === "color" || name === "subtitleColor" ? INK : value;
}

// Plotly's own toolbar is hidden (navigation_bar.js): it would cover titles and keys to colours.
function fullScreen(data) {
  graphOf(data)?.querySelector('.modebar-btn[data-title="Fullscreen"]')?.click();
}
