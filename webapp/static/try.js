// Sends a photo to the model of this page and shows what the model says of it.
(() => {
  "use strict";
  const place = document.getElementById("try");
  const field = document.getElementById("photo");
  const guesses = document.getElementById("guesses");

  function say(words) {
    const line = document.createElement("p");
    line.className = "note";
    line.textContent = words;
    guesses.replaceChildren(line);
  }

  async function ask(photo) {
    say("It looks at the photo …");
    const answer = await fetch(place.dataset.address, {
      method: "POST",
      body: photo,
      headers: { "Content-Type": photo.type || "application/octet-stream", "X-CSRF-Token": place.dataset.word },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok || answer.status === 422) guesses.replaceChildren(...page.body.childNodes);
    else say(page.querySelector(".error .lede")?.textContent || "It did not work. Try again.");
  }

  field.addEventListener("change", () => {
    const [photo] = field.files;
    if (photo) ask(photo).catch(() => say("The hub does not answer. Try again."));
  });
})();
