import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { languageName } from "./words.js";

/** Choose a message that the platform has approved, fill its places, and send it. */
export function Templates({ channel, path, act, close }) {
  const [templates, setTemplates] = useState(null);
  const [chosen, setChosen] = useState(0);
  const [fields, setFields] = useState([]);
  const pending = useRef(null); // the id of a message being sent, kept for the retry so that it is sent once
  const first = useRef(null);
  useEffect(() => { act("GET", `/channels/${encodeURIComponent(channel)}/templates`).then((answer) => setTemplates(answer?.templates ?? [])); }, []);
  useEffect(() => { first.current?.focus(); }, [templates]);
  if (templates === null) return html`<p class="templates hint">Loading templates…</p>`;
  if (templates.length === 0) return html`<p class="templates hint">There is no approved template.</p>`;

  const template = templates[chosen];
  const places = [...Array(template.places).keys()];
  const filled = template.text.replace(/\{\{(\d+)\}\}/g, (place, number) => fields[number - 1] || place);
  async function send(event) {
    event.preventDefault();
    const body = { name: template.name, language: template.language, fields: places.map((place) => (fields[place] ?? "").trim()) };
    const said = JSON.stringify(body);
    if (pending.current?.said !== said) pending.current = { said, id: crypto.randomUUID() };
    if (await act("POST", `${path}/templates`, { client_msg_id: pending.current.id, ...body })) close();
  }
  const set = (place, value) => setFields(places.map((each) => (each === place ? value : fields[each] ?? "")));
  return html`
    <form class="templates" aria-label="Templates" onSubmit=${send} onKeyDown=${(event) => { if (event.key === "Escape") close(); }}>
      <label>Template
        <select ref=${first} value=${chosen} onChange=${(event) => { setChosen(Number(event.target.value)); setFields([]); }}>
          ${templates.map((each, place) => html`<option value=${place}>${each.name} (${languageName(each.language)})</option>`)}
        </select></label>
      ${places.map((place) => html`<label>Field ${place + 1}
        <input required dir="auto" maxlength="200" value=${fields[place] ?? ""} onInput=${(event) => set(place, event.target.value)} /></label>`)}
      <p class="text" dir="auto" lang=${template.language}>${filled}</p>
      <div class="actions"><button class="main">Send template</button><button type="button" onClick=${close}>Cancel</button></div>
    </form>`;
}
