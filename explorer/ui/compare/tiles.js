// Reports clicks on the innermost tiles of treemaps, which streamlit does not; all other tiles still zoom.
const LOOK_MS = 400; // a chart comes later than the page, and is sometimes drawn anew

export default function ({ data: packed, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(packed));
  const heard = new Map(); // chart -> {graph, on, clicked}
  const listen = () =>
    data.charts.forEach((chart) => {
      const graph = document.querySelector(`.st-key-${CSS.escape(chart)} .js-plotly-plot`);
      if (!graph?.on || heard.get(chart)?.on === graph.on) return; // a chart drawn anew has a new ``on``
      const clicked = ({ points }) => {
        const id = points[0].id;
        if (graph.data[0].parents.includes(id)) return true;
        setTriggerValue("pick", { chart, id });
        return false; // there is nothing inside to zoom into
      };
      graph.on("plotly_treemapclick", clicked);
      heard.set(chart, { graph, on: graph.on, clicked });
    });
  listen();
  const looking = setInterval(listen, LOOK_MS);
  return () => {
    clearInterval(looking);
    heard.forEach(({ graph, clicked }) => graph.removeListener?.("plotly_treemapclick", clicked));
  };
}
