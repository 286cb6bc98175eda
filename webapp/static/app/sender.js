// Sends the photos that wait, one after the other, in one window or worker at a time.
// A photo leaves the queue when the hub has answered that it keeps it, or will never take it.
import * as hub from "./hub.js";
import { change, files, photos, recall, remember } from "./store.js";

const LOCK = "imagehub-sender";
const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 60;
const LOOK_AGAIN_SECONDS = 60;
// The transfer was at fault, not the photo.
const TRANSFER_FAULTS = new Set(["digest_mismatch"]);
const TRY_AGAIN = new Set([0, 408, 425, 429]);
const PASSING = new Set(["offline", "no answer", "hub busy", "denied"]);

export const SETTINGS = { paused: false, wifiOnly: false, smaller: false };

let me; // who is signed in and may send; kept until the hub says otherwise
let denied = 0;
let running;
let again = false;
let timer;

// Look whether something can be sent now; kept when there is nothing left to do for the moment.
export function wake() {
  again = true;
  running ??= run().finally(() => {
    running = undefined;
  });
  return running;
}

// As `wake`, for the browser's own background sync: fails where photos still wait for something that
// passes by itself, so that the browser tries again.
export async function wakeInBackground() {
  await wake();
  const { what } = await recall("sender", {});
  if (PASSING.has(what)) throw new Error(`Photos wait: ${what}.`);
}

// The phone is online again: what failed for want of a network is tried at once.
export async function online() {
  const hold = await recall("hold");
  if (hold && !hold.is_asked) await remember("hold", null);
  return wake();
}

async function run() {
  while (again) {
    again = false;
    const until = await navigator.locks.request(LOCK, drain);
    clearTimeout(timer);
    if (until) timer = setTimeout(wake, Math.max(0, until - Date.now()));
  }
}

// Send until nothing is left or something stands in the way; answer when to look again.
async function drain() {
  for (;;) {
    const waiting = (await photos()).filter((photo) => photo.state === "waiting");
    if (!waiting.length) return say({ what: "idle" });
    const hindrance = await lookForHindrance();
    if (hindrance) return say(hindrance);
    const own = waiting.filter((photo) => !photo.owner || photo.owner === me.id);
    if (!own.length) {
      me = undefined;
      return say({ what: "other account" });
    }
    own.sort((one, other) => one.tries - other.tries || one.order - other.order);
    await say({ what: "sending", id: own[0].id });
    await sendOne(own[0]);
  }
}

async function say(status) {
  const known = await recall("sender");
  if (JSON.stringify(known) !== JSON.stringify(status)) await remember("sender", status);
  const isUp = status.what === "idle" || status.what === "sending";
  return isUp ? undefined : (status.until ?? Date.now() + LOOK_AGAIN_SECONDS * 1000);
}

async function lookForHindrance() {
  const settings = { ...SETTINGS, ...(await recall("settings")) };
  if (settings.paused) return { what: "paused" };
  if (!navigator.onLine) return { what: "offline" };
  if (settings.wifiOnly && navigator.connection?.type === "cellular") return { what: "wifi" };
  const hold = await recall("hold");
  if (hold && hold.until > Date.now()) return hold;
  if (me) return null;
  try {
    const found = await hub.me();
    if (!found) return { what: "signed out" };
    if (!found.may_send) return { what: "no role" };
    if (!found.consented_at) return { what: "terms" };
    me = found;
    return null;
  } catch (problem) {
    return holdAfter(problem);
  }
}

async function sendOne(photo) {
  let bytes;
  try {
    bytes = await (await files(photo.id)).file.arrayBuffer();
  } catch {
    const reason = "The phone cannot read this photo any more.";
    return change(photo.id, { state: "refused", code: "unreadable", reason });
  }
  try {
    await hub.send(photo, bytes, me.csrf_token);
    await change(photo.id, { state: "sent", sent_at: Date.now() }, null);
    if (await recall("hold")) await remember("hold", null);
    denied = 0;
  } catch (problem) {
    await judge(photo, problem);
  }
}

async function judge(photo, problem) {
  if (problem.status === 401) {
    me = undefined; // asked again before the next photo: nobody, or a new session
  } else if (problem.status === 403) {
    me = undefined; // the session's CSRF token may be another one by now
    denied += 1;
    if (denied > 1) await holdAfter(problem);
  } else if (
    TRY_AGAIN.has(problem.status) ||
    problem.status >= 500 ||
    TRANSFER_FAULTS.has(problem.code)
  ) {
    await change(photo.id, { tries: photo.tries + 1 });
    await holdAfter(problem);
  } else {
    const { code, sentence } = problem;
    await change(photo.id, { state: "refused", code, reason: sentence });
  }
}

// Wait longer after every failure in a row, by chance up to half more; as long as the hub asks for.
async function holdAfter(problem) {
  const failures = ((await recall("hold"))?.failures ?? 0) + 1;
  const wait = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(failures - 1, 8));
  const seconds = Math.max(wait * (1 + Math.random() / 2), problem.waitSeconds ?? 0);
  const hold = {
    what: { 0: "no answer", 403: "denied", 429: "denied" }[problem.status] ?? "hub busy",
    sentence: problem.sentence,
    failures,
    until: Date.now() + seconds * 1000,
    is_asked: problem.waitSeconds > 0,
  };
  await remember("hold", hold);
  return hold;
}
