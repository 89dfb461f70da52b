import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Endings } from "./endings.js";
import { clock, eventText, label, languageName, matters, reasonText, valueText } from "./words.js";

const TYPING_SHOWN_MS = 6_000;
const TYPING_SAID_EVERY_MS = 3_000;
const SHOWN_AT_FIRST = 300;
const NEAR_THE_END_PX = 80;
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
      <${Log} entries=${entries} />
      <${Typing} since=${typing} />
      ${mine ? html`<${Composer} id=${card.id} path=${path} act=${act} live=${live} drafts=${drafts} />`
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

function Log({ entries }) {
  const box = useRef(null);
  const atEnd = useRef(true); // what comes scrolls into view, unless the agent has scrolled up to read
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const earlier = Math.max(0, entries.length - shown);
  useLayoutEffect(() => {
    if (atEnd.current || entries.at(-1)?.author === "agent") box.current.scrollTop = box.current.scrollHeight;
  }, [entries.length]);
  // The box also shrinks, by a notice above it or a longer draft below.
  useEffect(() => {
    const kept = new ResizeObserver(() => { if (atEnd.current) box.current.scrollTop = box.current.scrollHeight; });
    kept.observe(box.current);
    return () => kept.disconnect();
  }, []);
  const scrolled = ({ target }) => { atEnd.current = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_THE_END_PX; };
  // What the bot did not understand is said by its answer, which may come in a later frame than the message.
  const missed = new Set(entries.filter((entry) => entry.understood?.fallback).map((entry) => entry.in_reply_to));
  return html`<div class="log" role="log" aria-label="Log" tabindex="0" ref=${box} onScroll=${scrolled}>
    ${earlier > 0 && html`<button class="earlier" onClick=${() => setShown(Infinity)}>Show ${earlier} earlier entries</button>`}
    ${entries.slice(earlier).map((entry) => html`<${Entry} key=${entry.seq} entry=${entry} misunderstood=${entry.misunderstood || missed.has(entry.seq)} />`)}</div>`;
}

// What an agent should know of an entry whose text is in the customer's language.
const ASIDES = {
  note: () => " (note, not shown to the customer)",
  callback: ({ facts }) => ` (callback ${facts?.status ?? ""})`,
};

function Entry({ entry, misunderstood }) {
  if (entry.kind === "owner") {
    return html`<p class="event"><bdi>${eventText(entry)}</bdi> · ${clock(entry.sent_at)}</p>`;
  }
  const who = { contact: "Customer", bot: "Bot", agent: entry.name ?? "Agent", system: "Baton" }[entry.author];
  const kind = entry.kind === "note" ? "note" : entry.kind === "callback" ? "callback-entry" : entry.kind === "csat" ? "csat" : "";
  return html`
    <div class="entry ${entry.author} ${kind} ${misunderstood ? "misunderstood" : ""}">
      <p class="who"><bdi>${who}</bdi>${ASIDES[entry.kind]?.(entry) ?? ""} · <time datetime=${entry.sent_at}>${clock(entry.sent_at)}</time>
        ${misunderstood && html` <span class="chip alarm">not understood</span>`}</p>
      <p class="text" dir="auto" lang=${entry.language}>${entry.text || valueText(entry.facts)}</p>
      ${entry.buttons?.length > 0 && html`<p class="offered">${entry.buttons.map((button) => html`<span dir="auto" lang=${entry.language}>${button.title}</span>`)}</p>`}
    </div>`;
}

function Typing({ since }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => draw((n) => n + 1), TYPING_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [since]);
  return html`<p class="typing" aria-live="polite">${Date.now() - since < TYPING_SHOWN_MS ? "The customer is writing…" : ""}</p>`;
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
