"""Numbers in words, as far as a clock goes."""

from __future__ import annotations

_WORDS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "da": "en/et/én to tre fire fem seks syv otte ni ti elleve tolv",
    "ru": "один/одну два/две/двух три/трех четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    "zh": "一 二/两/兩 三 四 五 六 七 八 九 十 十一 十二",
    "ar": "واحدة/الواحدة اثنين/اثنتين/الثانية ثلاثة/ثلاث/تلات/الثالثة أربعة/أربع/الرابعة خمسة/خمس/الخامسة "
    "ستة/ست/السادسة سبعة/سبع/السابعة ثمانية/ثمان/الثامنة تسعة/تسع/التاسعة عشرة/عشر/العاشرة "
    "الحادية_عشرة الثانية_عشرة",
}


def number_words(language: str) -> dict[str, str]:
    """What each word for a number means, such as `number 3`; empty for a language that isn't known."""
    listed = enumerate(_WORDS.get(language, "").split(), start=1)
    return {word.replace("_", " "): f"number {number}" for number, words in listed for word in words.split("/")}
