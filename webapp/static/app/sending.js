// The first view: take photos, say what they show, send them.
import { card, inMotion } from "./cards.js";
import { counted, find, make, preview, sync } from "./dom.js";
import * as labels from "./labels.js";
import * as missions from "./missions.js";
import { wake } from "./sender.js";
import { files, photos, recall, remember, remove } from "./store.js";
import { queue, roughPlace, take } from "./taking.js";

const LAST_SHOWN = 3; // so that what is wanted begins on a phone’s first screen
let place;
let busy = false;

export function start() {
  for (const source of ["camera", "gallery"])
    find(source).addEventListener("change", (event) => taken(event.target, source));
  find("draft").addEventListener("submit", send);
  find("place").addEventListener("change", askPlace);
  labels.start(showButton);
}

async function taken(input, source) {
  const chosen = [...input.files];
  input.value = ""; // so that the same photo can be chosen again
  navigator.storage?.persist?.(); // the browser is not to throw the queue away
  const problems = await take(chosen, source);
  if (!labels.label()) labels.choose((await recall("recent labels", []))[0] ?? null);
  await remember("problems", problems);
  find("draft").scrollIntoView({ block: "nearest" });
}

async function send(event) {
  event.preventDefault();
  const label = labels.label();
  const drafts = (await photos()).filter((photo) => photo.state === "draft");
  if (!label || !drafts.length || busy) return;
  busy = true;
  showButton();
  try {
    await remember("problems", await queue(drafts, { label, place, smaller: find("smaller").checked }));
    await labels.noteUse(label);
  } finally {
    busy = false;
    showButton();
    askForSync();
    wake();
  }
}

async function draft({ id, name }) {
  const image = preview(id, (await files(id))?.preview, `Your ${name}`);
  const drop = { type: "button", class: "drop", onclick: () => remove([id]) };
  return make("li", {}, image, make("button", { ...drop, "aria-label": `Remove ${name}`, text: "×" }));
}

// Photograph what is wanted: the label is chosen, the camera opens.
function takeOn(label) {
  labels.choose(label);
  find("camera").click();
}

// Where the browser can, it wakes the worker when there is a network, even with the app closed.
async function askForSync() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("send").catch(() => {}); // denied: the app sends when it is open
}

async function askPlace() {
  place = undefined;
  if (!find("place").checked) return tellPlace("(within about 11 km)");
  tellPlace("(asking the phone)");
  try {
    const found = await roughPlace();
    if (!find("place").checked) return;
    place = found;
    tellPlace(`(near ${place.latitude}°, ${place.longitude}°)`);
  } catch (error) {
    find("place").checked = false;
    tellPlace(error.message);
  }
}

function tellPlace(words) {
  find("place-hint").textContent = words;
}

let draftCount = 0;

function showButton() {
  const label = labels.label();
  find("chosen").hidden = !label || draftCount > 0;
  find("chosen").textContent = label ? `Your next photos are sent as ${label.name}.` : "";
  const button = find("send-button");
  button.disabled = !label || !draftCount || busy;
  const some = counted(draftCount, "photo");
  button.textContent = busy ? "Keeping them" : label ? `Send ${some} as ${label.name}` : "Choose a label";
}

// Show everything anew from what the phone keeps.
export async function show(all, sender) {
  const drafts = all.filter((photo) => photo.state === "draft");
  draftCount = drafts.length;
  find("draft").hidden = !drafts.length;
  find("place-pick").hidden = !drafts.some((photo) => photo.source === "camera");
  const numbered = drafts.map(({ id }, number) => ({ id, name: `photo ${number + 1}` }));
  await sync(find("draft-photos"), numbered, draft);
  const last = all.filter((photo) => photo.state !== "draft").reverse().slice(0, LAST_SHOWN);
  await sync(find("just-sent-list"), inMotion(last, sender), card);
  find("just-sent").hidden = !last.length;
  find("welcome").hidden = all.length > 0;
  await missions.show(takeOn);
  showButton();
}
