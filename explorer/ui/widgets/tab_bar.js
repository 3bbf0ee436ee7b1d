// A page's tabs. The arrow keys, Home and End open one and go round, as in the ARIA pattern of tabs.
export default function ({ data: packed, parentElement, setTriggerValue }) {
  const { tabs: names, open } = JSON.parse(new TextDecoder().decode(packed));
  const list = parentElement.querySelector('[role="tablist"]');
  if (!list.children.length) list.append(...names.map(tab));
  const tabs = [...list.children];
  const show = (shown) =>
    tabs.forEach((each) => {
      each.setAttribute("aria-selected", each === shown);
      each.tabIndex = each === shown ? 0 : -1;
    });
  const pick = (picked) => {
    if (!picked || picked.ariaSelected === "true") return;
    show(picked);
    setTriggerValue("pick", picked.textContent);
  };
  show(tabs[names.indexOf(open)]);
  list.onclick = ({ target }) => pick(target.closest('[role="tab"]'));
  list.onkeydown = (event) => {
    const here = tabs.indexOf(event.target);
    const steps = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 };
    if (here < 0 || !(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = tabs.at(steps[event.key] % tabs.length);
    next.focus();
    pick(next);
  };
}

function tab(name) {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("role", "tab");
  made.textContent = name;
  return made;
}
