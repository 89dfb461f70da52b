"""What a turn of the bot makes of the log and of the conversation. Pure."""

from __future__ import annotations

from dataclasses import replace

from handoff.bot import TurnResult
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.model import Conversation, Proven


def spoken(entry: Entry, result: TurnResult, language: str, at: int) -> tuple[Entry, ...]:
    """Return what the bot said; the first entry carries what it made of the message, even if it said nothing.

    Args:
        entry: the message that it answers.
        language: the tag of the language it speaks.
        at: when, ms.
    """
    blank = Entry(Kind.MESSAGE, Author.BOT, at, in_reply_to=entry.seq)
    said = [
        replace(
            blank,
            text=message.text,
            language=language,
            buttons=message.buttons,
            attachments=(message.attachment,) if message.attachment else (),
            asks=message.asks,
        )
        for message in result.messages
    ]
    if result.understood is not None:
        first = said[0] if said else replace(blank, visibility=Visibility.INTERNAL)
        said[:1] = [replace(first, understood=result.understood)]
    return tuple(said)


def affected(conversation: Conversation, entry: Entry, result: TurnResult, at: int) -> Conversation:
    """Return the conversation with what the turn brought: language, facts, what is proven and what the bot has heard.

    Args:
        conversation: as before the turn.
        entry: the message that the turn was about.
        result: what came of it.
        at: when, ms.
    """
    after = {
        "language": result.language or conversation.language,
        "details": {**conversation.details, **result.details},
        "about": {} if entry.kind is Kind.MESSAGE else conversation.about,
        "proven": Proven(result.proven, at) if result.proven else None,
    }
    if all(getattr(conversation, name) == value for name, value in after.items()):
        return conversation
    return conversation.revised(**after)
