// What the widget is made of: elements, and how texts and names are read in them.
import { directionOf } from "/static/web/strings.js";

const NEAR_THE_END_PX = 80;
const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/;

/** Make an element: `make("p", {className: "text", dir: "auto"}, "words", child)`. Text always goes in as text. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Split a text of the shop's side into words and links; only whole http(s) addresses become links. */
export function withLinks(text) {
  return text.split(ADDRESS).map((part, place) => (place % 2 === 0 ? part
    : make("a", { href: part, textContent: part, dir: "ltr", target: "_blank", rel: "noopener noreferrer" })));
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

/** Tell whether a box is scrolled to its end, or nearly. */
export function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END_PX;
}
