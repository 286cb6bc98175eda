// The second view: what waits on this phone, and every receipt of the hub.
import { badge, card, inMotion } from "./cards.js";
import { find, make, moment, preview, sync } from "./dom.js";
import * as hub from "./hub.js";
import { headline, older, refresh } from "./receipts.js";
import { wake } from "./sender.js";
import { add, files, recall, remember, remove, revise } from "./store.js";
import { GONE, STATES, why } from "./words.js";

const opened = new Set(); // receipts that stay open when they are drawn again

export function start() {
  find("pause").addEventListener("click", async () => {
    const settings = await recall("settings", {});
    await revise("settings", { paused: !settings.paused });
    wake();
  });
  find("older").addEventListener("click", async () => {
    find("older").disabled = true;
    await older();
    find("older").disabled = false;
  });
}

export async function show(all, sender) {
  const queued = all.filter((photo) => photo.state === "waiting" || photo.state === "refused");
  find("queue").hidden = !queued.length;
  const isPaused = Boolean((await recall("settings", {})).paused);
  find("pause").textContent = isPaused ? "Go on" : "Pause";
  find("pause").setAttribute("aria-pressed", String(isPaused));
  const draw = (photo) => card(photo, ...buttons(photo));
  await sync(find("queue-list"), inMotion(queued, sender), draw);
  await showReceipts(new Set(queued.map((photo) => photo.id)));
}

function buttons(photo) {
  const drop = () => {
    if (confirm("Remove this photo from the phone? It is not sent then.")) remove([photo.id]);
  };
  const words = { type: "button", class: "quiet small" };
  const name = make("span", { class: "hidden", text: ` the photo of ${photo.label.name}` });
  const removal = make("button", { ...words, onclick: drop }, "Remove", name);
  if (photo.state !== "refused") return [removal];
  const again = make("button", { ...words, text: "Try another label", onclick: () => redo(photo) });
  return photo.code === "unreadable" ? [removal] : [again, removal];
}

// A refused photo becomes a draft with an id of its own: the refusal keeps its receipt.
async function redo(photo) {
  const kept = await files(photo.id);
  const { label: _, code: __, reason: ___, ...rest } = photo;
  const draft = { ...rest, id: crypto.randomUUID(), state: "draft", tries: 0 };
  await add([{ photo: draft, file: kept.file, preview: kept.preview }]);
  await remove([photo.id]);
  location.hash = "#send";
}

async function showReceipts(queued) {
  const { list = [], at, next } = await recall("receipts", {});
  const shown = list.filter((receipt) => !queued.has(receipt.id));
  find("uploads-hint").textContent = at
    ? shown.length ? `As of ${moment(at)}.` : "Nothing has arrived yet."
    : "Your receipts are shown here once you are signed in.";
  find("older").hidden = !next;
  await sync(find("upload-list"), shown, receiptCard);
}

async function receiptCard(receipt) {
  const name = receipt.claimed_label?.name ?? "A photo";
  const sentence = headline(receipt);
  return make(
    "li",
    { class: "photo-card", "data-id": receipt.id, "data-state": receipt.state },
    await picture(receipt, name),
    make(
      "div",
      {},
      make("p", { class: "photo-head" }, make("strong", { text: name }), badge(receipt.state)),
      sentence ? make("p", { class: "hint", text: sentence }) : null,
      same(receipt),
      details(receipt),
      GONE.has(receipt.state) ? null : withdrawal(receipt, name),
    ),
  );
}

function withdrawal(receipt, name) {
  const words = make("span", { class: "hidden", text: ` the photo of ${name}` });
  const press = async (event) => {
    if (!confirm("Withdraw this photo? It is hidden at once, and then removed for good.")) return;
    event.target.disabled = true;
    try {
      await hub.withdraw(receipt.id);
      await remember("problems", []);
      await refresh();
    } catch (problem) {
      await remember("problems", [`The photo was not withdrawn. ${why(problem)}`]);
      event.target.disabled = false;
    }
  };
  const button = { type: "button", class: "quiet small", onclick: press };
  return make("p", { class: "buttons" }, make("button", button, "Withdraw", words));
}

async function picture(receipt, name) {
  const here = (await files(receipt.id))?.preview;
  const image =
    here || !receipt.image_id || receipt.state === "withdrawn"
      ? preview(receipt.id, here, `Your photo of ${name}`)
      : thumb(receipt.image_id, `Your photo of ${name}`);
  return receipt.image_id ? make("a", { href: `/images/${receipt.image_id}` }, image) : image;
}

function thumb(imageId, alt) {
  const size = { width: 96, height: 96, loading: "lazy", decoding: "async" };
  return make("img", { src: `/images/${imageId}/thumb.jpg`, alt, ...size });
}

// The photo that this one repeats, for the eye to compare.
function same(receipt) {
  const id = receipt.duplicate_of;
  if (!id) return null;
  const words = id === receipt.image_id ? "It is this one:" : "It is much like this one:";
  const link = make("a", { href: `/images/${id}` }, thumb(id, "The photo that the hub had already"));
  return make("p", { class: "same" }, make("span", { class: "hint", text: words }), link);
}

function details(receipt) {
  const steps = receipt.steps.map((step) =>
    make(
      "li",
      {},
      make("span", { text: `${STATES[step.state] ?? step.state}, ${moment(step.at)}` }),
      ...step.reasons.map((reason) => make("span", { class: "hint", text: reason })),
    ),
  );
  const next = (receipt.verdict?.next_steps ?? []).map((text) => make("li", { text }));
  const noted = (event) => opened[event.target.open ? "add" : "delete"](receipt.id);
  return make(
    "details",
    { open: opened.has(receipt.id), ontoggle: noted },
    make("summary", { text: "Receipt" }),
    make("ol", { class: "receipt-steps" }, ...steps),
    next.length ? make("p", { text: "What you can do" }) : null,
    next.length ? make("ul", { class: "next-steps" }, ...next) : null,
  );
}
