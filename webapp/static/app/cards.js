// One photo on its way, or one receipt, as a card.
import { make, moment, preview, size } from "./dom.js";
import { files } from "./store.js";
import { STATES } from "./words.js";

export const badge = (state) =>
  make("span", { class: `badge ${state}`, text: STATES[state] ?? state });

// The photos, each with the state to show: one of them may be being sent now.
export function inMotion(photos, sender) {
  const now = sender?.what === "sending" ? sender.id : undefined;
  return photos.map((photo) => ({
    ...photo,
    shown: photo.id === now ? "sending" : (photo.receipt ?? photo.state),
  }));
}

// A photo that the phone keeps. `buttons` are shown below it.
export async function card(photo, ...buttons) {
  const state = photo.shown;
  const about = photo.reason ?? `${size(photo.bytes)}, ${moment(photo.order)}`;
  return make(
    "li",
    { class: "photo-card", "data-id": photo.id, "data-state": state },
    preview(photo.id, (await files(photo.id))?.preview, `Your photo of ${photo.label.name}`),
    make(
      "div",
      {},
      make("p", { class: "photo-head" }, make("strong", { text: photo.label.name }), badge(state)),
      make("p", { class: "hint", text: about }),
      buttons.length ? make("p", { class: "buttons" }, ...buttons) : null,
    ),
  );
}
