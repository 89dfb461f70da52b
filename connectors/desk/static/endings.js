import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";

const SNOOZES = [["30 minutes", 30], ["2 hours", 120], ["Tomorrow", 24 * 60]];
const ENDINGS = [["return", "Return to bot"], ["transfer", "Transfer"], ["snooze", "Snooze"], ["resolve", "Resolve"]];

// Who reads the outcome. In the desk a note is private, so an agent must be told that this line is not.
const READERS = { return: "The customer reads this line.", resolve: "Only colleagues read this line." };

/**
 * The ways in which an agent lets go of a conversation, each with what must be said first. One that the customer has ended
 * goes back to no bot and into no queue: nobody is there.
 */
export function Endings({ path, agent, agents, ended, act }) {
  const [choosing, setChoosing] = useState(null);
  const opener = useRef(null);

  function toggle(verb, event) {
    opener.current = event.currentTarget;
    setChoosing(choosing === verb ? null : verb);
  }
  function close() {
    setChoosing(null);
    opener.current?.focus();
  }
  async function done(body) {
    if (await act("POST", `${path}/${choosing}`, body)) setChoosing(null);
  }

  const sheet = { return: Outcome, resolve: Outcome, transfer: Transfer, snooze: Snooze }[choosing];
  return html`
    <div class="endings" onKeyDown=${(event) => { if (event.key === "Escape") close(); }}>
      ${ENDINGS.filter(([verb]) => !ended || verb !== "return").map(([verb, title]) => html`<button aria-expanded=${choosing === verb} onClick=${(event) => toggle(verb, event)}>${title}</button>`)}
      ${sheet && html`<${sheet} key=${choosing} verb=${choosing} agent=${agent} agents=${agents} ended=${ended} done=${done} close=${close} />`}
    </div>`;
}

function Outcome({ verb, done, close }) {
  const [outcome, setOutcome] = useState("");
  const first = useFocus();
  const finish = (event) => {
    event.preventDefault();
    done({ outcome: outcome.trim() });
  };
  return html`
    <form class="sheet" onSubmit=${finish}>
      <label>Outcome, in one line${verb === "resolve" ? " (optional)" : ""}
        <input ref=${first} value=${outcome} maxlength="200" required=${verb === "return"} aria-describedby="readers" onInput=${(event) => setOutcome(event.target.value)} /></label>
      <p class="hint" id="readers">${READERS[verb]}</p>
      <button class="main">${verb === "return" ? "Return to bot" : "Resolve"}</button>
      <button type="button" onClick=${close}>Cancel</button>
    </form>`;
}

function Transfer({ agent, agents, ended, done, close }) {
  const [note, setNote] = useState("");
  const first = useFocus();
  const others = agents.filter((other) => other.id !== agent.id);
  const teams = ended ? [] : [...new Set(agents.map((one) => one.team).filter(Boolean))].sort();
  const give = (to) => done({ ...to, note });
  return html`
    <div class="sheet" role="group" aria-label="Transfer to">
      <label>Note for whoever takes over (optional)
        <input ref=${first} value=${note} maxlength="2000" onInput=${(event) => setNote(event.target.value)} /></label>
      ${others.length + teams.length === 0 && html`<p class="hint">There is no other agent and no team.</p>`}
      ${others.map((other) => html`<button disabled=${other.presence === "offline"} onClick=${() => give({ agent_id: other.id })}>
        ${other.name} (${other.presence}, has ${other.conversations})</button>`)}
      ${teams.map((team) => html`<button onClick=${() => give({ team })}>Team ${team}</button>`)}
      <button onClick=${close}>Cancel</button>
    </div>`;
}

function Snooze({ done, close }) {
  const first = useFocus();
  const until = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
  return html`
    <div class="sheet" role="group" aria-label="Snooze for">
      ${SNOOZES.map(([title, minutes], place) => html`<button ref=${place === 0 ? first : null} onClick=${() => done({ until: until(minutes) })}>${title}</button>`)}
      <button onClick=${close}>Cancel</button>
    </div>`;
}

/** Return a ref whose element gets the cursor when it appears. */
function useFocus() {
  const element = useRef(null);
  useEffect(() => { element.current?.focus(); }, []);
  return element;
}
