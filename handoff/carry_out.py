"""Read, decide, commit: the one way in which a service changes a conversation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from handoff.clock import Clock
from handoff.errors import Stale
from handoff.model import Change, Conversation
from handoff.store.port import Accepted, ConversationStore, Once

TRIES = 16


async def carry_out(
    conversations: ConversationStore,
    conversation_id: str,
    decide: Callable[[Conversation], Change],
    clock: Clock,
    *,
    once: Once | None = None,
) -> tuple[Conversation, Accepted]:
    """Change a conversation as `decide` says, deciding anew whenever somebody else was faster.

    Args:
        conversations: where the conversation is kept.
        conversation_id: which one.
        decide: a pure transition of the conversation as it was just read.
        clock: tells the instant of the commit.
        once: makes the change idempotent: a known key changes nothing.

    Returns:
        The conversation afterwards, and where its log stands.

    Raises:
        Stale: somebody else was faster every time.
        NotFound: there is no such conversation.
        BatonError: whatever `decide` raises.
    """
    for _ in range(TRIES):
        before = await conversations.get(conversation_id)
        change = decide(before)
        try:
            accepted = await conversations.commit(
                before, change.conversation, change.entries, clock(), once=once, wakes=change.wakes
            )
        except Stale:
            continue
        return (before if accepted.repeated else change.conversation), accepted
    raise Stale("This conversation changes faster than it can be written; try again.")


def join(first: Change, second: Change) -> Change:
    """Make one change of two, the second of which starts where the first ended."""
    return Change(second.conversation, (*first.entries, *second.entries), first.wakes or second.wakes)


def digest(body: Mapping[str, Any]) -> str:
    """Fingerprint a request's body, so that the same id with another body is noticed."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
