"""Days in raw texts of every language, reckoned from Wednesday 13 May 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.entities.dates import DateWords, figures
from bot.nlu.entities.day_words import day_words
from bot.nlu.entities.words import Table
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import TODAY, read, rows, shown

WORDS = DateWords()

IN_WORDS = """
en | i ordered it yesterday           | yesterday          | 2026-05-12
en | Yesteday!                        | Yesteday           | 2026-05-12
en | the day before yesterday         | the day before yesterday | 2026-05-11
en | tomorow pls                      | tomorow            | 2026-05-14
en | last Friday                      | last Friday        | 2026-05-08
en | last wednesday                   | last wednesday     | 2026-05-06
en | wednesday                        | wednesday          | 2026-05-13
en | next wednesday                   | next wednesday     | 2026-05-20
en | FRIDAY                           | FRIDAY             | 2026-05-15
en | fri                              | fri                | 2026-05-15
en | mon at 10                        | mon                | 2026-05-18
en | on sat                           | sat                | 2026-05-16
en | monday next week                 | monday next week   | 2026-05-18
en | next week on friday              | next week on friday | 2026-05-22
en | 12 May                           | 12 May             | 2026-05-12
en | the 12th of may                  | 12th of may        | 2026-05-12
en | May 12th, 2025                   | May 12th, 2025     | 2025-05-12
en | on mon, 30 Nov.                  | mon, 30 Nov        | 2025-11-30
en | 28 december                      | 28 december        | 2025-12-28
en | 3 days ago                       | 3 days ago         | 2026-05-10
en | a week ago                       | a week ago         | 2026-05-06
en | in two weeks                     | in two weeks       | 2026-05-27
en | ３ days ago                      | ３ days ago        | 2026-05-10
da | i går                            | i går              | 2026-05-12
da | i gaar                           | i gaar             | 2026-05-12
da | i overmorgen                     | i overmorgen       | 2026-05-15
da | i forgårs                        | i forgårs          | 2026-05-11
da | i fredags                        | i fredags          | 2026-05-08
da | i onsdags                        | i onsdags          | 2026-05-06
da | på lørdag kl 10                  | på lørdag          | 2026-05-16
da | sidste fredag                    | sidste fredag      | 2026-05-08
da | mandag i næste uge               | mandag i næste uge | 2026-05-18
da | den 12. maj                      | 12. maj            | 2026-05-12
da | den 12/5                         | 12/5               | 2026-05-12
da | for to uger siden                | to uger siden      | 2026-04-29
da | om 3 dage                        | om 3 dage          | 2026-05-16
ru | вчера вечером                    | вчера              | 2026-05-12
ru | позавчера                        | позавчера          | 2026-05-11
ru | в прошлую пятницу                | прошлую пятницу    | 2026-05-08
ru | в следующий вторник              | следующий вторник  | 2026-05-19
ru | в среду на следующей неделе      | среду на следующей неделе | 2026-05-20
ru | к пятнице                        | пятнице            | 2026-05-15
ru | пт                               | пт                 | 2026-05-15
ru | 12 мая                           | 12 мая             | 2026-05-12
ru | 12-го мая 2026 года              | 12-го мая 2026 года | 2026-05-12
ru | три дня назад                    | три дня назад      | 2026-05-10
ru | через неделю                     | через неделю       | 2026-05-20
ru | неделю назад                     | неделю назад       | 2026-05-06
zh | 我昨天买的                       | 昨天               | 2026-05-12
zh | 上周五下的单                     | 上周五             | 2026-05-08
zh | 上个星期五                       | 上个星期五         | 2026-05-08
zh | 下周一                           | 下周一             | 2026-05-18
zh | 这周日                           | 这周日             | 2026-05-17
zh | 星期天                           | 星期天             | 2026-05-17
zh | 大后天                           | 大后天             | 2026-05-16
zh | 三天前                           | 三天前             | 2026-05-10
zh | 2周后                            | 2周后              | 2026-05-27
zh | 5月12日                          | 5月12日            | 2026-05-12
zh | ５月１２号                       | ５月１２号         | 2026-05-12
zh | 2025年5月12日                    | 2025年5月12日      | 2025-05-12
ar | طلبت أمس                         | أمس                | 2026-05-12
ar | امبارح                           | امبارح             | 2026-05-12
ar | أول أمس                          | أول أمس            | 2026-05-11
ar | غدًا                             | غدًا               | 2026-05-14
ar | بعد غد                           | بعد غد             | 2026-05-15
ar | يوم الجمعة الماضية               | الجمعة الماضية     | 2026-05-08
ar | الجمعة القادمة                   | الجمعة القادمة     | 2026-05-15
ar | بالجمعه                          | الجمعه             | 2026-05-15
ar | قبل ٣ أيام                       | قبل ٣ أيام         | 2026-05-10
ar | قبل يومين                        | قبل يومين          | 2026-05-11
ar | منذ أسبوع                        | منذ أسبوع          | 2026-05-06
ar | ١٢ مايو                          | ١٢ مايو            | 2026-05-12
ar | ١٢ أيار ٢٠٢٥                     | ١٢ أيار ٢٠٢٥       | 2025-05-12
de | Freitag, 12. Mai                 | Freitag, 12. Mai   | 2026-05-12
"""
NO_DAYS = """
en | may I ask something
en | I sat down in the sun
en | sun is out
en | black friday deals
en | next week
en | 3 days
en | 10234 days ago
en | 31 February
en | the last item
en | second
da | man kan ikke
da | min søn
da | tre uger om det
da | fra dag til dag
ru | в прошлый раз
zh | 上一个
ar | نفس اليوم
"""
IN_FIGURES = """
2026-05-12              | 2026-05-12  | 2026-05-12
on 2026/5/9, please     | 2026/5/9    | 2026-05-09
12.5.2026               | 12.5.2026   | 2026-05-12
12.05.26                | 12.05.26    | 2026-05-12
12/05/2026              | 12/05/2026  | 2026-05-12
05/22/2026              | 05/22/2026  | 2026-05-22
12/5-2026               | 12/5-2026   | 2026-05-12
12.5. or later          | 12.5.       | 2026-05-12
det var den 12.5.       | 12.5        | 2026-05-12
１２．５．２０２６      | １２．５．２０２６ | 2026-05-12
٢٠٢٦-٠٥-١٢              | ٢٠٢٦-٠٥-١٢  | 2026-05-12
"""


@pytest.mark.parametrize(("language", "text", "written", "day"), rows(IN_WORDS))
def test_a_day_in_words_is_reckoned_from_today(language: str, text: str, written: str, day: str) -> None:
    assert shown(text, WORDS.find(*read(text, language, day_words(language)), TODAY)) == [(written, day)]


@pytest.mark.parametrize(("language", "text"), rows(NO_DAYS))
def test_words_that_only_resemble_a_day_are_none(language: str, text: str) -> None:
    assert shown(text, WORDS.find(*read(text, language, day_words(language)), TODAY)) == []


@pytest.mark.parametrize(("text", "written", "day"), rows(IN_FIGURES))
def test_a_day_in_figures_is_found(text: str, written: str, day: str) -> None:
    assert shown(text, figures(plain(text).text, TODAY)) == [(written, day)]


@pytest.mark.parametrize("text", ["24/7", "1/2", "12.5", "1.2.3.4", "31.02.2026", "10234-12-12", "12.13.", "v1.2."])
def test_figures_that_only_resemble_a_day_are_none(text: str) -> None:
    assert not list(figures(text, TODAY))


@pytest.mark.parametrize(("today", "day"), [(date(2026, 12, 30), "2027-01-02"), (date(2027, 1, 10), "2027-01-02")])
def test_a_day_without_its_year_is_the_nearest(today: date, day: str) -> None:
    text = "2 January"
    assert shown(text, WORDS.find(*read(text, "en", day_words("en")), today)) == [(text, day)]


def test_an_author_may_add_words_for_days() -> None:
    own = Table("date", "de", ("vorgestern", "letzten"), {"vorgestern": "day -2", "letzten": "last"})
    tables = [own, *day_words("de")]
    text = "vorgestern oder letzten Freitag"
    assert shown(text, WORDS.find(*read(text, "de", tables), TODAY)) == [
        ("vorgestern", "2026-05-11"),
        ("letzten Freitag", "2026-05-08"),
    ]


def test_a_language_nobody_knows_has_no_words_for_days() -> None:
    assert [table.words for table in day_words("qq")] == [()]
