"""Rules that every store shares: which lists a conversation belongs in, and which changes no transition makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handoff.attachment import Attachment, AttachmentState
from handoff.callback import Callback, Slot
from handoff.delivery import DeliveryReport, DeliveryStatus, is_outgoing, is_pushed
from handoff.entry import Author, Entry, Kind, Owner, Visibility
from handoff.model import Conversation, Status
from handoff.store.contacts_port import Identity, Profile
from handoff.store.port import Once
from handoff.store.sending_port import Fetch, Parcel

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


def has_files_to_fetch(entry: Entry) -> bool:
    """Tell whether files of a contact's message are still at the platform."""
    return any(attachment.state is AttachmentState.PENDING for attachment in entry.attachments)


def platform_id(entry: Entry) -> str:
    """Return by what the platform knows a contact's message, empty for not at all."""
    if entry.kind is not Kind.MESSAGE:
        return ""
    return str(entry.facts.get("message_ref") or entry.external_id or "")


def to_send(channel: str, entries: Sequence[Entry]) -> list[int]:
    """Return the places (from 1) of those entries that Baton has to send."""
    return [place for place, entry in enumerate(entries, 1) if is_outgoing(entry)] if is_pushed(channel) else []


def ends_parcel(parcel: Parcel, seq: int) -> bool:
    """Tell whether nothing of a parcel is left to be sent once the entry `seq` is settled.

    Raises:
        ValueError: the parcel has no such entry.
    """
    if not any(entry.seq == seq for entry in parcel.entries):
        raise ValueError("A sender settles what its parcel holds.")
    outgoing = [entry.seq for entry in parcel.entries if is_outgoing(entry)]
    return seq >= (outgoing[-1] if outgoing else parcel.entries[-1].seq)


def delivery(report: DeliveryReport, seq: int) -> Entry:
    """Return the entry that records what became of the entry `seq`."""
    return Entry(
        Kind.DELIVERY,
        Author.SYSTEM,
        report.at,
        visibility=Visibility.INTERNAL,
        in_reply_to=seq,
        facts={"status": report.status.value, "code": report.code, "hint": report.hint},
    )


def report_in(entry: Entry) -> DeliveryReport:
    """Return the report that a `DELIVERY` entry holds."""
    facts = entry.facts
    return DeliveryReport(DeliveryStatus(facts["status"]), entry.at, facts.get("code", ""), facts.get("hint", ""))


def fetched_entry(fetch: Fetch, attachments: Sequence[Attachment], now: int) -> Entry:
    """Return the entry that records what came of a message's files."""
    return Entry(
        Kind.MEDIA,
        Author.CONTACT,
        now,
        visibility=Visibility.INTERNAL,
        in_reply_to=fetch.entry.seq,
        attachments=tuple(attachments),
    )


def replayed(entry: Entry, now: int) -> Entry:
    """Return the copy of a dead letter's entry that is sent again.

    It is a plain message, for what else the entry records (a change of hands, a callback) has happened once, and what
    it asked for may have been answered.
    """
    plain = replace(entry, kind=Kind.MESSAGE, at=now, external_id=None, understood=None, event=None, owner=None)
    kept = entry.facts if entry.kind is Kind.MESSAGE else {}
    return replace(plain, asks=None, facts={**kept, "replay_of": entry.seq})


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


def check_identity(identity: Identity) -> None:
    """Refuse an identity that nobody could find again; raises ValueError."""
    if not identity.ids or not all(identity.ids):
        raise ValueError("An identity has at least one id, and none is empty.")


def check_profiles(contact_id: str, before: Profile, after: Profile) -> None:
    """Refuse a change of another profile than the one named; raises ValueError."""
    if not contact_id == before.id == after.id:
        raise ValueError("A save names each profile by its own id.")


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
        conversation.ended_at,
    )
