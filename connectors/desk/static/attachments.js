import { html } from "./vendor/htm-preact.js";
import { sized } from "./words.js";

/** Files, places and cards of one entry. */
export function Attachments({ attachments, conversation }) {
  return attachments.length === 0 ? null : html`
    <ul class="attachments">${attachments.map((one) => html`<li><${Attachment} one=${one} conversation=${conversation} /></li>`)}</ul>`;
}

function Attachment({ one, conversation }) {
  if (one.state === "refused") return html`<span class="file">${named(one)} is not here: ${one.note}</span>`;
  if (one.state === "pending") return html`<span class="file">${named(one)} is on its way…</span>`;
  const Kind = KINDS[one.kind] ?? File;
  return html`<${Kind} one=${one} address=${`/api/desk/conversations/${encodeURIComponent(conversation)}/attachments/${one.id}`} />`;
}

const KINDS = {
  image: ({ one, address }) => html`<a href=${address} target="_blank"><img src=${address} alt=${named(one)} loading="lazy" /></a>`,
  audio: ({ one, address }) => html`<audio controls preload="none" src=${address} aria-label=${named(one)}></audio>`,
  video: ({ one, address }) => html`<video controls preload="none" src=${address} aria-label=${named(one)}></video>`,
  location: ({ one }) => html`<a class="file" href=${map(one)} target="_blank" rel="noopener noreferrer">${one.name || "Place"} (${one.latitude}, ${one.longitude})</a>`,
  contact: ({ one }) => html`<span class="file"><bdi>${one.name || "Contact"}</bdi>: <a href=${`tel:${one.phone}`}>${one.phone}</a></span>`,
  link: ({ one }) => html`<a class="file" href=${safe(one.url)} target="_blank" rel="noopener noreferrer">${one.name || one.url}</a>`,
};

function File({ one, address }) {
  return html`<a class="file" href=${address} download=${one.name || true}><bdi>${named(one)}</bdi> · ${sized(one.size ?? 0)}</a>`;
}

const named = (one) => one.name || `${one.kind.charAt(0).toUpperCase()}${one.kind.slice(1)}`;
const map = ({ latitude, longitude }) => `https://www.openstreetmap.org/?mlat=${latitude ?? 0}&mlon=${longitude ?? 0}#map=16/${latitude ?? 0}/${longitude ?? 0}`;
const safe = (url) => (/^https?:\/\//i.test(url ?? "") ? url : undefined);
