// Finding a label: by typing, from the hub, and from what the phone knows while there is no network.
import { counted, find, make, sync } from "./dom.js";
import * as hub from "./hub.js";
import { missions } from "./missions.js";
import { recall, remember } from "./store.js";

const SHOWN = 8;
const REMEMBERED = 4;
const RECENT = 6;
const KNOWN = 1000;
const PAGE = 200;
const PAUSE_MILLISECONDS = 150;
const DAY_MILLISECONDS = 86_400_000;

let chosen = null;
let offered = [];
let active = -1;
let asked = 0;
let tell = () => {};

export const label = () => chosen;

// `changed` is called whenever another label is chosen, or none.
export function start(changed) {
  tell = changed;
  const input = find("label");
  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  input.addEventListener("focus", () => !chosen && typed());
  input.addEventListener("blur", left);
  showRecent();
}

export function choose(found) {
  asked += 1; // a search that is still on its way opens no list
  chosen = found;
  find("label").value = found?.name ?? "";
  find("label-hint").textContent = found && !found.mid ? "It is looked up when it is sent." : "";
  close();
  showRecent();
  tell();
}

// A link may name a label to photograph: it is chosen, and offered first from then on.
export async function followLink() {
  const { searchParams } = new URL(location.href);
  const [mid, name] = [searchParams.get("label"), searchParams.get("name")];
  if (!mid || !name) return;
  history.replaceState(null, "", location.pathname + location.hash);
  const { labels } = await hub.labels({ q: name, limit: PAGE });
  const linked = labels.find((one) => one.mid === mid);
  if (!linked) return;
  await noteUse({ mid, name: linked.name });
  choose({ mid, name: linked.name });
}

export async function noteUse(used) {
  const recent = await recall("recent labels", []);
  const others = recent.filter((one) => key(one) !== key(used));
  await remember("recent labels", [used, ...others].slice(0, REMEMBERED));
  showRecent();
}

// Keep the hub's labels on the phone, once a day: the first thousand of them by name.
export async function learn() {
  const known = await recall("labels");
  if (known && Date.now() - known.at < DAY_MILLISECONDS) return;
  const all = [];
  let after;
  do {
    const page = await hub.labels({ limit: PAGE, ...(after && { after }) });
    all.push(...page.labels.map(({ mid, name }) => ({ mid, name })));
    after = page.next;
  } while (after && all.length < KNOWN);
  await remember("labels", { at: Date.now(), all });
}

async function showRecent() {
  const recent = await recall("recent labels", []);
  const keys = new Set(recent.map(key));
  const wanted = (await missions()).map((one) => one.label).filter((one) => !keys.has(key(one)));
  const offers = [...recent, ...wanted].slice(0, RECENT).map((one) => ({ id: key(one), ...one }));
  await sync(find("recent"), offers, chip);
  for (const [number, one] of offers.entries()) {
    const isChosen = chosen !== null && key(one) === key(chosen);
    find("recent").children[number].setAttribute("aria-pressed", String(isChosen));
  }
  find("recent").hidden = !offers.length;
}

function chip({ mid, name }) {
  const choice = { type: "button", class: "chip", text: name, "aria-pressed": "false" };
  return make("button", { ...choice, onclick: () => choose({ mid, name }) });
}

async function typed() {
  const turn = (asked += 1);
  const text = find("label").value.trim();
  chosen = null;
  tell();
  find("propose").href = `/labels/proposals/new?${new URLSearchParams({ name: text })}`;
  if (!text) return close();
  const here = await fromPhone(text);
  if (turn === asked && here.length) show(here);
  await new Promise((done) => setTimeout(done, PAUSE_MILLISECONDS));
  if (turn !== asked) return;
  try {
    const found = await hub.labels({ q: text, limit: SHOWN });
    if (turn === asked) show(found.labels, found.labels.length ? "" : "No label has this name.");
  } catch {
    const asTyped = here.some((one) => same(one.name, text)) ? [] : [{ name: text }];
    if (turn === asked) show([...here, ...asTyped], "There is no network: these are from the phone.");
  }
}

function left() {
  asked += 1;
  close();
}

// What a label is known by; one that is still to be looked up has only its name.
const key = (one) => one.mid ?? one.name;

const same = (one, other) => one.toLowerCase() === other.toLowerCase();

const SPELLED_OUT = { ß: "ss", æ: "ae", œ: "oe", þ: "th", ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i", ŋ: "n" };

// A name in small letters and without accents: the catalogue's function `folded` does the same.
export function fold(name) {
  const small = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return small.replace(/[ßæœþøłđðħıŋ]/g, (letter) => SPELLED_OUT[letter]);
}

async function fromPhone(text) {
  const words = fold(text);
  const all = (await recall("labels"))?.all ?? [];
  const rank = ({ name }) => [fold(name).indexOf(words) !== 0, name.length];
  return all
    .filter(({ name }) => fold(name).includes(words))
    .sort((one, other) => rank(one)[0] - rank(other)[0] || rank(one)[1] - rank(other)[1])
    .slice(0, SHOWN);
}

// Open Images has labels of one name, such as an orange and the colour: these are told apart.
function twins(one) {
  return offered.filter((other) => same(other.name, one.name));
}

function about(one) {
  const photos = one.images === undefined ? [] : [counted(one.images, "photo")];
  return make("span", { class: "hint", text: [...photos, one.mid].join(", ") });
}

function show(labels, hint = "") {
  offered = labels;
  const options = labels.map((one, number) =>
    make(
      "li",
      {
        id: `label-${number}`,
        role: "option",
        "aria-selected": "false",
        text: one.mid ? one.name : `Use “${one.name}” as it is`,
        onmousedown: (event) => event.preventDefault(), // the field keeps the focus
        onclick: () => choose(one),
      },
      twins(one).length > 1 && about(one),
    ),
  );
  find("label-list").replaceChildren(...options);
  find("label-list").hidden = !options.length;
  find("label").setAttribute("aria-expanded", String(options.length > 0));
  find("label-hint").textContent = hint;
  mark(-1);
}

function close() {
  find("label-list").hidden = true;
  find("label").setAttribute("aria-expanded", "false");
  mark(-1);
}

function mark(number) {
  active = number;
  const options = [...find("label-list").children];
  options.forEach((one, at) => one.setAttribute("aria-selected", String(at === number)));
  options[number]?.scrollIntoView({ block: "nearest" });
  if (options[number]) find("label").setAttribute("aria-activedescendant", options[number].id);
  else find("label").removeAttribute("aria-activedescendant");
}

function pressed(event) {
  const isOpen = !find("label-list").hidden;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (isOpen && step) {
    event.preventDefault();
    mark((active + step + offered.length) % offered.length);
  } else if (isOpen && event.key === "Escape") {
    close();
  } else if (event.key === "Enter" && !chosen) {
    event.preventDefault(); // the form is sent once a label is chosen
    const exact = offered.find((one) => same(one.name, find("label").value.trim()));
    const wanted = offered[active] ?? exact ?? offered[0];
    if (!isOpen || !wanted) return;
    if (active < 0 && twins(wanted).length > 1) mark(offered.indexOf(wanted)); // which of them?
    else choose(wanted);
  }
}
