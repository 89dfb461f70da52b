// What the widget itself says in English.
export default {
  open: "Open chat", close: "Close chat", title: "Customer service", placeholder: "Write a message…", send: "Send",
  log: "Conversation", typing: "is writing…", colleague: "a colleague", assistant: "Assistant", you: "You", system: "Notice",
  offline: "No connection. What you write is sent as soon as it is back.",
  sending: "Sending…", refused: "Not sent:", retry: "Try again", unread: (n) => (n === 1 ? "1 new message" : `${n} new messages`),
  bot: "You are talking with the assistant", queue: "Waiting for a colleague", agent: (name) => `You are talking with ${name}`,
  tooLong: (max) => `A message holds at most ${max} characters.`,
};
