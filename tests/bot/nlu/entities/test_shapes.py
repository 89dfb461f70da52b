"""Expressions made of parts."""

from __future__ import annotations

import pytest

from bot.nlu.entities.found import Found
from bot.nlu.entities.shapes import Part, Shapes, numbers_of
from bot.nlu.entities.tokens import tokens

SHAPES = Shapes(("number slash? month", "year month", "lead number end"), {"/": "slash"})


def found(text: str) -> list[str]:
    phrases = [
        Found(token.start, token.end, "date", meaning)
        for token in tokens(text, "en")
        if (meaning := {"may": "month 5", "at": "lead"}.get(token.word))
    ]
    parts = SHAPES.parts(tokens(text, "en"), phrases)
    return [text[inside[0].start : inside[-1].end] for inside in SHAPES.find(parts)]


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("12 may", ["12 may"]),
        ("12 / may", ["12 / may"]),
        ("2026 may", ["2026 may"]),
        ("123 may", []),
        ("10234 may", []),
        ("12 or may", []),
        ("at 5", ["at 5"]),
        ("at 5 pm", []),
        ("", []),
    ],
)
def test_an_expression_has_its_parts_in_order(text: str, expressions: list[str]) -> None:
    assert found(text) == expressions


def test_a_phrase_of_several_words_is_one_part_with_its_numbers() -> None:
    parts = SHAPES.parts(tokens("last monday 3", "en"), [Found(0, 11, "date", "weekday 0 -1")])
    assert parts == [
        Part("weekday", (0, -1), 0, 11),
        Part("number", (3,), 12, 13),
        Part("end", (), 13, 13),
    ]
    assert numbers_of(parts) == [3]
    assert numbers_of(parts, "weekday") == [0]
