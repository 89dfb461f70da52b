"""The buttons that Baton itself shows; their payloads never reach the bot."""

from __future__ import annotations

import re
import unicodedata

from handoff.entry import Button
from handoff.notices import Notices, Say

OWN = "baton:"
LEAVE_QUEUE = "baton:queue.leave"
CALL_BACK = "baton:queue.callback"
ASK_PERSON = "baton:person"
_CSAT = re.compile(r"baton:csat\.([1-5]):(.+)", re.ASCII)
_MOST_DIGITS = 3
_SCORES = (Say.CSAT_1, Say.CSAT_2, Say.CSAT_3, Say.CSAT_4, Say.CSAT_5)


def queue_buttons(notices: Notices, language: str) -> tuple[Button, ...]:
    """Return the ways out of the queue: a call instead, or back to the assistant."""
    return (
        Button(notices.say(Say.QUEUE_CALLBACK, language), CALL_BACK),
        Button(notices.say(Say.QUEUE_LEAVE, language), LEAVE_QUEUE),
    )


def person_button(notices: Notices, language: str) -> tuple[Button, ...]:
    """Return the way to a person, as the one button that it is."""
    return (Button(notices.say(Say.BOT_PERSON, language), ASK_PERSON),)


def csat_buttons(notices: Notices, language: str, handoff_id: str) -> tuple[Button, ...]:
    """Return the five answers to the question how a handoff was, worst first."""
    return tuple(
        Button(notices.say(title, language), f"baton:csat.{score}:{handoff_id}")
        for score, title in enumerate(_SCORES, start=1)
    )


def typed_number(text: str) -> int | None:
    """Return the number that a text consists of, in the digits of whichever script; at most three of them."""
    typed = text.strip().rstrip(".)。．）").strip()
    if not 1 <= len(typed) <= _MOST_DIGITS or not all(unicodedata.category(char) == "Nd" for char in typed):
        return None
    return int("".join(str(unicodedata.digit(char)) for char in typed))


def typed_score(notices: Notices, language: str, text: str) -> int | None:
    """Return the score (1 to 5) that a typed number, or the title of a button, stands for."""
    typed = text.strip().casefold()
    if len(typed) == 1:  # digits are written in more than one way
        typed = str(unicodedata.digit(typed, typed))
    for score, title in enumerate(_SCORES, start=1):
        if typed in (str(score), notices.say(title, language).casefold()):
            return score
    return None


def csat_answer(payload: str) -> tuple[int, str] | None:
    """Return the score (1 to 5) and the handoff that a pressed button rates, if it is such a button."""
    match = _CSAT.fullmatch(payload)
    return (int(match[1]), match[2]) if match else None
