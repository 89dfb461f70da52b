// Files of the log: pictures are shown once they come into sight, all others fetched when they are wanted. The browser
// keeps what was fetched until the page goes; nobody can open a file by its address alone.
import { icon, link, make, sized, webAddress, withLinks } from "/static/web/elements.js";

export class Attachments {
  #client; #words; #language; #say; #addresses = new Map();
  #seen = new IntersectionObserver((list) => {
    for (const { target, isIntersecting } of list) if (isIntersecting) this.#draw(target);
  }, { rootMargin: "200px" });
  #waiting = new WeakMap();

  /** @param {(words: string) => void} say tells that a file cannot be opened */
  constructor(client, words, language, say) {
    this.#client = client;
    this.#words = words;
    this.#language = language;
    this.#say = say;
  }

  /** Forget what was fetched. */
  close() {
    this.#seen.disconnect();
    for (const address of this.#addresses.values()) address.then(URL.revokeObjectURL).catch(() => {});
    this.#addresses.clear();
  }

  /** Draw what came with a message. */
  element(attachment) {
    const { kind, state, id, url, phone } = attachment;
    if (state !== "ready") return make("p", { className: "file gone" }, icon("file"), this.#name(attachment), ` – ${this.#words.fileGone}`);
    if (id) return kind === "image" ? this.#picture(attachment) : this.#file(attachment);
    if (kind === "link") return make("p", { className: "text" }, ...withLinks(url ?? ""));
    const address = kind === "location" && url ? webAddress(url) : null;
    return make("p", { className: "text" }, address ? link(address, nameOf(attachment, this.#words)) : this.#name(attachment), phone ? ` ${phone}` : "");
  }

  #name(attachment) {
    return make("bdi", { textContent: nameOf(attachment, this.#words) });
  }

  #picture(attachment) {
    const frame = make("a", { className: "picture", target: "_blank", rel: "noopener" });
    this.#waiting.set(frame, attachment);
    this.#seen.observe(frame);
    return frame;
  }

  async #draw(frame) {
    const attachment = this.#waiting.get(frame);
    this.#seen.unobserve(frame);
    try {
      frame.href = await this.#address(attachment.id);
      frame.append(make("img", { src: frame.href, alt: this.#words.picture(nameOf(attachment, this.#words)) }));
    } catch {
      frame.replaceWith(this.#file(attachment)); // which can be tried again
    }
  }

  #file(attachment) {
    const name = nameOf(attachment, this.#words);
    const open = make("button", { type: "button", className: "file" }, icon("file"), this.#name(attachment),
      make("span", { className: "size", textContent: sized(attachment.size ?? 0, this.#language) }));
    open.setAttribute("aria-label", this.#words.download(name));
    open.onclick = async () => {
      try {
        make("a", { href: await this.#address(attachment.id), download: name }).click();
      } catch {
        this.#say(this.#words.fileGone);
      }
    };
    return open;
  }

  // What failed is asked for again the next time.
  #address(id) {
    if (!this.#addresses.has(id)) {
      const coming = this.#client.file(id).then(URL.createObjectURL);
      coming.catch(() => this.#addresses.delete(id));
      this.#addresses.set(id, coming);
    }
    return this.#addresses.get(id);
  }
}

/** Name an attachment for whoever reads or hears of it. */
export function nameOf({ name }, words) {
  return name || words.file;
}
