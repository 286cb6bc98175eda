// What became of the photos: asked of the hub while something may still change, and remembered.
import * as hub from "./hub.js";
import { change, photos, recall, remember, remove } from "./store.js";
import { FINAL } from "./words.js";

const PAGE = 50;
const MOST_PAGES = 20;
const PREVIEWS_KEPT = 100;
const SOON_MILLISECONDS = 2_000;
const LATER_MILLISECONDS = 20_000;
const SOON_LASTS_MILLISECONDS = 60_000;

let pagesShown = 1;
let timer;
let asking;

// Something was sent since it was last asked: ask now, unless more photos are still being sent.
export async function watch(all) {
  const { at = 0 } = await recall("receipts", {});
  const isNew = (photo) => photo.state === "sent" && !photo.receipt && photo.sent_at > at;
  const isSending = all.some((photo) => photo.state === "waiting");
  if (all.some(isNew) && !(timer && isSending)) refresh();
}

// Ask now, and again by itself while the app is seen and an upload is on its way.
export function refresh() {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

// Show one page more.
export async function older() {
  await asking;
  const { list = [] } = await recall("receipts", {});
  pagesShown = Math.ceil(list.length / PAGE) + 1;
  await refresh();
}

async function ask() {
  if (document.hidden || !navigator.onLine) return;
  clearTimeout(timer);
  timer = undefined;
  const at = Date.now();
  try {
    const { list, next } = await newest();
    await remember("receipts", { at, list, next });
    await settle(list);
  } catch {
    // Signed out or no network: what is remembered is shown, and the sender says what is the matter.
  }
  const open = await onTheirWay();
  const isSending = (await photos()).some((photo) => photo.state === "waiting");
  if (open.length) timer = setTimeout(refresh, isSending ? LATER_MILLISECONDS : pause(open));
}

// Photos of who is signed in that may still change at the hub.
async function onTheirWay() {
  const me = await recall("me");
  const isMine = ({ owner }) => !owner || owner === me?.id;
  const all = await photos();
  return all.filter((one) => one.state === "sent" && !FINAL.has(one.receipt) && isMine(one));
}

// The newest receipts: the pages that are shown, and more where photos on their way are further down.
async function newest() {
  const missing = new Set((await onTheirWay()).map((photo) => photo.id));
  const list = [];
  let next;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    if (pages >= pagesShown && !missing.size) break;
    const page = await hub.uploads({ limit: PAGE, ...(next && { after: next }) });
    list.push(...page.uploads);
    for (const { id } of page.uploads) missing.delete(id);
    next = page.next;
    if (!next) break;
  }
  return { list, next };
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
