// Labels of which photos are wanted, the most fitting for this person first.
import { find, make, sync } from "./dom.js";
import * as hub from "./hub.js";
import { recall, remember } from "./store.js";

const SHOWN = 4;

// Ask the hub; without an answer the phone shows those that it knows, until their time is over.
export async function learn() {
  const { demands } = await hub.missions();
  await remember("missions", demands);
}

export async function missions() {
  const known = await recall("missions", []);
  return known.filter((one) => Date.parse(one.until) > Date.now()).slice(0, SHOWN);
}

// `take` is called with the label of the mission that somebody takes on.
export async function show(take) {
  const open = await missions();
  find("wanted").hidden = !open.length;
  await sync(find("wanted-list"), open, (one) => card(one, take));
}

function card(one, take) {
  const progress = `${one.verified.toLocaleString("en")} of ${one.target.toLocaleString("en")}`;
  return make(
    "li",
    { class: "mission" },
    make("p", { class: "photo-head" }, make("strong", { text: one.label.name }), progress),
    make("progress", { max: one.target, value: one.verified, "aria-label": progress }),
    make("p", { class: "hint", text: one.why }),
    make("button", {
      type: "button",
      class: "quiet small",
      "aria-label": `Take photos of ${one.label.name}`,
      text: "Take photos",
      onclick: () => take(one.label),
    }),
  );
}
