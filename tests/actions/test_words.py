"""Dates, amounts and lists in the customer's language."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from actions.shop import Money
from actions.words import day, listed, meant, moment, money, numbered, word_count


def test_english_reads_as_english() -> None:
    assert day(date(2026, 11, 23), "en") == "Mon, 23 Nov 2026"
    assert money(Money(1490, "EUR"), "en") == "€14.90"
    assert listed(["a tent", "a lamp"], "en") == "a tent and a lamp"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en-US", "Mon, Nov 23, 2026"),
        ("da", "man. 23. nov. 2026"),
        ("ru", "пн, 23 нояб. 2026"),
        ("zh", "2026年11月23日周一"),
        ("zh-Hans-CN", "2026年11月23日周一"),
        ("ar", "الاثنين، 23 نوفمبر 2026"),
        ("da-XX", "man. 23. nov. 2026"),
    ],
)
def test_a_day_is_written_as_each_language_writes_it(language: str, written: str) -> None:
    assert day(date(2026, 11, 23), language) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("da", "man. 23. nov. 09.00"),
        ("ru", "пн, 23 нояб., 09:00"),
        ("zh", "11月23日周一 09:00"),
        ("ar", "الاثنين، 23 نوفمبر، 09:00"),
    ],
)
def test_a_moment_is_written_as_each_language_writes_it(language: str, written: str) -> None:
    assert moment(datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc), language) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "a, b and c"), ("da", "a, b og c"), ("ru", "a, b и c"), ("zh", "a、b和c"), ("ar", "a وb وc")],
)
def test_a_list_is_joined_as_each_language_joins_it(language: str, written: str) -> None:
    assert listed(["a", "b", "c"], language).replace("، ", " ") == written


@pytest.mark.parametrize(
    ("said", "names", "places"),
    [
        ("the lantern", ["Heron tent", "Wick lantern"], (1,)),
        ("我要退帐篷", ["双人帐篷", "露营灯"], (0,)),
        ("露营灯和睡袋", ["双人帐篷", "露营灯", "睡袋"], (1, 2)),
        ("帐篷", ["双人帐篷", "单人帐篷"], ()),
        ("الخيمة", ["خيمة لشخصين", "مصباح"], (0,)),
        ("لا أريد المصباح", ["خيمة لشخصين", "مصباح"], (1,)),
        ("teltet", ["telt", "lygte"], ()),
    ],
)
def test_a_name_is_meant_by_a_word_of_its_own(said: str, names: list[str], places: tuple[int, ...]) -> None:
    assert meant(said, names) == places


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("yes please", 2), ("好的", 1), ("好的，但是不要提灯", 5), ("نعم من فضلك", 3)]
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert word_count(text) == count


def test_another_language_reads_as_that_language() -> None:
    assert money(Money(1490, "EUR"), "da").replace("\xa0", " ") == "14,90 €"


@pytest.mark.parametrize("tag", ["", "xx-nowhere", "not a tag"])
def test_an_unknown_language_falls_back_to_english(tag: str) -> None:
    assert day(date(2026, 11, 23), tag) == "Mon, 23 Nov 2026"


def test_a_currency_without_cents_has_none() -> None:
    assert money(Money(1490, "JPY"), "en") == "JP¥1,490"


def test_a_moment_is_on_the_business_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    morning = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
    assert moment(morning, "en") == "Mon 23 Nov, 09:00"
    monkeypatch.setenv("BATON_BUSINESS_TIMEZONE", "America/New_York")
    assert moment(morning, "en") == "Mon 23 Nov, 03:00"


def test_lines_are_numbered_from_one() -> None:
    assert numbered(["tent", "lamp"]) == "1. tent\n2. lamp"
