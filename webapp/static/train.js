// Keeps the estimate up to date while the form is filled in; what is shown is what would be trained.
// Without this file the button "Estimate again" does the same.
(() => {
  "use strict";
  const form = document.getElementById("train-form");
  const WAIT_MS = 300;
  let timer = 0;
  let asked = null;

  async function refresh() {
    asked?.abort();
    asked = new AbortController();
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(address, { signal: asked.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("plan");
    document.getElementById("plan").replaceChildren(...fresh.childNodes);
  }

  // Nobody trains what is not shown yet.
  function soon() {
    const train = document.querySelector("#train-now button");
    if (train) train.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), WAIT_MS);
  }

  // True if a field no longer says what the page came with.
  function isChanged(field) {
    if (field.type === "radio") return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const at = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(at, 0);
  }

  form.classList.add("live");
  form.addEventListener("input", soon);
  // Who is quicker than this file, or comes back to a filled form, sees the estimate for it too.
  if ([...form.querySelectorAll("input, select")].some(isChanged)) soon();
})();
