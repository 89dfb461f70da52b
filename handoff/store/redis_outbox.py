"""What is to be sent, what became of it and what is to be fetched, in Redis; each atomic step is a script in lua/."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NoReturn

from handoff.attachment import Attachment
from handoff.delivery import DeliveryReport, DeliveryStatus, rank
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.errors import NotFound, Stale
from handoff.store import keys
from handoff.store.codec import decode, encode
from handoff.store.keys import conversation_keys
from handoff.store.lists import ends_parcel, fetched_entry, replayed, report_in
from handoff.store.redis_lines import conversation_of, entries_of, line_of, merged, record
from handoff.store.redis_link import Argument, Command, RedisLink
from handoff.store.sending_port import MOST_EARLY, MOST_SENT, DeadLetter, Fetch, Parcel

_DUE_AT_ONCE = 32  # of each partition
_BY_RANK: list[DeliveryStatus] = sorted(DeliveryStatus, key=rank)
_STATUSES = " ".join(_BY_RANK)


class RedisOutbox:
    """What is to be sent, what became of it, and what is to be fetched."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    # sending

    async def due(self, now: int) -> Sequence[str]:
        """Name conversations that have something to send and no live lease, the longest due first."""
        return await self._due([keys.outbox_key(partition) for partition in keys.PARTITIONS], now)

    async def take(self, conversation_id: str, now: int, lease_ms: int) -> Parcel | None:
        """Lease a due conversation; None when nothing is due or another sender has it."""
        at = conversation_keys(conversation_id)
        parcel = await self._link.script(
            "take_parcel",
            (at.record, at.log, at.outbox, at.sending, at.outgoing, at.parts),
            conversation_id,
            now,
            now + lease_ms,
            MOST_SENT,
        )
        if parcel is None:
            return None
        *kept, cursor, lease, tries, doubt, parts, lines = parcel
        return Parcel(conversation_of(*kept), entries_of(lines, cursor), lease, tries, tuple(parts), doubt)

    async def part_sent(self, parcel: Parcel, seq: int, message_id: str, now: int) -> None:
        """Note that the platform took the next part of entry `seq` under this id; raises Stale."""
        at = conversation_keys(parcel.conversation.id)
        _still_leased(
            await self._link.script(
                "part_sent",
                (at.sending, at.parts, at.ids, at.delivered, at.early),
                parcel.lease,
                seq,
                message_id,
                now,
            )
        )

    async def settle(self, parcel: Parcel, seq: int, report: DeliveryReport | None, now: int) -> None:
        """Move the sending cursor to `seq`, and tell what became of it; raises Stale."""
        ends = ends_parcel(parcel, seq)
        at = conversation_keys(parcel.conversation.id)
        _still_leased(
            await self._link.script(
                "settle",
                (at.log, at.outbox, at.sending, at.outgoing, at.parts, at.delivered, at.dead),
                parcel.conversation.id,
                now,
                keys.LIVE,
                parcel.lease,
                seq,
                int(ends),
                "" if report is None else rank(report.status),
                _STATUSES,
                *(("", "") if report is None else _telling(report)),
            )
        )

    async def put_off(self, parcel: Parcel, until: int, *, tried: bool = True, doubt: bool = False) -> None:
        """End the lease: the rest is due at `until`; a lease that is over is left alone."""
        at = conversation_keys(parcel.conversation.id)
        await self._link.script(
            "put_off_parcel",
            (at.outbox, at.sending, at.outgoing, at.parts),
            parcel.conversation.id,
            parcel.lease,
            until,
            int(tried),
            int(doubt),
        )

    # what became of it

    async def report(
        self, conversation_id: str, message_id: str, report: DeliveryReport, now: int, *, place: tuple[int, int] | None
    ) -> bool:
        """Note what the platform tells of a message; False when it says nothing new or the message is not known."""
        at = conversation_keys(conversation_id)
        news = await self._link.script(
            "report",
            (
                at.record,
                at.log,
                at.outbox,
                at.sending,
                at.outgoing,
                at.parts,
                at.ids,
                at.delivered,
                at.early,
                at.dead,
            ),
            conversation_id,
            now,
            keys.LIVE,
            message_id,
            rank(report.status),
            _STATUSES,
            *_telling(report),
            *(place or ("", "")),
            MOST_EARLY,
        )
        return bool(news)

    async def place_of(self, conversation_id: str, message_id: str) -> int | None:
        """Return the seq of the entry, sent or received, that the platform knows by an id."""
        place: str | None = await self._link.call("HGET", conversation_keys(conversation_id).ids, message_id)
        return None if place is None else int(place.partition(".")[0])

    # dead letters

    async def dead(self, at_most: int = 200) -> Sequence[DeadLetter]:
        """Return the dead letters, latest first."""
        found = await self._link.together(
            [
                ("ZREVRANGE", keys.dead_key(partition), 0, at_most - 1, "WITHSCORES")
                for partition in keys.PARTITIONS
                if at_most > 0
            ]
        )
        places = [_message(member) for _, member in reversed(merged(found))][: max(at_most, 0)]
        return await self._letters(places)

    async def drop(self, conversation_id: str, seq: int) -> None:
        """Strike a dead letter; raises NotFound."""
        at = conversation_keys(conversation_id)
        if not await self._link.script("drop_letter", (at.delivered, at.dead), conversation_id, seq):
            _no_letter()

    async def replay(self, conversation_id: str, seq: int, now: int) -> int:
        """Append a copy of a dead letter's entry, which is sent in its turn; returns its seq; raises NotFound."""
        at = conversation_keys(conversation_id)
        line = await self._link.call("LINDEX", at.log, seq - 1) if seq > 0 else None
        if line is None:
            _no_letter()
        copy: int = await self._link.script(
            "replay_letter",
            (at.log, at.outbox, at.sending, at.outgoing, at.delivered, at.dead),
            conversation_id,
            now,
            keys.LIVE,
            seq,
            line_of(replayed(decode(Entry, line, seq=seq), now)),
        )
        if not copy:
            _no_letter()
        return copy

    # fetching

    async def fetches_due(self, now: int) -> Sequence[tuple[str, int]]:
        """Name messages (conversation, seq) with files to fetch and no live lease."""
        found = await self._due([keys.fetches_key(partition) for partition in keys.PARTITIONS], now)
        return [_message(member) for member in found]

    async def take_fetch(self, conversation_id: str, seq: int, now: int, lease_ms: int) -> Fetch | None:
        """Lease a message whose files are to be fetched; None when another has it or it is done."""
        at = conversation_keys(conversation_id)
        fetch = await self._link.script(
            "take_fetch",
            (at.record, at.log, at.fetches, at.fetching),
            conversation_id,
            seq,
            now,
            now + lease_ms,
        )
        if fetch is None:
            return None
        *kept, line, lease, tries = fetch
        return Fetch(conversation_of(*kept), decode(Entry, line, seq=seq), lease, tries)

    async def fetched(self, fetch: Fetch, attachments: Sequence[Attachment], now: int) -> None:
        """Append a `MEDIA` entry with what came of each file, once; raises Stale."""
        at = conversation_keys(fetch.conversation.id)
        _still_leased(
            await self._link.script(
                "fetched",
                (at.log, at.fetches, at.fetching),
                fetch.conversation.id,
                keys.LIVE,
                fetch.entry.seq,
                fetch.lease,
                line_of(fetched_entry(fetch, attachments, now)),
            )
        )

    async def put_off_fetch(self, fetch: Fetch, until: int) -> None:
        """End the lease, counting a try; a lease that is over is left alone."""
        at = conversation_keys(fetch.conversation.id)
        await self._link.script(
            "put_off_fetch",
            (at.fetches, at.fetching),
            fetch.conversation.id,
            fetch.entry.seq,
            fetch.lease,
            until,
        )

    async def _due(self, where: Sequence[str], now: int) -> list[str]:
        found = await self._link.together(
            [("ZRANGEBYSCORE", key, "-inf", now, "WITHSCORES", "LIMIT", 0, _DUE_AT_ONCE) for key in where]
        )
        return [member for _, member in merged(found)]

    async def _letters(self, places: Sequence[tuple[str, int]]) -> list[DeadLetter]:
        """Read dead letters, but for those struck or erased since they were listed."""
        found = await self._link.together([command for place in places for command in _letter(*place)])
        whole = [
            (place, *parts)
            for place, *parts in zip(places, found[::3], found[1::3], found[2::3], strict=True)
            if parts[0][0] is not None and None not in parts
        ]
        reasons = await self._link.together(
            [("LINDEX", conversation_keys(name).log, int(telling) - 1) for (name, _), _, _, telling in whole]
        )
        return [
            DeadLetter(
                name, conversation_of(*kept).channel, decode(Entry, line, seq=seq), report_in(decode(Entry, why))
            )
            for ((name, seq), kept, line, _), why in zip(whole, reasons, strict=True)
            if why is not None
        ]


def _letter(conversation_id: str, seq: int) -> tuple[Command, Command, Command]:
    at = conversation_keys(conversation_id)
    return record(conversation_id), ("LINDEX", at.log, seq - 1), ("HGET", at.delivered, f"{seq}.dead")


def _telling(report: DeliveryReport) -> tuple[Argument, Argument]:
    """Return the start of the DELIVERY entry and its facts; the script adds what only it knows: of which, and how far.

    `handoff.store.lists.delivery` is the entry that comes of it.
    """
    start = Entry(Kind.DELIVERY, Author.SYSTEM, report.at, visibility=Visibility.INTERNAL)
    facts = {"code": report.code, "hint": report.hint}
    return encode(start), json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _message(member: str) -> tuple[str, int]:
    seq, _, conversation_id = member.partition(" ")
    return conversation_id, int(seq)


def _still_leased(done: int) -> None:
    if not done:
        raise Stale("The lease is over; another one goes on with this conversation.")


def _no_letter() -> NoReturn:
    raise NotFound("There is no such dead letter; it was sent again or dropped.")
