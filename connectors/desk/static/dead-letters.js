import { html } from "./vendor/htm-preact.js";
import { clock } from "./words.js";

/** Messages that could not be delivered: send them again, or strike them. */
export function DeadLetters({ letters, act, onSelect }) {
  return letters.length === 0 ? null : html`
    <section>
      <h2>Not delivered <span class="count">${letters.length}</span></h2>
      <ul class="cards">
        ${letters.map((letter) => html`<li key=${`${letter.conversation_id}.${letter.seq}`} class="letter">
          <p dir="auto"><strong>${letter.text || "A file"}</strong></p>
          <p class="hint">${letter.channel} · ${clock(letter.at)} · ${letter.hint || letter.code}</p>
          <div class="actions">
            <button onClick=${() => act("POST", `${place(letter)}/replay`, {})}>Send again</button>
            <button onClick=${() => act("DELETE", place(letter))}>Strike</button>
            <button class="plain" onClick=${() => onSelect(letter.conversation_id)}>Read</button>
          </div>
        </li>`)}
      </ul>
    </section>`;
}

const place = (letter) => `/dead-letters/${encodeURIComponent(letter.conversation_id)}/${letter.seq}`;
