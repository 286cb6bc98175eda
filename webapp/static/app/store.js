// What the phone keeps: photos on their way, their files, and what the app remembers.
// Every change is on the disk before its promise is kept, and told to all windows.
const NAME = "imagehub";
const VERSION = 1;
// The browser has dropped the connection: data of the site were cleared, or Safari slept. Nothing was done.
const LOST = new Set(["InvalidStateError", "UnknownError", "AbortError"]);
const channel = new BroadcastChannel(NAME);
const listeners = new Set();

channel.onmessage = tell;

function tell() {
  for (const listener of listeners) listener();
}

function announce() {
  channel.postMessage("changed");
  tell();
}

export function onChange(listener) {
  listeners.add(listener);
}

let opening;

// The database; where it could not be opened, it is tried anew the next time.
function open() {
  opening ??= connect().catch((problem) => {
    opening = undefined;
    throw problem;
  });
  return opening;
}

// A later version may add stores; it must never drop `photos` or `files`.
function connect() {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open(NAME, VERSION);
    asking.onupgradeneeded = () => {
      asking.result.createObjectStore("photos", { keyPath: "id" });
      asking.result.createObjectStore("files", { keyPath: "id" });
      asking.result.createObjectStore("kept");
    };
    asking.onerror = () => reject(asking.error);
    asking.onsuccess = () => {
      asking.result.onversionchange = () => {
        asking.result.close();
        opening = undefined;
      };
      resolve(asking.result);
    };
  });
}

// Run `work` on a transaction; answer the result of the request that it returns.
async function transact(...words) {
  try {
    return await attempt(...words);
  } catch (problem) {
    if (!LOST.has(problem?.name)) throw problem;
    opening = undefined;
    return attempt(...words);
  }
}

async function attempt(mode, stores, work) {
  const database = await open();
  let lose;
  const done = new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, mode, { durability: "strict" });
    const request = work(...stores.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
    // Of a transaction on a connection that is dropped nothing may ever be heard.
    lose = () => reject(new DOMException("The database was closed.", "AbortError"));
    database.addEventListener("close", lose);
  });
  return done.finally(() => database.removeEventListener("close", lose));
}

// All photos in the order in which they were taken.
export async function photos() {
  const found = await transact("readonly", ["photos"], (photos) => photos.getAll());
  return found.sort((one, other) => one.order - other.order);
}

// Keep new photos: [{photo, file, preview}], all of them or none.
export async function add(taken) {
  await transact("readwrite", ["photos", "files"], (photos, files) => {
    for (const { photo, file, preview } of taken) {
      photos.add(photo);
      files.add({ id: photo.id, file, preview });
    }
  });
  announce();
}

// Change a photo that is still here; `file` is put in place of its file, null lets go of it.
export async function change(id, changes, file) {
  await transact("readwrite", ["photos", "files"], (photos, files) => {
    const asking = photos.get(id);
    asking.onsuccess = () => {
      if (asking.result) photos.put({ ...asking.result, ...changes });
    };
    if (file === undefined) return;
    const had = files.get(id);
    had.onsuccess = () => {
      if (had.result) files.put({ ...had.result, file });
    };
  });
  announce();
}

export async function remove(ids) {
  await transact("readwrite", ["photos", "files"], (photos, files) => {
    for (const id of ids) {
      photos.delete(id);
      files.delete(id);
    }
  });
  announce();
}

// A photo's {file, preview}; undefined once it is gone.
export function files(id) {
  return transact("readonly", ["files"], (files) => files.get(id));
}

export async function recall(name, otherwise) {
  return (await transact("readonly", ["kept"], (kept) => kept.get(name))) ?? otherwise;
}

export async function remember(name, value) {
  await transact("readwrite", ["kept"], (kept) => kept.put(value, name));
  announce();
}

// Change parts of what is remembered, in one step: two presses in a row lose nothing.
export async function revise(name, changes) {
  await transact("readwrite", ["kept"], (kept) => {
    const asking = kept.get(name);
    asking.onsuccess = () => {
      kept.put({ ...asking.result, ...changes }, name);
    };
  });
  announce();
}
