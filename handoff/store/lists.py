"""Rules that every store shares: which lists a conversation belongs in, and which changes no transition makes."""

from __future__ import annotations

from handoff.callback import Callback, Slot
from handoff.entry import Owner
from handoff.model import Conversation, Status
from handoff.store.port import Once

# Taken off the score of a conversation that goes before the others. Above any instant in ms (until the year 5138), and
# small enough that a score stays exact as a double.
_AHEAD = 100_000_000_000_000


def queue_score(conversation: Conversation) -> int | None:
    """Return the waiting conversation's place in the queue (lowest is served first), None when it does not wait."""
    if conversation.owner is not Owner.QUEUE:
        return None
    handoff = conversation.handoff
    if handoff is None:
        return conversation.created_at
    return handoff.requested_at - (_AHEAD if handoff.front else 0)


def holder(conversation: Conversation) -> str | None:
    """Return the id of the agent who has the conversation."""
    return conversation.agent_id if conversation.owner is Owner.AGENT else None


def attended(conversation: Conversation) -> bool:
    """Tell whether an agent reads what the customer types, so that it asks nothing of the worker.

    A pressed button may rate an earlier handoff, and a message reopens what is snoozed: those do.
    """
    return conversation.owner is Owner.AGENT and conversation.status is Status.OPEN


def desk_differs(before: Conversation, after: Conversation) -> bool:
    """Tell whether the desk's lists show the conversation differently after the change.

    They show what waits and what agents have: what goes on between the customer and the bot wakes no desk.
    """
    return _as_listed(before) != _as_listed(after)


def check_change(before: Conversation, after: Conversation, once: Once | None) -> None:
    """Refuse a change that no transition makes.

    Raises:
        ValueError: another conversation, a cursor that goes back, a change that does not raise the version, or an
            empty key.
    """
    if after.id != before.id:
        raise ValueError("A commit changes one conversation.")
    if after.cursor < before.cursor:
        raise ValueError("A cursor never goes back.")
    if after != before and after.version <= before.version:
        raise ValueError("A changed conversation has a higher version; use Conversation.revised().")
    if once is not None and not once.key:
        raise ValueError("An idempotency key is not empty.")


def check_callback_change(before: Callback | None, after: Callback, slot: Slot | None) -> None:
    """Refuse a change of a callback that no transition makes.

    Raises:
        ValueError: another callback, another slot than it goes to, or a change that does not raise the version.
    """
    if slot is not None and slot.id != after.slot_id:
        raise ValueError("The slot given is not the one the callback goes to.")
    if before is None:
        return
    if (after.id, after.conversation_id) != (before.id, before.conversation_id):
        raise ValueError("A save changes one callback.")
    if after != before and after.version <= before.version:
        raise ValueError("A changed callback has a higher version.")


def _as_listed(conversation: Conversation) -> tuple[object, ...] | None:
    if conversation.owner is Owner.BOT:
        return None
    return (
        conversation.owner,
        conversation.status,
        conversation.agent_id,
        conversation.handoff,
        conversation.epoch,
        conversation.language,
    )
