/** Whether the chat stands open in this tab, over reloads and from page to page; a browser that keeps nothing forgets it. */
export class Standing {
  #key; #mayKeep;

  /**
   * @param {string} server origin of the Baton server
   * @param {() => boolean} mayKeep whether anything may be kept in the browser yet
   */
  constructor(server, mayKeep) {
    this.#key = `baton:${server}:open`;
    this.#mayKeep = mayKeep;
  }

  get open() {
    try { return window.sessionStorage.getItem(this.#key) !== null; } catch { return false; }
  }

  set open(stands) {
    try {
      if (stands && this.#mayKeep()) window.sessionStorage.setItem(this.#key, "1");
      else window.sessionStorage.removeItem(this.#key);
    } catch { /* the next page then begins with a closed chat */ }
  }
}
