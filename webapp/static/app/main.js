// Starts the app: views, what is said above them, the sender, and the service worker.
import { counted, find, forget, make } from "./dom.js";
import * as hub from "./hub.js";
import * as labels from "./labels.js";
import * as missions from "./missions.js";
import { refresh, watch } from "./receipts.js";
import { online, wake } from "./sender.js";
import * as sending from "./sending.js";
import * as settings from "./settings.js";
import { onChange, photos, recall, remember } from "./store.js";
import * as uploads from "./uploads.js";
import { standing, why } from "./words.js";

const TITLES = { send: "Send photos", uploads: "My uploads", settings: "Settings" };
const TICK_MILLISECONDS = 30_000;
let drawing = false;
let stale = false;
let nextWorker;

function showView(event) {
  const view = location.hash.slice(1) in TITLES ? location.hash.slice(1) : "send";
  for (const name of Object.keys(TITLES)) find(name).hidden = name !== view;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  find("title").textContent = TITLES[view];
  document.title = `${TITLES[view]} · Deep Images Hub`;
  if (event) find("title").focus();
  scrollTo(0, 0);
  if (view === "uploads") refresh();
}

// Draw once for many changes: while one drawing is under way, the next waits for it.
async function draw() {
  stale = true;
  if (drawing) return;
  drawing = true;
  try {
    while (stale) {
      stale = false;
      await drawOnce().catch((problem) => {
        if (!stale) throw problem; // else what has changed meanwhile is drawn
      });
    }
  } finally {
    drawing = false;
  }
}

async function drawOnce() {
  const all = await photos();
  const [sender, me] = [await recall("sender"), await recall("me")];
  forget(new Set(all.map((photo) => photo.id)));
  await showNotices(all, sender, me);
  await sending.show(all, sender);
  await uploads.show(all, sender);
  await settings.show(all);
  await watch(all);
}

// Whether nobody is signed in. Before the hub's first answer nobody knows, and nothing is said.
const isSignedOut = (me) => me !== undefined && !me.signed_in;

const SIGN_IN = { href: "/sign-in?next=/app", class: "button small", text: "Sign in" };

async function showNotices(all, sender, me) {
  const waiting = all.filter((photo) => photo.state === "waiting").length;
  const refused = all.filter((photo) => photo.state === "refused").length;
  const isOut = sender?.what === "signed out" || isSignedOut(me);
  const needsTerms = Boolean(me?.signed_in && !me.consented_at);
  const lines = (await recall("problems", [])).map((text) => make("p", { class: "notice bad", text }));
  if (waiting) {
    const link = isOut ? make("a", SIGN_IN) : null;
    const words = isOut ? { what: navigator.onLine ? "signed out" : "offline" } : sender;
    lines.push(make("p", { class: "notice" }, standing(words, waiting), link));
  } else if (isOut && navigator.onLine) {
    lines.push(make("p", { class: "notice" }, "Sign in to send photos.", make("a", SIGN_IN)));
  } else if (!navigator.onLine) {
    const text = "There is no network. Photos that you take wait on this phone.";
    lines.push(make("p", { class: "notice", text }));
  }
  if (refused) {
    const link = make("a", { href: "#uploads", text: "See why" });
    const words = `${counted(refused, "photo was", "photos were")} refused.`;
    lines.push(make("p", { class: "notice bad" }, words, link));
  }
  if (nextWorker) {
    const use = { type: "button", class: "quiet small", text: "Use it", onclick: takeOver };
    lines.push(make("p", { class: "notice" }, "A new version of the app is ready.", make("button", use)));
  }
  sayIfNew(lines);
  find("terms").hidden = !needsTerms;
  find("tab-count").hidden = !(waiting + refused);
  find("tab-count").textContent = ` ${waiting + refused}`;
}

// The same words are not put there again, so that no screen reader repeats them.
function sayIfNew(lines) {
  const text = lines.map((line) => line.textContent).join();
  if (find("notices").dataset.said === text) return;
  find("notices").dataset.said = text;
  find("notices").replaceChildren(...lines);
}

async function acceptTerms() {
  const button = find("accept");
  button.disabled = true;
  try {
    await hub.acceptTerms(Number(button.dataset.version));
    await remember("problems", []);
  } catch (problem) {
    await remember("problems", [why(problem)]);
  }
  button.disabled = false;
  wake();
}

function takeOver() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  nextWorker.postMessage("take over");
}

async function startWorker() {
  const options = { scope: "/app", type: "module", updateViaCache: "none" };
  const found = await navigator.serviceWorker.register("/app/service-worker.js", options);
  const look = () => {
    nextWorker = navigator.serviceWorker.controller ? found.waiting : null;
    draw();
  };
  found.addEventListener("updatefound", () =>
    found.installing?.addEventListener("statechange", look),
  );
  look();
}

// Look who is signed in, what became of the photos, and whether something can be sent.
async function lookAgain() {
  if (document.hidden) return;
  await hub.me().catch(() => {});
  wake();
  refresh();
  draw();
}

// Without HTTPS browsers withhold what the app needs to name, keep and send a photo.
function refuse() {
  const text =
    "The app needs HTTPS (or 127.0.0.1). Ask whoever runs this hub for an address that begins with https://.";
  find("notices").replaceChildren(make("p", { class: "notice bad", text }));
  find("send").hidden = true;
  document.querySelector(".tabs").hidden = true;
}

async function start() {
  onChange(draw);
  sending.start();
  uploads.start();
  await settings.start();
  find("accept").addEventListener("click", acceptTerms);
  addEventListener("hashchange", showView);
  addEventListener("online", () => online().then(lookAgain));
  addEventListener("offline", draw);
  document.addEventListener("visibilitychange", lookAgain);
  setInterval(wake, TICK_MILLISECONDS);
  showView();
  await draw();
  await lookAgain();
  // Without a network the phone knows what it knows.
  labels.followLink().catch(() => {});
  labels.learn().catch(() => {});
  missions.learn().catch(() => {});
  if (navigator.serviceWorker) await startWorker();
}

if (isSecureContext) start();
else refuse();
