// The way to the played platforms: looks each second while somebody looks at the page, and does what phones do.
const LOOK_MS = 700;
const HIDDEN_MS = 5000;

export class Link {
  #etag = "";
  #timer = 0;
  #looking = null;

  /** `people` tells whose phones are looked at, `changed` gets the state, and `away` whether Baton answers. */
  constructor(people, changed, away) {
    Object.assign(this, { people, changed, away });
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** Look now, and then again and again. */
  look() {
    clearTimeout(this.#timer);
    this.#looking ??= this.#once().finally(() => {
      this.#looking = null;
      this.#timer = setTimeout(() => this.look(), document.hidden ? HIDDEN_MS : LOOK_MS);
    });
    return this.#looking;
  }

  async #once() {
    try {
      const asked = new URLSearchParams(this.people());
      const answer = await fetch(`/api/state?${asked}`, { headers: { "If-None-Match": this.#etag }, cache: "no-store" });
      this.away(false);
      if (answer.status !== 200) return;
      this.#etag = answer.headers.get("ETag") ?? "";
      this.changed(await answer.json());
    } catch (problem) {
      this.away(true);
      if (!(problem instanceof TypeError)) throw problem;
    }
  }

  /** Post JSON; returns what went wrong in words, or "". */
  act(path, given = {}) {
    return this.#post(path, JSON.stringify(given), "application/json");
  }

  /** Post a file as it is. */
  send(path, file, caption) {
    const named = new URLSearchParams({ name: file.name.slice(-200), caption });
    return this.#post(`${path}?${named}`, file, file.type || "application/octet-stream");
  }

  async #post(path, body, type) {
    let said = "";
    try {
      const answer = await fetch(`/api/${path}`, { method: "POST", headers: { "Content-Type": type }, body });
      if (!answer.ok) said = (await answer.json()).error.message;
    } catch {
      said = "Baton does not answer.";
    }
    await this.look();
    return said;
  }
}
