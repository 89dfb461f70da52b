import { html } from "./vendor/htm-preact.js";
import { channelName, clock } from "./words.js";

/** Messages that could not be delivered: send them again, or drop them. */
export function DeadLetters({ letters, act, onSelect }) {
  return letters.length === 0 ? null : html`
    <section>
      <h2>Not delivered <span class="count">${letters.length}</span></h2>
      <ul class="cards">
        ${letters.map((letter) => html`<li key=${`${letter.conversation_id}.${letter.seq}`} class="letter">
          <p class="said" dir="auto"><strong>${letter.text || "A file"}</strong></p>
          <p class="hint">${channelName(letter.channel)} · ${clock(letter.at)} · ${letter.hint || letter.code}</p>
          <div class="actions">
            <button onClick=${() => act("POST", `${place(letter)}/replay`, {})}>Send again</button>
            <button title="Take it off this list; it is not sent" onClick=${() => act("DELETE", place(letter))}>Drop</button>
            <button onClick=${() => onSelect(letter.conversation_id)}>Open</button>
          </div>
        </li>`)}
      </ul>
    </section>`;
}

const place = (letter) => `/dead-letters/${encodeURIComponent(letter.conversation_id)}/${letter.seq}`;
