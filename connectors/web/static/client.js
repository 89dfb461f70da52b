// The public web contract (docs/contracts.md) as the widget speaks it: one session, an outbox that survives reloads,
// and a live feed that resumes after the last seq it has. It knows no page; it tells `listener` what happened.

import { Api, Refused } from "/static/web/api.js";
import { Shelf } from "/static/web/shelf.js";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const PING_MS = 20_000;
const LONG_POLL_S = 20;
const SILENCE_MS = 2.5 * PING_MS;
const PONG_MS = 4_000;
const SOCKET_FAILURES_BEFORE_POLLING = 3;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const jittered = (ms) => ms * (0.5 + Math.random());

export class ChatClient {
  #api; #listener; #shelf; #user; #language;
  #lastSeq = 0; #endings = null; #socket = null; #run = null; #draining = false; #socketFailures = 0; #opening = null;
  #hurry = () => {};

  /**
   * @param {string} base origin of the Baton server
   * @param {{entries(list, how: {restored: boolean}): void, typing(entry): void, connection(state: "connecting"|"live"|"offline"): void,
   *          outbox(list): void, restarted(): void, ended(): void, untold(): void}} listener
   * @param {{user?: object, signature?: string, language?: string}} options
   */
  constructor(base, listener, { user = null, language = "en" } = {}) {
    this.#api = new Api(base);
    this.#listener = listener;
    this.#user = user;
    this.#language = language;
    this.#shelf = new Shelf(`baton:${base}:${user?.user?.id ?? "guest"}`);
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    window.addEventListener("storage", () => { if (this.#run) this.#endedElsewhere(); });
  }

  /** Whether this browser has talked here before, so that there is a history to restore. */
  get known() { return this.#shelf.get("token") !== null; }

  get outbox() { return this.#shelf.get("outbox") ?? []; }

  /** Open or restore the session and follow the conversation until `stop`. */
  async start() {
    const run = this.#run = {}; // what an ended one is still told of is not taken
    this.#endings = this.#shelf.get("endings");
    this.#listener.outbox(this.outbox);
    let wait = FIRST_RETRY_MS;
    while (this.#run === run) {
      this.#listener.connection("connecting");
      try {
        await this.#session();
        await this.#catchUp();
        if (this.#run !== run) return;
        wait = FIRST_RETRY_MS;
        this.#listener.connection("live");
        this.#drain();
        await (this.#socketFailures < SOCKET_FAILURES_BEFORE_POLLING ? this.#followSocket() : this.#followPolling());
      } catch (error) {
        if (error instanceof Refused && error.status === 401 && this.#run === run) this.#turnedAway();
      }
      if (this.#run !== run) return;
      this.#listener.connection("offline");
      await Promise.race([pause(jittered(wait)), new Promise((now) => { this.#hurry = now; })]);
      wait = Math.min(wait * 2, LAST_RETRY_MS);
    }
  }

  stop() {
    this.#run = null;
    this.#opening = null;
    this.#socket?.close();
    this.#hurry();
  }

  /**
   * End the conversation: this device forgets it at once, whatever the server says; what is begun after that is another one.
   * `listener.untold` hears if the server could not be told.
   */
  async end() {
    this.#api.token = this.#shelf.get("token") ?? this.#api.token; // another tab may have renewed it
    const told = this.#api.token && this.#api.call("POST", "/api/chat/end", { keepalive: true });
    this.#shelf.set("endings", (this.#shelf.get("endings") ?? 0) + 1);
    this.#shelf.set("token", null);
    this.#keep([]);
    this.#leave();
    try {
      await told;
    } catch (error) {
      if (error.status !== 401) this.#listener.untold(); // a token that opens nothing needs no end
    }
  }

  /**
   * Put a message in the outbox; it is sent now or when the connection is back, once. It stays there, `accepted`, until the
   * feed brings it back, so that it is never out of sight.
   * @param {{text?: string, attachments?: string[]}|{choice: string}} body what is sent
   * @param {string} shown what the page shows meanwhile
   * @param {string[]} files names of the files that go with it
   */
  send(body, shown, files = []) {
    const item = { id: crypto.randomUUID(), body, shown, files, state: "waiting" };
    this.#keep([...this.outbox, item]);
    this.#drain();
  }

  /** Offer a refused message again. */
  resend(id) {
    this.#mark(id, { id: crypto.randomUUID(), state: "waiting", reason: undefined });
    this.#drain();
  }

  /** Forget a refused message. */
  discard(id) {
    this.#keep(this.outbox.filter((item) => item.id !== id));
  }

  /** Upload a file for a message of this conversation; see `Api.upload`. */
  async upload(file, how) {
    await this.#session();
    how.signal.throwIfAborted(); // ended meanwhile
    return this.#api.upload(file, how);
  }

  /** Fetch a file that an entry names, as a Blob. */
  file(id) { return this.#api.file(`/api/chat/attachments/${id}`); }

  /** Tell what the server offers besides words: `{files: {max_bytes, max_files, endings} | null, mail: boolean}`. */
  offer() { return this.#api.call("GET", "/api/chat/offer"); }

  /** Fetch the conversation as a text file, as a Blob. */
  async transcript() {
    await this.#session();
    return this.#api.file("/api/chat/transcript");
  }

  /** Have the conversation sent to an e-mail address. */
  async mail(email) {
    await this.#session();
    await this.#api.call("POST", "/api/chat/transcript", { body: { email } });
  }

  typing() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ typing: true }));
  }

  #keep(items) {
    this.#shelf.set("outbox", items);
    this.#listener.outbox(items);
  }

  #mark(id, changes) {
    this.#keep(this.outbox.map((item) => (item.id === id ? { ...item, ...changes } : item)));
  }

  async #session() {
    this.#api.token ??= this.#shelf.get("token");
    if (this.#api.token) return;
    const opening = this.#opening ??= this.#api.call("POST", "/api/chat/sessions", { body: { language: this.#language, ...(this.#user ?? {}) } });
    try {
      const answer = await opening;
      if (this.#opening !== opening) return; // ended meanwhile
      this.#api.token = answer.token;
      this.#shelf.set("token", answer.token);
    } finally {
      if (this.#opening === opening) this.#opening = null;
    }
  }

  #leave() {
    this.stop();
    this.#forget();
    this.#listener.outbox([]);
    this.#listener.ended();
  }

  // Whether it was ended in another tab, and so is over here, too. A token alone tells nothing: it may be over, or renewed.
  #endedElsewhere() {
    const ended = this.#shelf.get("endings") !== this.#endings;
    if (ended) this.#leave();
    return ended;
  }

  // The token opens nothing any more: its time is over, or the chat is.
  #turnedAway() { return this.#endedElsewhere() || this.#forget(); }

  #forget() {
    if (this.#shelf.get("token") === this.#api.token) this.#shelf.set("token", null);
    this.#api.token = null;
    this.#lastSeq = 0;
    this.#listener.restarted();
  }

  // A long log comes in several stretches; all that was said before this page was opened is restored, not news.
  async #catchUp() {
    const [restored, run] = [this.#lastSeq === 0, this.#run];
    let before;
    do {
      before = this.#lastSeq;
      this.#take(await this.#api.call("GET", `/api/chat/events?after=${before}&wait=0`), restored, run);
    } while (this.#lastSeq > before);
  }

  #take({ entries, last_seq: lastSeq }, restored = false, run = this.#run) {
    if (this.#run !== run) return;
    const fresh = entries.filter((entry) => entry.kind !== "typing" && entry.seq > this.#lastSeq);
    for (const entry of entries) if (entry.kind === "typing") this.#listener.typing(entry);
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq ?? 0, ...fresh.map((entry) => entry.seq));
    if (fresh.length === 0) return;
    const arrived = new Set(fresh.map((entry) => entry.client_msg_id).filter(Boolean));
    this.#listener.entries(fresh, { restored });
    // Told even if another tab has cleared it from the outbox: this page still shows it as on its way.
    if (arrived.size > 0) this.#keep(this.outbox.filter((item) => !arrived.has(item.id)));
  }

  #followSocket() {
    const run = this.#run;
    return new Promise((done) => {
      const socket = new WebSocket(this.#api.socketAddress(this.#lastSeq));
      this.#socket = socket;
      let heard = 0;
      // A network that went away silently leaves the socket open; only the missing answers tell.
      const ping = setInterval(() => {
        if (heard && Date.now() - heard > SILENCE_MS) end();
        else if (socket.readyState === WebSocket.OPEN) socket.send('{"ping":1}');
      }, PING_MS);
      const end = () => {
        clearInterval(ping);
        socket.onmessage = socket.onclose = null;
        socket.close();
        this.#socketFailures = heard ? 0 : this.#socketFailures + 1;
        done();
      };
      // The page is looked at again: what slept with it is found out now, not at the next ping.
      this.#hurry = () => {
        const before = heard;
        if (socket.readyState === WebSocket.OPEN) socket.send('{"ping":1}');
        setTimeout(() => socket.onclose && heard === before && end(), PONG_MS);
      };
      socket.onopen = () => socket.send(JSON.stringify({ token: this.#api.token }));
      socket.onmessage = (event) => {
        heard = Date.now();
        const frame = JSON.parse(event.data);
        if (frame.entries) this.#take(frame, false, run);
      };
      socket.onclose = end;
    });
  }

  // Where a proxy lets no socket through, the same feed comes by long polling; the socket is tried again later.
  async #followPolling() {
    const run = this.#run;
    for (let round = 0; round < 20 && this.#run === run; round += 1) {
      const path = `/api/chat/events?after=${this.#lastSeq}&wait=${LONG_POLL_S}`;
      this.#take(await this.#api.call("GET", path, { waits: LONG_POLL_S * 1000 }), false, run);
    }
    this.#socketFailures = 0;
  }

  // One message at a time, in order: the next goes only when the one before is accepted.
  async #drain() {
    if (this.#draining) return;
    this.#draining = true;
    let token = null;
    try {
      let item;
      while ((item = this.outbox.find((other) => other.state === "waiting")) && this.#run) {
        await this.#session();
        // Ended meanwhile, and perhaps begun anew: what was written before is not for the new conversation.
        if (!this.outbox.some((other) => other.id === item.id)) continue;
        ({ token } = this.#api);
        try {
          await this.#api.call("POST", "/api/chat/messages", { body: { client_msg_id: item.id, ...item.body } });
          this.#mark(item.id, { state: "accepted" });
        } catch (error) {
          if (!error.final) throw error;
          this.#mark(item.id, { state: "refused", reason: error.message });
        }
      }
    } catch (error) {
      if (error instanceof Refused && error.status === 401 && this.#api.token === token) this.#turnedAway();
      setTimeout(() => this.#drain(), jittered(2_000));
    } finally {
      this.#draining = false;
    }
  }
}
