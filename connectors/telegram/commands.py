"""What `/start` and `/help` mean: Telegram's own buttons press them for people who have written nothing yet.

They reach the bot as what a person would have typed, in the language of their app. Every other command is plain text.
"""

from __future__ import annotations

import re

_START = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", re.ASCII)
_HELP = re.compile(r"/help(?:@\w+)?\s*", re.ASCII)

_HELLO = {"en": "Hello", "da": "Hej", "ru": "Здравствуйте", "zh": "你好", "ar": "مرحبا"}
_WHAT = {
    "en": "What can you do?",
    "da": "Hvad kan du hjælpe med?",
    "ru": "Что вы умеете?",
    "zh": "你能做什么",
    "ar": "ماذا يمكنك أن تفعل",
}


def spoken(text: str, language: str | None) -> tuple[str, dict[str, str]]:
    """Return a text as a person would have typed it, and what an agent should see of the command behind it.

    Args:
        text: as it came.
        language: the tag of the sender's app, by which the words are chosen; English where there are none.
    """
    base = (language or "en").partition("-")[0].lower()
    if match := _START.fullmatch(text):
        facts = {"command": "/start"}
        if match[1]:
            facts["start"] = match[1]
        return _HELLO.get(base, _HELLO["en"]), facts
    if _HELP.fullmatch(text):
        return _WHAT.get(base, _WHAT["en"]), {"command": "/help"}
    return text, {}
