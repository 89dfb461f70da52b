// What the widget itself says in Chinese.
export default {
  open: "打开聊天", close: "关闭聊天", title: "在线客服", placeholder: "请输入消息…", send: "发送",
  log: "对话", typing: "正在输入…", colleague: "客服", assistant: "智能助手", you: "我", system: "通知",
  offline: "网络已断开。恢复后会自动发送您写的内容。",
  sending: "正在发送…", refused: "发送失败：", retry: "重试", unread: (n) => `${n} 条新消息`,
  bot: "智能助手正在为您服务", queue: "正在等待客服接入", agent: (name) => `${name} 正在为您服务`,
  tooLong: (max) => `一条消息最多 ${max} 个字符。`,
};
