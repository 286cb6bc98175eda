// The review desk: answers by key, hand or swipe, with the next photos loaded already.
// Without this file every answer is a form, and the next question a page.
(() => {
  "use strict";
  const ask = document.getElementById("ask");
  const undo = document.getElementById("undo");
  const said = document.getElementById("said");
  const WRITES = "input, select, textarea, [contenteditable]";
  const FEWEST_AHEAD = 3;
  const SIGNED_OUT = [401, 403]; // the session has ended, or this page is of an earlier one
  const SETTLED = [404, 409]; // decided without this answer, or counted already
  const SWIPE_SHARE = 0.22; // of the photo's width decides
  const word = undo.querySelector("[name=csrf_token]").value;
  let queue = []; // questions, the present one first; each with its photo once it is loading
  let given = []; // what was answered here, the last one last: {question, answer}
  let sending = Promise.resolve(); // answers arrive in the order in which they were given
  let asking = null;

  function photoOf(question) {
    if (!question.photo) {
      question.photo = new Image(question.width, question.height);
      question.photo.alt = "The photo in question";
      question.photo.draggable = false;
      question.photo.src = `/review/questions/${question.id}/photo.jpg`;
    }
    return question.photo;
  }

  function show() {
    const question = queue[0];
    if (!question) return finish();
    const label = document.getElementById("label");
    label.textContent = question.label;
    label.href = question.about;
    const stage = document.getElementById("stage");
    stage.replaceChildren(photoOf(question));
    stage.className = "stage";
    photoOf(question).style.transform = "";
    ask.dataset.question = question.id;
    document.getElementById("decide").action = `/review/questions/${question.id}`;
    loadAhead();
  }

  function loadAhead() {
    const ahead = document.getElementById("ahead");
    ahead.replaceChildren(...queue.slice(1, 1 + FEWEST_AHEAD).map(photoOf));
    if (queue.length <= FEWEST_AHEAD) fetchMore();
  }

  function fetchMore() {
    if (asking) return asking;
    // What was answered must have arrived, or it would be asked again.
    asking = sending
      .then(() => fetch("/review/questions", { headers: { Accept: "application/json" } }))
      .then((told) => (told.ok ? told.json() : { questions: [] }))
      .then(({ questions }) => {
        const met = new Set([...queue, ...given.map((one) => one.question)].map((one) => one.id));
        const fresh = questions.filter((one) => !met.has(one.id));
        queue.push(...fresh);
        asking = null;
        if (fresh.length) loadAhead();
        return fresh.length;
      })
      .catch(() => {
        asking = null;
        return 0;
      });
    return asking;
  }

  async function finish() {
    await fetchMore();
    await sending;
    if (queue.length) return show();
    const last = given.at(-1);
    location.assign(last ? `/review?done=${last.question.id}` : "/review");
  }

  function send(question, answer) {
    const body = new URLSearchParams({ answer });
    const headers = { "X-CSRF-Token": word, Accept: "application/json" };
    const address = `/review/questions/${question.id}`;
    return fetch(address, { method: "POST", headers, body, redirect: "error" }).then((told) => {
      if (SIGNED_OUT.includes(told.status)) location.assign("/review");
      if (told.ok) return;
      const isSettled = SETTLED.includes(told.status);
      throw Object.assign(new Error(String(told.status)), { isSettled });
    });
  }

  function decide(answer) {
    const question = queue.shift();
    if (!question) return;
    given.push({ question, answer });
    say(lastGiven());
    sending = sending
      .then(() => send(question, answer))
      .catch((fault) => (fault.isSettled ? letGo(question) : askAgain(question)));
    show();
  }

  function takeBack() {
    const last = given.pop();
    queue.unshift(last.question);
    sending = sending
      .then(() => send(last.question, "withdraw"))
      .catch((fault) => (fault.isSettled ? letGo(last.question) : sayNotSaved()));
    say(lastGiven());
    show();
  }

  function lastGiven() {
    const last = given.at(-1);
    return last ? `You said ${last.answer} to ${last.question.label}.` : "";
  }

  function forget(question) {
    given = given.filter((one) => one.question !== question);
    queue = queue.filter((one) => one !== question);
  }

  function askAgain(question) {
    forget(question);
    queue.unshift(question);
    show();
    sayNotSaved();
  }

  function letGo(question) {
    forget(question);
    show();
    say(`That was settled meanwhile. ${lastGiven()}`.trimEnd());
  }

  function sayNotSaved() {
    say("That was not saved. Try again.", true);
  }

  function say(text, isWrong = false) {
    said.textContent = text;
    said.classList.toggle("wrong", isWrong);
    undo.hidden = !text;
    undo.querySelector("button").hidden = isWrong || !given.length;
  }

  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest(WRITES)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!found || found.closest("[hidden]")) return;
    event.preventDefault();
    found.click();
  }

  function swipes(stage) {
    let begun = null;
    const moved = (event) => event.clientX - begun.x;
    stage.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" || !event.isPrimary) return;
      begun = { x: event.clientX, id: event.pointerId };
      stage.setPointerCapture(event.pointerId);
      stage.classList.remove("back");
    });
    stage.addEventListener("pointermove", (event) => {
      if (!begun || event.pointerId !== begun.id) return;
      const far = Math.abs(moved(event)) > stage.clientWidth * SWIPE_SHARE;
      stage.classList.toggle("to-yes", far && moved(event) > 0);
      stage.classList.toggle("to-no", far && moved(event) < 0);
      stage.firstElementChild.style.transform = `translateX(${moved(event)}px)`;
    });
    const end = (event) => {
      if (!begun || event.pointerId !== begun.id) return;
      const way = event.type === "pointerup" ? moved(event) : 0;
      begun = null;
      stage.className = "stage back";
      stage.firstElementChild.style.transform = "";
      if (Math.abs(way) > stage.clientWidth * SWIPE_SHARE) decide(way > 0 ? "yes" : "no");
    };
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
  }

  function begin() {
    const label = document.getElementById("label");
    const photo = document.querySelector("#stage img");
    queue = [
      { id: ask.dataset.question, label: label.textContent, about: label.getAttribute("href"),
        width: photo.width, height: photo.height, photo },
    ];
    const ahead = document.createElement("div");
    ahead.id = "ahead";
    ahead.className = "ahead";
    ahead.setAttribute("aria-hidden", "true");
    document.getElementById("stage").after(ahead);
    document.getElementById("hint").hidden = false;
    document.getElementById("decide").addEventListener("submit", (event) => {
      event.preventDefault();
      decide(event.submitter.value);
    });
    undo.addEventListener("submit", (event) => {
      if (!given.length) return; // from the page before: an ordinary form
      event.preventDefault();
      takeBack();
    });
    swipes(document.getElementById("stage"));
    loadAhead();
  }

  if (ask) begin();
  document.addEventListener("keydown", press);
})();
