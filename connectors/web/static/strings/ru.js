// What the widget itself says in Russian.
export default {
  open: "Открыть чат", close: "Закрыть чат", title: "Служба поддержки", placeholder: "Напишите сообщение…", send: "Отправить",
  log: "Разговор", typing: "печатает…", colleague: "сотрудник", assistant: "Помощник", you: "Вы", system: "Уведомление",
  offline: "Нет связи. Всё, что вы напишете, отправится, как только она появится.",
  sending: "Отправляется…", refused: "Не отправлено:", retry: "Повторить",
  unread: (n) => `${n} ${{ one: "новое сообщение", few: "новых сообщения" }[new Intl.PluralRules("ru").select(n)] ?? "новых сообщений"}`,
  bot: "Вам отвечает помощник", queue: "Ждём сотрудника", agent: (name) => `Вам отвечает ${name}`,
  tooLong: (max) => `Сообщение слишком длинное. Наибольшее число символов: ${max}.`,
};
