"""What days and times are called. The names of months and weekdays come from Babel, for every language it knows.

The meaning of a phrase, as a table's value:

`day N` so many days from today; `week N` a week, so many from this one; `weekday N` 0 for Monday to 6, and
`weekday N W` the one of the week W from this one; `short N` a weekday's short name, often a word of its own ("sun");
`past-weekday N` the latest one; `month N`; `last`, `next`, `this` what stands before or behind a weekday;
`unit N` a stretch of N days and `span N` one with its count in the word; `number N`; `ago` with a stretch, `in` before
one, `hence` behind one; `ordinal` what stands behind a day of the month, `on-day` before it; `on` before any day,
`of-year` behind a year, `clock` before a time of day; `fill` what may stand between the parts; `other` what only
looks like a day ("Black Friday").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names

from bot.nlu.entities.numbers import number_words
from bot.nlu.entities.tokens import is_unspaced
from bot.nlu.entities.words import Table

DATE_WORDS = "date"
"""Name of the tables, ours and authors', whose values are the meanings above."""

_SHORT = 4  # letters: of a name that may be an ordinary word
_CHINESE_DAYS = "一二三四五六日天"

# Frequent misspellings are words too.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "day -2": "day before yesterday, the day before yesterday",
        "day -1": "yesterday, yesteday, yestarday, yesterdays, last night",
        "day 0": "today, tonight, 2day",
        "day 1": "tomorrow, tomorow, tommorow, tommorrow, tomorrows, tmrw, 2morrow",
        "day 2": "day after tomorrow, the day after tomorrow",
        "week -1": "last week",
        "week 0": "this week",
        "week 1": "next week",
        "last": "last, past, previous, since",
        "next": "next, coming",
        "this": "this",
        "weekday 2": "wensday, wednsday",
        "month 9": "sept",
        "unit 1": "day, days",
        "unit 7": "week, weeks",
        "number 1": "a",
        "number 2": "a couple of",
        "ago": "ago",
        "other": "black friday",
        "in": "in",
        "hence": "from now, later",
        "ordinal": "st, nd, rd, th",
        "clock": "at",
        "on": "on",
        "fill": "of, the",
    },
    "da": {
        "day -2": "i forgårs, i forgaars, forgårs, iforgårs",
        "day -1": "i går, igår, i gaar, i gar, igar, i aftes",
        "day 0": "i dag, idag, i aften, i eftermiddag, i formiddag, i morges",
        "day 1": "i morgen, imorgen, i morgen tidlig",
        "day 2": "i overmorgen, overmorgen, iovermorgen",
        "week -1": "sidste uge, i sidste uge, forrige uge, i forrige uge",
        "week 0": "denne uge, i denne uge",
        "week 1": "næste uge, i næste uge, naste uge, i naste uge",
        "last": "sidste, forrige, forgangne",
        "next": "næste, naste, kommende, på, paa",
        "this": "denne",
        "past-weekday 0": "i mandags, mandags",
        "past-weekday 1": "i tirsdags, tirsdags",
        "past-weekday 2": "i onsdags, onsdags",
        "past-weekday 3": "i torsdags, torsdags",
        "past-weekday 4": "i fredags, fredags",
        "past-weekday 5": "i lørdags, lørdags, i lordags, lordags",
        "past-weekday 6": "i søndags, søndags, i sondags, sondags",
        "weekday 5": "lordag",
        "weekday 6": "sondag",
        "unit 1": "dag, dage, døgn",
        "unit 7": "uge, uger",
        "number 2": "et par",
        "ago": "siden",
        "other": "black friday, dag til dag, fra dag til dag",
        "in": "om",
        "clock": "kl",
        "on-day": "den, d",
    },
    "ru": {
        "day -2": "позавчера",
        "day -1": "вчера, вчира",
        "day 0": "сегодня, севодня, сегодня вечером",
        "day 1": "завтра, завтро",
        "day -7": "неделю назад",
        "day 7": "через неделю",
        "day 2": "послезавтра, после завтра",
        "week -1": "на прошлой неделе, прошлой неделе, прошлая неделя",
        "week 0": "на этой неделе, этой неделе",
        "week 1": "на следующей неделе, следующей неделе, на будущей неделе, на той неделе",
        "last": "прошлый, прошлую, прошлое, прошлая, прошедший, прошедшую, прошлого, прошлой, минувшую",
        "next": "следующий, следующую, следующее, следующая, ближайшую, ближайший, ближайшее, будущую, будущий",
        "this": "этот, эту, это",
        "weekday 0": "понедельника, понедельнику",
        "weekday 1": "вторника, вторнику",
        "weekday 2": "среду, среды, среде",
        "weekday 3": "четверга, четвергу",
        "weekday 4": "пятницу, пятницы, пятнице",
        "weekday 5": "субботу, субботы, субботе",
        "weekday 6": "воскресенья, воскресенью, воскресение",
        "unit 1": "день, дня, дней, сутки, суток",
        "unit 7": "неделя, неделю, недели, недель",
        "number 2": "пару",
        "other": "черная пятница, черную пятницу, черной пятницы, черной пятнице",
        "ago": "назад, тому назад",
        "in": "через, спустя",
        "ordinal": "го, числа, ого",
        "of-year": "год, года",
        "on": "в, во, на",
    },
    "zh": {
        "day -3": "大前天",
        "day -2": "前天, 前日",
        "day -1": "昨天, 昨日, 昨晚",
        "day 0": "今天, 今日, 今晚, 今早",
        "day 1": "明天, 明日, 明早, 明晚",
        "day 2": "后天, 後天",
        "day 3": "大后天, 大後天",
        "unit 1": "天",
        "unit 7": "周, 星期, 个星期, 個星期, 礼拜, 个礼拜, 週",
        "other": "黑色星期五",
        "ago": "前, 以前, 之前",
        "hence": "后, 後, 以后, 之后",
        "ordinal": "号, 號, 日",
        "of-year": "年",
    },
    "ar": {
        "day -2": "أول أمس, أول امبارح, قبل أمس, أول البارحة",
        "day -1": "أمس, الأمس, امبارح, إمبارح, البارحة, مبارح",
        "day 0": "اليوم, النهارده, النهاردة, الليلة",
        "day 1": "غدا, الغد, بكرة, بكره, بكرا",
        "day -7": "منذ أسبوع, قبل أسبوع, من أسبوع",
        "day 7": "بعد أسبوع, خلال أسبوع",
        "day 2": "بعد غد, بعد غدا, بعد بكرة, بعد بكرا",
        "week -1": "الأسبوع الماضي, الأسبوع اللي فات",
        "week 0": "هذا الأسبوع",
        "week 1": "الأسبوع القادم, الأسبوع المقبل, الأسبوع الجاي",
        "last": "الماضي, الماضية, الفائت, الفائتة, اللي فات, اللي فاتت, السابق",
        "next": "القادم, القادمة, المقبل, المقبلة, الجاي, الجاية, الجي",
        "this": "هذا, هذه",
        "weekday 0": "اثنين, الإتنين, الاتنين",
        "weekday 1": "التلات, الثلاثا",
        "weekday 2": "الأربعا",
        "month 1": "كانون الثاني, جانفي",
        "month 2": "شباط, فيفري",
        "month 3": "آذار",
        "month 4": "نيسان",
        "month 5": "أيار",
        "month 6": "حزيران",
        "month 7": "تموز",
        "month 8": "آب",
        "month 9": "أيلول",
        "month 10": "تشرين الأول",
        "month 11": "تشرين الثاني",
        "month 12": "كانون الأول",
        "unit 1": "يوم, أيام, يوما",
        "unit 7": "أسبوع, أسابيع, أسبوعا",
        "span 2": "يومين",
        "span 14": "أسبوعين",
        "other": "الجمعة البيضاء, الجمعة السوداء, نفس اليوم, بنفس اليوم, اليوم التالي",
        "ago": "قبل, منذ, من",
        "in": "بعد, خلال",
        "fill": "يوم, في, شهر",
    },
}


