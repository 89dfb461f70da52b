/** Whether the chat stands open in this tab, over reloads and from page to page; a browser that keeps nothing forgets it. */
export class Standing {
  #key;

  /** @param {string} server origin of the Baton server */
  constructor(server) { this.#key = `baton:${server}:open`; }

  get open() {
    try { return window.sessionStorage.getItem(this.#key) !== null; } catch { return false; }
  }

  set open(stands) {
    try {
      if (stands) window.sessionStorage.setItem(this.#key, "1");
      else window.sessionStorage.removeItem(this.#key);
    } catch { /* the next page then begins with a closed chat */ }
  }
}
