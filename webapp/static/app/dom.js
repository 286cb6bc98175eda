// Small helpers for making pages: text is always set as text.
export const find = (id) => document.getElementById(id);

// An element with properties (`class`, `text`, attributes, `on…` listeners) and children.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

const drawn = new WeakMap();

// Make a list show these items, drawn by `draw`. What did not change is left alone, so that focus,
// and what somebody has opened, stay. Items have an `id` and are plain data.
export async function sync(list, items, draw) {
  const before = new Map([...list.children].map((child) => [drawn.get(child)?.id, child]));
  const wanted = [];
  for (const item of items) {
    const signature = JSON.stringify(item);
    const old = before.get(item.id);
    const isSame = old && drawn.get(old).signature === signature;
    const element = isSame ? old : await draw(item);
    drawn.set(element, { id: item.id, signature });
    if (old && !isSame) old.replaceWith(element);
    wanted.push(element);
  }
  for (const child of [...list.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((element, number) => {
    if (list.children[number] !== element) list.insertBefore(element, list.children[number] ?? null);
  });
}

export function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

export function size(bytes) {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}

export function moment(text) {
  const at = new Date(text);
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "short" };
  return at.toLocaleString("en", { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}

const shown = new Map();

// An <img> of a photo's preview; its address lives as long as the photo is shown somewhere.
export function preview(id, blob, alt = "") {
  if (!blob) return make("span", { class: "no-preview", "aria-hidden": "true" });
  if (!shown.has(id)) shown.set(id, URL.createObjectURL(blob));
  return make("img", { src: shown.get(id), alt, width: 96, height: 96 });
}

export function forget(ids) {
  for (const [id, address] of shown) {
    if (ids.has(id)) continue;
    URL.revokeObjectURL(address);
    shown.delete(id);
  }
}
