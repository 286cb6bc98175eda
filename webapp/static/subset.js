// Keeps the counts and the label lists of the subset form up to date while it is filled in.
// The page is asked again as a link, without what only its page may hold, and its parts are taken over;
// without this file the form's buttons do the same.
(() => {
  "use strict";
  const form = document.getElementById("subset-form");
  const PARTS = ["chosen", "offered", "counts", "count-line", "splits-problem"];
  const WAIT_MS = 250;
  let timer = 0;
  let asked = null;

  function address() {
    const fields = new FormData(form);
    fields.delete("csrf_token");
    return `/subsets/new?${new URLSearchParams(fields)}`;
  }

  async function refresh() {
    asked?.abort();
    asked = new AbortController();
    const answer = await fetch(address(), { signal: asked.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement?.id;
    for (const id of PARTS) {
      const here = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (here.innerHTML !== fresh.innerHTML) here.replaceChildren(...fresh.childNodes);
    }
    if (focused && document.activeElement?.id !== focused) {
      (document.getElementById(focused) ?? document.getElementById("q")).focus();
    }
  }

  function soon(event) {
    if (event.target.id === "name") return;
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), WAIT_MS);
  }

  form.classList.add("live");
  form.addEventListener("input", soon);
})();
