"""When a conversation's language changes: at a message that is surely in another one, never at an "ok"."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_SURE = 0.95
_SURE_AT_FIRST = 0.8
_LETTERS = 8
_LETTERS_AT_FIRST = 3
_WORDS = 2


def language_after(current: str, text: str, chances: Mapping[str, float], *, chosen: bool, settled: bool) -> str:
    """The conversation's language after a message.

    Args:
        current: its language before.
        text: the message in plain form.
        chances: how likely each enabled language is.
        chosen: whether the customer asked for the current one; then only asking changes it.
        settled: whether the customer has written in it before. A page's language is a guess, so that the first
            messages need less to correct it.
    """
    if chosen or not chances:
        return current
    likeliest = max(chances, key=lambda tag: chances[tag])
    if likeliest == current:
        return current
    if current not in chances:  # a page in a language that the bot doesn't speak
        settled = False
    letters = [character for character in text if character.isalpha()]
    own_script = letters and not any(_is_latin(character) for character in letters)
    if settled:
        # Scripts don't mix by accident: two letters of another one say more than a long word in the same.
        enough = len(letters) >= 2 if own_script else len(letters) >= _LETTERS and len(text.split()) >= _WORDS
        return likeliest if enough and chances[likeliest] >= _SURE else current
    enough = bool(own_script) or len(letters) >= _LETTERS_AT_FIRST
    return likeliest if enough and chances[likeliest] >= _SURE_AT_FIRST else current


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")
