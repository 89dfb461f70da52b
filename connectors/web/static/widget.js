// <baton-chat>: the customer's chat, in a shadow root. A host page embeds it with one tag:
//   <script type="module" src="https://your-baton/widget.js"></script>
// Attributes, variables, rules and events: docs/widget.md. It speaks the language of its own lang attribute, of
// window.batonChat, of the page's lang, or of the browser.
import { Announcer } from "/static/web/announcer.js";
import { Attachments } from "/static/web/attachments.js";
import { Sound, Unread } from "/static/web/attention.js";
import { ChatClient } from "/static/web/client.js";
import { Consent } from "/static/web/consent.js";
import { button, make, naming } from "/static/web/elements.js";
import { formOf, launcherOf, letFilesIn, panelOf } from "/static/web/frame.js";
import { Greeter, bubble, rulesOf } from "/static/web/greeting.js";
import { Log } from "/static/web/log.js";
import { sheet } from "/static/web/look.js";
import { Menu } from "/static/web/menu.js";
import { Shelf } from "/static/web/shelf.js";
import { Standing } from "/static/web/standing.js";
import { directionOf, languageOf, stringsFor } from "/static/web/strings.js";
import { Tray } from "/static/web/tray.js";

const SERVER = new URL(import.meta.url).origin;
const LONGEST_TEXT = 4000;
const TYPING_SAID_EVERY_MS = 3_000;
const NOTICE_MS = 8_000;

class BatonChat extends HTMLElement {
  #words; #client; #consent; #standing; #greeter; #unread; #sound; #begun = false; #following = false;
  #launcher; #panel; #form; #log; #tray; #menu; #attachments; #announcer = new Announcer();
  #connection = make("div", { className: "connection", hidden: true, role: "status" });
  #notice = make("p", { className: "told", role: "status" }); #noticeTimer = 0; #greeting = null; #question = null;
  #owner = { owner: "bot", name: "" }; #saidTyping = 0; #held = false; #offered = false;

