// Words and times as the desk shows them.

const EVENTS = {
  requested: () => "A person was asked for", offered: (n) => `Offered to ${n}`, claimed: (n) => `${n} took the conversation`,
  declined: (n) => `${n} declined`, lapsed: (n) => `${n} did not answer the offer`, transferred: (n) => `Transferred to ${n}`,
  released: (n) => `Back in the queue: ${n ?? "the agent"} went away`, returned: (n) => `${n} gave it back to the bot`,
  resolved: (n, { away }) => away ? `Closed: the customer had left, and ${n} went away` : `Resolved by ${n ?? "the bot"}`,
  ended: () => "The customer ended the chat", gave_up: () => "The customer left the queue", snoozed: (n, { until }) => `Snoozed by ${n} until ${clock(until)}`,
  reopened: () => "Reopened", joined: (n, { channel }) => `${n ?? "The queue"} has this conversation, too, as the one on ${channelName(channel)}`,
};

const REASONS = {
  asked: "asked for a person", not_understood: "bot did not understand", upset: "customer is upset",
  topic_rule: "topic goes to people", bot_failed: "bot failed",
};

/** Say what an `owner` entry records. */
export function eventText(entry) {
  const outcome = entry.facts?.outcome ?? entry.outcome;
  return (EVENTS[entry.event]?.(entry.name, entry.facts ?? {}) ?? entry.text) + (outcome ? `: “${outcome}”` : "");
}

/** What proved that two contacts are one person. */
export const PROOFS = { customer: "the same customer account", phone: "the same verified phone", order: "an order of the same customer" };

const proofText = (proof) => PROOFS[proof] ?? proof;

const CONTACT_EVENTS = {
  joined: ({ channel, proof }) => `Found to be the same person as on ${channelName(channel)}: ${proofText(proof)}`,
  not_joined: ({ proof, reason }) => reason === "too_many"
    ? `Kept apart from others who show ${proofText(proof)}: they are as many as one person may have`
    : `Kept apart from another ${
      reason === "another_customer" ? "customer of the shop" : "account on this channel"}, although both show ${proofText(proof)}`,
  parted: ({ channel, reason }, name) => reason === "another_customer"
    ? `No longer taken for the same person as on ${channelName(channel)}: only an order said so, and they are two customers of the shop`
    : `${name ?? "An agent"} said that this is not the same person as on ${channelName(channel)}`,
  address_changed: () => "The customer has a new number here",
};

/** Say what a `contact` entry records. */
export function contactText({ text, name, facts }) {
  return text || (CONTACT_EVENTS[facts?.event]?.(facts, name) ?? valueText(facts));
}

const CHANNELS = { web: "Web", whatsapp: "WhatsApp", telegram: "Telegram" };

/** Name a channel as people do. */
export const channelName = (channel) => CHANNELS[channel] ?? label(channel ?? "");

export const reasonText = (reason) => REASONS[reason] ?? reason ?? "";

// What customers say along the way, and what Baton itself tells the bot: understood, but no matter that the bot has tried.
const ALONG_THE_WAY = new Set([
  "affirm", "deny", "goodbye", "greet", "handoff_returned", "inform", "none_meant", "other_order", "out_of_scope",
  "start_over", "stop", "thanks", "upset", "which_meant",
]);

/** Name the matters among intents, as words: `["faq_delivery_time", "inform"]` → `["delivery time"]`. */
export function matters(intents) {
  return intents.filter((intent) => !ALONG_THE_WAY.has(intent)).map((intent) => intent.replace(/^faq[_/]/, "").replaceAll("_", " "));
}

/** Turn a detail's key into words: `order_number` → "Order number". */
export function label(key) {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Show any detail value as text. */
export function valueText(value) {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (value && typeof value === "object") return Object.entries(value).map(([k, v]) => `${label(k)}: ${valueText(v)}`).join("; ");
  return value === true ? "yes" : value === false ? "no" : String(value ?? "");
}

const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });

/** Name a language tag in English: `zh-Hans` → "Simplified Chinese". */
export function languageName(tag) {
  try { return LANGUAGES.of(tag); } catch { return tag ?? ""; }
}

/** A number of bytes, for people. */
export function sized(bytes) {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${Number((bytes / 1_000_000).toFixed(1))} MB`;
}

export function clock(moment) {
  const time = new Date(moment);
  const sameDay = time.toDateString() === new Date().toDateString();
  return time.toLocaleString([], sameDay ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** How long ago in short words: "now", "4 min", "2 h". */
export function since(moment, now = Date.now()) {
  const minutes = Math.floor((now - new Date(moment)) / 60_000);
  if (minutes < 1) return "now";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long until a moment: "23 h 5 min", "4 min". */
export function left(moment, now = Date.now()) {
  const minutes = Math.max(0, Math.floor((new Date(moment) - now) / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
