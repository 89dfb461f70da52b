// What the widget itself says in Arabic.
export default {
  open: "فتح المحادثة", close: "إغلاق المحادثة", title: "خدمة العملاء", placeholder: "رسالتك هنا…", send: "إرسال",
  log: "المحادثة", typing: "يكتب الآن…", colleague: "أحد الموظفين", assistant: "المساعد الآلي", you: "أنت", system: "تنبيه",
  offline: "لا يوجد اتصال بالإنترنت. ستُرسل رسائلك فور عودته.",
  sending: "جارٍ الإرسال…", refused: "لم تُرسل:", retry: "إعادة المحاولة",
  unread: (n) => ({
    zero: "لا رسائل جديدة", one: "رسالة جديدة", two: "رسالتان جديدتان",
    few: `${n} رسائل جديدة`, many: `${n} رسالة جديدة`, other: `${n} رسالة جديدة`,
  })[new Intl.PluralRules("ar").select(n)],
  bot: "معك المساعد الآلي", queue: "في انتظار أحد الموظفين", agent: (name) => `معك الآن ${name}`,
  tooLong: (max) => `الحد الأقصى لطول الرسالة: ${max} حرف.`,
};
