"""Dates, amounts and lists in the customer's language."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from actions.shop import Money
from actions.words import day, listed, moment, money, numbered


def test_english_reads_as_english() -> None:
    assert day(date(2026, 11, 23), "en") == "Mon 23 Nov 2026"
    assert money(Money(1490, "EUR"), "en") == "€14.90"
    assert listed(["a tent", "a lamp"], "en") == "a tent and a lamp"


def test_another_language_reads_as_that_language() -> None:
    assert day(date(2026, 11, 23), "da").startswith("man.")
    assert money(Money(1490, "EUR"), "da").replace("\xa0", " ") == "14,90 €"


@pytest.mark.parametrize("tag", ["", "xx-nowhere", "not a tag"])
def test_an_unknown_language_falls_back_to_english(tag: str) -> None:
    assert day(date(2026, 11, 23), tag) == "Mon 23 Nov 2026"


def test_a_currency_without_cents_has_none() -> None:
    assert money(Money(1490, "JPY"), "en") == "¥1,490"


def test_a_moment_is_on_the_business_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    morning = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
    assert moment(morning, "en") == "Mon 23 Nov, 09:00"
    monkeypatch.setenv("BATON_BUSINESS_TIMEZONE", "America/New_York")
    assert moment(morning, "en") == "Mon 23 Nov, 03:00"


def test_lines_are_numbered_from_one() -> None:
    assert numbered(["tent", "lamp"]) == "1. tent\n2. lamp"
