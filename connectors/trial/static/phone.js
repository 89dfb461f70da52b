// A phone with one app: the conversation, and what one can send.
import { bubble, excerpt } from "./bubble.js";
import { keep, make, button, sign, unseen } from "./make.js";

const NEAR_THE_END_PX = 80;
const COPENHAGEN = { latitude: 55_676_100, longitude: 12_568_300 }; // in millionths of a degree

export class Phone {
  #about = null; // {message, edit} while one replies or edits
  #person = null;
  #read = "";
  #shown = [];

  /** `platform` is its id, `title` its name; `link` does things there. */
  constructor(platform, title, link) {
    Object.assign(this, { platform, link, edits: platform === "telegram", tellsReading: true });
    this.who = make("select", { id: `${platform}-who`, onchange: () => this.#become(this.who.value) });
    this.log = make("div", { className: "log", role: "log", "aria-label": `${title}: the conversation`, tabIndex: 0 });
    this.types = make("p", { className: "types", role: "status" });
    this.field = make("textarea", { rows: 1, maxLength: 4096, dir: "auto", "aria-label": `${title}: message`, placeholder: "Message" });
    this.about = make("p", { className: "about-bar", hidden: true });
    this.problem = make("p", { className: "problem", role: "alert" });
    this.file = make("input", { type: "file", className: "unseen", tabIndex: -1, "aria-hidden": "true", onchange: () => this.#chosen() });
    const form = make("form", { onsubmit: (event) => this.#submit(event) }, this.#menu(title), this.field,
      make("button", { type: "submit", className: "send", "aria-label": `${title}: send` }, sign("➤")));
    this.field.addEventListener("keydown", (event) => this.#key(event, form));
    this.element = make("section", { className: `phone ${platform}`, "aria-labelledby": `${platform}-title` },
      make("header", {}, make("h2", { id: `${platform}-title` }, title),
        make("label", { for: this.who.id }, unseen("Whose phone"), this.who)),
      this.log, this.types, this.about, this.problem, form, this.file);
  }

  /** Whose phone it is. */
  get person() { return this.#person ?? "oliver"; }

  /** Show what the platform tells. */
  show(people, told) {
    if (told.person !== this.person) return; // an answer to an older question
    this.#person = told.person;
    this.own = people.find((one) => one.id === told.person);
    keep(this.who, people, (one) => one.id, (one) => {
      return make("option", { value: one.id, lang: one.language }, `${one.name} · ${one.language}`);
    });
    this.who.value = told.person;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END_PX;
    const known = new Map(told.messages.map((message) => [message.id, message]));
    const drawn = told.messages.map((message) => ({ message, quoted: known.get(message.quote) ?? null }));
    keep(this.log, drawn, ({ message }) => `${told.person} ${message.id}`, ({ message, quoted }) => bubble(message, quoted, this));
    const grew = told.messages.length > this.#shown.length;
    this.#shown = told.messages;
    if (atEnd || (grew && told.messages.at(-1).mine)) this.log.scrollTop = this.log.scrollHeight;
    this.types.textContent = told.types ? "The shop is typing…" : "";
    this.#begin(told);
    this.#offer(told.messages.findLast((message) => message.share)?.share);
    this.#haveRead(told);
  }

  fileAddress(id) { return `/api/${this.platform}/${this.person}/files/${encodeURIComponent(id)}`; }
  press(choice) { return this.#do("press", { choice }); }
  react(message, emoji) { return this.#do("react", { message, emoji }); }

  replyTo(message) { this.#turnTo({ message, edit: false }); }
  editing(message) {
    this.#turnTo({ message, edit: true });
    this.field.value = message.text;
  }

  async #do(action, given) {
    this.problem.textContent = await this.link.act(`${this.platform}/${this.person}/${action}`, given);
    return !this.problem.textContent;
  }

  #become(person) {
    this.#person = person;
    this.#turnTo(null);
    this.problem.textContent = "";
    this.link.look();
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    const about = this.#about;
    const done = about?.edit ? this.#do("edit", { message: about.message.id, text })
      : this.#do("write", about ? { text, reply_to: about.message.id } : { text });
    this.field.value = "";
    this.#turnTo(null);
    if (!(await done)) this.field.value ||= text;
  }

  #key(event, form) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "Escape" && this.#about) this.#turnTo(null);
  }

  #turnTo(about) {
    if (this.#about?.edit) this.field.value = "";
    this.#about = about;
    this.about.hidden = !about;
    this.about.replaceChildren();
    if (!about) return;
    this.about.append(make("span", { dir: "auto" }, `${about.edit ? "Editing" : "Replying to"}: ${excerpt(about.message)}`),
      button("✕", () => { this.#turnTo(null); this.field.focus(); }, { "aria-label": about.edit ? "Leave it as it is" : "Do not reply" }));
    this.field.focus();
  }

  // What one can send besides text.

  #menu(title) {
    const items = [
      ["Photo or file…", () => this.file.click()],
      ["Sample photo", () => this.#samplePhoto()],
      ["Sample voice message", () => this.#do("sample", { kind: "voice" })],
      ["Sample document", () => this.#do("sample", { kind: "document" })],
      ["Location", () => this.#do("place", COPENHAGEN)],
      ["Contact card", () => this.#do("card", { phone: "+4533123456", name: "Jonas Weber" })],
    ];
    if (this.platform === "telegram") {
      items.push(["My own number", () => this.#do("card", { phone: this.own.phone, name: this.own.name })]);
      items.push(["Start with the link ?start=order_10234", () => this.#do("write", { text: "/start order_10234" })]);
    }
    const list = make("div", { className: "menu", hidden: true },
      ...items.map(([words, act]) => button(words, () => { close(); act(); })));
    const open = button(sign("+"), () => { list.hidden = !list.hidden; open.setAttribute("aria-expanded", String(!list.hidden)); },
      { className: "plus", "aria-label": `${title}: send something else`, "aria-expanded": "false" });
    const close = () => { list.hidden = true; open.setAttribute("aria-expanded", "false"); };
    const around = make("div", { className: "attach" }, open, list);
    around.addEventListener("keydown", (event) => { if (event.key === "Escape" && !list.hidden) { close(); open.focus(); } });
    document.addEventListener("click", (event) => { if (!around.contains(event.target)) close(); });
    return around;
  }

  async #chosen() {
    const [file] = this.file.files;
    this.file.value = "";
    if (file) await this.#sendFile(file);
  }

  async #sendFile(file) {
    const caption = this.field.value.trim().slice(0, 1024);
    this.field.value = "";
    this.problem.textContent = await this.link.send(`${this.platform}/${this.person}/files`, file, caption);
  }

  async #samplePhoto() {
    const canvas = make("canvas", { width: 320, height: 220 });
    const paper = canvas.getContext("2d");
    const colours = paper.createLinearGradient(0, 0, 320, 220);
    colours.addColorStop(0, "#f0c04d");
    colours.addColorStop(1, "#173c46");
    paper.fillStyle = colours;
    paper.fillRect(0, 0, 320, 220);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
    await this.#sendFile(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  }

  // On Telegram nobody can write before they have pressed Start.
  #begin(told) {
    const wanted = this.platform === "telegram" && !told.messages.length;
    if (wanted === Boolean(this.start?.isConnected)) return;
    this.start ??= button("Start", () => { this.#do("write", { text: "/start" }); this.field.focus(); }, { className: "start" });
    if (wanted) this.types.before(this.start);
    else this.start.remove();
  }

  // What a bot puts in place of the keyboard: here, the button that shares one's own number.
  #offer(title) {
    if (!title) { this.share?.remove(); return; }
    this.share ??= button("", () => { this.#do("share", {}); this.field.focus(); }, { className: "share", dir: "auto" });
    if (this.share.textContent !== title) this.share.textContent = title;
    if (!this.share.isConnected) this.field.form.after(this.share);
  }

  // Whoever looks at a chat has read it, as far as the platform tells anybody.
  #haveRead(told) {
    const theirs = told.messages.filter((message) => !message.mine);
    if (document.hidden || this.platform !== "whatsapp" || theirs.every((message) => message.state === "read")) return;
    const seen = `${told.person} ${theirs.length}`;
    if (this.tellsReading && this.#read !== seen) {
      this.#read = seen;
      this.#do("read", {});
    }
  }
}
