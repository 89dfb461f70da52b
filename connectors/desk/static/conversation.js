import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { Writing, draftOf } from "./composer.js";
import { Endings } from "./endings.js";
import { dropTarget } from "./files.js";
import { Log } from "./log.js";
import { PROOFS, channelName, label, languageName, matters, reasonText, valueText } from "./words.js";

const TYPING_SHOWN_MS = 6_000;

/** One conversation: what the agent must know, the whole log, and what can be done. */
export function Conversation({ open, agent, agents, act, live, typing, drafts, onClose }) {
  const { conversation: card, summary, details, contact, entries } = open;
  const mine = card.owner === "agent" && card.agent_id === agent.id;
  const path = `/conversations/${encodeURIComponent(card.id)}`;
  const [over, setOver] = useState(false); // files are being dragged above it
  const taking = mine ? dropTarget(draftOf(drafts, card.id).files, setOver) : {};
  return html`
    <article class="conversation ${over ? "over" : ""}" ...${taking}>
      <header>
        <button class="plain back" onClick=${onClose} aria-label="Back to the lists">←</button>
        <div class="grow"><h2 dir="auto">${card.contact_name ?? "Customer"}</h2>
          <p class="hint">${channelName(card.channel)} · ${languageName(card.language)} · ${ownerText(card, agent)}${contact?.verified ? " · signed in at the shop" : ""}</p></div>
        ${card.owner === "queue" && html`<button class="main" onClick=${() => act("POST", `${path}/claim`, {})}>Take it</button>`}
        ${mine && html`<${Endings} path=${path} agent=${agent} agents=${agents} ended=${card.ended} act=${act} />`}
      </header>
      <${Summary} summary=${summary} details=${details} contact=${contact} card=${card} />
      <${Person} person=${open.person} there=${open.sending.channel} agent=${agent} path=${path} act=${act} />
      <${Log} entries=${entries} home=${card.id} again=${(id, seq) => act("POST", `/dead-letters/${encodeURIComponent(id)}/${seq}/replay`, {})} />
      <${Typing} since=${typing} />
      ${mine ? html`<${Writing} card=${card} sending=${open.sending} path=${path} act=${act} live=${live} drafts=${drafts} />`
        : html`<p class="hint closing">${card.owner === "queue" ? "Take the conversation to answer." : card.owner === "bot"
          ? "The bot has this conversation." : `${card.agent_name ?? "Another agent"} has this conversation.`}</p>`}
    </article>`;
}

function ownerText(card, agent) {
  return card.ended ? `${handsText(card, agent)}, the customer has left` : handsText(card, agent);
}

function handsText(card, agent) {
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
function Person({ person, there, agent, path, act }) {
  if (!person || person.conversations.length < 2) return null;
  const also = person.conversations.map(({ channel, agent_name: name }) => channelName(channel) + (name && name !== agent.name ? ` (with ${name})` : ""));
  return html`
    <details class="person">
      <summary>One person on ${also.join(", ")}. Replies go to ${channelName(there)}.</summary>
      ${person.merges.map((merge) => html`<p>${merge.channels.map(channelName).join(", ")} was joined by ${PROOFS[merge.proof] ?? merge.proof}.
        <button onClick=${() => act("POST", `${path}/part`, { merge_id: merge.merge_id })}>Not the same person</button></p>`)}
    </details>`;
}
