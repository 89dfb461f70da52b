// The first word, by rule: once a visitor and day, never to somebody who has opened the chat, gone when it is waved away.
import { button, make } from "/static/web/elements.js";

const LOOK_MS = 1_000;
const ACTIVITY = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"];

/** Read rules as JSON; rules that make no sense are told of in the console, and greet nobody. */
export function rulesOf(written) {
  try {
    const rules = typeof written === "string" ? JSON.parse(written) : written ?? [];
    if (Array.isArray(rules) && rules.every(isRule)) return rules;
  } catch { /* told of below */ }
  console.warn("baton-chat: greetings must be a list of {text, seconds, path, idle}; see docs/widget.md");
  return [];
}

export class Greeter {
  #rules; #shelf; #language; #show; #timer = 0; #began = performance.now(); #movedAt = performance.now();
  #moved = () => { this.#movedAt = performance.now(); };

  /**
   * @param {Array} rules as `rulesOf` returns them
   * @param {import("/static/web/shelf.js").Shelf} shelf where it is kept that somebody was greeted, or has opened the chat
   * @param {(text: string) => void} show
   */
  constructor(rules, shelf, language, show) {
    this.#rules = rules;
    this.#shelf = shelf;
    this.#language = language;
    this.#show = show;
  }

  start() {
    if (this.#rules.length === 0 || !this.#welcome) return;
    for (const kind of ACTIVITY) document.addEventListener(kind, this.#moved, { passive: true, capture: true });
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
    for (const kind of ACTIVITY) document.removeEventListener(kind, this.#moved, { capture: true });
  }

  /** The visitor has opened the chat, and needs no greeting any more. */
  opened() {
    this.stop();
    if (!this.#shelf.get("opened")) this.#shelf.set("opened", true);
  }

  get #welcome() { return !this.#shelf.get("opened") && this.#shelf.get("greeted") !== today(); }

  #look() {
    if (!this.#welcome) { this.stop(); return; } // another tab was faster
    const now = performance.now();
    const rule = this.#rules.find(({ seconds = 0, idle = 0, path = "*" }) => now - this.#began >= seconds * 1000
      && now - this.#movedAt >= idle * 1000 && matches(path));
    if (!rule || document.hidden) return;
    this.stop();
    this.#shelf.set("greeted", today());
    this.#show(wordsOf(rule.text, this.#language));
  }
}

/** The bubble beside the launcher, around an element with what is said. */
export function bubble(said, words, dismiss) {
  const drawn = make("section", { className: "greeting", "aria-label": words.title }, said,
    button(words.dismiss, dismiss, { icon: "close", className: "plain" }));
  drawn.onkeydown = (event) => { if (event.key === "Escape") dismiss(); };
  return drawn;
}

function isRule({ text, seconds = 0, idle = 0, path = "*" }) {
  const said = typeof text === "string" ? [text] : Object.values(text ?? {});
  return said.length > 0 && said.every((words) => typeof words === "string" && words)
    && [seconds, idle].every((number) => typeof number === "number" && number >= 0) && typeof path === "string";
}

// In a text for each language, the whole tag goes before its base, then English, then whatever there is.
function wordsOf(text, language) {
  if (typeof text === "string") return text;
  return text[language] ?? text[language.split("-")[0]] ?? text.en ?? Object.values(text)[0];
}

// "*" stands for any letters; a path is matched whole.
function matches(pattern) {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(location.pathname);
}

function today() {
  const now = new Date();
  return `${now.getFullYear()}-${now.getMonth() + 1}-${now.getDate()}`;
}
