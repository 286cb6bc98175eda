// Buttons that copy the text they name. Without this file the text can be selected as any other.
(() => {
  "use strict";

  // Where a page is not served over HTTPS, browsers lend no clipboard: then the text is selected.
  async function copy(source) {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(source.textContent);
      return "Copied";
    }
    getSelection().selectAllChildren(source);
    return "Selected";
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.textContent = await copy(source).catch(() => "Select the text");
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }
})();
