// What this browser keeps for the widget, as one small JSON object a shelf. It is read anew each time because other tabs
// write it too. A browser that forbids storage still chats; it only forgets.
export class Shelf {
  #storage; #key; #held = {};

  /**
   * @param {string} key under which the shelf is kept
   * @param {Storage|null} storage null for one that forgets with the page
   */
  constructor(key, storage = pageStorage()) {
    this.#storage = storage;
    this.#key = key;
  }

  get(name) {
    try { return JSON.parse(this.#storage.getItem(this.#key))?.[name] ?? null; } catch { return this.#held[name] ?? null; }
  }

  set(name, value) {
    try {
      const all = JSON.parse(this.#storage.getItem(this.#key)) ?? {};
      this.#storage.setItem(this.#key, JSON.stringify({ ...all, [name]: value }));
    } catch {
      this.#held[name] = value;
    }
  }
}

// A browser that forbids storage refuses even to name it.
function pageStorage() {
  try { return window.localStorage; } catch { return null; }
}
