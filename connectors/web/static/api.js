// The server as the widget calls it: JSON, files with the session's token, and an upload that tells how far it is.
const ANSWER_MS = 15_000;
const UPLOAD_MS = 130_000;

/** A request that the server refused, with the sentence it gave (in English; empty when it gave none). */
export class Refused extends Error {
  constructor(status, { code, message } = {}) {
    super(message ?? "");
    this.status = status;
    this.code = code;
  }

  /** Whether asking again could not help: the server looked at it and said no. */
  get final() { return this.status < 500 && this.status !== 401 && this.status !== 408 && this.status !== 429; }
}

export class Api {
  #base;

  /** The session's token, once there is one. */
  token = null;

  /** @param {string} base origin of the Baton server */
  constructor(base) { this.#base = base; }

  /** Return where the live socket is, resuming after a seq. */
  socketAddress(after) {
    const address = new URL(`/api/chat/ws?after=${after}`, this.#base);
    address.protocol = address.protocol.replace("http", "ws");
    return address;
  }

  /**
   * Call a route; `waits` are milliseconds that the server may take on purpose, `keepalive` outlives the page. Returns what it
   * said, null for nothing.
   */
  async call(method, path, { body, waits = 0, keepalive = false } = {}) {
    const headers = this.#headers(body && "application/json");
    const answer = await this.#fetch(path, { method, headers, body: body && JSON.stringify(body), keepalive }, ANSWER_MS + waits);
    return answer.status === 204 ? null : answer.json();
  }

  /** Fetch a file. */
  async file(path) {
    const answer = await this.#fetch(path, { headers: this.#headers() }, UPLOAD_MS);
    return answer.blob();
  }

  /**
   * Upload a file for a message to come.
   * @param {File} file
   * @param {{progress(share: number): void, signal: AbortSignal}} how
   * @returns {Promise<{attachment: object, token: string}>}
   */
  upload(file, { progress, signal }) {
    // fetch() cannot tell how much of a body has gone out.
    const request = new XMLHttpRequest();
    request.open("POST", new URL(`/api/chat/attachments?${new URLSearchParams({ name: file.name })}`, this.#base));
    for (const [name, value] of Object.entries(this.#headers(file.type || "application/octet-stream"))) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.timeout = UPLOAD_MS;
    signal.addEventListener("abort", () => request.abort());
    return new Promise((done, failed) => {
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = request.ontimeout = request.onabort = () => failed(new Error("not uploaded"));
      request.onload = () => {
        if (request.status === 201 && request.response) done(request.response);
        else failed(new Refused(request.status, request.response?.error));
      };
      request.send(file);
    });
  }

  #headers(type) {
    return { ...(this.token && { Authorization: `Bearer ${this.token}` }), ...(type && { "Content-Type": type }) };
  }

  async #fetch(path, options, limit) {
    // Without a limit one request that is never answered would hold up everything behind it.
    const answer = await fetch(new URL(path, this.#base), { ...options, signal: AbortSignal.timeout(limit) });
    if (!answer.ok) throw new Refused(answer.status, (await answer.json().catch(() => null))?.error);
    return answer;
  }
}
