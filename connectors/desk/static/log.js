import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Attachments } from "./attachments.js";
import { channelName, clock, contactText, eventText, valueText } from "./words.js";

const SHOWN_AT_FIRST = 300;
const NEAR_THE_END_PX = 80;
const QUOTED = 120;

/** The whole log of a contact, over every channel of theirs. `again` replays a message that did not arrive. */
export function Log({ entries, home, again }) {
  const box = useRef(null);
  const atEnd = useRef(true); // what comes scrolls into view, unless the agent has scrolled up to read
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const about = read(entries, home);
  const rows = entries.filter((entry) => !about.folded(entry));
  const earlier = Math.max(0, rows.length - shown);
  useLayoutEffect(() => {
    if (atEnd.current || entries.at(-1)?.author === "agent") box.current.scrollTop = box.current.scrollHeight;
  }, [entries.length]);
  // The box also shrinks, by a notice above it or a longer draft below.
  useEffect(() => {
    const kept = new ResizeObserver(() => { if (atEnd.current) box.current.scrollTop = box.current.scrollHeight; });
    kept.observe(box.current);
    return () => kept.disconnect();
  }, []);
  // And what is in it grows, when a picture has come.
  const grown = () => { if (atEnd.current) box.current.scrollTop = box.current.scrollHeight; };
  const scrolled = ({ target }) => { atEnd.current = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_THE_END_PX; };
  return html`<div class="log" role="log" aria-label="Log" tabindex="0" ref=${box} onScroll=${scrolled} onLoadCapture=${grown}>
    ${earlier > 0 && html`<button class="earlier" onClick=${() => setShown(Infinity)}>Show ${earlier} earlier entries</button>`}
    ${rows.slice(earlier).map((entry) => html`<${Entry} key=${about.key(entry)} entry=${entry} about=${about} again=${again} />`)}</div>`;
}

/** What later entries say of earlier ones: how far each came, which files have arrived, what was not understood. */
function read(entries, home) {
  const key = (entry, seq = entry.seq) => `${entry.conversation_id ?? home}.${seq}`;
  const [deliveries, files, missed, known, channels, replayed] = [new Map(), new Map(), new Set(), new Map(), new Set(), new Set()];
  for (const entry of entries) {
    known.set(key(entry), entry);
    if (entry.channel) channels.add(entry.channel);
    const of = key(entry, entry.in_reply_to);
    if (entry.kind === "delivery") deliveries.set(of, entry.facts);
    if (entry.kind === "media") files.set(of, entry.attachments);
    // What the bot did not understand is said by its answer, which may come in a later frame than the message.
    if (entry.understood?.fallback) missed.add(of);
    if (entry.facts?.replay_of) replayed.add(key(entry, entry.facts.replay_of));
  }
  return { key, deliveries, files, missed, known, replayed, several: channels.size > 1, home, folded };

  // What joined or parted two channels stands in the logs of both.
  function folded(entry) {
    return FOLDED.has(entry.kind) || (entry.facts?.merge_id && entry.conversation_id && entry.conversation_id !== home);
  }
}

const FOLDED = new Set(["delivery", "media"]);

// What an agent should know of an entry whose text is in the customer's language.
const ASIDES = {
  note: () => " (note, not shown to the customer)",
  callback: ({ facts }) => ` (callback ${facts?.status ?? ""})`,
};

const HAPPENINGS = {
  owner: eventText,
  reaction: ({ facts }, quoted) => (facts?.emoji ? `The customer reacted ${facts.emoji}` : "The customer took a reaction back") + (quoted ? ` to “${quoted}”` : ""),
  edit: ({ text }, quoted) => `The customer changed ${quoted ? `“${quoted}”` : "a message"} to “${text}”`,
  contact: contactText,
};

const REACHED = { sent: "sent", delivered: "delivered", read: "read" };

function Entry({ entry, about, again }) {
  const key = about.key(entry);
  const quoted = quote(about.known.get(about.key(entry, entry.in_reply_to)));
  if (HAPPENINGS[entry.kind]) {
    return html`<p class="event"><bdi>${HAPPENINGS[entry.kind](entry, quoted)}</bdi> · ${clock(entry.sent_at)}</p>`;
  }
  const who = { contact: "Customer", bot: "Bot", agent: entry.name ?? "Agent", system: "Baton" }[entry.author];
  const misunderstood = entry.misunderstood || about.missed.has(key);
  const delivery = about.deliveries.get(key);
  const failed = delivery?.status === "failed";
  const kind = { note: "note", callback: "callback-entry", csat: "csat" }[entry.kind] ?? "";
  const attachments = about.files.get(key) ?? entry.attachments ?? [];
  const text = entry.text || (entry.kind === "message" ? "" : valueText(entry.facts));
  return html`
    <div class="entry ${entry.author} ${kind} ${misunderstood ? "misunderstood" : ""} ${failed ? "failed" : ""}">
      <p class="who"><bdi>${who}</bdi>${ASIDES[entry.kind]?.(entry) ?? ""} · <time datetime=${entry.sent_at}>${clock(entry.sent_at)}</time>
        ${about.several && entry.channel && html` <span class="chip">${channelName(entry.channel)}</span>`}
        ${entry.template && html` <span class="chip">template</span>`}
        ${REACHED[delivery?.status] && ` · ${REACHED[delivery.status]}`}
        ${misunderstood && html` <span class="chip alarm">not understood</span>`}
        ${failed && html` <span class="chip alarm">not delivered</span>`}</p>
      ${entry.author === "contact" && quoted && html`<p class="quoted" dir="auto">${quoted}</p>`}
      ${text && html`<p class="text" dir="auto" lang=${entry.language}>${text}</p>`}
      <${Attachments} attachments=${attachments} conversation=${entry.conversation_id ?? about.home} />
      ${entry.buttons?.length > 0 && html`<p class="offered">${entry.buttons.map((button) => html`<span dir="auto" lang=${entry.language}>${button.title}</span>`)}</p>`}
      ${failed && html`<p class="hint">${delivery.hint}
        ${!about.replayed.has(key) && html` <button onClick=${() => again(entry.conversation_id ?? about.home, entry.seq)}>Send again</button>`}</p>`}
    </div>`;
}

function quote(entry) {
  const text = entry?.text ?? "";
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
