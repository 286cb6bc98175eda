// Keeps a training run's page up to date until the run has ended: the page is asked again and its
// parts are taken over, so a reload, or a restart of the server, loses nothing.
// Without this file a reload does the same.
(() => {
  "use strict";
  const PARTS = ["run-state", "run-acts", "run-line", "run-figures", "run-curves", "run-log", "run-attempt"];
  const EVERY_MS = 1500;

  async function look() {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("run-line")) return location.reload(); // signed out meanwhile
    const focused = document.activeElement?.id;
    for (const id of PARTS) {
      const here = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (here.innerHTML !== fresh.innerHTML) here.replaceChildren(...fresh.childNodes);
      here.toggleAttribute("data-open", fresh.hasAttribute("data-open"));
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function tell(isAway) {
    const line = document.getElementById("run-trouble");
    if (line) line.hidden = !isAway;
  }

  async function watch() {
    try {
      if (!document.hidden) await look();
      tell(false);
    } catch {
      tell(true);
    }
    if (document.getElementById("run-line").hasAttribute("data-open")) setTimeout(watch, EVERY_MS);
  }

  if (document.getElementById("run-line").hasAttribute("data-open")) setTimeout(watch, EVERY_MS);
})();
