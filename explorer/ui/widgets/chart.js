// Saves the chart above as PNG or SVG, through plotly's own button: it knows how to draw itself for a file.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".save");
  place.replaceChildren(...["PNG", "SVG"].map((format) => button(format, data)));
}

function button(format, { chart, filename }) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = `Chart as ${format}`;
  made.onclick = () => {
    const graph = document.querySelector(`.st-key-${CSS.escape(chart)} .js-plotly-plot`);
    const own = graph?.querySelector('.modebar-btn[data-attr="toImage"], .modebar-btn[data-title*="ownload"]');
    if (!own) return;
    graph._context.toImageButtonOptions = { format: format.toLowerCase(), filename, scale: format === "PNG" ? 2 : 1 };
    own.click();
  };
  return made;
}
