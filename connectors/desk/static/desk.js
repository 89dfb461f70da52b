// The agents' desk: signs in, keeps the live overview, and shows the conversation that is being read.
import { html, render, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Live, call } from "./api.js";
import { Callbacks } from "./callbacks.js";
import { Conversation } from "./conversation.js";
import { Lists } from "./lists.js";
import { SignIn } from "./sign-in.js";

const EMPTY = { queue: [], mine: [], callbacks: [], agents: [], presence: "offline" };
const PRESENCES = [["online", "Online"], ["busy", "Busy"], ["offline", "Offline"]];

function Desk() {
  const [me, setMe] = useState(undefined); // undefined: not known yet; null: signed out
  useEffect(() => { call("GET", "/me").then(setMe, () => setMe(null)); }, []);
  if (me === undefined) return html`<p class="hint">Loading…</p>`;
  if (me === null) return html`<${SignIn} onSignedIn=${setMe} />`;
  return html`<${Workplace} agent=${me.agent} onSignedOut=${() => setMe(null)} />`;
}

function Workplace({ agent, onSignedOut }) {
  const [overview, setOverview] = useState(EMPTY);
  const [connected, setConnected] = useState(true);
  const [selected, setSelected] = useState(null);
  const [open, setOpen] = useState(null); // the conversation's answer, with its entries
  const [problem, setProblem] = useState("");
  const [typing, setTyping] = useState(0);
  const live = useRef(null);
  const reading = useRef(null);
  const drafts = useRef(new Map()); // what was not sent yet, by conversation

  useEffect(() => {
    live.current = new Live({
      overview: setOverview,
      connection: setConnected,
      signedOut: onSignedOut,
      typing: () => setTyping(Date.now()),
      entries: (frame) => setOpen((shown) => merge(shown, frame)),
    });
    live.current.start();
    call("GET", "/overview").then(setOverview, report);
    return () => live.current.stop();
  }, []);

  const offers = overview.queue.filter((card) => card.offered_to === agent.id);
  useEffect(() => {
    const waiting = overview.queue.length;
    document.title = offers.length ? `● Offer: ${offers[0].contact_name ?? "customer"}` : waiting ? `(${waiting}) Baton desk` : "Baton desk";
  }, [overview]);

  // What changed in the overview may concern the one being read: its owner, details and buttons come from the server again.
  const card = [...overview.queue, ...overview.mine].find((one) => one.id === selected);
  const standing = `${card?.epoch} ${card?.status === "snoozed"}`;
  useEffect(() => { if (selected) load(selected); }, [selected, standing]);

  function report(error) {
    if (error.status === 401) onSignedOut();
    else setProblem(error.message);
  }

  async function load(id) {
    try {
      const answer = await call("GET", `/conversations/${encodeURIComponent(id)}`);
      if (reading.current !== id) return;
      setOpen(answer);
      live.current.watch(id, answer.last_seq);
    } catch (error) {
      // A colleague took it, or it is gone: what was shown of it is no longer so.
      if ([403, 404].includes(error.status) && reading.current === id) select(null);
      report(error);
    }
  }

  function select(id) {
    if (reading.current === id) return;
    setOpen(null);
    reading.current = id;
    setSelected(id);
    setProblem("");
    live.current.watch(null);
  }

  async function act(method, path, body) {
    try {
      setProblem("");
      const answer = await call(method, path, body);
      call("GET", "/overview").then(setOverview, report);
      if (reading.current && !connected) load(reading.current);
      return answer;
    } catch (error) {
      report(error);
      return null;
    }
  }

  const online = overview.presence === "online";
  return html`
    <header class="bar">
      <h1><img src="/static/desk/icon.svg" alt="" width="26" height="26" /> Baton desk</h1>
      <span class="grow"></span>
      <label class="presence ${overview.presence}"><span class="unseen">Presence</span>
        <select value=${overview.presence} onChange=${(event) => act("PUT", "/presence", { presence: event.target.value })}>
          ${PRESENCES.map(([value, title]) => html`<option value=${value} selected=${value === overview.presence}>${title}</option>`)}
        </select>
      </label>
      <span class="me">${agent.name}</span>
      <button class="plain" onClick=${async () => { await act("POST", "/logout"); onSignedOut(); }}>Sign out</button>
    </header>
    <div class="notices" role="status">
      ${!connected && html`<p class="notice">Connection lost; trying again. What you see may be old.</p>`}
      ${connected && !online && html`<p class="notice">You are ${overview.presence}: no conversation is offered to you.
        <button onClick=${() => act("PUT", "/presence", { presence: "online" })}>Go online</button></p>`}
      ${problem && html`<p class="notice problem">${problem} <button onClick=${() => setProblem("")}>Dismiss</button></p>`}
    </div>
    <main class="rooms ${selected ? "reading" : ""}">
      <nav aria-label="Conversations">
        <${Lists} overview=${overview} agent=${agent} selected=${selected} onSelect=${select} act=${act} />
        <${Callbacks} callbacks=${overview.callbacks} onSelect=${select} act=${act} />
      </nav>
      <div class="room">
        ${open ? html`<${Conversation} key=${selected} open=${open} agent=${agent} agents=${overview.agents} act=${act}
            typing=${typing} live=${live.current} drafts=${drafts.current} onClose=${() => select(null)} />`
          : html`<p class="hint">${selected ? "Loading…" : overview.queue.length
            ? "Choose a conversation from the queue." : "Nobody is waiting. New conversations appear here by themselves."}</p>`}
      </div>
    </main>`;
}

// Entries come twice when a page reconnects in between; the seq tells.
function merge(shown, frame) {
  if (!shown || shown.conversation.id !== frame.conversation_id) return shown;
  const last = shown.entries.at(-1)?.seq ?? 0;
  const fresh = frame.entries.filter((entry) => entry.seq > last);
  return fresh.length ? { ...shown, entries: [...shown.entries, ...fresh], last_seq: frame.last_seq } : shown;
}

render(html`<${Desk} />`, document.getElementById("desk"));
