// Requests to the hub, with the session's cookie.
import { recall, remember } from "./store.js";

const LEAST_TIMEOUT_SECONDS = 60;
const SLOWEST_BYTES_PER_SECOND = 10_000;

// An answer that is no yes; status 0: there was no answer.
export class Problem extends Error {
  constructor(status, code, sentence, waitSeconds = 0) {
    super(sentence);
    Object.assign(this, { status, code, sentence, waitSeconds });
  }
}

async function ask(path, options = {}) {
  let answer;
  const bytes = options.body?.byteLength ?? 0;
  const seconds = LEAST_TIMEOUT_SECONDS + bytes / SLOWEST_BYTES_PER_SECOND;
  try {
    answer = await fetch(path, { signal: AbortSignal.timeout(seconds * 1000), ...options });
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    const body = isJson ? await answer.json() : {};
    if (answer.ok && isJson) return body;
    throw new Problem(answer.status, body.code, body.detail ?? "", waitSeconds(answer));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(0, "no_answer", "There was no answer.", answer ? waitSeconds(answer) : 0);
  }
}

// Retry-After is a number of seconds or a date.
function waitSeconds(answer) {
  const text = answer.headers.get("Retry-After");
  if (!text) return 0;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Math.max(0, seconds || 0);
}

// Who is signed in, or null. The last answer is remembered as "me", without the CSRF token;
// before the first one nothing is.
export async function me() {
  try {
    const found = await ask("/app/me");
    await note(found);
    return found;
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    const known = await recall("me");
    if (known?.signed_in ?? true) await remember("me", { ...known, signed_in: false });
    return null;
  }
}

async function note({ csrf_token: _, ...shown }) {
  const known = await recall("me");
  const now = { ...shown, signed_in: true };
  if (JSON.stringify(known) !== JSON.stringify(now)) await remember("me", now);
}

export async function acceptTerms(version) {
  await note(await change("/app/consent", { terms_version: version }));
}

export const withdraw = (id) => change(`/app/uploads/${id}/withdrawal`);

async function change(path, words = {}) {
  const account = await me();
  if (!account) throw new Problem(401, "unauthorised", "Sign in first.");
  const headers = { "X-CSRF-Token": account.csrf_token, "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(words) });
}

export const missions = () => ask("/app/missions");

export const labels = (query) => ask(`/app/labels?${new URLSearchParams(query)}`);
export const uploads = (query) => ask(`/app/uploads?${new URLSearchParams(query)}`);

// Send a photo whose bytes are given; the same again counts once.
export async function send(photo, bytes, csrfToken) {
  const query = new URLSearchParams({ label: photo.label.mid ?? photo.label.name });
  if (photo.taken_at) query.set("taken_at", photo.taken_at);
  if (photo.place) {
    query.set("latitude", photo.place.latitude);
    query.set("longitude", photo.place.longitude);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const headers = {
    "Content-Type": photo.type,
    "Idempotency-Key": photo.id,
    "X-Content-SHA256": [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    "X-CSRF-Token": csrfToken,
  };
  return ask(`/app/uploads?${query}`, { method: "POST", headers, body: bytes });
}
