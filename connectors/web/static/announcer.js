// What a screen reader says by itself: one readable line for each thing that is new, politely, and never the whole log.
import { make } from "/static/web/elements.js";

const LINE_MS = 15_000;
const MOST_LINES = 6;

export class Announcer {
  /** The live region; it is in the page, empty, before anything is said. */
  element = make("div", { className: "unseen", "aria-live": "polite" });

  /** Say a line, once. */
  say(words, properties = {}) {
    const line = make("p", { textContent: words.replace(/\s+/g, " ").trim(), ...properties });
    this.element.append(line);
    // Lines that were said are no second log for whoever reads on.
    while (this.element.children.length > MOST_LINES) this.element.firstChild.remove();
    setTimeout(() => line.remove(), LINE_MS);
  }
}
