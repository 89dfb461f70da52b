// What the widget is made of: elements, icons, and how texts and names are read in them.
import { directionOf } from "/static/web/strings.js";

const NEAR_THE_END_PX = 80;
const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/;
const SVG = "http://www.w3.org/2000/svg";
const MEGABYTE = 1_000_000;

const ICONS = {
  chat: "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
  clip: "M16.5 6.5v10a4.5 4.5 0 0 1-9 0V5.8a3 3 0 0 1 6 0v10.1a1.5 1.5 0 0 1-3 0V7.2H9v8.7a3 3 0 0 0 6 0V5.8a4.5 4.5 0 0 0-9 0v10.7a6 6 0 0 0 12 0v-10z",
  close: "M18.3 7.1 16.9 5.7 12 10.6 7.1 5.7 5.7 7.1 10.6 12l-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z",
  file: "M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm7 1.5V8h4.5z",
  send: "M3 20.5v-6.8l9-1.7-9-1.7V3.5L22 12z",
  more: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
};

/**
 * Make an element: `make("p", {className: "text", "aria-label": "words"}, "words", child)`. Text always goes in as text;
 * `role` and names with a hyphen become attributes, all others properties.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Make a button with words, or an icon and what it is called. */
export function button(words, onclick, { icon: name, ...properties } = {}) {
  const drawn = name ? { "aria-label": words, title: words } : {};
  return make("button", { type: "button", onclick, ...drawn, ...properties }, name ? icon(name) : words);
}

/** Draw an icon. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

/** Split a text of the shop's side into words and links; only whole http(s) addresses become links. */
export function withLinks(text) {
  return text.split(ADDRESS).map((part, place) => (place % 2 === 0 ? part : link(part, part, { dir: "ltr" })));
}

/** Make a link that opens beside the page and tells it nothing. */
export function link(href, words, properties = {}) {
  return make("a", { href, textContent: words, target: "_blank", rel: "noopener noreferrer", ...properties });
}

/** Return an address if it is one of the web, seen from this page; else null. */
export function webAddress(address) {
  try {
    const { href, protocol } = new URL(address, document.baseURI);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** Return how a text in that language is read; of one that nobody knows, its own letters tell, line by line. */
export function written(language) {
  return language ? { lang: language, dir: directionOf(language) } : { dir: "auto" };
}

/** Return a sentence about a name, in parts, so that the name turns no words around it, whichever way it is written. */
export function naming(sentence, name) {
  const [before, after] = sentence("\0").split("\0");
  return [before, make("bdi", { textContent: name }), after];
}

/** Write how large a file is, in the words of a language: "1.2 MB". */
export function sized(bytes, language) {
  const [amount, unit] = bytes < MEGABYTE ? [Math.max(1, Math.round(bytes / 1000)), "kilobyte"] : [bytes / MEGABYTE, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

/** Tell whether a box is scrolled to its end, or nearly. */
export function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END_PX;
}