def day_words(language: str) -> Iterator[Table]:
    """The names of days in one language; those of months and weekdays alone where no more is known."""
    phrases = dict(_named(language)) | number_words(language)
    if language == "zh":
        phrases |= dict(_chinese_weekdays())
    for meaning, written in _WORDS.get(language, {}).items():
        phrases |= {phrase.strip(): meaning for phrase in written.split(",") if phrase.strip() not in phrases}
    yield Table(DATE_WORDS, language, tuple(phrases), phrases)


def _named(language: str) -> Iterator[tuple[str, str]]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return
    for width in ("abbreviated", "wide"):
        for context in ("stand-alone", "format"):
            for number, name in get_month_names(width, context, locale).items():
                yield name.rstrip("."), f"month {number}"
            for number, name in get_day_names(width, context, locale).items():
                short = len(name.rstrip(".")) < _SHORT and not is_unspaced(name[0])
                kind = "short" if short and width == "abbreviated" else "weekday"
                yield name.rstrip("."), f"{kind} {number}"


def _chinese_weekdays() -> Iterator[tuple[str, str]]:
    for week in ("周", "星期", "礼拜", "週"):
        for place, sign in enumerate(_CHINESE_DAYS):
            number = min(place, 6)
            yield f"{week}{sign}", f"weekday {number}"
            for before, weeks in (("上", -1), ("上个", -1), ("这", 0), ("这个", 0), ("本", 0), ("下", 1), ("下个", 1)):
                yield f"{before}{week}{sign}", f"weekday {number} {weeks}"
