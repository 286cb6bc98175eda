// Keys of the review desk: each presses the button or link that names it in data-key.
// Without this file the buttons do the same.
(() => {
  "use strict";
  const WRITES = "input, select, textarea, [contenteditable]";

  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest(WRITES)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!found) return;
    event.preventDefault();
    found.click();
  }

  document.addEventListener("keydown", press);
})();
