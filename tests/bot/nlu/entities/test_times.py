"""Times of day in raw texts of every language."""

from __future__ import annotations

import pytest

from bot.nlu.entities.times import TimesOfDay, time_words
from tests.bot.nlu.entities.reading import read, rows, shown

TIMES = TimesOfDay()


@pytest.mark.parametrize(
    ("language", "text", "written", "value"),
    rows("""
en | call me at 14:30     | 14:30     | 14:30
en | 2pm                  | 2pm       | 14:00
en | 2.30 p.m.            | 2.30 p.m. | 14:30
en | 12 am                | 12 am     | 00:00
en | at 10                | 10        | 10:00
en | at ten               | ten       | 10:00
en | nine o'clock         | nine o'clock | 09:00
en | ９：０５             | ９：０５  | 09:05
da | kl. 14.30            | 14.30     | 14:30
da | klokken ti           | ti        | 10:00
ru | в 15 часов           | 15 часов  | 15:00
ru | в 3 часа дня         | 3 часа дня | 15:00
ru | 9 утра               | 9 утра    | 09:00
zh | 下午3点半            | 下午3点半 | 15:30
zh | 上午十点             | 上午十点  | 10:00
zh | 14点15分             | 14点15分  | 14:15
ar | الساعة ٣ مساء        | ٣ مساء    | 15:00
zh | 下午一点             | 下午一点  | 13:00
ru | в три дня            | три дня   | 15:00
ar | الساعة عشرة          | عشرة      | 10:00
xx | 14:30                | 14:30     | 14:30
"""),
)
def test_a_time_of_day_is_read(language: str, text: str, written: str, value: str) -> None:
    assert shown(text, TIMES.find(*read(text, language, time_words(language)))) == [(written, value)]


@pytest.mark.parametrize(
    ("language", "text"),
    rows("""
en | 25:00
en | at 10 Downing Street
en | 14.30
en | i am 5
ru | через 3 часа
ru | уже четыре дня
zh | 晚一点打给我
ru | в 3 магазинах
zh | 3个
da | 10 kl
"""),
)
def test_other_numbers_are_no_times(language: str, text: str) -> None:
    assert shown(text, TIMES.find(*read(text, language, time_words(language)))) == []
