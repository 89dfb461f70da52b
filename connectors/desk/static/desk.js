// The agents' desk: signs in, keeps the live overview, and shows the conversation that is being read.
import { html, render, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Live, call } from "./api.js";
import { Callbacks } from "./callbacks.js";
import { Conversation } from "./conversation.js";
import { DeadLetters } from "./dead-letters.js";
import { guardDrops } from "./files.js";
import { Lists } from "./lists.js";
import { SignIn } from "./sign-in.js";

const EMPTY = { queue: [], mine: [], callbacks: [], dead_letters: [], agents: [], presence: "offline" };
const PRESENCES = [["online", "Online"], ["busy", "Busy"], ["offline", "Offline"]];

function Desk() {
  const [me, setMe] = useState(undefined); // undefined: not known yet; null: signed out
  const [ended, setEnded] = useState(false); // the session ended by itself
  const drafts = useRef({ of: null, kept: new Map() }); // what one agent has not sent yet, by conversation
  useEffect(() => { call("GET", "/me").then(enter, () => setMe(null)); }, []);

  // What was being written outlives the session, but is shown to nobody else.
  function enter(answer) {
    if (drafts.current.of !== answer.agent.id) drafts.current = { of: answer.agent.id, kept: new Map() };
    setMe(answer);
  }
  function leave(byItself) {
    if (!byItself) drafts.current = { of: null, kept: new Map() };
    setEnded(byItself);
    setMe(null);
  }

  if (me === undefined) return html`<p class="hint">Loading…</p>`;
  if (me === null) return html`<${SignIn} ended=${ended} onSignedIn=${enter} />`;
  return html`<${Workplace} agent=${me.agent} drafts=${drafts.current.kept} onSignedOut=${leave} />`;
}

function Workplace({ agent, drafts, onSignedOut }) {
  const [overview, setOverview] = useState(EMPTY);
  const [connected, setConnected] = useState(true);
  const [selected, setSelected] = useState(null);
  const [open, setOpen] = useState(null); // the conversation's answer, with its entries
  const [problem, setProblem] = useState("");
  const [typing, setTyping] = useState(0);
  const live = useRef(null);
  const reading = useRef(null);
  const passedOn = useRef(null); // what is being given to a colleague, and then no longer this agent's to read

  useEffect(() => {
    live.current = new Live({
      overview: setOverview,
      connection: setConnected,
      signedOut: () => onSignedOut(true),
      typing: () => setTyping(Date.now()),
      entries: (frame) => {
        setOpen((shown) => merge(shown, frame));
        if (frame.entries.some((entry) => entry.author === "contact")) setTyping(0); // they have written it
      },
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
  // So may what the same person writes elsewhere: the live feed follows one conversation only.
  const linked = open?.person?.conversations.map((one) => one.conversation_id) ?? [];
  const elsewhere = overview.mine.filter((one) => one.id !== selected && linked.includes(one.id)).map((one) => one.last_seq);
  // And where there is a time to write freely, each message begins it anew.
  // Of a person on several channels, it may also move the place that a reply goes to.
  const windowed = open?.sending.window_ends_at || linked.length > 1 ? card?.last_seq : "";
  const standing = `${card?.epoch} ${card?.status === "snoozed"} ${card?.ended} ${elsewhere} ${windowed}`;
  useEffect(() => { if (selected) load(selected); }, [selected, standing]);

  function report(error) {
    if (error.status === 401) onSignedOut(true);
    else setProblem(error.message);
  }

  async function load(id) {
    try {
      const answer = await call("GET", `/conversations/${encodeURIComponent(id)}`);
      if (reading.current !== id) return;
      setOpen(answer);
      live.current.watch(id, answer.last_seq);
    } catch (error) {
      if (reading.current !== id) return;
      // A colleague took it, or it is gone: what was shown of it is no longer so.
      const givenAway = error.status === 403 && passedOn.current === id;
      if ([403, 404].includes(error.status)) select(null);
      if (!givenAway) report(error);
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
    const givesAway = path.endsWith("/transfer") && Boolean(body.agent_id);
    try {
      setProblem("");
      passedOn.current = givesAway ? reading.current : null;
      const answer = await call(method, path, body);
      if (givesAway && answer.conversation.id === reading.current) select(null);
      call("GET", "/overview").then(setOverview, report);
      if (reading.current && !connected) load(reading.current);
      return answer;
    } catch (error) {
      report(error);
      if (error.code === "wrote_elsewhere") load(reading.current); // where a reply goes now
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
      <button class="plain" onClick=${async () => { await act("POST", "/logout"); onSignedOut(false); }}>Sign out</button>
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
        <${DeadLetters} letters=${overview.dead_letters} onSelect=${select} act=${act} />
      </nav>
      <div class="room">
        ${open ? html`<${Conversation} key=${selected} open=${open} agent=${agent} agents=${overview.agents} act=${act}
            typing=${typing} live=${live.current} drafts=${drafts} onClose=${() => select(null)} />`
          : html`<p class="hint">${selected ? "Loading…" : overview.queue.length
            ? "Choose a conversation from the queue." : "Nobody is waiting. New conversations appear here by themselves."}</p>`}
      </div>
    </main>`;
}

// Entries come twice when a page reconnects in between; the seq tells.
function merge(shown, frame) {
  if (!shown || shown.conversation.id !== frame.conversation_id) return shown;
  const own = shown.entries.filter((entry) => (entry.conversation_id ?? frame.conversation_id) === frame.conversation_id);
  const last = own.at(-1)?.seq ?? 0;
  const fresh = frame.entries.filter((entry) => entry.seq > last);
  return fresh.length ? { ...shown, entries: [...shown.entries, ...fresh], last_seq: frame.last_seq } : shown;
}

guardDrops();
render(html`<${Desk} />`, document.getElementById("desk"));
