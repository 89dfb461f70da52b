// Files that an agent sends: each is looked at before a byte goes out, uploaded, and taken by the message that goes with it.
import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { Refused, fileRules, upload } from "./api.js";
import { sized } from "./words.js";

const AT_ONCE = 2;
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

/** The files of one draft. They outlive the composer, which goes away when the agent turns to another conversation. */
export class Files {
  items = [];

  /** What went wrong, or must be waited for. */
  told = "";

  /** Hears of every change. */
  changed = () => {};

  #path;

  /** @param {string} path of the conversation, as `call` takes it */
  constructor(path) { this.#path = path; }

  get empty() { return this.items.length === 0; }

  get busy() { return this.items.some(({ state }) => state === "waiting" || state === "going"); }

  get failed() { return this.items.some(({ state }) => state === "failed"); }

  get tokens() { return this.items.map(({ token }) => token); }

  /** Put files into the draft, as far as they are taken at all; without an answer about that, the server decides. */
  async add(list) {
    const files = [...list]; // a browser empties its own list meanwhile
    const rules = await fileRules().catch(() => null);
    const problems = new Set();
    for (const file of files) {
      const problem = rules && this.#problem(file, rules);
      if (problem) problems.add(problem);
      else this.items.push({ file, thumb: PICTURE.test(file.type) ? URL.createObjectURL(file) : "", state: "waiting" });
    }
    this.tell([...problems].join(" "));
    this.#pump();
  }

  remove(item) {
    item.stop?.abort();
    this.#drop([item]);
    this.tell("");
    this.#pump();
  }

  again(item) {
    item.state = "waiting";
    this.tell("");
    this.#pump();
  }

  /** Let go of what a message has taken. */
  taken(tokens) {
    this.#drop(this.items.filter(({ token }) => tokens.includes(token)));
    this.tell("");
  }

  tell(words) {
    this.told = words;
    this.changed();
  }

  #problem(file, { max_bytes: maxBytes, max_files: maxFiles, endings }) {
    if (this.items.length >= maxFiles) return `A message has ${maxFiles} files at most.`;
    if (file.size > maxBytes) return `${file.name} is larger than ${sized(maxBytes)}.`;
    const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
    return ending && !endings.includes(ending) ? `${file.name}: files of this kind are not taken.` : "";
  }

  #pump() {
    const going = this.items.filter(({ state }) => state === "going").length;
    for (const item of this.items.filter(({ state }) => state === "waiting").slice(0, AT_ONCE - going)) this.#send(item);
    this.changed();
  }

  async #send(item) {
    Object.assign(item, { state: "going", share: 0, stop: new AbortController() });
    const progress = (share) => { item.share = share; this.changed(); };
    try {
      const { attachment, token } = await upload(`${this.#path}/attachments`, item.file, { progress, signal: item.stop.signal });
      Object.assign(item, { state: "there", token, id: attachment.id });
      // The same file twice is one too many.
      if (this.items.some((other) => other !== item && other.id === item.id)) this.#drop([item]);
    } catch (error) {
      if (!this.items.includes(item)) return; // taken out meanwhile
      Object.assign(item, { state: "failed", refused: error instanceof Refused && error.final });
      this.tell(`${item.file.name} could not be uploaded. ${error.message}`);
    }
    this.#pump();
  }

  #drop(items) {
    this.items = this.items.filter((item) => !items.includes(item));
    for (const { thumb } of items) URL.revokeObjectURL(thumb);
  }
}

/** The files of a draft, as the agent sees them before they go out. */
export function Tray({ files }) {
  return html`
    ${!files.empty && html`<ul class="tray" aria-label="Files to send">${files.items.map((item) => html`<${Item} key=${item} item=${item} files=${files} />`)}</ul>`}
    <p class="told" role="status">${files.told}</p>`;
}

function Item({ item, files }) {
  const { file, thumb, state, share, refused } = item;
  return html`
    <li class=${state}>
      ${thumb && html`<img src=${thumb} alt="" />`}
      <span class="what"><bdi>${file.name}</bdi>
        ${state === "there" ? html`<span class="hint">${sized(file.size)}</span>` : state === "failed" ? html`<span class="problem">Not uploaded</span>`
          : html`<progress max="1" value=${share ?? 0} aria-label=${`Uploading ${file.name}`}></progress>`}</span>
      ${state === "failed" && !refused && html`<button type="button" aria-label=${`Try again: ${file.name}`} onClick=${() => files.again(item)}>Try again</button>`}
      <button type="button" class="plain" aria-label=${`Remove ${file.name}`} onClick=${() => files.remove(item)}>✕</button>
    </li>`;
}

/** The button that opens the browser's choice of files. */
export function Attach({ files }) {
  const [rules, setRules] = useState(null);
  useEffect(() => { fileRules().then(setRules, () => {}); }, []);
  const chosen = ({ target }) => {
    files.add(target.files);
    target.value = ""; // so that the same file can be chosen again
  };
  const limits = rules ? `Up to ${rules.max_files} files of ${sized(rules.max_bytes)} each; or paste them, or drop them on the conversation` : "";
  return html`
    <input type="file" multiple hidden accept=${rules?.endings.map((ending) => `.${ending}`).join(",")} onChange=${chosen} />
    <button type="button" title=${limits} aria-label="Attach files" onClick=${(event) => event.currentTarget.previousElementSibling.click()}>Attach</button>`;
}

/** What makes an element take files that are dropped on it; `setOver` hears whether some are above it. */
export function dropTarget(files, setOver) {
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  return {
    onDragOver: (event) => { if (holds(event)) { event.preventDefault(); setOver(true); } },
    onDragLeave: (event) => { if (!event.currentTarget.contains(event.relatedTarget)) setOver(false); },
    onDrop: (event) => {
      setOver(false);
      if (holds(event)) files.add(event.dataTransfer.files);
    },
  };
}

/** Keep a file that misses its target from taking the page away, drafts and all. */
export function guardDrops() {
  for (const kind of ["dragover", "drop"]) {
    window.addEventListener(kind, (event) => { if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault(); });
  }
}
