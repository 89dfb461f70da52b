"""Text as the components read it: one form for what looks alike, and for each language one spelling of what varies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 2000
"""Characters of a message that are looked at; a customer who pastes more has said what it is about by then."""

_CLUSTER = re.compile(r".[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]*", re.DOTALL)
_SPACES = re.compile(r"\s+")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")  # vowels, and the stretching line
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئگکی", "اااايهويككي")
_RUSSIAN_LETTERS = str.maketrans("ё", "е")
_NUMBER_SIGN = str.maketrans("№", "#")  # NFKC would make a word of it
_DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})  # as they are typed where the keys are missing


@dataclass(frozen=True)
class PlainText:
    """A text in its plain form, and where each of its characters stood.

    Args:
        text: full-width and other compatibility characters as ordinary ones, every script's digits as 0 to 9, control
            characters as spaces, invisible ones left out.
        places: for each character of `text` its place in the original, and for its end the original's end.
    """

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the plain text stands in the original."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def plain(text: str) -> PlainText:
    """The plain form of the first `LONGEST` characters of a text."""
    written: list[str] = []
    places: list[int] = []
    text = text[:LONGEST].translate(_NUMBER_SIGN)
    for cluster in _CLUSTER.finditer(text):
        for character in unicodedata.normalize("NFKC", cluster.group()):
            shown = _shown(character)
            written.append(shown)
            places += [cluster.start()] * len(shown)
    return PlainText("".join(written), (*places, len(text)))


def fold(text: str, language: str) -> str:
    """A plain text in the one spelling that examples and messages are compared in; its length may differ.

    Args:
        text: as `plain` gives it.
        language: whose spelling varies: Arabic loses vowel signs and the differences between forms of alef, ya and
            ta marbuta; Russian ё is е; Danish æ, ø, å are ae, oe, aa.
    """
    folded = _SPACES.sub(" ", text.casefold()).strip()
    if language == "ar":
        return _ARABIC_MARKS.sub("", folded).translate(_ARABIC_LETTERS)
    if language == "ru":
        return folded.translate(_RUSSIAN_LETTERS)
    if language == "da":
        return folded.translate(_DANISH_LETTERS)
    return folded


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else character
