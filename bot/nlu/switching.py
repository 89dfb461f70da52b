"""When a conversation's language changes: at a message that is surely in another one, never at an "ok"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_SURE = 0.95
_SURE_AT_FIRST = 0.8
_LETTERS = 8
_LETTERS_AT_FIRST = 3
_WORDS = 2
_NO_WORDS = re.compile(r"[!-~]*[\d@/][!-~]*")  # numbers, codes and addresses: they are alike in every language


def language_after(current: str, text: str, chances: Mapping[str, float], *, chosen: bool, settled: bool) -> str:
    """The conversation's language after a message.

    Args:
        current: its language before.
        text: the message in plain form.
        chances: how likely each enabled language is.
        chosen: whether the customer asked for the current one; then only asking changes it.
        settled: whether the customer has surely written in it before (`is_surely_in`). A page's language is a guess,
            so that the first messages need less to correct it.
    """
    if chosen or not chances:
        return current
    likeliest = max(chances, key=lambda tag: chances[tag])
    if likeliest == current:
        return current
    if current not in chances:  # a page in a language that the bot doesn't speak
        settled = False
    if not settled:
        return likeliest if is_surely_in(likeliest, text, chances) else current
    words = _words(text)
    letters = _letters(words)
    # Scripts don't mix by accident: two letters of another one say more than a long word in the same.
    another_script = len(letters) >= 2 and _is_own_script(letters)
    enough = another_script or (len(letters) >= _LETTERS and len(words.split()) >= _WORDS)
    return likeliest if enough and chances[likeliest] >= _SURE else current


def is_surely_in(language: str, text: str, chances: Mapping[str, float]) -> bool:
    """Whether the words of a message are surely in a language; a number or an e-mail address alone has none.

    Args:
        language: its tag.
        text: the message in plain form.
        chances: how likely each enabled language is.
    """
    letters = _letters(_words(text))
    enough = len(letters) >= _LETTERS_AT_FIRST or _is_own_script(letters)
    return enough and chances.get(language, 0.0) >= _SURE_AT_FIRST


def _words(text: str) -> str:
    return _NO_WORDS.sub(" ", text)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _is_own_script(letters: str) -> bool:
    return bool(letters) and not any(map(_is_latin, letters))


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")
