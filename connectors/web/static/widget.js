// <baton-chat>: the customer's chat, in a shadow root. A host page embeds it with one tag:
//   <script type="module" src="https://your-baton/widget.js"></script>
// Optional on that page before the tag: <script>window.batonChat = {language, user: {user: {...}, signature}}</script>
// It speaks the language of its own lang attribute, of window.batonChat, of the page's lang, or of the browser.
import { ChatClient } from "/static/web/client.js";
import { isAtEnd, make, naming, withLinks, written } from "/static/web/elements.js";
import { sheet } from "/static/web/look.js";
import { Standing } from "/static/web/standing.js";
import { directionOf, languageOf, stringsFor } from "/static/web/strings.js";

const SERVER = new URL(import.meta.url).origin;
const LONGEST_TEXT = 4000;
const TYPING_SHOWN_MS = 6_000;
const TYPING_SAID_EVERY_MS = 3_000;
const BUBBLE = "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z";

class BatonChat extends HTMLElement {
  #words; #client; #parts; #standing = new Standing(SERVER); #begun = false; #pageTitle = document.title;
  #owner = { owner: "bot", name: "" }; #unread = 0; #following = false; #typingTimer = 0; #saidTyping = 0; #offered = []; #lastVoice = ""; #atEnd = true;

  async connectedCallback() {
    if (this.#begun) return;
    this.#begun = true;
    const options = window.batonChat ?? {};
    const language = languageOf(this.getAttribute("lang"), options.language, document.documentElement.lang, navigator.language);
    this.dir = directionOf(language);
    this.lang = language;
    this.#words = await stringsFor(language);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#parts = this.#build(root);
    this.#client = new ChatClient(SERVER, this, { user: options.user ?? null, language });
    if (this.#standing.open) this.#show();
    else if (this.#client.known) this.#follow();
  }

  disconnectedCallback() {
    this.#client?.stop();
  }

  // what the client tells

  /** Entries of the log, in order; those restored from before this page was opened are not news. */
  entries(list, { restored }) {
    const mine = list.some((entry) => entry.author === "contact");
    this.#keepAtEnd(() => { for (const entry of list) this.#add(entry); }, restored || mine);
    const news = list.filter((entry) => entry.author !== "contact" && entry.text);
    if (!restored && this.#parts.panel.hidden) this.#count(this.#unread + news.length);
  }

  /** Somebody types; shown for a few seconds or until they have written. */
  typing({ author }) {
    this.#showTyping(author === "bot" ? this.#words.assistant : this.#owner.name || this.#words.colleague);
  }

  /** The connection is "connecting", "live" or "offline". */
  connection(state) {
    this.#parts.connection.hidden = state !== "offline";
    this.#parts.connection.textContent = this.#words.offline;
  }

  /** What waits to be sent, or was refused. */
  outbox(items) {
    this.#keepAtEnd(() => this.#parts.pending.replaceChildren(...items.map((item) => this.#pendingBubble(item))), false);
  }

  /** The session had ended; what follows is a new conversation. */
  restarted() {
    this.#parts.entries.replaceChildren();
    this.#lastVoice = "";
    this.#offer([]);
  }

  // building

  #build(root) {
    const words = this.#words;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", BUBBLE);
    path.setAttribute("fill", "currentColor");
    svg.append(path);
    const badge = make("span", { className: "badge", hidden: true });
    const launcher = make("button", { className: "launcher", type: "button", onclick: () => this.open() }, svg, badge);
    launcher.setAttribute("aria-label", words.open);
    const status = make("p", { textContent: words.bot });
    const close = make("button", { type: "button", textContent: "✕", onclick: () => this.close() });
    close.setAttribute("aria-label", words.close);
    const title = make("h2", { textContent: words.title, id: "title" });
    const connection = make("div", { className: "connection", hidden: true });
    connection.setAttribute("role", "status");
    const entries = make("div", { className: "stretch" });
    const pending = make("div", { className: "stretch" });
    const log = make("div", { className: "log", tabIndex: 0 }, entries, pending);
    log.setAttribute("role", "log");
    log.setAttribute("aria-label", words.log);
    let height = 0;
    // A log that has just shrunk is not at its end any more, but nobody has scrolled: the observer has yet to follow it.
    log.onscroll = () => { if (log.clientHeight === height) this.#atEnd = isAtEnd(log); };
    // It shrinks by a notice above it, a longer draft below, a phone's keyboard.
    new ResizeObserver(() => {
      height = log.clientHeight;
      if (this.#atEnd) log.scrollTop = log.scrollHeight;
    }).observe(log);
    const typing = make("div", { className: "typing" });
    const replies = make("div", { className: "replies", hidden: true });
    const input = make("textarea", { rows: 1, placeholder: words.placeholder, dir: this.dir });
    input.setAttribute("aria-label", words.placeholder);
    input.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    };
    input.oninput = () => { input.setCustomValidity(""); this.#grew(); };
    const form = make("form", {}, input, make("button", { type: "submit", textContent: words.send }));
    form.onsubmit = (event) => { event.preventDefault(); this.#submit(); };
    const header = make("div", { className: "header" }, make("div", {}, title, status), close);
    const panel = make("section", { className: "panel", hidden: true }, header, connection, log, typing, replies, form);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-labelledby", "title");
    panel.onkeydown = (event) => { if (event.key === "Escape") this.close(); };
    root.append(panel, launcher);
    return { launcher, badge, panel, status, connection, log, entries, pending, typing, replies, input };
  }

  /** Open the chat and put the cursor into it. */
  open() {
    this.#standing.open = true;
    this.#show();
    this.#parts.input.focus();
  }

  /** Close the chat; the cursor goes back to the launcher. */
  close() {
    this.#standing.open = false;
    this.classList.remove("open");
    this.#parts.panel.hidden = true;
    this.#parts.launcher.hidden = false;
    this.#parts.launcher.focus();
  }

  // On a page that has just come the cursor stays where the customer, or the page, puts it.
  #show() {
    this.#follow();
    this.classList.add("open");
    this.#parts.panel.hidden = false;
    this.#parts.launcher.hidden = true;
    this.#count(0);
    this.#parts.log.scrollTop = this.#parts.log.scrollHeight;
  }

  #follow() {
    if (this.#following) return;
    this.#following = true;
    this.#client.start();
  }

  // showing

  // What comes scrolls into view, unless the customer has scrolled up to read.
  #keepAtEnd(change, always) {
    const { log } = this.#parts;
    const atEnd = isAtEnd(log);
    change();
    if (always || atEnd) log.scrollTop = log.scrollHeight;
  }

  #add(entry) {
    if (entry.kind === "owner") {
      this.#changeOwner(entry);
      this.#offer([]); // what the one before offered, the new one does not
    }
    if (entry.author !== "contact") this.#showTyping(null);
    if (entry.text) this.#parts.entries.append(this.#bubble(entry));
    if (entry.kind === "message" && entry.author === "contact") this.#offer([]);
    const { buttons = [], language } = entry;
    if (buttons.length) this.#offer([...this.#offered, ...buttons.map((button) => ({ ...button, language }))]);
  }

  #bubble(entry) {
    const article = make("article", { className: `entry ${entry.author}` });
    const who = { contact: this.#words.you, bot: this.#words.assistant, agent: entry.name || this.#words.colleague, system: this.#words.system }[entry.author];
    const voice = `${entry.author}:${who}`;
    const seen = (entry.author === "agent" || entry.author === "bot") && voice !== this.#lastVoice;
    this.#lastVoice = voice;
    article.append(make("p", { className: seen ? "who" : "unseen" }, make("bdi", { textContent: who })));
    const said = entry.author === "contact" ? [entry.text] : withLinks(entry.text);
    article.append(make("p", { className: "text", ...written(entry.language) }, ...said));
    const time = new Date(entry.sent_at);
    article.title = Number.isNaN(time.valueOf()) ? "" : time.toLocaleString(this.lang);
    return article;
  }

  #pendingBubble(item) {
    const article = make("article", { className: "entry contact" });
    article.append(make("p", { className: "text", textContent: item.shown, dir: "auto" }));
    if (item.state === "refused") {
      const again = make("button", { type: "button", textContent: this.#words.retry, onclick: () => this.#client.resend(item.id) });
      const reason = make("span", { textContent: item.reason, lang: "en", dir: "ltr" }); // the server's own words
      article.append(make("p", { className: "state refused" }, `${this.#words.refused} `, reason, " ", again));
    } else if (item.state === "waiting") {
      article.append(make("p", { className: "state", textContent: this.#words.sending }));
    }
    return article;
  }

  // Everything offered since the customer last spoke can still be pressed.
  #offer(buttons) {
    this.#offered = buttons;
    this.#keepAtEnd(() => this.#drawReplies(buttons), false);
  }

  #drawReplies(buttons) {
    this.#parts.replies.hidden = buttons.length === 0;
    this.#parts.replies.replaceChildren(...buttons.map(({ id, title, language }) => make("button", {
      type: "button", textContent: title, ...written(language),
      onclick: () => { this.#offer([]); this.#say({ choice: id }, title); this.#parts.input.focus(); },
    })));
  }

  #changeOwner({ owner, name }) {
    this.#owner = { owner, name: name ?? "" };
    const agent = () => naming(this.#words.agent, name || this.#words.colleague);
    this.#parts.status.replaceChildren(...(owner === "agent" ? agent() : [this.#words[owner] ?? ""]));
  }

  #showTyping(name) {
    clearTimeout(this.#typingTimer);
    this.#parts.typing.replaceChildren();
    if (!name) return;
    this.#parts.typing.append(make("span", {}, make("bdi", { textContent: name }), ` ${this.#words.typing}`));
    this.#typingTimer = setTimeout(() => this.#showTyping(null), TYPING_SHOWN_MS);
  }

  #count(unread) {
    this.#unread = unread;
    const { badge, launcher } = this.#parts;
    badge.hidden = unread === 0;
    badge.textContent = String(unread);
    launcher.setAttribute("aria-label", unread ? `${this.#words.open}, ${this.#words.unread(unread)}` : this.#words.open);
    document.title = unread ? `(${unread}) ${this.#pageTitle}` : this.#pageTitle;
  }

  // sending

  #submit() {
    const { input } = this.#parts;
    const text = input.value.trim();
    if (!text) return;
    if ([...text].length > LONGEST_TEXT) { // nothing is cut off silently
      input.setCustomValidity(this.#words.tooLong(LONGEST_TEXT.toLocaleString(this.lang)));
      input.reportValidity();
      return;
    }
    input.value = "";
    this.#grew();
    this.#say({ text }, text);
  }

  #say(body, shown) {
    this.#client.send(body, shown);
    this.#parts.log.scrollTop = this.#parts.log.scrollHeight;
  }

  #grew() {
    const { input } = this.#parts;
    input.dir = input.value ? "auto" : this.dir; // an empty one shows its placeholder
    input.style.blockSize = "auto";
    input.style.blockSize = `${Math.min(input.scrollHeight + 2, 132)}px`;
    const now = performance.now();
    if (!input.value || this.#owner.owner !== "agent" || now - this.#saidTyping < TYPING_SAID_EVERY_MS) return;
    this.#saidTyping = now;
    this.#client.typing();
  }
}

customElements.define("baton-chat", BatonChat);
if (!document.querySelector("baton-chat")) document.body.append(document.createElement("baton-chat"));
