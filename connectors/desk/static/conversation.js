import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Endings } from "./endings.js";
import { Log } from "./log.js";
import { Templates } from "./templates.js";
import { label, languageName, left, matters, reasonText, valueText } from "./words.js";

const TYPING_SHOWN_MS = 6_000;
const TYPING_SAID_EVERY_MS = 3_000;
const WINDOW_TICK_MS = 30_000;
const EMPTY_DRAFT = { text: "", note: false };

/** One conversation: what the agent must know, the whole log, and what can be done. */
export function Conversation({ open, agent, agents, act, live, typing, drafts, onClose }) {
  const { conversation: card, summary, details, contact, entries } = open;
  const mine = card.owner === "agent" && card.agent_id === agent.id;
  const path = `/conversations/${encodeURIComponent(card.id)}`;
  return html`
    <article class="conversation">
      <header>
        <button class="plain back" onClick=${onClose} aria-label="Back to the lists">←</button>
        <div class="grow"><h2 dir="auto">${card.contact_name ?? "Customer"}</h2>
          <p class="hint">${card.channel} · ${languageName(card.language)} · ${ownerText(card, agent)}${contact?.verified ? " · signed in at the shop" : ""}</p></div>
        ${card.owner === "queue" && html`<button class="main" onClick=${() => act("POST", `${path}/claim`, {})}>Take it</button>`}
        ${mine && html`<${Endings} path=${path} agent=${agent} agents=${agents} act=${act} />`}
      </header>
      <${Summary} summary=${summary} details=${details} contact=${contact} card=${card} />
      <${Person} person=${open.person} there=${open.sending.channel} path=${path} act=${act} />
      <${Log} entries=${entries} home=${card.id} again=${(id, seq) => act("POST", `/dead-letters/${encodeURIComponent(id)}/${seq}/replay`, {})} />
      <${Typing} since=${typing} />
      ${mine ? html`<${Writing} card=${card} sending=${open.sending} path=${path} act=${act} live=${live} drafts=${drafts} />`
        : html`<p class="hint closing">${card.owner === "queue" ? "Take the conversation to answer." : card.owner === "bot"
          ? "The bot has this conversation." : `${card.agent_name ?? "Another agent"} has this conversation.`}</p>`}
    </article>`;
}

function ownerText(card, agent) {
  if (card.owner === "agent") return card.agent_id === agent.id ? `yours${card.status === "snoozed" ? ", snoozed" : ""}` : `with ${card.agent_name}`;
  return card.owner === "queue" ? `waiting, ${reasonText(card.reason)}` : `with the bot${card.status === "resolved" ? ", resolved" : ""}`;
}

function Summary({ summary, details, contact, card }) {
  const known = Object.entries({ ...pick(contact, ["name", "email", "phone"]), ...(details ?? {}) })
    .filter(([, value]) => value !== null && value !== "" && value !== undefined);
  const told = { ...summary, tried: matters(summary?.tried ?? []) };
  const points = Object.entries(told).filter(([key, value]) => !["details", "last_messages", "reason", "topic"].includes(key)
    && value !== null && value !== "" && value !== 0 && !(Array.isArray(value) && value.length === 0));
  return html`
    <section class="summary" aria-label="Summary" tabindex="0">
      ${(card.topic || card.reason) && html`<p><strong dir="auto">${card.topic || "No topic given"}</strong>
        ${card.reason && html` <span class="chip">${reasonText(card.reason)}</span>`}</p>`}
      <dl>
        ${known.map(([key, value]) => html`<div><dt>${label(key)}</dt><dd dir="auto">${valueText(value)}</dd></div>`)}
        ${points.map(([key, value]) => html`<div><dt>${label(key)}</dt><dd dir="auto">${valueText(value)}</dd></div>`)}
      </dl>
    </section>`;
}

const pick = (object, keys) => Object.fromEntries(keys.map((key) => [key, object?.[key]]));

