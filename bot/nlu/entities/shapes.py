"""Expressions made of parts, such as a number, a month and a year: spaCy's Matcher reads the kinds of the parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.entities.found import Found
from bot.nlu.entities.tokens import Token

_YEAR_DIGITS = 4


class Part(NamedTuple):
    """A token or phrase with its kind, and the numbers that belong to its meaning."""

    kind: str
    numbers: tuple[int, ...]
    start: int
    end: int


class Shapes:
    """Finds expressions of given shapes.

    Args:
        shapes: each the kinds of its parts, with spaces between them; "a|b" is either, "a?" may be missing, "a*" may
            come any number of times. Kinds are those of the phrases; `number` of one or two digits, `year` of four;
            those of `signs`; `end` behind the message; `other` for the rest.
        signs: kinds of signs.
    """

    def __init__(self, shapes: Iterable[str], signs: Mapping[str, str]) -> None:
        self._signs = signs
        self._vocabulary = Vocab()
        self._matcher = Matcher(self._vocabulary)
        self._matcher.add("shape", [[_pattern(part) for part in shape.split()] for shape in shapes])

    def find(self, parts: list[Part]) -> Iterator[list[Part]]:
        """The parts of every expression; expressions may overlap."""
        for _, start, end in self._matcher(Doc(self._vocabulary, words=[part.kind for part in parts])):
            yield parts[start:end]

    def parts(self, cut: Iterable[Token], phrases: Iterable[Found]) -> list[Part]:
        """A message's parts.

        Args:
            cut: its tokens.
            phrases: of them; the value of each is its kind, then its numbers.
        """
        meanings = {phrase.start: phrase for phrase in phrases}
        made, reached = [], 0
        for token in cut:
            if token.start < reached:
                continue
            phrase = meanings.get(token.start)
            if phrase:
                kind, *numbers = phrase.value.split()
                reached = phrase.end
                made.append(Part(kind, tuple(map(int, numbers)), phrase.start, phrase.end))
            else:
                made.append(self._part(token))
        end = made[-1].end if made else 0
        return [*made, Part("end", (), end, end)]

    def _part(self, token: Token) -> Part:
        if token.word.isdecimal():
            digits = len(token.word)
            kind = "number" if digits <= 2 else "year" if digits == _YEAR_DIGITS else "other"
            return Part(kind, (int(token.word[:_YEAR_DIGITS]),), token.start, token.end)
        return Part(self._signs.get(token.word, "other"), (), token.start, token.end)


def numbers_of(parts: Iterable[Part], kind: str = "number") -> list[int]:
    """The first number of every part of a kind."""
    return [part.numbers[0] for part in parts if part.kind == kind]


def _pattern(part: str) -> dict[str, object]:
    kinds, times = (part[:-1], part[-1]) if part[-1] in "?*" else (part, "")
    pattern: dict[str, object] = {"ORTH": {"IN": kinds.split("|")}}
    return {**pattern, "OP": times} if times else pattern
