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
  attach: "إرفاق ملفات", limits: (size, n) => `الحد الأقصى لعدد الملفات: ${n}، ولحجم كل منها: ${size}. تُقبل الصور وPDF ومستندات Office والنصوص والصوت والفيديو.`,
  drop: "أفلت الملفات هنا لإرفاقها", remove: (name) => `إزالة ${name}`, discard: "حذف", file: "ملف",
  tooLarge: (name, size) => `حجم ${name} أكبر من ${size}.`, wrongKind: (name) => `${name}: لا يُقبل هذا النوع من الملفات.`,
  tooMany: (n) => `الحد الأقصى لعدد ملفات الرسالة: ${n}.`,
  uploading: (name) => `جارٍ رفع ${name}`, notUploaded: "لم يُرفع.", failedFile: (name) => `تعذر رفع ${name}.`,
  held: "ستُرسل رسالتك فور اكتمال رفع الملفات.", unready: "يرجى إعادة الرفع أو إزالة الملف.",
  fileGone: "لا يمكن فتح هذا الملف الآن.", download: (name) => `تنزيل ${name}`, picture: (name) => `صورة: ${name}`,
  more: "المزيد", sound: "صوت عند وصول رسائل جديدة", save: "تنزيل المحادثة", mail: "إرسال المحادثة إلى البريد الإلكتروني",
  mailed: "أُرسل البريد الإلكتروني.", failed: "لم تنجح العملية. يرجى إعادة المحاولة.",
  rate: "تقييمك من 1 إلى 5", choices: (list) => `الخيارات المتاحة: ${list}.`, dismiss: "إخفاء",
  consent: "لنتمكن من مساعدتك، تحفظ هذه المحادثة ما يُكتب فيها.", accept: "موافقة وبدء المحادثة", decline: "ليس الآن", privacy: "إشعار الخصوصية",
};
