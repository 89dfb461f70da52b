// One message as the app shows it, with what one can do about it.
import { button, make, sign, unseen } from "./make.js";

const QUOTED = 80;
const EMOJI = ["👍", "❤️", "😂"];
const NAMES = { "👍": "thumbs up", "❤️": "heart", "😂": "laughing" };
const TICKS = { sent: ["✓", "sent"], delivered: ["✓✓", "delivered"], read: ["✓✓", "read"] };
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** Draw a message; `phone` does what its buttons say, `quoted` is the message it answers. */
export function bubble(message, quoted, phone) {
  const side = message.mine ? "mine" : "theirs";
  const inside = [
    message.label && make("p", { className: "label" }, message.label),
    quoted && make("p", { className: "quoted", dir: "auto" }, excerpt(quoted)),
    message.file && file(message, phone),
    message.place && place(message.place),
    message.card && make("p", { className: "card", dir: "auto" }, sign("👤 "), `${message.card.name}, `, make("bdi", {}, message.card.phone)),
    message.text && make("p", { className: "text", dir: "auto" }, message.text),
    foot(message),
  ];
  const { open, row } = more(message, phone);
  const element = make("div", { className: `message ${side}` },
    make("div", { className: "beside" }, make("div", { className: "bubble" }, unseen(message.mine ? "You: " : "Shop: "), ...inside.filter(Boolean)), open),
    message.reaction ? make("p", { className: "reaction" }, unseen("Your reaction: "), message.reaction) : null);
  if (message.choices) element.append(message.list ? list(message, phone) : buttons(message, phone));
  element.append(row);
  return element;
}

/** What a quoted message says, in short. */
export function excerpt(message) {
  const text = message.text || (message.file && (message.file.name || "a file")) || (message.place && "a place") || "a card";
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

function foot(message) {
  const [drawn, words] = TICKS[message.state] ?? [];
  // Of what the shop said, the state is what the shop was told.
  const told = message.mine || !words ? null : make("span", {}, `shop knows: ${words}`);
  const ticks = message.mine && drawn ? make("span", { className: `ticks ${message.state}` }, sign(drawn), unseen(words)) : null;
  return make("p", { className: "foot" }, message.edited ? "edited " : "", told, make("time", {}, clock.format(message.at)), ticks);
}

function file(message, phone) {
  const { name, type, bytes } = message.file;
  const src = phone.fileAddress(message.id);
  const family = type.split("/")[0];
  if (family === "image") return make("img", { src, alt: name || "picture", loading: "lazy" });
  if (family === "audio") return make("audio", { src, controls: true, preload: "none", "aria-label": name || "sound" });
  if (family === "video") return make("video", { src, controls: true, preload: "none", "aria-label": name || "video" });
  return make("a", { className: "file", href: src, download: name || "file", dir: "auto" }, sign("📄 "), `${name || "file"} (${size(bytes)})`);
}

const size = (bytes) => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

function place({ latitude, longitude, name }) {
  return make("p", { className: "place" }, sign("📍 "), name ? `${name}, ` : "", make("bdi", {}, `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`));
}

const WORDS = { waits: " (waiting for an answer)", done: " (pressed)" };

function buttons({ choices }, phone) {
  const drawn = choices.map(({ id, title, pressed }) => {
    const words = make("span", { dir: "auto" }, title);
    return button(words, () => phone.press(id), { className: `choice ${pressed ?? ""}` });
  });
  choices.forEach(({ pressed }, index) => pressed && drawn[index].append(unseen(WORDS[pressed]), sign(pressed === "waits" ? " ⏳" : " ✓")));
  return make("div", { className: "choices" }, ...drawn);
}

function list(message, phone) {
  const rows = message.choices.map(({ id, title, description }) =>
    button(make("strong", { dir: "auto" }, title), () => { sheet.close(); phone.press(id); }, { className: "row" }));
  message.choices.forEach(({ description }, index) => description && rows[index].append(make("span", { dir: "auto" }, description)));
  const sheet = make("dialog", { className: "sheet", "aria-label": message.list }, ...rows, button("Close", () => sheet.close()));
  const open = button(make("span", { dir: "auto" }, message.list), () => sheet.showModal(), { className: "choice", "aria-haspopup": "dialog" });
  open.prepend(sign("☰ "));
  return make("div", { className: "choices" }, open, sheet);
}

function more(message, phone) {
  const doing = [button("Reply", () => phone.replyTo(message))];
  for (const emoji of EMOJI) {
    const given = message.reaction === emoji;
    const words = given ? `Take back ${NAMES[emoji]}` : `React with ${NAMES[emoji]}`;
    doing.push(button(sign(emoji), () => phone.react(message.id, given ? "" : emoji), { "aria-label": words, "aria-pressed": String(given) }));
  }
  if (message.mine && message.text && !message.file && phone.edits) doing.push(button("Edit", () => phone.editing(message)));
  const row = make("div", { className: "doing", hidden: true }, ...doing);
  const open = button("⋯", () => { row.hidden = !row.hidden; open.setAttribute("aria-expanded", String(!row.hidden)); },
    { className: "more", "aria-label": "Reply or react", "aria-expanded": "false" });
  return { open, row };
}
