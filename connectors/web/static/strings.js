// What the widget itself says, by language. The conversation's own sentences come from the server.
const ENGLISH = {
  open: "Open chat", close: "Close chat", title: "Customer service", placeholder: "Write a message…", send: "Send",
  log: "Conversation", typing: "is writing…", assistant: "Assistant", you: "You", system: "Notice",
  connecting: "Connecting…", offline: "No connection. What you write is sent as soon as it is back.",
  sending: "Sending…", refused: "Not sent:", retry: "Try again", unread: (n) => (n === 1 ? "1 new message" : `${n} new messages`),
  bot: "You are talking with the assistant", queue: "Waiting for a colleague", agent: (name) => `You are talking with ${name}`,
  tooLong: (max) => `A message holds at most ${max} characters.`,
};

const LANGUAGES = { en: ENGLISH };
const RIGHT_TO_LEFT = new Set(["ar", "he", "fa", "ur"]);

/** Return the strings for a language tag, English where it is not known. */
export function stringsFor(tag) {
  return LANGUAGES[(tag || "en").toLowerCase().split("-")[0]] || ENGLISH;
}

/** Tell the direction ("ltr" or "rtl") in which a language is written. */
export function directionOf(tag) {
  return RIGHT_TO_LEFT.has((tag || "en").toLowerCase().split("-")[0]) ? "rtl" : "ltr";
}
