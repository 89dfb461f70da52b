"""Whether a contact of a messaging channel wants order updates: what they type to stop them, and to have them again."""

from __future__ import annotations

from handoff.buttons import OWN

STOP_UPDATES = f"{OWN}updates.stop"
START_UPDATES = f"{OWN}updates.start"

# The words that people know from other services, in every language whatever the conversation's: a wish to be left alone
# must not fail on the language.
_STOP = "stop|stop updates|unsubscribe|afmeld|afmeld opdateringer|стоп|отписаться|停止|退订|إيقاف|إلغاء الاشتراك"
_START = "start|start updates|subscribe|tilmeld|tilmeld opdateringer|старт|подписаться|开始|订阅|ابدأ|اشتراك"
_MEANINGS = dict.fromkeys(_STOP.split("|"), STOP_UPDATES) | dict.fromkeys(_START.split("|"), START_UPDATES)
_AROUND = " \t\n.!。！\"'«»“”"


def meaning(text: str | None) -> str | None:
    """Return the payload that a whole message stands for, if it is one of the words; None for anything else."""
    return _MEANINGS.get(" ".join((text or "").strip(_AROUND).casefold().split()))
