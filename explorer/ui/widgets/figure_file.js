// Files of figures that stand alone on a slide: title, picture, legend, how to read it, source; dark ink on white paper
// whatever the page's colours are. Part of every component that saves a figure.
const SVG = "http://www.w3.org/2000/svg";
const PNG_SCALE = 2;
const PAPER = "#FFFFFF";
const INK = "#1F2430";
const LINE = "#D3D8E2";
const FONT = "Arial, Helvetica, sans-serif"; // a file cannot bring the page's font along
const MARGIN = 24;
const SWATCH = 14;

// The picture, an <svg> of width x height, becomes a part of the file.
async function saveFigure(picture, width, height, { title, legend = [], notes = [] }, format, filename) {
  const sheet = element("svg", { xmlns: SVG, "font-family": FONT, fill: INK, color: INK });
  sheet.append(element("rect", { width: "100%", height: "100%", fill: PAPER }));
  let y = MARGIN;
  const write = (words, size, weight, gap) => {
    for (const line of broken(words, `${weight} ${size}px ${FONT}`, width)) {
      y += size * 1.3;
      sheet.append(text(line, MARGIN, y - size * 0.3, size, weight));
    }
    y += gap;
  };
  write(title, 20, 600, 16);
  set(picture, { x: MARGIN, y, width, height, overflow: "visible" });
  sheet.append(picture);
  y += height + 10;
  if (legend.length) y = drawLegend(sheet, legend, width, y) + 6;
  notes.forEach((note) => write(note, 13, 400, 2));
  write(`Source: ${source()}`, 12, 400, 0);
  const size = [width + 2 * MARGIN, Math.ceil(y + MARGIN)];
  set(sheet, { width: size[0], height: size[1], viewBox: `0 0 ${size.join(" ")}` });
  const markup = new XMLSerializer().serializeToString(sheet);
  const file = format === "svg" ? new Blob([markup], { type: "image/svg+xml" }) : await raster(markup, size);
  save(file, `${filename}.${format}`);
}

function drawLegend(sheet, entries, width, y) {
  let x = MARGIN;
  for (const [colour, words] of entries) {
    const long = SWATCH + 6 + wide(words, `400 14px ${FONT}`) + 20;
    if (x > MARGIN && x + long > MARGIN + width) [x, y] = [MARGIN, y + 22];
    const entry = element("g", { class: "legend-entry" });
    entry.append(element("rect", { x, y, width: SWATCH, height: SWATCH, rx: 3, fill: colour }));
    entry.append(text(words, x + SWATCH + 6, y + 12, 14, 400));
    sheet.append(entry);
    x += long;
  }
  return y + 22;
}

// The app's name and the link to this state; an address that only this computer can open is left out.
function source() {
  const { host, hostname, pathname, search } = window.location;
  const near = hostname === "localhost" || hostname.startsWith("127.") || hostname === "[::1]";
  return `ResNet Explorer, ${near ? pathname.slice(1) : host + pathname}${decodeURIComponent(search)}`;
}

function element(name, attributes) {
  return set(document.createElementNS(SVG, name), attributes);
}

function set(node, attributes) {
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  return node;
}

function text(words, x, y, size, weight) {
  const made = element("text", { x, y, "font-size": size, "font-weight": weight });
  made.textContent = words;
  return made;
}

function wide(words, font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(words).width * 1.04; // another computer's font may be wider
}

// The words in lines of at most this width; a word that is longer, as a link is, is cut.
function broken(words, font, width) {
  const lines = [];
  let line = "";
  for (const word of words.split(" ")) {
    if (line && wide(`${line} ${word}`, font) > width) {
      lines.push(line);
      line = "";
    }
    line = line ? `${line} ${word}` : word;
    while (wide(line, font) > width) {
      const fit = Math.max(Math.floor((line.length * width) / wide(line, font)) - 2, 1);
      lines.push(line.slice(0, fit));
      line = line.slice(fit);
    }
  }
  return [...lines, line];
}

async function raster(markup, [width, height]) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(markup)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * PNG_SCALE, height * PNG_SCALE];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
