// What the widget itself says in Danish.
export default {
  open: "Åbn chatten", close: "Luk chatten", title: "Kundeservice", placeholder: "Skriv en besked …", send: "Send",
  log: "Samtale", typing: "skriver …", colleague: "en kollega", assistant: "Assistent", you: "Dig", system: "Besked",
  offline: "Ingen forbindelse. Det, du skriver, bliver sendt, så snart den er tilbage.",
  sending: "Sender …", refused: "Ikke sendt:", retry: "Prøv igen", unread: (n) => (n === 1 ? "1 ny besked" : `${n} nye beskeder`),
  bot: "Du skriver med assistenten", queue: "Venter på en kollega", agent: (name) => `Du skriver med ${name}`,
  tooLong: (max) => `En besked kan højst være på ${max} tegn.`,
};
