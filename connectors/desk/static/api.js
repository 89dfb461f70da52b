// The desk's side of docs/contracts.md: calls with the CSRF token, and one live socket that resumes by seq.

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;
const SILENCE_MS = 25_000;
const PONG_MS = 4_000;
const ANSWER_MS = 15_000;
const UPLOAD_MS = 130_000;
const UNREACHED = "The server cannot be reached. Check the connection and try again.";

/** A call that the server refused; `message` is its sentence for the agent. */
export class Refused extends Error {
  constructor(status, message, code) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether asking again could not help: the server looked at it and said no. */
  get final() { return this.status >= 400 && this.status < 500 && ![401, 408, 429].includes(this.status); }
}

let csrf = null;

/** Call the desk API. `body` of undefined sends none; a 401 means that the session is over. */
export async function call(method, path, body) {
  const headers = {};
  if (csrf) headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    answer = await fetch(`/api/desk${path}`, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(0, UNREACHED, "offline");
  }
  if (answer.status === 204) return {};
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw refused(answer.status, content);
  if (content.csrf) csrf = content.csrf;
  return content;
}

const refused = (status, content) => new Refused(status, content?.error?.message ?? `The server answered ${status}.`, content?.error?.code);

let rules = null;

/** Tell which files this Baton takes: `{max_bytes, max_files, endings}`. Asked once; after a failure again. */
export function fileRules() {
  const asked = async () => {
    const answer = await fetch("/api/chat/offer", { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(`What files may be is not known now (${answer.status}).`);
    return answer.json();
  };
  rules ??= asked().then(({ files }) => files).catch((error) => { rules = null; throw error; });
  return rules;
}

/**
 * Upload a file for a message to come.
 * @param {string} path as `call` takes it
 * @param {File} file
 * @param {{progress(share: number): void, signal: AbortSignal}} how
 * @returns {Promise<{attachment: object, token: string}>}
 */
export function upload(path, file, { progress, signal }) {
  // fetch() cannot tell how much of a body has gone out.
  const request = new XMLHttpRequest();
  request.open("POST", `/api/desk${path}?${new URLSearchParams({ name: file.name })}`);
  if (csrf) request.setRequestHeader("X-CSRF-Token", csrf);
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  request.responseType = "json";
  request.timeout = UPLOAD_MS;
  signal.addEventListener("abort", () => request.abort());
  return new Promise((done, failed) => {
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = request.ontimeout = request.onabort = () => failed(new Refused(0, UNREACHED, "offline"));
    request.onload = () => {
      if (request.status === 201 && request.response) done(request.response);
      else failed(refused(request.status, request.response));
    };
    request.send(file);
  });
}

/** The live feed of the desk. Tells `listener` of overviews and entries; `watch` follows one conversation. */
export class Live {
  #listener; #socket = null; #watched = null; #after = 0; #wait = FIRST_RETRY_MS; #stopped = false; #timer = 0; #heard = 0;
  #pulse = new Worker("/static/desk/pulse.js");
  #seen = () => document.hidden || this.#hurry();

  /** @param {{overview(o): void, entries(e): void, typing(t): void, connection(live: boolean): void, signedOut(): void}} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#pulse.onmessage = () => this.#beat();
    document.addEventListener("visibilitychange", this.#seen);
    window.addEventListener("online", this.#seen);
  }

  start() {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/desk/ws`);
    this.#socket = socket;
    this.#heard = Date.now();
    socket.onopen = () => {
      this.#wait = FIRST_RETRY_MS;
      this.#listener.connection(true);
      if (this.#watched) this.#say({ watch: this.#watched, after: this.#after });
    };
    socket.onmessage = (event) => {
      this.#heard = Date.now();
      const frame = JSON.parse(event.data);
      if (frame.type === "overview") this.#listener.overview(frame);
      if (frame.type === "entries" && frame.conversation_id === this.#watched) {
        this.#after = Math.max(this.#after, frame.last_seq);
        this.#listener.entries(frame);
      }
      if (frame.type === "typing" && frame.conversation_id === this.#watched) this.#listener.typing(frame);
    };
    socket.onclose = () => this.#lost(socket);
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#pulse.terminate();
    document.removeEventListener("visibilitychange", this.#seen);
    window.removeEventListener("online", this.#seen);
    this.#socket?.close();
  }

  /** Follow a conversation's log past `after`; null follows none. */
  watch(conversationId, after = 0) {
    this.#watched = conversationId;
    this.#after = after;
    if (conversationId) this.#say({ watch: conversationId, after });
  }

  typing(conversationId) {
    this.#say({ typing: conversationId });
  }

  #say(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  // The heartbeat; its answers also tell a network that went away silently, which leaves the socket open.
  #beat() {
    if (Date.now() - this.#heard > SILENCE_MS) this.#lost(this.#socket);
    else this.#say({ ping: 1 });
  }

  // The window was asleep, or the network is back: find out now how things stand.
  #hurry() {
    if (this.#socket === null) return this.#reconnect(0);
    const [socket, heard] = [this.#socket, this.#heard];
    this.#say({ ping: 1 });
    setTimeout(() => this.#heard === heard && this.#lost(socket), PONG_MS);
  }

  #lost(socket) {
    if (socket === null || this.#socket !== socket) return;
    this.#socket = null;
    socket.onmessage = null;
    socket.close();
    if (this.#stopped) return;
    this.#listener.connection(false);
    this.#reconnect(this.#wait * (0.5 + Math.random()));
  }

  // A refused socket may mean a lost network or a session that ended; `me` tells which.
  #reconnect(after) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      try {
        await call("GET", "/me");
        if (!this.#stopped && this.#socket === null) this.start();
      } catch (error) {
        if (error.status === 401) this.#listener.signedOut();
        else if (!this.#stopped) this.#reconnect(this.#wait * (0.5 + Math.random()));
      }
    }, after);
    this.#wait = Math.min(this.#wait * 2, LAST_RETRY_MS);
  }
}
