// Small things that the page is made of.

/** Make an element; text goes in as text, `role` and names with a hyphen become attributes, all others properties. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name === "for" || name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Make a button. */
export const button = (words, onclick, properties = {}) => make("button", { type: "button", onclick, ...properties }, words);

/** A picture that screen readers pass over, for words stand beside it. */
export const sign = (drawn) => make("span", { "aria-hidden": "true" }, drawn);

/** Words for screen readers only. */
export const unseen = (words) => make("span", { className: "unseen" }, words);

/**
 * Make `parent` show these items in this order; an element is kept, focus and all, while its item stays as it is.
 * `draw(item)` makes an element; `key(item)` tells items apart.
 */
export function keep(parent, items, key, draw) {
  const known = (parent.known ??= new Map());
  const now = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const written = JSON.stringify(item);
    const before = known.get(key(item));
    const element = before?.written === written ? before.element : draw(item);
    now.set(key(item), { written, element });
    if (before && before.element !== element) {
      const focused = focusIn(before.element);
      if (place === before.element) place = element;
      before.element.replaceWith(element);
      refocus(element, focused);
    }
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
  }
  for (const [name, { element }] of known) if (!now.has(name)) element.remove();
  parent.known = now;
}

const FOCUSABLE = "button, a, input, select, audio, video";
const focusIn = (element) => [...element.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
const refocus = (element, place) => { if (place >= 0) element.querySelectorAll(FOCUSABLE)[place]?.focus(); };
