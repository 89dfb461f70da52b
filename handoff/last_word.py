"""When a contact last wrote: what time windows, and the place that an answer goes to, are told from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handoff.entry import Author, Entry, Kind
from handoff.model import Conversation
from handoff.store.port import ConversationStore

LOOK_BACK = 500
"""Entries, counted from a log's end, among which is looked."""

_STRETCH = 100


async def last_word(
    conversations: ConversationStore, conversation_id: str, *, since: int = 0, at_most: int | None = LOOK_BACK
) -> int:
    """Return when (ms) the contact last wrote; 0 where they have not, or before what is looked at.

    Args:
        conversations: where the logs are.
        conversation_id: which conversation.
        since: an instant (ms) before which it does not matter when that was.
        at_most: entries to look at, from the end; None for as many as it takes.
    """
    end = (await conversations.read(conversation_id, 0, 1)).last_seq
    oldest = 0 if at_most is None else max(0, end - at_most)
    while end > oldest:
        first = max(oldest, end - _STRETCH)
        entries = (await conversations.read(conversation_id, first, end - first)).entries
        wrote = written(entries)
        if wrote or (entries and entries[0].at < since):
            return wrote
        end = first
    return 0


def latest(conversations: Sequence[Conversation], wrote: Mapping[str, int]) -> Conversation:
    """Return that one in which the contact last wrote, as `wrote` says by id; the first where they have not."""
    return max(conversations, key=lambda each: wrote[each.id])


def written(entries: Sequence[Entry]) -> int:
    """Return when (ms) the contact last wrote among entries that are in order; 0 where they have not."""
    wrote = (each.at for each in reversed(entries) if each.kind is Kind.MESSAGE and each.author is Author.CONTACT)
    return next(wrote, 0)
