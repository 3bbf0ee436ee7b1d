// What a screen reader hears of a change: one live region for the whole app. It reads what the page says in itself, so no
// page sends a message more. Part of the bar that stands above every page.
const REGION = "resnet-explorer-live";
const HIDDEN = "position:fixed; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap;";
const QUIET_MS = 250; // without a change: then the page is whole
const KEPT_MS = 10000; // then it is no more than a copy of what stands in the page
const PROGRESS_MS = 10000; // between two readings of the same progress
const SAID_MS = 3000; // a chart is drawn after the words about it, which say enough
const MOST = 700; // characters: what follows can be read where it stands

// What is said, the first of these in which something changed: headings, words about the picture, and paragraphs that
// begin in bold, which hold what a page found; else what charts show; else captions, such as how many rows are left.
// Warnings and errors are read without our help.
const SPEAKING = [
  '[data-testid="stHeading"] :is(h2, h3), [data-testid="stMarkdown"] p:has(> strong), ' +
    '[data-testid="stMarkdown"] p:has(> strong) + ul > li, [data-testid="stAlertContainer"][role="status"], ' +
    '[class*="st-key-after_the_picture"] [data-testid="stMarkdown"] p',
  '[data-testid="stPlotlyChart"][aria-label]',
  '[data-testid="stCaptionContainer"] p',
];
const PROGRESS = '[data-testid="stExpander"] summary:has([data-testid="stExpanderIconSpinner"]) p';
// Scattered words of a chart, whose figure has a name that says what it shows; a treemap's tiles have names (tiles.js).
const LOOSE = ".js-plotly-plot .main-svg:not([aria-hidden], :has(.treemaplayer .slice))";
const RUNNING = '[data-testid="stApp"]:not([data-test-script-state="notRunning"])';

// A component of ours has something to say: document.dispatchEvent(new CustomEvent("say", { detail: "Link copied." })).
function listen() {
  if (document.getElementById(REGION)) return;
  const region = document.createElement("div");
  region.id = REGION;
  region.setAttribute("role", "status");
  region.style.cssText = HIDDEN;
  document.body.append(region);

  let heard; // what each of SPEAKING said before
  let title = ""; // of the page that was heard
  let said = { kind: 0, at: 0 }; // which of SPEAKING was read last, and when
  let touched = false; // by the reader: a page that opens reads no charts
  let progress = null; // {doing, at, ended} while the page shows some
  let waiting = [];
  let [timer, fading] = [0, 0];
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(tell, QUIET_MS);
  };

  function tell() {
    const doing = document.querySelector(PROGRESS)?.textContent;
    const news = [...waiting.splice(0), ...progressed(doing)];
    const whole = !document.querySelector(RUNNING);
    if (whole && title === document.title) news.push(...changed());
    else if (whole) {
      if (title) news.unshift(document.title.split(" · ")[0]); // another page, which is read from its beginning
      begin();
    }
    if (news.length) {
      region.textContent = cut(news);
      clearTimeout(fading);
      fading = setTimeout(() => (region.textContent = ""), KEPT_MS);
    }
    document.querySelectorAll(LOOSE).forEach((drawing) => drawing.setAttribute("aria-hidden", "true"));
  }

  function begin() {
    title = document.title;
    heard = findings();
  }

  function progressed(doing) {
    const before = progress;
    if (!doing) {
      progress = null;
      return before ? [before.ended ?? "Finished."] : [];
    }
    const same = before && before.doing.split(":")[0] === doing.split(":")[0];
    if (same && Date.now() - before.at < PROGRESS_MS) return [];
    progress = { doing, at: Date.now(), ended: before?.ended };
    return [doing];
  }

  function changed() {
    const before = heard;
    heard = findings();
    const fresh = heard.map((all, kind) => all.filter((each) => !before[kind].includes(each)));
    const kind = fresh.findIndex((each) => each.length);
    if (kind < 0 || (kind > 0 && !touched) || (kind > said.kind && Date.now() - said.at < SAID_MS)) return [];
    said = { kind, at: Date.now() };
    return fresh[kind];
  }

  new MutationObserver(soon).observe(document.getElementById("root"), {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["data-test-script-state", "aria-label", "data-stale"],
  });
  document.addEventListener("say", ({ detail }) => {
    waiting.push(detail);
    soon();
  });
  const act = () => {
    touched = true;
    if (!title) begin(); // the reader was quicker than the page was quiet
    said.at = 0;
  };
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, act, { capture: true });
  document.addEventListener("click", ({ target }) => {
    if (progress && target.closest?.('[class*="-cancel"]')) progress.ended = "Cancelled.";
  });
}

function findings() {
  return SPEAKING.map((which) => [...document.querySelectorAll(which)].filter(begins).filter(visible).map(words));
}

// A class may keep verdicts back.
function visible(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

// A paragraph with a bold word further on is no finding.
function begins(element) {
  return element.tagName !== "P" || element.firstChild?.nodeName === "STRONG" || !element.querySelector("strong");
}

function words(element) {
  const plain = element.cloneNode(true);
  plain.querySelectorAll('[translate="no"]').forEach((icon) => icon.remove()); // drawn from its name
  return (element.getAttribute("aria-label") ?? plain.textContent).trim();
}

function cut(news) {
  const all = news.join(" ");
  return all.length > MOST ? `${all.slice(0, all.lastIndexOf(" ", MOST))} …` : all;
}
