// The third view: how photos are sent, who is signed in, and what lies on this phone.
import { counted, find, make, size } from "./dom.js";
import { SETTINGS, wake } from "./sender.js";
import { recall, revise } from "./store.js";

const BOXES = { paused: "paused", wifiOnly: "wifi-only", smaller: "always-smaller" };
const tellsWifi = Boolean(globalThis.navigator?.connection?.type);
let offer;

export async function start() {
  const settings = { ...SETTINGS, ...(await recall("settings")) };
  find("smaller").checked = settings.smaller;
  for (const [name, id] of Object.entries(BOXES))
    find(id).addEventListener("change", (event) => set(name, event.target.checked));
  find("wifi-pick").hidden = !tellsWifi;
  find("wifi-hint").hidden = tellsWifi;
  find("install").addEventListener("click", install);
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    find("install").hidden = false;
    find("install-line").hidden = true;
  });
}

async function set(name, value) {
  await revise("settings", { [name]: value });
  if (name === "smaller") find("smaller").checked = value;
  wake();
}

async function install() {
  await offer?.prompt();
  find("install").hidden = true;
}

export async function show(all) {
  const settings = { ...SETTINGS, ...(await recall("settings")) };
  for (const [name, id] of Object.entries(BOXES)) find(id).checked = settings[name];
  const me = await recall("me");
  if (me) find("account-line").replaceChildren(...accountLine(me));
  const kept = all.filter((photo) => photo.state !== "sent");
  const bytes = kept.reduce((sum, photo) => sum + photo.bytes, 0);
  find("storage-line").textContent = kept.length
    ? `${counted(kept.length, "photo")} not sent yet, ${size(bytes)}.`
    : "No photos wait here.";
}

function accountLine(me) {
  return me.signed_in
    ? [`Signed in as ${me.name}. `, make("a", { href: "/account", text: "Your account" })]
    : ["You are not signed in. ", make("a", { href: "/sign-in?next=/app", text: "Sign in" })];
}
