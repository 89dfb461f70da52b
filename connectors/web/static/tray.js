// The tray above the field: files on their way into the next message. Each is looked at before a byte goes out, uploaded,
// and taken by the message that goes with it.
import { button, icon, make, sized } from "/static/web/elements.js";

const AT_ONCE = 2;

export class Tray {
  #client; #words; #language; #changed; #items = []; #rules = null; #list; #notice; #hint;

  /** @param {() => void} changed hears when a file is there, failed or gone */
  constructor(client, words, language, changed) {
    this.#client = client;
    this.#words = words;
    this.#language = language;
    this.#changed = changed;
    this.#list = make("ul");
    this.#notice = make("p", { className: "notice", role: "status" });
    this.#hint = make("p", { className: "hint", id: "limits" });
    this.element = make("div", { className: "tray", hidden: true }, this.#hint, this.#list, this.#notice);
  }

  /** What this Baton takes: `{max_bytes, max_files, endings}`; null for nothing. */
  set rules(rules) {
    this.#rules = rules;
    this.#hint.textContent = this.limits;
  }

  get takes() { return this.#rules !== null; }

  /** The limits in words. */
  get limits() {
    return this.#rules ? this.#words.limits(sized(this.#rules.max_bytes, this.#language), this.#rules.max_files) : "";
  }

  get empty() { return this.#items.length === 0; }

  get busy() { return this.#items.some(({ state }) => state === "waiting" || state === "going"); }

  get failed() { return this.#items.some(({ state }) => state === "failed"); }

  /** Put files into the tray, as far as they are taken at all. */
  add(files) {
    if (!this.#rules) return;
    const problems = [];
    for (const file of files) {
      const problem = this.#problem(file);
      if (problem) problems.push(problem);
      else this.#put(file);
    }
    this.tell([...new Set(problems)].join(" "));
    this.#pump();
  }

  /** Take the files that are there, for a message: their tokens and names. */
  take() {
    const taken = this.#items.splice(0);
    for (const item of taken) this.#drop(item);
    this.tell("");
    return { tokens: taken.map(({ token }) => token), names: taken.map(({ file }) => file.name) };
  }

  /** Take every file out again. */
  clear() {
    for (const item of [...this.#items]) this.#remove(item);
  }

  /** Say something about the files. */
  tell(words) {
    this.#notice.textContent = words;
    this.element.hidden = this.empty && !words;
  }

  /** The connection is back: what broke off for want of it is tried again. */
  resume() {
    for (const item of this.#items) if (item.state === "failed" && !item.refused) this.#again(item);
  }

  #problem(file) {
    const { max_bytes: maxBytes, max_files: maxFiles, endings } = this.#rules;
    if (this.#items.length >= maxFiles) return this.#words.tooMany(maxFiles);
    if (file.size > maxBytes) return this.#words.tooLarge(file.name, sized(maxBytes, this.#language));
    const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
    // What has no ending is looked at by the server, which goes by its bytes anyway.
    return ending && !endings.includes(ending) ? this.#words.wrongKind(file.name) : null;
  }

  #put(file) {
    const item = { file, state: "waiting", refused: false, token: "", id: "", stop: new AbortController(), thumb: "" };
    const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
    if (picture) item.thumb = URL.createObjectURL(file);
    item.bar = make("progress", { max: 1, value: 0, "aria-label": this.#words.uploading(file.name) });
    item.said = make("span", { className: "state" });
    item.retry = button(this.#words.retry, () => this.#again(item), { hidden: true });
    item.retry.setAttribute("aria-label", `${this.#words.retry}: ${file.name}`);
    const remove = button(this.#words.remove(file.name), () => this.#remove(item), { icon: "close", className: "plain" });
    const what = make("div", { className: "what" }, make("bdi", { textContent: file.name }), item.bar, item.said);
    item.row = make("li", {}, picture ? make("img", { src: item.thumb, alt: "" }) : icon("file"), what, item.retry, remove);
    this.#items.push(item);
    this.#list.append(item.row);
  }

  #pump() {
    const going = this.#items.filter(({ state }) => state === "going").length;
    for (const item of this.#items.filter(({ state }) => state === "waiting").slice(0, AT_ONCE - going)) this.#send(item);
    this.#changed();
  }

  async #send(item) {
    item.state = "going";
    try {
      const how = { signal: item.stop.signal, progress: (share) => { item.bar.value = share; } };
      const { attachment, token } = await this.#client.upload(item.file, how);
      if (item.state !== "going") return;
      Object.assign(item, { state: "there", token, id: attachment.id });
      item.bar.hidden = true;
      item.said.textContent = sized(item.file.size, this.#language);
      // The same file twice is one too many.
      if (this.#items.some((other) => other !== item && other.id === item.id)) this.#remove(item);
    } catch (error) {
      if (item.state !== "going") return;
      Object.assign(item, { state: "failed", refused: error.final === true });
      item.bar.hidden = true;
      item.retry.hidden = item.refused;
      const reason = make("span", { textContent: error.message && error.status ? error.message : "", lang: "en", dir: "ltr" });
      item.said.replaceChildren(`${this.#words.notUploaded} `, reason);
      item.row.classList.add("failed");
      this.tell(this.#words.failedFile(item.file.name));
    }
    this.#pump();
  }

  #again(item) {
    Object.assign(item, { state: "waiting", stop: new AbortController() });
    item.row.classList.remove("failed");
    item.said.replaceChildren();
    item.bar.hidden = false;
    item.bar.value = 0;
    item.retry.hidden = true;
    this.tell("");
    this.#pump();
  }

  #remove(item) {
    this.#items = this.#items.filter((other) => other !== item);
    item.state = "gone";
    item.stop.abort();
    this.#drop(item);
    this.tell("");
    this.#pump();
  }

  #drop(item) {
    item.row.remove();
    URL.revokeObjectURL(item.thumb);
  }
}
