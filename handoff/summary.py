"""What an agent reads first: why a person is needed, what is known, what was tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff.entry import Author, Entry, Kind, OwnerEvent, Visibility
from handoff.model import Conversation

LAST_MESSAGES = 4


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the summary quotes it; `name` is an agent's."""

    seq: int
    author: Author
    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in short.

    Args:
        reason: why a person was asked for (a `HandoffReason`), empty when nobody was.
        topic: what it is about, as far as the bot knows.
        details: the facts that were collected.
        tried: the intents that the bot understood, in order, each once.
        misunderstandings: how many of the customer's messages the bot did not understand.
        first_message: the customer's opening words.
        last_messages: the latest messages that the customer has seen.
        outcomes: how earlier handoffs of this conversation ended.
    """

    reason: str = ""
    topic: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    tried: tuple[str, ...] = ()
    misunderstandings: int = 0
    first_message: str = ""
    last_messages: tuple[Said, ...] = ()
    outcomes: tuple[str, ...] = ()


def summarise(conversation: Conversation, entries: Sequence[Entry]) -> Summary:
    """Say in short what an agent must know before answering.

    Args:
        conversation: as it is now.
        entries: its log in order.
    """
    handoff = conversation.handoff
    messages = [entry for entry in entries if entry.kind is Kind.MESSAGE and entry.visibility is Visibility.PUBLIC]
    understood = [entry.understood for entry in entries if entry.understood is not None]
    spoken = [entry for entry in messages if entry.author is not Author.SYSTEM and "replay_of" not in entry.facts]
    return Summary(
        reason=handoff.reason.value if handoff else "",
        topic=handoff.topic if handoff else "",
        details=conversation.details,
        tried=tuple(dict.fromkeys(heard.intent for heard in understood if not heard.fallback)),
        misunderstandings=len(misunderstood(entries)),
        first_message=next((entry.text for entry in messages if entry.author is Author.CONTACT), ""),
        last_messages=tuple(Said(entry.seq, entry.author, entry.text, entry.name) for entry in spoken[-LAST_MESSAGES:]),
        outcomes=tuple(outcome for entry in entries if (outcome := _outcome(entry))),
    )


def misunderstood(entries: Sequence[Entry]) -> frozenset[int]:
    """Name (by seq) the customer's messages that the bot did not understand."""
    return frozenset(
        entry.in_reply_to
        for entry in entries
        if entry.in_reply_to is not None and entry.understood is not None and entry.understood.fallback
    )


def _outcome(entry: Entry) -> str:
    if entry.event in (OwnerEvent.RETURNED, OwnerEvent.RESOLVED):
        return str(entry.facts.get("outcome", ""))
    return ""
