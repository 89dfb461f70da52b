"""Cuts a plain text into the words that lists of words are compared with, in every language alike.

spaCy's own tokenizers keep each word they meet for as long as they live; customers' words must neither fill the memory
nor stay in it. So the words are cut here, and spaCy's matchers are shown only those that are in one of our lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import groupby
from typing import NamedTuple

from bot.nlu.text import fold

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff"
"""Ranges, for a class of a pattern, of letters that stand without spaces between words; each is a token."""

_UNSPACED = re.compile(f"[{UNSPACED}]")


def _marks() -> str:
    """Ranges of vowel signs and accents that stand on their own: `\\w` leaves them out, but they are parts of words."""
    signs = (place for place in range(0x300, 0x10000) if unicodedata.category(chr(place)) in ("Mn", "Mc"))
    runs = ([place for _, place in run] for _, run in groupby(enumerate(signs), key=lambda pair: pair[1] - pair[0]))
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


_TOKEN = re.compile(rf"[{UNSPACED}]|[0-9]+|(?:[^\W\d_{UNSPACED}]|[{_marks()}])+|\S")
_ARABIC_PREFIXES = "وبلفك"  # and, with, for, then, like: written as part of the next word


class Token(NamedTuple):
    """A word, number or sign: its place in the plain text, and the spelling it is compared in."""

    start: int
    end: int
    word: str


def tokens(text: str, language: str, known: Container[str] = ()) -> list[Token]:
    """The tokens of a plain text.

    Args:
        text: as `bot.nlu.text.plain` gives it.
        language: whose spelling it has.
        known: words that are looked for. An Arabic word with one of them behind "and", "with" or "for" becomes it.
    """
    cut = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = fold(match[0], language)
        if language == "ar" and word not in known and word[:1] in _ARABIC_PREFIXES and len(word) > 1:
            start, word = _without_prefix(start, word, known)
        if word:
            cut.append(Token(start, end, word))
    return cut


def _without_prefix(start: int, word: str, known: Container[str]) -> tuple[int, str]:
    if word[1:] in known:
        return start + 1, word[1:]
    if word.startswith("لل") and f"ال{word[2:]}" in known:  # "for the" loses the first letter of "the"
        return start, f"ال{word[2:]}"
    return start, word


def is_unspaced(word: str) -> bool:
    """Whether a token is a letter of a script without spaces between words."""
    return _UNSPACED.fullmatch(word) is not None
