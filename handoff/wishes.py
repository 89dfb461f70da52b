"""What waiting customers type instead of pressing a button, in whichever language they type it."""

from __future__ import annotations

import unicodedata

from handoff.buttons import OWN, queue_buttons
from handoff.notices import Notices, Say

SHOW_AGAIN = f"{OWN}queue.show_again"
"""Stands for a message that seems to be about the ways out of the queue, but not clearly about one of them."""

_BESIDE_A_TITLE = 20
"""Letters that may stand beside a title in a message that means it ("yes please, call me back")."""

_SHORT = 40
"""Letters of a message in which one word tells what it is about; a longer one tells the colleague something."""


def wish(notices: Notices, text: str) -> str | None:
    """Tell which queue button a typed message means.

    Args:
        notices: the titles, and the words that customers use for them, in every language.
        text: what was typed.

    Returns:
        The button's payload, `SHOW_AGAIN` when only the customer can tell which, None for anything else.
    """
    said = _plain(text)
    spoken = [
        (language, _plain(button.title), button.payload)
        for language in notices.languages
        for button in queue_buttons(notices, language)
    ]
    for language, title, payload in spoken:
        if title == said:
            return payload
        if _is_in(title, said) and len(said) - len(title) <= _BESIDE_A_TITLE:
            beside = said.replace(title, " ", 1)
            turned = any(_is_in(word, beside) for word in _words(notices, Say.TYPED_NOT, language))
            return SHOW_AGAIN if turned else payload
    if len(said) > _SHORT:
        return None
    ways_out = (word for language in notices.languages for word in _words(notices, Say.TYPED_WAYS_OUT, language))
    return SHOW_AGAIN if any(_begins_a_word(word, said) for word in ways_out) else None


def _plain(text: str) -> str:
    """Reduce a text to its words: without case, punctuation, apostrophes, accents and vowel signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in decomposed if unicodedata.category(char) not in ("Mn", "Cf"))
    words = letters.replace("'", "").replace("’", "")
    return " ".join("".join(char if char.isalnum() else " " for char in words).split())


def _words(notices: Notices, what: Say, language: str) -> list[str]:
    return [word for part in notices.say(what, language).split(",") if (word := _plain(part))]


def _is_in(words: str, said: str) -> bool:
    """Tell whether these words stand in what was said; where a script leaves no blanks, anywhere in it."""
    return words in said if _is_unspaced(words) else f" {words} " in f" {said} "


def _begins_a_word(start: str, said: str) -> bool:
    return start in said if _is_unspaced(start) else f" {start}" in f" {said}"


def _is_unspaced(words: str) -> bool:
    return any(unicodedata.name(char, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI")) for char in words)
