// The conversation as it is shown: bubbles, what is on its way, who types, and the answers that can be pressed.
import { nameOf } from "/static/web/attachments.js";
import { button, icon, isAtEnd, make, withLinks, written } from "/static/web/elements.js";

const TYPING_SHOWN_MS = 6_000;

export class Log {
  #words; #language; #attachments; #announcer; #press; #client;
  #box; #entries; #pending; #offered = []; #lastVoice = ""; #typingTimer = 0; #atEnd = true;

  /**
   * @param {{words, language: string, attachments, announcer, client, press(id: string, title: string): void}} parts
   */
  constructor({ words, language, attachments, announcer, client, press }) {
    Object.assign(this, { typing: make("div", { className: "typing" }), replies: make("div", { className: "replies", hidden: true }) });
    this.#words = words;
    this.#language = language;
    this.#attachments = attachments;
    this.#announcer = announcer;
    this.#client = client;
    this.#press = press;
    this.#entries = make("div", { className: "stretch" });
    this.#pending = make("div", { className: "stretch" });
    // It is a log, but says nothing by itself: the announcer has one line for each message, and none for old ones.
    this.#box = make("div", { className: "log", tabIndex: 0, role: "log", "aria-live": "off", "aria-label": words.log }, this.#entries, this.#pending);
    this.element = this.#box;
    this.#stayAtEnd();
  }

  /** Show entries, in order; `restored` ones are not news and are not said aloud. */
  add(list, { restored }) {
    const mine = list.some((entry) => entry.author === "contact");
    this.#keepAtEnd(() => { for (const entry of list) this.#add(entry, restored); }, restored || mine);
  }

  /** Show what waits to be sent, or was refused. */
  outbox(items) {
    this.#keepAtEnd(() => this.#pending.replaceChildren(...items.map((item) => this.#pendingBubble(item))), false);
  }

  /** Show that somebody types, for a few seconds or until they have written; null for nobody. */
  showTyping(name) {
    clearTimeout(this.#typingTimer);
    this.typing.replaceChildren();
    if (!name) return;
    this.typing.append(make("span", {}, make("bdi", { textContent: name }), ` ${this.#words.typing}`));
    this.#typingTimer = setTimeout(() => this.showTyping(null), TYPING_SHOWN_MS);
  }

  clear() {
    this.#entries.replaceChildren();
    this.#lastVoice = "";
    this.#offer([]);
  }

  scrollToEnd() { this.#box.scrollTop = this.#box.scrollHeight; }

  #stayAtEnd() {
    const box = this.#box;
    let height = 0;
    // A log that has just shrunk is not at its end any more, but nobody has scrolled: the observer has yet to follow it.
    box.onscroll = () => { if (box.clientHeight === height) this.#atEnd = isAtEnd(box); };
    // It shrinks by a notice above it, a longer draft below, a phone's keyboard.
    new ResizeObserver(() => {
      height = box.clientHeight;
      if (this.#atEnd) this.scrollToEnd();
    }).observe(box);
  }

  // What comes scrolls into view, unless the customer has scrolled up to read.
  #keepAtEnd(change, always) {
    const atEnd = isAtEnd(this.#box);
    change();
    if (always || atEnd) this.scrollToEnd();
  }

  #add(entry, restored) {
    const { kind, author, text, buttons = [], attachments = [], language, asks } = entry;
    if (kind === "owner") this.#offer([]); // what the one before offered, the new one does not
    if (author !== "contact") this.showTyping(null);
    if (text || attachments.length) this.#entries.append(this.#bubble(entry));
    if (kind === "message" && author === "contact") this.#offer([]);
    if (buttons.length) this.#offer([...this.#offered, ...buttons.map((one) => ({ ...one, language, asks }))]);
    if (!restored && author !== "contact") this.#announce(entry);
  }

  #announce({ text, author, name, buttons = [], attachments = [], language }) {
    if (!text && !attachments.length) return;
    const said = [text, ...attachments.map((one) => nameOf(one, this.#words))].filter(Boolean).join(". ");
    const choices = buttons.length ? ` ${this.#words.choices(buttons.map(({ title }) => title).join(", "))}` : "";
    this.#announcer.say(`${this.#who({ author, name })}: ${said}${choices}`, written(language));
  }

  #who({ author, name }) {
    const { you: contact, assistant: bot, colleague, system } = this.#words;
    return { contact, bot, agent: name || colleague, system }[author];
  }

  #bubble(entry) {
    const article = make("article", { className: `entry ${entry.author}` });
    const who = this.#who(entry);
    const voice = `${entry.author}:${who}`;
    const seen = (entry.author === "agent" || entry.author === "bot") && voice !== this.#lastVoice;
    this.#lastVoice = voice;
    article.append(make("p", { className: seen ? "who" : "unseen" }, make("bdi", { textContent: who })));
    const said = entry.author === "contact" ? [entry.text] : withLinks(entry.text);
    if (entry.text) article.append(make("p", { className: "text", ...written(entry.language) }, ...said));
    article.append(...(entry.attachments ?? []).map((one) => this.#attachments.element(one)));
    const time = new Date(entry.sent_at);
    article.title = Number.isNaN(time.valueOf()) ? "" : time.toLocaleString(this.#language);
    return article;
  }

  #pendingBubble({ id, shown, files = [], state, reason }) {
    const article = make("article", { className: "entry contact" });
    if (shown) article.append(make("p", { className: "text", textContent: shown, dir: "auto" }));
    article.append(...files.map((name) => make("p", { className: "file" }, icon("file"), make("bdi", { textContent: name }))));
    if (state === "refused") {
      article.append(make("p", { className: "state refused" }, `${this.#words.refused} `,
        make("span", { textContent: reason, lang: "en", dir: "ltr" }), " ", // the server's own words
        button(this.#words.retry, () => this.#client.resend(id)), button(this.#words.discard, () => this.#client.discard(id))));
    } else if (state === "waiting") {
      article.append(make("p", { className: "state", textContent: this.#words.sending }));
    }
    return article;
  }

  // Everything offered since the customer last spoke can still be pressed.
  #offer(offered) {
    this.#offered = offered;
    this.#keepAtEnd(() => {
      const [scale, others] = [offered.filter(({ asks }) => asks), offered.filter(({ asks }) => !asks)];
      this.replies.hidden = offered.length === 0;
      this.replies.replaceChildren(...(scale.length ? [this.#scale(scale)] : []), ...others.map((one) => this.#reply(one, one.title)));
    }, false);
  }

  #reply({ id, title, language }, ...shown) {
    const reply = button("", () => { this.#offer([]); this.#press(id, title); }, written(language));
    reply.replaceChildren(...shown);
    return reply;
  }

  // "4 – good" stands in its row as a number with a word below it, and is read out as it is.
  #scale(offered) {
    return make("div", { className: "scale", role: "group", "aria-label": this.#words.rate }, ...offered.map((one) => {
      const [, number, between, word] = /^(\d+)(\D*?[–—-]\s*)(.*)$/.exec(one.title) ?? [];
      return number ? this.#reply(one, make("b", { textContent: number }), make("span", { className: "unseen", textContent: between }),
        make("span", { textContent: word })) : this.#reply(one, one.title);
    }));
  }
}
