// Each change of page is one step of the back button. Streamlit makes two: one for the page's path and one for what the
// page writes into its address when it opens. Part of the bar that stands above every page.
function oneStepBack() {
  const root = document.documentElement;
  if (root.dataset.countsSteps) return;
  root.dataset.countsSteps = "true";
  // Since the reader last did something: whether there was a step, and whether to another page. Opening the app is one.
  let [stepped, turned] = [true, true];
  const act = () => ([stepped, turned] = [false, false]);
  for (const kind of ["pointerdown", "keydown", "click"]) window.addEventListener(kind, act, { capture: true });
  const push = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const turns = new URL(address, location).pathname !== location.pathname;
    const same = stepped && (turns || turned); // the path may come first or last
    [stepped, turned] = [true, turned || turns];
    if (same) history.replaceState(state, title, address);
    else push(state, title, address);
  };
}
