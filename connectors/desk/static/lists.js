import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { channelName, languageName, reasonText, since } from "./words.js";

/** The offers to this agent, the queue, and the agent's own conversations. */
export function Lists({ overview, agent, selected, onSelect, act }) {
  const offers = overview.queue.filter((card) => card.offered_to === agent.id);
  return html`
    ${offers.map((card) => html`<${OfferCard} key=${card.id} card=${card} act=${act} onSelect=${onSelect} />`)}
    <${List} title="My conversations" cards=${overview.mine} empty="None" selected=${selected} onSelect=${onSelect} />
    <${List} title="Queue" cards=${overview.queue} empty="Nobody is waiting" selected=${selected} onSelect=${onSelect} />`;
}

function List({ title, cards, empty, selected, onSelect }) {
  useTick(20_000);
  return html`
    <section>
      <h2>${title} <span class="count">${cards.length}</span></h2>
      ${cards.length === 0 && html`<p class="hint">${empty}</p>`}
      <ul class="cards">
        ${cards.map((card) => html`<li key=${card.id}><${Card} card=${card} current=${card.id === selected} onSelect=${onSelect} /></li>`)}
      </ul>
    </section>`;
}

const STANDING = { open: "", pending: "answered", snoozed: "snoozed" };

function Card({ card, current, onSelect }) {
  const waits = card.owner === "queue";
  const unread = !waits && !current && card.unread > 0; // what is being read is no news
  return html`
    <button class="card ${current ? "current" : ""}" aria-current=${current} onClick=${() => onSelect(card.id)}>
      <span class="line"><strong dir="auto">${card.contact_name ?? "Customer"}</strong>
        ${card.ended ? html`<span class="chip">customer left</span>` : unread ? html`<span class="chip alarm">${card.unread} unread</span>`
          : html`<span class="when">${waits && card.requested_at ? `waits ${since(card.requested_at)}` : STANDING[card.status]}</span>`}</span>
      <span class="line topic"><span dir="auto">${[card.topic, waits && reasonText(card.reason)].filter(Boolean).join(" · ")}</span>
        ${waits && card.offered_to && html`<span class="chip">offered</span>`}</span>
      <span class="line"><span class="last grow" dir="auto">${card.last_text}</span>
        <span class="chip">${channelName(card.channel)} · ${languageName(card.language)}</span></span>
    </button>`;
}

function OfferCard({ card, act, onSelect }) {
  useTick(1_000);
  const left = Math.max(0, Math.round((new Date(card.offer_expires_at) - Date.now()) / 1000));
  const accept = async () => { if (await act("POST", `/conversations/${card.id}/claim`, {})) onSelect(card.id); };
  return html`
    <section class="offer" role="alert">
      <h2>For you: <bdi>${card.contact_name ?? "a customer"}</bdi></h2>
      <p dir="auto">${[card.topic, reasonText(card.reason), channelName(card.channel), languageName(card.language)].filter(Boolean).join(" · ")}</p>
      <p class="last" dir="auto">${card.last_text}</p>
      <div class="actions">
        <button class="main" onClick=${accept}>Accept</button>
        <button onClick=${() => act("POST", `/conversations/${card.id}/decline`, {})}>Decline</button>
        <span class="hint" aria-hidden="true">${left} s left</span>
      </div>
    </section>`;
}

/** Draw again every `ms`, for times that pass. */
function useTick(ms) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((n) => n + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
