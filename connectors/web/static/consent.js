// The consent line: words and a link of the host's. With `consent-required` nothing is sent or kept before it is given.
import { button, link, make, webAddress } from "/static/web/elements.js";

export class Consent {
  #words; #shelf; #address; #given = false;

  /**
   * @param {HTMLElement} host has `consent` (the text), `consent-link`, and `consent-required`
   * @param {import("/static/web/shelf.js").Shelf} shelf where it is kept once it is given
   */
  constructor(host, words, shelf) {
    this.required = host.hasAttribute("consent-required");
    this.text = host.getAttribute("consent") || (this.required ? words.consent : "");
    const address = host.getAttribute("consent-link");
    this.#address = address && webAddress(address);
    this.#words = words;
    this.#shelf = shelf;
  }

  /** Whether the chat may begin; who agreed to other words is asked again. */
  get given() { return !this.required || this.#given || this.#shelf.get("consent") === this.text; }

  give() {
    this.#given = true;
    this.#shelf.set("consent", this.text);
  }

  /** Whoever comes next has agreed to nothing. */
  withdraw() {
    this.#given = false;
    this.#shelf.set("consent", null);
  }

  /** The line below the chat; null when there is nothing to say. */
  line() {
    return this.text && !this.required ? make("p", { className: "consent-line" }, ...this.#said()) : null;
  }

  /** What stands in place of the chat until the customer has decided. */
  question(accept, decline) {
    return make("div", { className: "consent" },
      make("p", {}, ...this.#said()),
      button(this.#words.accept, accept, { className: "strong" }),
      button(this.#words.decline, decline, { className: "weak" }));
  }

  #said() {
    const text = make("span", { textContent: this.text, dir: "auto" });
    return this.#address ? [text, " ", link(this.#address, this.#words.privacy)] : [text];
  }
}
