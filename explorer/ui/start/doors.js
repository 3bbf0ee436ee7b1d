// The doors are real links, so that a page opens in a new tab too; a plain click keeps the session, and with it the
// choices made.
export default function ({ parentElement, setTriggerValue }) {
  for (const link of parentElement.querySelectorAll("a"))
    link.onclick = (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setTriggerValue("go", link.getAttribute("href"));
    };
}
