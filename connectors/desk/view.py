"""What the desk shows: cards, entries with every field, callbacks, summaries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from connectors.web.view import customer_entry
from handoff.callback import Callback
from handoff.entry import Author, Entry, Kind, Owner, Visibility
from handoff.instants import to_rfc3339
from handoff.model import Contact, Conversation, Status
from handoff.store.agents_port import Agent
from handoff.summary import Summary, misunderstood

QUOTED = 200
"""Characters of a message that a card quotes."""


def card(conversation: Conversation, tail: Sequence[Entry], last_seq: int, now: int) -> dict[str, Any]:
    """Return the card of a conversation.

    Args:
        tail: the last stretch of its log; what was last said and what is unread are looked for there.
        last_seq: the log's end.
        now: the present instant (ms), for how long somebody waits.
    """
    handoff = conversation.handoff
    offer = handoff.offer if handoff else None
    said = [entry for entry in tail if is_said(entry)]
    # An agent chooses by what the customer wants, not by what was answered.
    quoted = next((entry for entry in reversed(said) if entry.author is Author.CONTACT), said[-1] if said else None)
    unread = _unread(tail)
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "owner": conversation.owner.value,
        "status": _status(conversation, said).value,
        "epoch": conversation.epoch,
        "contact_name": conversation.contact.name or conversation.details.get("name"),
        "topic": handoff.topic if handoff else "",
        "reason": handoff.reason.value if handoff else None,
        "requested_at": to_rfc3339(handoff.requested_at) if handoff else None,
        "waiting_seconds": _waiting_seconds(conversation, unread, now),
        "agent_id": conversation.agent_id,
        "agent_name": conversation.agent_name,
        "offered_to": offer.agent_id if offer else None,
        "offer_expires_at": to_rfc3339(offer.expires_at) if offer else None,
        "last_text": _shortened(quoted.text) if quoted else "",
        "last_author": quoted.author.value if quoted else None,
        "last_seq": last_seq,
        "language": conversation.language,
        "unread": len(unread),
        "ended": conversation.ended_at is not None,
    }


def desk_entries(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return entries with every field; a message that the bot did not understand is marked."""
    marked = misunderstood(entries)
    return [_entry(entry, entry.seq in marked) for entry in entries]


def callback_card(callback: Callback, title: str, *, due: bool) -> dict[str, Any]:
    """Return a callback for the agent who will phone."""
    return {
        "callback_id": callback.id,
        "conversation_id": callback.conversation_id,
        "status": callback.status.value,
        "starts_at": to_rfc3339(callback.starts_at, "seconds"),
        "ends_at": to_rfc3339(callback.ends_at, "seconds"),
        "title": title,
        "phone": callback.phone,
        "topic": callback.topic,
        "name": callback.name,
        "due": due,
        "outcome": callback.outcome,
    }


def agent_view(agent: Agent) -> dict[str, str]:
    """Return what the desk knows of its own agent."""
    return {"id": agent.id, "login": agent.login, "name": agent.name}


def contact_view(contact: Contact) -> dict[str, Any]:
    """Return who the customer is."""
    return asdict(contact)


def _entry(entry: Entry, marked: bool) -> dict[str, Any]:
    shown = customer_entry(entry)
    shown |= {
        "name": entry.name,
        "visibility": entry.visibility.value,
        "in_reply_to": entry.in_reply_to,
        "understood": asdict(entry.understood) if entry.understood else None,
        "facts": dict(entry.facts),
    }
    if entry.template is not None:
        shown["template"] = entry.template.name
    if entry.event is not None:
        shown["event"] = entry.event.value
    if marked:
        shown["misunderstood"] = True
    return shown


def _status(conversation: Conversation, said: Sequence[Entry]) -> Status:
    answered = conversation.owner is Owner.AGENT and bool(said) and said[-1].author is Author.AGENT
    return Status.PENDING if answered and conversation.status is Status.OPEN else conversation.status


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


def is_said(entry: Entry) -> bool:
    """Tell whether a card may quote an entry: what a person or the bot wrote for the other side to read."""
    spoken = entry.kind is Kind.MESSAGE and entry.author is not Author.SYSTEM
    return spoken and bool(entry.text) and entry.visibility is Visibility.PUBLIC


def _unread(tail: Sequence[Entry]) -> list[Entry]:
    """Return the customer's messages that nobody at the desk has answered yet, oldest first."""
    unread: list[Entry] = []
    for entry in reversed(tail):
        if entry.kind is Kind.MESSAGE and entry.author in (Author.AGENT, Author.BOT) and entry.text:
            break
        if entry.kind is Kind.MESSAGE and entry.author is Author.CONTACT:
            unread.append(entry)
    return unread[::-1]


def _waiting_seconds(conversation: Conversation, unread: Sequence[Entry], now: int) -> int:
    """How long the customer has waited: for a person while in the queue, for an answer afterwards until they left."""
    since = None
    if conversation.owner is Owner.QUEUE and conversation.handoff is not None:
        since = conversation.handoff.requested_at
    elif conversation.owner is Owner.AGENT and unread and conversation.ended_at is None:
        since = unread[0].at
    return 0 if since is None else max(0, now - since) // 1000


def summary_view(summary: Summary) -> dict[str, Any]:
    """Return a summary as JSON holds it."""
    return asdict(summary)