function Typing({ since }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => draw((n) => n + 1), TYPING_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [since]);
  return html`<p class="typing" aria-live="polite">${Date.now() - since < TYPING_SHOWN_MS ? "The customer is writing…" : ""}</p>`;
}

// The same person elsewhere; who proved to be one, and the way back where that was wrong.
function Person({ person, there, path, act }) {
  if (!person || person.conversations.length < 2) return null;
  const also = person.conversations.map((one) => `${one.channel}${one.agent_name ? ` (with ${one.agent_name})` : ""}`).join(", ");
  return html`
    <section class="person" aria-label="One person on several channels">
      <p>One person on ${also}. Replies go to ${there}.</p>
      ${person.merges.map((merge) => html`<p class="hint">${merge.channels.join(", ")} joined by ${PROOFS[merge.proof] ?? merge.proof}.
        <button onClick=${() => act("POST", `${path}/part`, { merge_id: merge.merge_id })}>Not the same person</button></p>`)}
    </section>`;
}

const PROOFS = { customer: "their customer account", phone: "the same verified phone" };

// What may be written now: anything, or, where the platform says so after some time, only what it has approved.
function Writing({ card, sending, ...rest }) {
  const [, draw] = useState(0);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => draw((n) => n + 1), WINDOW_TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const ends = sending?.window_ends_at;
  const closed = ends !== null && ends !== undefined && new Date(ends) <= Date.now();
  return html`
    ${ends && html`<p class="hint window ${closed ? "over" : ""}">${closed
      ? "The time to write freely is over: the customer has not written for a day. Send a template, or wait for them."
      : `${left(ends)} left to write freely`}
      ${sending.templates && html` <button aria-expanded=${choosing} onClick=${() => setChoosing(!choosing)}>Templates</button>`}</p>`}
    ${choosing && html`<${Templates} channel=${sending.channel} path=${`/conversations/${encodeURIComponent(sending.conversation_id)}`} act=${rest.act} close=${() => setChoosing(false)} />`}
    <${Composer} key=${card.id} id=${card.id} ...${rest} />`;
}

function Composer({ id, path, act, live, drafts }) {
  const [{ text, note }, setDraft] = useState(drafts.get(id) ?? EMPTY_DRAFT);
  const pending = useRef(null); // the id of a message being sent, kept for the retry so that it is written once
  const said = useRef(0);
  const field = useRef(null);
  useEffect(() => { field.current?.focus(); }, [id]);

  // Kept outside of the composer too, which goes away when the agent turns to another conversation.
  function keep(draft) {
    drafts.set(id, draft);
    setDraft(draft);
  }

  async function submit(event) {
    event.preventDefault();
    if (!text.trim()) return;
    if (pending.current?.text !== text || pending.current.note !== note) pending.current = { text, note, id: crypto.randomUUID() };
    const body = { client_msg_id: pending.current.id, text };
    if (await act("POST", `${path}/${note ? "notes" : "replies"}`, body)) {
      pending.current = null;
      if (drafts.get(id)?.text === text) keep(EMPTY_DRAFT); // else the agent has written on meanwhile
    }
    field.current?.focus();
  }

  function typed(event) {
    keep({ text: event.target.value, note });
    const now = Date.now();
    if (note || now - said.current < TYPING_SAID_EVERY_MS) return;
    said.current = now;
    live.typing(id);
  }

  function keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  }

  return html`
    <form class="composer ${note ? "noting" : ""}" onSubmit=${submit}>
      <textarea ref=${field} rows="2" dir="auto" aria-label=${note ? "Note for colleagues" : "Reply to the customer"}
        placeholder=${note ? "Note for colleagues; the customer does not see it" : "Reply… (Enter sends, Shift+Enter is a new line)"}
        value=${text} onInput=${typed} onKeyDown=${keys}></textarea>
      <label class="switch"><input type="checkbox" checked=${note} onChange=${(event) => keep({ text, note: event.target.checked })} /> Note</label>
      <button class="main">${note ? "Keep note" : "Send"}</button>
    </form>`;
}
