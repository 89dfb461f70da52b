"""Everything in one message."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.entities.finder import Finder, Pattern, ShopSettings
from bot.nlu.entities.words import Table
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import NOW

TABLES = (
    Table("item_position", "en", ("two", "second"), {"two": "2", "second": "2"}),
    Table("callback_more", "zh", ("下周",)),
    Table("address_lead", "en", ("to",)),
    Table("days_ahead", "en", ("tomorrow",), {"tomorrow": "1"}),
)
PIECES = (
    *(
        "10234",
        "12",
        "2026",
        "٣",
        "５",
        "+45",
        "two",
        " ",
        ",",
        ".",
        "/",
        "-",
        "@",
        ":",
        "(",
        "\u200b",
        "\u0301",
        "\ufffc",
    ),
    *(
        "a.b",
        "mon",
        "last",
        "may",
        "at",
        "pm",
        "to",
        "€",
        "kr",
        "teapot",
        "昨天",
        "月",
        "年",
        "дня",
        "назад",
        "أمس",
        "\ud800",
    ),
)
"""What a message may be made of so that something is nearly found."""
LANGUAGES = ("en", "da", "ru", "zh", "ar", "de", "qq", "zh-Hans", "")


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    catalogue = tmp_path_factory.mktemp("shop") / "names.json"
    catalogue.write_text(json.dumps(["Heron two-person tent", "Teapot"]), encoding="utf-8")
    return Finder(ShopSettings(catalogue=catalogue), TABLES, now=lambda: NOW)


def found(finder: Finder, text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(one.entity, one.value) for one in finder.find(plain(text).text, language)]


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        (
            "en",
            "10234 mia@example.com, 12 34 56 78: paid €14.90 for the teapot yesterday at 2pm, keep the second",
            [
                ("order_number", "10234"),
                ("email", "mia@example.com"),
                ("phone", "12 34 56 78"),
                ("amount", "EUR 14.90"),
                ("product", "Teapot"),
                ("date", "2026-05-12"),
                ("time", "14:00"),
                ("item_position", "2"),
            ],
        ),
        ("en", "two days ago", [("date", "2026-05-11")]),
        ("en", "tomorrow", [("date", "2026-05-14"), ("days_ahead", "1")]),
        ("en", "order 10234 2 days late", [("order_number", "10234")]),
        ("en", "my heron two-person tent", [("product", "Heron two-person tent")]),
        ("en", "friday@example.com", [("email", "friday@example.com")]),
        ("en", "10234 kr", [("amount", "DKK 10234.00")]),
        ("en", "12-05-2026", [("date", "2026-05-12")]),
        ("en", "1 and the teapot", [("item_position", "1"), ("product", "Teapot")]),
        (
            "zh",
            "下周五１０２３４退我５０块",
            [("date", "2026-05-22"), ("order_number", "10234"), ("amount", "CNY 50.00")],
        ),
        ("zh-Hans", "下周", [("callback_more", "下周")]),
        ("ar", "طلب رقم ١٠٢٣٤ أمس", [("order_number", "10234"), ("date", "2026-05-12")]),
        (
            "ru",
            "заказ10234 вчера за 1500 руб",
            [("order_number", "10234"), ("date", "2026-05-12"), ("amount", "RUB 1500.00")],
        ),
        (
            "da",
            "ordrenr10234 i går, 50,-",
            [("order_number", "10234"), ("date", "2026-05-12"), ("amount", "DKK 50.00")],
        ),
    ],
)
def test_several_entities_share_a_message(
    finder: Finder, language: str, text: str, values: list[tuple[str, str]]
) -> None:
    assert found(finder, text, language) == values


def test_an_address_keeps_the_numbers_in_it(finder: Finder) -> None:
    assert ("new_address", "12 Mill Lane, 2100 Copenhagen") in found(finder, "to 12 Mill Lane, 2100 Copenhagen")


def test_today_is_the_day_in_the_business_s_time_zone() -> None:
    late = datetime(2026, 5, 12, 23, 30, tzinfo=timezone.utc)
    for zone, day in (("Europe/Copenhagen", "2026-05-13"), ("UTC", "2026-05-12"), ("America/New_York", "2026-05-12")):
        assert found(Finder(ShopSettings(zone=zone), now=lambda: late), "today") == [("date", day)]


def test_an_author_s_pattern_counts_in_its_language_and_gives_its_values() -> None:
    patterns = [
        Pattern("item_position", "en", r"^one\b(?=\W*$)", {"one": "1"}),
        Pattern("voucher", None, r"\bV-\d+\b"),
        Pattern("order_number", "en", r"\d{5}"),
    ]
    finder = Finder(ShopSettings(), patterns=patterns)
    assert found(finder, "One!") == [("item_position", "1")]
    assert found(finder, "One!", "da") == []
    assert found(finder, "v-12", "da") == [("voucher", "v-12")]
    assert found(finder, "10234") == [("order_number", "10234")]


def test_a_pattern_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"\(.* for voucher"):
        Finder(ShopSettings(), patterns=[Pattern("voucher", None, "(")])


def test_the_environment_says_what_entities_look_like_in_this_shop(tmp_path: Path) -> None:
    assert ShopSettings.of({"BATON_ORDER_NUMBER": ""}) == ShopSettings()
    told = {
        "BATON_ORDER_NUMBER": r"A\d",
        "BATON_DEFAULT_REGION": "SE",
        "BATON_BUSINESS_TIMEZONE": "UTC",
        "BATON_CATALOGUE_FILE": str(tmp_path),
    }
    assert ShopSettings.of(told) == ShopSettings(r"A\d", "SE", "UTC", tmp_path)
    assert found(Finder(ShopSettings.of({**told, "BATON_CATALOGUE_FILE": ""})), "a1 for 5 kr") == [
        ("order_number", "a1"),
        ("amount", "SEK 5.00"),
    ]
    with pytest.raises(pytz.UnknownTimeZoneError):
        Finder(ShopSettings(zone="Mars/Base"))


def test_only_so_many_languages_are_kept_at_once(finder: Finder) -> None:
    for first in "abcdefgh":
        for second in "abcd":
            found(finder, "teapot", first + second)
    assert len(finder._phrases) <= 20
    assert found(finder, "yesterday") == [("date", "2026-05-12")]


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=80)
    | st.lists(
        st.sampled_from(PIECES),
        max_size=25,
    ).map("".join),
    language=st.sampled_from(LANGUAGES),
)
def test_any_text_is_read_and_every_find_lies_in_it(finder: Finder, text: str, language: str) -> None:
    written = plain(text)
    for one in finder.find(written.text, language):
        assert 0 <= one.start < one.end <= len(written.text)
        start, end = written.span(one.start, one.end)
        assert 0 <= start < end <= len(text)
        # A ligature may begin or end a find; otherwise what stands there reads the same.
        assert written.text[one.start : one.end] in plain(text[start:end]).text
        if one.entity in ("order_number", "email", "phone"):
            assert one.value == written.text[one.start : one.end]
