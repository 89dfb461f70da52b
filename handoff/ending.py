"""The customer ends the chat: what was said is kept, and nobody is put in touch with somebody who has gone. Pure."""

from __future__ import annotations

from dataclasses import replace

from handoff.entry import Owner, OwnerEvent, Visibility, owner_entry
from handoff.errors import NotAllowed
from handoff.model import Change, Conversation


def end(conversation: Conversation, at: int) -> Change:
    """Note that the customer has gone for good; ending once more changes nothing.

    Whoever waited is out of the queue, and an offer of them is void. An agent who has the conversation keeps it, to do
    what is left to do.

    Args:
        conversation: a guest's.
        at: when, ms.

    Raises:
        NotAllowed: a host page signs for this customer, who comes back to the same conversation with every visit.
    """
    if conversation.ended_at is not None:
        return Change(conversation)
    if conversation.contact.verified:
        raise NotAllowed("This chat belongs to a user of the page around it; it is over when they sign out there.")
    left = conversation.give_up(at).conversation if conversation.owner is Owner.QUEUE else conversation
    after = left.revised(ended_at=at)
    return Change(after, (owner_entry(after.owner, OwnerEvent.ENDED, at),))


def close(conversation: Conversation, at: int) -> Change:
    """Close an ended conversation whose agent went away: nobody is in it who could wait for another.

    Raises:
        NotAllowed: no agent has it.
    """
    closed = conversation.resolve(conversation.agent_id or "", "", at)
    entries = (replace(each, visibility=Visibility.INTERNAL, facts={"away": True}) for each in closed.entries)
    return replace(closed, entries=tuple(entries))
