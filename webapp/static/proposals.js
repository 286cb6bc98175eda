// Shows which labels are like a name while it is written, so that nobody proposes one twice.
// Without this file the hub says it when the form is sent.
(() => {
  "use strict";
  const WAIT_MS = 250;
  const name = document.getElementById("name");
  const alike = document.getElementById("alike");
  let timer = 0;
  let asked = null;

  async function refresh() {
    asked?.abort();
    asked = new AbortController();
    const address = `/labels/proposals/new?${new URLSearchParams({ name: name.value })}`;
    const answer = await fetch(address, { signal: asked.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    alike.replaceChildren(...page.getElementById("alike").childNodes);
  }

  name.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), WAIT_MS);
  });
})();
