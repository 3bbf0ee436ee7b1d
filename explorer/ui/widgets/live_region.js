// What a screen reader hears of a change: one live region for the whole app. It reads what the page says in itself, so no
// page sends a message more. Part of the bar that stands above every page.
const REGION = "resnet-explorer-live";
const HIDDEN = "position:fixed; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap;";
const QUIET_MS = 250; // without a change: then the page is whole
const PROGRESS_MS = 10000; // between two readings of the same progress
const MOST = 700; // characters: what follows can be read where it stands

// What is said, the first of these in which something changed: headings and paragraphs that begin in bold, which hold
// what a page found; else what charts show; else captions, such as how many rows are left. Warnings and errors are read
// without our help.
const SPEAKING = [
  '[data-testid="stHeading"] :is(h2, h3), [data-testid="stMarkdown"] p:has(> strong), ' +
    '[data-testid="stMarkdown"] p:has(> strong) + ul > li, [data-testid="stAlertContainer"][role="status"]',
  '[data-testid="stPlotlyChart"][aria-label]',
  '[data-testid="stCaptionContainer"] p',
];
const PROGRESS = '[data-testid="stExpander"] summary:has([data-testid="stExpanderIconSpinner"]) p';
const RUNNING = '[data-testid="stApp"]:not([data-test-script-state="notRunning"])';

// A component of ours has something to say: document.dispatchEvent(new CustomEvent("say", { detail: "Link copied." })).
function listen() {
  if (document.getElementById(REGION)) return;
  const region = document.createElement("div");
  region.id = REGION;
  region.setAttribute("role", "status");
  region.style.cssText = HIDDEN;
  document.body.append(region);

  let heard = null; // what each of SPEAKING said before; null before a page is whole
  let title = "";
  let progress = null; // {doing, at, ended} while the page shows some
  let waiting = [];
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(tell, QUIET_MS);
  };

  function tell() {
    const doing = document.querySelector(PROGRESS)?.textContent;
    const said = [...waiting.splice(0), ...progressed(doing)];
    if (!document.querySelector(RUNNING)) said.push(...changed());
    if (said.length) region.textContent = cut(said);
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
    const now = SPEAKING.map((which) => [...document.querySelectorAll(which)].filter(begins).map(words));
    const before = heard;
    heard = now;
    if (title !== document.title) {
      const first = !title;
      title = document.title;
      return first ? [] : [title.split(" · ")[0]];
    }
    return now.map((all, kind) => all.filter((each) => !before[kind].includes(each))).find((fresh) => fresh.length) ?? [];
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
  document.addEventListener("click", ({ target }) => {
    if (progress && target.closest?.('[class*="-cancel"]')) progress.ended = "Cancelled.";
  });
}

// A paragraph with a bold word further on is no finding.
function begins(element) {
  return element.tagName !== "P" || element.firstChild?.nodeName === "STRONG" || !element.querySelector("strong");
}

function words(element) {
  const plain = element.cloneNode(true);
  plain.querySelectorAll('[data-testid="stIconMaterial"]').forEach((icon) => icon.remove()); // drawn from its name
  return (element.getAttribute("aria-label") ?? plain.textContent).trim();
}

function cut(said) {
  let length = 0;
  return said.filter((each, place) => (length += each.length) <= MOST || !place).join(" ");
}
