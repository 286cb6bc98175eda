// What became of the photos: asked of the hub while something may still change, and remembered.
import * as hub from "./hub.js";
import { change, photos, recall, remember, remove } from "./store.js";
import { FINAL } from "./words.js";

const PAGE = 50;
const PREVIEWS_KEPT = 100;
const SOON_MILLISECONDS = 2_000;
const LATER_MILLISECONDS = 20_000;
const SOON_LASTS_MILLISECONDS = 60_000;

let timer;
let asking = false;

// Something was sent: ask now, unless it was asked while photos are still being sent.
export function watch(isSending) {
  if (!(timer && isSending)) refresh();
}

// Ask now, and again by itself while the app is seen and an upload is on its way.
export async function refresh() {
  if (asking || document.hidden || !navigator.onLine) return;
  asking = true;
  clearTimeout(timer);
  timer = undefined;
  try {
    const page = await hub.uploads({ limit: PAGE });
    await remember("receipts", { at: Date.now(), list: page.uploads, next: page.next });
    await settle(page.uploads);
  } catch {
    // Signed out or no network: what is remembered is shown, and the sender says what is the matter.
  } finally {
    asking = false;
  }
  const all = await photos();
  const open = all.filter((one) => one.state === "sent" && !FINAL.has(one.receipt));
  const isSending = all.some((photo) => photo.state === "waiting");
  if (open.length) timer = setTimeout(refresh, isSending ? LATER_MILLISECONDS : pause(open));
}

export async function older() {
  const known = await recall("receipts");
  const page = await hub.uploads({ limit: PAGE, after: known.next });
  await remember("receipts", { ...known, list: [...known.list, ...page.uploads], next: page.next });
}

async function settle(receipts) {
  const found = new Map(receipts.map((one) => [one.id, one]));
  const sent = (await photos()).filter((photo) => photo.state === "sent");
  for (const photo of sent) {
    const receipt = found.get(photo.id);
    if (!receipt || receipt.state === photo.receipt) continue;
    await change(photo.id, { receipt: receipt.state, reason: headline(receipt) });
  }
  const settled = sent.filter((photo) => FINAL.has(photo.receipt));
  const surplus = settled.slice(0, Math.max(0, settled.length - PREVIEWS_KEPT));
  if (surplus.length) await remove(surplus.map((photo) => photo.id));
}

// The one sentence that says most of where an upload stands.
export function headline(receipt) {
  return receipt.verdict?.headline ?? receipt.steps.at(-1).reasons[0];
}

function pause(open) {
  const newest = Math.max(...open.map((photo) => photo.sent_at));
  const isFresh = Date.now() - newest < SOON_LASTS_MILLISECONDS;
  return isFresh ? SOON_MILLISECONDS : LATER_MILLISECONDS;
}
