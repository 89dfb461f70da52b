import { html, useEffect, useReducer, useRef, useState } from "./vendor/htm-preact.js";
import { Attach, Files, Tray } from "./files.js";
import { Templates } from "./templates.js";
import { channelName, left } from "./words.js";

const TYPING_SAID_EVERY_MS = 3_000;
const WINDOW_TICK_MS = 30_000;

/**
 * Return what an agent has not sent yet in a conversation; it outlives the composer. `pending` is a message without an
 * answer yet: its id is kept for the retry, so that it is written once, and where it was meant to go.
 */
export function draftOf(drafts, id) {
  if (!drafts.has(id)) drafts.set(id, { text: "", note: false, pending: null, files: new Files(`/conversations/${encodeURIComponent(id)}`) });
  return drafts.get(id);
}

/** What may be written now: anything, or, where the platform says so after some time, only what it has approved. */
export function Writing({ card, sending, ...rest }) {
  const [, draw] = useState(0);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => draw((n) => n + 1), WINDOW_TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const ends = sending?.window_ends_at;
  const closed = ends !== null && ends !== undefined && new Date(ends) <= Date.now();
  return html`
    ${sending?.ended && html`<p class="hint window over" role="status">The customer has ended this chat and left: a reply cannot reach them here. You can still keep notes.</p>`}
    ${ends && html`<p class="hint window ${closed ? "over" : ""}">${closed
      ? "The time to write freely is over: the customer has not written for a day. Send a template, or wait for them."
      : `${left(ends)} left to write freely`}
      ${sending.templates && html` <button aria-expanded=${choosing} onClick=${() => setChoosing(!choosing)}>Templates</button>`}</p>`}
    ${choosing && html`<${Templates} channel=${sending.channel} path=${`/conversations/${encodeURIComponent(sending.conversation_id)}`} act=${rest.act} close=${() => setChoosing(false)} />`}
    <${Composer} key=${card.id} id=${card.id} sending=${sending} ...${rest} />`;
}

function Composer({ id, sending, path, act, live, drafts }) {
  const { text, note, files } = draftOf(drafts, id);
  const [, draw] = useReducer((n) => n + 1, 0);
  const held = useRef(null); // where a message was sent to whose files are not there yet; it goes out once they are
  const said = useRef(0);
  const field = useRef(null);
  useEffect(() => { field.current?.focus(); }, [id]);
  useEffect(() => {
    files.changed = draw;
    return () => { files.changed = () => {}; };
  }, [files]);
  useEffect(() => {
    if (!held.current || files.busy) return;
    submit(undefined, undefined, held.current);
  });

  // What was begun for the customer does not become a note by itself: that is for the agent to say.
  const gone = sending.ended && !note;

  function keep(draft) {
    drafts.set(id, { ...drafts.get(id), ...draft });
    draw();
  }

  async function submit(event, insisted, shown = sending) {
    event?.preventDefault();
    if (!text.trim() && files.empty) return;
    if (gone) return;
    held.current = files.busy ? shown : null;
    if (files.busy) return files.tell("The message goes out as soon as the files are there.");
    if (files.failed) return files.tell("Try the upload again, or remove the file.");
    const { tokens } = files;
    const message = JSON.stringify([text, note, tokens]);
    let { pending } = drafts.get(id);
    if (pending?.message !== message) keep({ pending: pending = { message, id: crypto.randomUUID(), meant: shown } });
    const to = note ? {} : insisted ? { to: insisted.conversation_id, insist: true } : { to: shown.conversation_id };
    const body = { client_msg_id: pending.id, text, ...to, ...(tokens.length > 0 && { attachments: tokens }) };
    if (await act("POST", `${path}/${note ? "notes" : "replies"}`, body)) {
      if (drafts.get(id).pending === pending) keep({ pending: null });
      files.taken(tokens);
      if (drafts.get(id)?.text === text) keep({ text: "", note: false }); // else the agent has written on meanwhile
    }
    field.current?.focus();
  }

  function typed(event) {
    keep({ text: event.target.value });
    const now = Date.now();
    if (note || now - said.current < TYPING_SAID_EVERY_MS) return;
    said.current = now;
    live.typing(id);
  }

  function keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  }

  function pasted(event) {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    files.add(event.clipboardData.files);
  }

  // The customer wrote from elsewhere before a reply was there: the agent sees where it would go now, and chooses.
  const meant = drafts.get(id).pending?.meant;
  const moved = !note && !files.busy && meant && meant.conversation_id !== sending.conversation_id;
  return html`
    <form class="composer ${note ? "noting" : ""}" onSubmit=${submit}>
      <${Tray} files=${files} />
      <textarea ref=${field} rows="2" dir="auto" aria-label=${note ? "Note for colleagues" : "Reply to the customer"}
        placeholder=${note ? "Note for colleagues; the customer does not see it" : "Reply… (Enter sends, Shift+Enter is a new line)"}
        value=${text} onInput=${typed} onKeyDown=${keys} onPaste=${pasted}></textarea>
      <${Attach} files=${files} />
      <label class="switch"><input type="checkbox" checked=${note} onChange=${(event) => keep({ note: event.target.checked })} /> Note</label>
      ${moved && html`<button type="button" onClick=${() => submit(undefined, meant)}>Send on ${channelName(meant.channel)} all the same</button>`}
      <button class="main" disabled=${gone}>${note ? "Keep note" : moved ? `Send on ${channelName(sending.channel)}` : "Send"}</button>
    </form>`;
}
