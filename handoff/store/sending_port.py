"""The store port's part for channels that Baton sends to: the outbox, dead letters, and files still to be fetched.

The outbox is no second copy: each conversation of a pushed channel (`handoff.delivery.is_pushed`) has a sending cursor
into its log, and is due as long as an outgoing entry stands past it. One sender at a time holds a conversation's lease.
Every method raises `StoreUnavailable` when the server does not answer. Instants are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handoff.attachment import Attachment
from handoff.delivery import DeliveryReport
from handoff.entry import Entry
from handoff.model import Conversation

MOST_SENT = 64
"""How many entries a parcel brings at most."""

MOST_EARLY = 50
"""How many reports about messages not known yet are remembered in a conversation, the latest ones."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one sender may send of one conversation until its lease ends.

    Args:
        conversation: as it is now.
        entries: past the sending cursor, in order, outgoing or not.
        lease: names this lease; a step under an older one changes nothing.
        tries: how often the first outgoing entry was put off.
        parts: the platform's ids of the parts of that entry which it has taken already.
        doubt: since when (ms) the next part waits for a sign, having been sent without an answer; 0 for not at all.
    """

    conversation: Conversation
    entries: tuple[Entry, ...]
    lease: int
    tries: int = 0
    parts: tuple[str, ...] = ()
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be delivered and waits for somebody to replay or drop it."""

    conversation_id: str
    channel: str
    entry: Entry
    report: DeliveryReport


@dataclass(frozen=True, slots=True)
class Fetch:
    """A contact's message with files that are still at the platform.

    `entry` holds PENDING attachments, `tries` is how often fetching was put off.
    """

    conversation: Conversation
    entry: Entry
    lease: int
    tries: int = 0


class OutboxStore(Protocol):
    """What is to be sent, what became of it, and what is to be fetched."""

    async def due(self, now: int) -> Sequence[str]:
        """Name conversations that have something to send and no live lease, the longest due first (some hundreds)."""

    async def take(self, conversation_id: str, now: int, lease_ms: int) -> Parcel | None:
        """Lease a due conversation; None when nothing is due or another sender has it."""

    async def part_sent(self, parcel: Parcel, seq: int, message_id: str, now: int) -> None:
        """Note that the platform took the next part of entry `seq` under this id; clears tries and doubt.

        A report about that id that came earlier (the platform is sometimes faster than its own answer) is kept then.

        Raises:
            Stale: the lease is over and another sender goes on.
        """

    async def settle(self, parcel: Parcel, seq: int, report: DeliveryReport | None, now: int) -> None:
        """Move the sending cursor to `seq`, one of the parcel's; the lease goes on until nothing of the parcel is left.

        A report is appended as a `DELIVERY` entry (internal, system, `in_reply_to=seq`, facts `status`, `code`, `hint`)
        unless one of a higher rank is there; FAILED also makes a dead letter. None passes over what is not outgoing.
        An entry in several parts came as far as the slowest of them, and failed if one did; what was reported of its
        parts before this is told now. An entry that is settled already stays as it is.

        Raises:
            Stale: the lease is over and another sender goes on; or a report came by which the part that FAILED is
                about did go out, so that the next lease goes on behind it.
        """

    async def put_off(self, parcel: Parcel, until: int, *, tried: bool = True, doubt: bool = False) -> None:
        """End the lease: the rest is due at `until` (at once when it is past). `tried` counts a try of the next entry,
        `doubt` notes that its next part was sent without an answer (since when, the store knows: a doubt that is there
        already keeps its beginning, and is not ended by a step without `doubt`). A lease that is over is left alone.
        """

    async def report(
        self, conversation_id: str, message_id: str, report: DeliveryReport, now: int, *, place: tuple[int, int] | None
    ) -> bool:
        """Note what the platform tells of a message; False when it says nothing new or no such message is known (yet).

        Of a settled entry it is appended as `settle` does; FAILED makes a dead letter, and what outranks it strikes
        that. A report about an id not known yet is remembered (`MOST_EARLY`) until `part_sent`.

        Args:
            place: (seq, part counted from 0) where the idempotency key told it; it resolves a doubt.
        """

    async def place_of(self, conversation_id: str, message_id: str) -> int | None:
        """Return the seq of the entry, sent or received, that the platform knows by an id.

        A received entry is known by its `external_id` and, where it has one, by its fact `message_ref`.
        """

    async def dead(self, at_most: int = 200) -> Sequence[DeadLetter]:
        """Return the dead letters, latest first."""

    async def drop(self, conversation_id: str, seq: int) -> None:
        """Strike a dead letter; raises NotFound."""

    async def replay(self, conversation_id: str, seq: int, now: int) -> int:
        """Append a copy of a dead letter's entry (facts `replay_of`), which is sent in its turn; returns its seq.

        The dead letter is struck in the same step. The copy is a plain message, whatever the entry was.

        Raises:
            NotFound: there is no such dead letter.
        """

    async def fetches_due(self, now: int) -> Sequence[tuple[str, int]]:
        """Name messages (conversation, seq) with files to fetch and no live lease."""

    async def take_fetch(self, conversation_id: str, seq: int, now: int, lease_ms: int) -> Fetch | None:
        """Lease a message whose files are to be fetched; None when another has it or it is done."""

    async def fetched(self, fetch: Fetch, attachments: Sequence[Attachment], now: int) -> None:
        """Append a `MEDIA` entry (internal, contact, `in_reply_to` the message) with what came of each file; once.

        Raises:
            Stale: the lease is over and another goes on.
        """

    async def put_off_fetch(self, fetch: Fetch, until: int) -> None:
        """End the lease, counting a try: fetching is due again at `until`."""
