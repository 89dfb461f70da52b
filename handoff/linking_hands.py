"""The person is with one agent: a conversation goes over into the hands that another of the same person is in. Pure."""

from __future__ import annotations

from dataclasses import replace

from handoff.entry import Owner, OwnerEvent, Visibility, owner_entry
from handoff.model import Change, Conversation, Handoff, Status


def together(one: Conversation, other: Conversation) -> bool:
    """Tell whether two conversations are in the same hands."""
    return (one.owner, one.agent_id) == (other.owner, other.agent_id)


def follow(conversation: Conversation, leader: Conversation, at: int, *, told: bool) -> Change:
    """Put a conversation into the hands that its person's other one, `leader`, is in; nothing if it already is.

    Args:
        told: whether the customer is told here; where the other conversation tells them, this one need not.
        at: when, ms.
    """
    gone = conversation.ended_at is not None and leader.owner is Owner.QUEUE  # whoever has gone waits for nobody
    if gone or together(conversation, leader):
        return Change(conversation)
    closed = leader.owner is Owner.BOT and leader.status is Status.RESOLVED
    after = conversation.revised(
        owner=leader.owner,
        epoch=conversation.epoch + 1,
        status=Status.RESOLVED if closed else Status.OPEN,
        resolved_by=leader.resolved_by if closed else None,
        untold_returns=() if closed else conversation.untold_returns,
        snoozed_until=None,
        agent_id=leader.agent_id,
        agent_name=leader.agent_name,
        handoff=_handoff(conversation, leader, at),
        had_by=_had_by(conversation, leader),
    )
    facts = {"conversation_id": leader.id, "channel": leader.channel}
    joined = owner_entry(leader.owner, OwnerEvent.JOINED, at, leader.agent_name, agent_id=leader.agent_id, facts=facts)
    return Change(after, (joined if told else replace(joined, visibility=Visibility.INTERNAL),))


def _handoff(conversation: Conversation, leader: Conversation, at: int) -> Handoff | None:
    if leader.owner is Owner.BOT or leader.handoff is None:
        return None
    own = conversation.handoff.id if conversation.handoff else f"{conversation.id}:h{conversation.epoch + 1}"
    taken = leader.owner is Owner.AGENT
    return replace(leader.handoff, id=own, offer=None, claimed_at=at if taken else None)


def _had_by(conversation: Conversation, leader: Conversation) -> tuple[str, ...]:
    agent = leader.agent_id
    return conversation.had_by if agent is None or agent in conversation.had_by else (*conversation.had_by, agent)
