import { html, useState } from "./vendor/htm-preact.js";
import { clock } from "./words.js";

/** The calls that customers were promised: the due ones first. */
export function Callbacks({ callbacks, onSelect, act }) {
  const waiting = callbacks.filter((callback) => callback.status === "booked");
  return html`
    <section>
      <h2>Callbacks <span class="count">${waiting.length}</span></h2>
      ${waiting.length === 0 && html`<p class="hint">None booked</p>`}
      <ul class="cards">${waiting.map((callback) => html`<li key=${callback.callback_id}>
        <${Callback} callback=${callback} onSelect=${onSelect} act=${act} /></li>`)}</ul>
    </section>`;
}

// Customers are told times of the business's zone; an agent elsewhere also sees when that is on their own clock.
function when({ title, starts_at: startsAt }) {
  const here = new Date(startsAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return title.endsWith(here) ? title : `${title} (${clock(startsAt)} where you are)`;
}

function Callback({ callback, onSelect, act }) {
  const [note, setNote] = useState("");
  const finish = (outcome) => act("POST", `/callbacks/${callback.callback_id}/done`, { outcome, note });
  return html`
    <div class="callback ${callback.due ? "due" : ""}">
      <span class="line"><strong>${when(callback)}</strong> ${callback.due && html`<span class="chip">due</span>`}</span>
      <span class="line"><a dir="ltr" href=${`tel:${callback.phone}`}>${callback.phone}</a> ${callback.name ?? ""}</span>
      <span class="line topic" dir="auto">${callback.topic}</span>
      <div class="actions">
        <button onClick=${() => onSelect(callback.conversation_id)}>Read the log</button>
        ${callback.due && html`
          <input aria-label="Note about the call" placeholder="Note" value=${note} onInput=${(event) => setNote(event.target.value)} />
          <button onClick=${() => finish("reached")}>Reached</button>
          <button onClick=${() => finish("no_answer")}>No answer</button>`}
      </div>
    </div>`;
}
