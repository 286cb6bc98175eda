// Keeps the app's shell on the phone, and sends what waits when the browser says so.
import { wakeInBackground } from "/static/app/sender.js";

const SHELL = "shell-{{ version }}";
const ADDRESSES = {{ addresses | tojson }};

async function keepShell() {
  const cache = await caches.open(SHELL);
  await cache.addAll(ADDRESSES.map((address) => new Request(address, { cache: "reload" })));
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("shell-") && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request, address) {
  const cache = await caches.open(SHELL);
  return (await cache.match(address)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const isOurs = event.request.method === "GET" && origin === self.location.origin;
  if (isOurs && ADDRESSES.includes(pathname)) event.respondWith(answer(event.request, pathname));
});
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});
self.addEventListener("sync", (event) => event.waitUntil(wakeInBackground()));