  async connectedCallback() {
    if (this.#begun) return;
    this.#begun = true;
    const options = window.batonChat ?? {};
    const language = languageOf(this.getAttribute("lang"), options.language, document.documentElement.lang, navigator.language);
    this.dir = directionOf(language);
    this.lang = language;
    this.#words = await stringsFor(language);
    this.#client = new ChatClient(SERVER, this, { user: options.user ?? null, language });
    const shelf = new Shelf(`baton:${SERVER}:page`);
    this.#consent = new Consent(this, this.#words, shelf);
    this.#standing = new Standing(SERVER, () => this.#consent.given);
    this.#sound = new Sound(shelf);
    this.#unread = new Unread(this.#words, (count) => { this.#launcher.count(count); this.#tell("unread", { count }); });
    this.#build(language);
    // Before there is consent nothing may be kept, not even that somebody was greeted: so nobody is.
    const rules = this.#consent.given ? rulesOf(this.getAttribute("greetings") ?? options.greetings) : [];
    this.#greeter = new Greeter(rules, shelf, language, (text) => this.#greet(text));
    document.addEventListener("visibilitychange", this.#looked);
    if (!this.#consent.given) return;
    if (this.#standing.open) this.#show();
    else if (this.#client.known) this.#follow();
    if (!this.#standing.open) this.#greeter.start();
  }

  disconnectedCallback() {
    this.#client?.stop();
    this.#greeter?.stop();
    this.#attachments?.close();
    document.removeEventListener("visibilitychange", this.#looked);
  }

  // what a page may call

  /** Open the chat and put the cursor into it. */
  open() {
    this.#standing.open = true;
    this.#show();
    if (this.#consent.given) this.#greeter.opened();
    (this.#question?.querySelector("button") ?? this.#form.input).focus();
    this.#tell("open");
  }

  /** Close the chat; the conversation goes on, and the cursor goes back to the launcher. */
  close() {
    this.#standing.open = false;
    this.classList.remove("open");
    this.#panel.element.hidden = true;
    this.#launcher.element.hidden = false;
    this.#launcher.element.focus();
    this.#tell("close");
  }

  /** How many messages nobody has seen yet. */
  get unread() { return this.#unread?.count ?? 0; }

  // what the client tells

  /** Entries of the log, in order; those restored from before this page was opened are not news. */
  entries(list, { restored }) {
    for (const entry of list) if (entry.kind === "owner") this.#changeOwner(entry);
    this.#log.add(list, { restored });
    if (restored) return;
    const news = list.filter((entry) => entry.author !== "contact" && (entry.text || entry.attachments?.length));
    for (const { seq, author, kind } of news) this.#tell("message", { seq, author, kind });
    if (news.length === 0 || this.#seen) return;
    this.#unread.add(news.length);
    this.#sound.play();
  }

  /** Somebody types. */
  typing({ author }) {
    this.#log.showTyping(author === "bot" ? this.#words.assistant : this.#owner.name || this.#words.colleague);
  }

  /** The connection is "connecting", "live" or "offline". */
  connection(state) {
    this.#connection.hidden = state !== "offline";
    this.#connection.textContent = state === "offline" ? this.#words.offline : "";
    if (state !== "live") return;
    this.#learn();
    this.#tray.resume();
  }

  /** What waits to be sent, or was refused. */
  outbox(items) { this.#log.outbox(items); }

  /** The session had ended; what follows is a new conversation. */
  restarted() { this.#log.clear(); }

  /** The customer ended the chat on this device: whoever opens it next finds nothing. */
  ended() {
    this.#following = false;
    this.#attachments.close();
    this.#tray.clear();
    this.#form.input.value = "";
    this.#form.fit();
    this.#notice.textContent = "";
    this.#changeOwner({ owner: "bot" });
    this.#unread.clear();
    this.#consent.withdraw();
    this.#menu.close();
    this.close();
  }

  /** The customer ended the chat here, and the server could not be told. */
  untold() {
    if (!this.#panel.element.hidden) return this.#say(this.#words.untold); // they have begun another one
    this.#float(this.#words.untold, make("p", { className: "said", textContent: this.#words.untold }));
  }

  // building

  #build(language) {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const [words, client] = [this.#words, this.#client];
    const say = (text) => this.#say(text);
    this.#attachments = new Attachments(client, words, language, say);
    const press = (id, title) => { this.#send({ choice: id }, title); this.#form.input.focus(); };
    this.#log = new Log({ words, language, attachments: this.#attachments, announcer: this.#announcer, client, press });
    this.#tray = new Tray(client, words, language, () => this.#filesMoved());
    this.#menu = new Menu({ words, client, sound: this.#sound, say, guest: !window.batonChat?.user });
    const picked = (files) => { this.#tray.add(files); this.#form.input.focus(); };
    this.#form = formOf(words, this.dir, { submit: () => this.#submit(), typed: () => this.#typed(), picked });
    this.#panel = panelOf({
      words, menu: this.#menu, log: this.#log, tray: this.#tray, form: this.#form.element,
      connection: this.#connection, notice: this.#notice, line: this.#consent.line(),
    }, { close: () => this.close(), escape: () => this.#menu.close() || this.close() });
    letFilesIn(this.#panel.chat, { takes: () => this.#tray.takes && !this.#panel.chat.hidden, picked });
    this.#panel.chat.dataset.drop = words.drop;
    this.#launcher = launcherOf(words, () => this.open());
    root.append(this.#panel.element, this.#launcher.element, this.#announcer.element);
  }

  #greet(text) {
    this.#float(text, button(text, () => this.open(), { className: "said", dir: "auto" }));
    this.#tell("greeting", { text });
  }

  // What is said beside the launcher, until the chat is opened or it is put away.
  #float(text, said) {
    const gone = () => { this.#greeting?.remove(); this.#greeting = null; };
    gone();
    this.#greeting = bubble(said, this.#words, () => { gone(); this.#launcher.element.focus(); });
    this.#launcher.element.before(this.#greeting);
    this.#announcer.say(text, { dir: "auto" });
  }

  // showing

  // On a page that has just come the cursor stays where the customer, or the page, puts it.
  #show() {
    this.#greeting?.remove();
    this.classList.add("open");
    this.#panel.element.hidden = false;
    this.#launcher.element.hidden = true;
    this.#ask(!this.#consent.given);
    if (this.#consent.given) this.#follow();
    this.#unread.clear();
    this.#log.scrollToEnd();
  }

  // The question stands in place of the chat, so that nothing can be written, picked or sent before it is answered.
  #ask(unanswered) {
    this.#question?.remove();
    this.#question = null;
    this.#panel.chat.hidden = this.#menu.button.hidden = unanswered;
    if (!unanswered) return;
    const accept = () => {
      this.#consent.give();
      this.#menu.close();
      this.open();
    };
    this.#question = this.#consent.question(accept, () => this.close());
    this.#panel.element.append(this.#question);
  }

  #follow() {
    if (this.#following) return;
    this.#following = true;
    this.#client.start();
  }

  // What the server offers besides words is asked once; a Baton that can't say is asked again when the connection is back.
  async #learn() {
    if (this.#offered) return;
    this.#offered = true;
    try {
      const { files, mail } = await this.#client.offer();
      this.#menu.mails = mail;
      this.#tray.rules = files;
      if (files) this.#form.takes(files.endings, this.#tray.limits);
    } catch {
      this.#offered = false;
    }
  }

  get #seen() { return !this.#panel.element.hidden && !document.hidden; }

  #looked = () => { if (this.#seen) this.#unread.clear(); };

  #changeOwner({ owner, name }) {
    this.#owner = { owner, name: name ?? "" };
    const agent = () => naming(this.#words.agent, name || this.#words.colleague);
    this.#panel.status.replaceChildren(...(owner === "agent" ? agent() : [this.#words[owner] ?? ""]));
  }

  #say(text) {
    clearTimeout(this.#noticeTimer);
    this.#notice.textContent = text;
    this.#noticeTimer = setTimeout(() => { this.#notice.textContent = ""; }, NOTICE_MS);
  }

  #tell(what, detail = null) {
    this.dispatchEvent(new CustomEvent(`baton-${what}`, { detail, bubbles: true, composed: true }));
  }

  // sending

  #submit() {
    const { input } = this.#form;
    const text = input.value.trim();
    this.#held = false;
    if (!text && this.#tray.empty) return;
    if ([...text].length > LONGEST_TEXT) { // nothing is cut off silently
      input.setCustomValidity(this.#words.tooLong(LONGEST_TEXT.toLocaleString(this.lang)));
      input.reportValidity();
      return;
    }
    if (this.#tray.failed || this.#tray.busy) {
      this.#held = !this.#tray.failed;
      this.#tray.tell(this.#held ? this.#words.held : this.#words.unready);
      return;
    }
    const { tokens, names } = this.#tray.take();
    input.value = "";
    this.#form.fit();
    this.#send({ ...(text && { text }), ...(tokens.length > 0 && { attachments: tokens }) }, text, names);
  }

  #filesMoved() {
    if (this.#held && !this.#tray.busy) this.#submit();
  }

  #send(body, shown, files = []) {
    this.#client.send(body, shown, files);
    this.#log.scrollToEnd();
  }

  #typed() {
    this.#form.fit();
    this.#held = false; // who writes on has not finished
    const now = performance.now();
    if (!this.#form.input.value || this.#owner.owner !== "agent" || now - this.#saidTyping < TYPING_SAID_EVERY_MS) return;
    this.#saidTyping = now;
    this.#client.typing();
  }
}

customElements.define("baton-chat", BatonChat);
if (!document.querySelector("baton-chat")) document.body.append(document.createElement("baton-chat"));
