"""Conversations, entries and callbacks that the store's tests write."""

from __future__ import annotations

from dataclasses import replace

from handoff.callback import Callback, CallbackStatus, Slot
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Author, Entry, Kind
from handoff.model import Contact, Conversation, HandoffReason
from handoff.store.port import Accepted, ConversationStore, Once, Store
from handoff.store.sending_port import Parcel

NOW = 1_700_000_000_000
LEASE = 30_000
ID = "c_1"


def fresh(conversation_id: str = ID) -> Conversation:
    """A new conversation that the bot has."""
    return Conversation(conversation_id, Contact("p_1"), "web", created_at=NOW)


def waiting(conversation_id: str = ID, at: int = NOW) -> Conversation:
    """A conversation in the queue."""
    return fresh(conversation_id).request_handoff("h_1", HandoffReason.ASKED, "returns", {}, at).conversation


def message(text: str = "hello", author: Author = Author.CONTACT) -> Entry:
    """Something said."""
    return Entry(Kind.MESSAGE, author, NOW, text=text)


async def accept(
    conversations: ConversationStore, text: str, conversation_id: str = ID, *, key: str | None = None, now: int = NOW
) -> Accepted:
    """Accept a customer's message; its key is the text unless another is given."""
    return await conversations.accept(conversation_id, message(text), Once(key or text, f"digest of {text}"), now)


async def press(conversations: ConversationStore, choice: str, conversation_id: str = ID) -> Accepted:
    """Accept a pressed button: work for the worker, whoever owns the conversation."""
    entry = replace(message("a button"), choice=choice)
    return await conversations.accept(conversation_id, entry, Once(choice, f"digest of {choice}"), NOW)


async def texts(conversations: ConversationStore, conversation_id: str = ID) -> list[str]:
    """Return the texts of the whole log."""
    return [entry.text for entry in (await conversations.read(conversation_id, 0)).entries]


def slot(number: int = 0, places: int = 2) -> Slot:
    """A half-hour slot."""
    starts_at = NOW + number * 1_800_000
    return Slot(f"slot-{number}", starts_at, starts_at + 1_800_000, places)


def held(callback_id: str, where: Slot, conversation_id: str = ID, until: int = NOW + 300_000) -> Callback:
    """A place held for five minutes."""
    return Callback(callback_id, conversation_id, where.id, where.starts_at, where.ends_at, CallbackStatus.HELD, until)


def pushed(conversation_id: str = ID) -> Conversation:
    """A new conversation on a channel that Baton sends to."""
    return replace(fresh(conversation_id), channel="whatsapp")


def told(status: DeliveryStatus, at: int = NOW, code: str = "", hint: str = "") -> DeliveryReport:
    """A report."""
    return DeliveryReport(status, at, code, hint)


async def say(store: Store, *texts: str, conversation_id: str = ID, now: int = NOW) -> int:
    """Have the bot say something; returns the seq of the last of it."""
    opened = await store.conversations.get(conversation_id)
    entries = [message(text, Author.BOT) for text in texts]
    return (await store.conversations.commit(opened, opened, entries, now)).seq


async def taken(store: Store, now: int = NOW) -> Parcel:
    """Lease what is due in the conversation."""
    parcel = await store.outbox.take(ID, now, LEASE)
    assert parcel is not None
    return parcel


async def deliveries(store: Store, conversation_id: str = ID) -> list[tuple[int | None, str]]:
    """Return what the log tells of deliveries: (of which entry, status)."""
    log = (await store.conversations.read(conversation_id, 0)).entries
    return [(entry.in_reply_to, entry.facts["status"]) for entry in log if entry.kind is Kind.DELIVERY]
