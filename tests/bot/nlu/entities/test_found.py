"""How finds share a text."""

from __future__ import annotations

from bot.nlu.entities.found import COVER, Found, covered, longest


def test_of_overlapping_finds_the_longest_stays() -> None:
    short, long, behind = Found(0, 3, "a", "x"), Found(2, 8, "a", "y"), Found(8, 9, "a", "z")
    assert list(longest([behind, short, long])) == [long, behind]


def test_of_equally_long_finds_the_earlier_stays() -> None:
    assert list(longest([Found(1, 3, "a", "x"), Found(0, 2, "b", "y")])) == [Found(0, 2, "b", "y")]


def test_what_is_covered_keeps_its_place() -> None:
    assert covered("abcdef", [Found(1, 3, "a", "x"), Found(5, 6, "a", "y")]) == f"a{COVER * 2}de{COVER}"
