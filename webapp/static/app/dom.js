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
