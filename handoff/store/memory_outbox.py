"""What is to be sent and what became of it, in memory; what is to be fetched is in `handoff.store.memory_fetches`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from handoff.delivery import DeliveryReport, DeliveryStatus, rank
from handoff.errors import NotFound
from handoff.store.lists import delivery, ends_parcel, replayed
from handoff.store.memory_fetches import MemoryFetches, over
from handoff.store.memory_log import Logs
from handoff.store.memory_reach import Reach
from handoff.store.port import Moved
from handoff.store.sending_port import MOST_EARLY, MOST_SENT, DeadLetter, Parcel

_DUE_AT_ONCE = 512


@dataclass(slots=True)
class _Sent:
    """What became of one entry: the report on each part so far, and what was told of them in the log."""

    parts: list[DeliveryReport] = field(default_factory=list)
    told: DeliveryStatus | None = None

    def outcome(self) -> DeliveryReport:
        """Return what the parts come to: failed if one of them failed, else as far as the slowest came."""
        latest = self.parts[::-1]
        failed = (report for report in latest if report.status is DeliveryStatus.FAILED)
        return next(failed, None) or min(latest, key=lambda report: rank(report.status))


@dataclass(slots=True)
class _Sending:
    """Where sending one conversation stands; `heard` counts the next entry's parts that the lease's holder knows of."""

    cursor: int = 0
    lease: int = 0
    held: bool = False
    stepped: int = 0
    heard: int = 0
    tries: int = 0
    doubt: int = 0
    outgoing: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    ids: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    sent: dict[int, _Sent] = field(default_factory=dict)
    early: list[tuple[str, DeliveryReport]] = field(default_factory=list)

    def of(self, seq: int) -> _Sent:
        return self.sent.setdefault(seq, _Sent())

    def end_lease(self) -> None:
        self.lease += 1
        self.held = False


class MemoryOutbox(MemoryFetches):
    """What is to be sent, what became of it, and what is to be fetched."""

    def __init__(self, reach: Reach, logs: Logs) -> None:
        super().__init__(reach, logs)
        self._sending: dict[str, _Sending] = {}
        self._due: dict[str, int] = {}
        self._dead: dict[tuple[str, int], tuple[int, DeliveryReport]] = {}

    # what MemoryConversations tells within its own steps

    def appended(self, conversation_id: str, seqs: Sequence[int], now: int) -> None:
        """Make a conversation due, entries of these seqs being new and to be sent."""
        sending = self._of(conversation_id)
        if not sending.outgoing:
            sending.cursor = seqs[0] - 1
        sending.outgoing += seqs
        self._due.setdefault(conversation_id, now)

    def received(self, conversation_id: str, seq: int, platform_id: str) -> None:
        """Note by what the platform knows a contact's message."""
        if platform_id:
            self._of(conversation_id).ids[platform_id] = (seq, None)

    # sending

    async def due(self, now: int) -> Sequence[str]:
        """Name conversations that have something to send and no live lease, the longest due first."""
        await self._reach.step()
        return [name for _, name in sorted((at, name) for name, at in self._due.items() if at <= now)][:_DUE_AT_ONCE]

    async def take(self, conversation_id: str, now: int, lease_ms: int) -> Parcel | None:
        """Lease a due conversation; None when nothing is due or another sender has it."""
        await self._reach.step()
        if self._due.get(conversation_id, now + 1) > now:
            return None
        self._due[conversation_id] = now + lease_ms
        kept, sending = self._logs.find(conversation_id), self._of(conversation_id)
        sending.lease += 1
        sending.held, sending.stepped, sending.heard = True, now, len(sending.parts)
        entries = tuple(kept.log[sending.cursor : sending.cursor + MOST_SENT])
        return Parcel(kept.conversation, entries, sending.lease, sending.tries, tuple(sending.parts), sending.doubt)

    async def part_sent(self, parcel: Parcel, seq: int, message_id: str, now: int) -> None:
        """Note that the platform took the next part of entry `seq` under this id; raises Stale."""
        await self._reach.step()
        sending = self._leased(parcel)
        if seq <= sending.cursor:
            return
        of, known = sending.ids.get(message_id, (0, None))
        part = sending.heard
        if of == seq and known is not None and known < part:
            return
        sending.heard, sending.tries, sending.doubt, sending.stepped = part + 1, 0, 0, now
        sending.ids[message_id] = (seq, part)
        sent = sending.of(seq)
        if len(sending.parts) == part:
            sending.parts.append(message_id)
            sent.parts.append(DeliveryReport(DeliveryStatus.SENT, now))
        for of_id, report in sending.early:
            if of_id == message_id and rank(report.status) > rank(sent.parts[part].status):
                sent.parts[part] = report
        sending.early = [each for each in sending.early if each[0] != message_id]

    async def settle(self, parcel: Parcel, seq: int, report: DeliveryReport | None, now: int) -> None:
        """Move the sending cursor to `seq`, and tell what became of it; raises Stale."""
        ends = ends_parcel(parcel, seq)
        await self._reach.step()
        sending, name = self._leased(parcel), parcel.conversation.id
        if seq <= sending.cursor:
            return
        failed = report is not None and report.status is DeliveryStatus.FAILED
        if failed and len(sending.parts) > sending.heard:
            sending.end_lease()
            self._due[name] = now
            self._logs.post(self._moved(name, sends=True))
            over()
        if sending.outgoing and sending.outgoing[0] <= seq:
            sending.heard = sending.tries = sending.doubt = 0
            sending.parts = []
        sending.outgoing = [each for each in sending.outgoing if each > seq]
        sending.cursor, sending.stepped = seq, now
        appended = report is not None and self._settled(name, seq, report, now)
        goes_on = ends and bool(sending.outgoing)
        if not sending.outgoing:
            self._due.pop(name, None)
        elif goes_on:
            self._due[name] = now
        if appended or goes_on:
            self._logs.post(self._moved(name, sends=goes_on))

    async def put_off(self, parcel: Parcel, until: int, *, tried: bool = True, doubt: bool = False) -> None:
        """End the lease: the rest is due at `until`; a lease that is over is left alone."""
        await self._reach.step()
        sending, name = self._of(parcel.conversation.id), parcel.conversation.id
        if sending.lease != parcel.lease:
            return
        sending.end_lease()
        if not sending.outgoing:
            self._due.pop(name, None)
        elif len(sending.parts) > sending.heard:
            self._due[name] = sending.stepped
        else:
            sending.tries += tried
            if doubt and not sending.doubt:
                sending.doubt = sending.stepped
            self._due[name] = until

    # what became of it

    async def report(
        self, conversation_id: str, message_id: str, report: DeliveryReport, now: int, *, place: tuple[int, int] | None
    ) -> bool:
        """Note what the platform tells of a message; False when it says nothing new or the message is not known."""
        await self._reach.step()
        if conversation_id not in self._logs.kept:
            return False
        sending = self._of(conversation_id)
        went_out = False
        if message_id not in sending.ids and place is not None:
            went_out = self._resolve(sending, message_id, *place)
        seq, part = sending.ids.get(message_id, (0, None))
        if part is None:
            if not seq:
                others = [each for each in sending.early if each != (message_id, report)]
                sending.early = [*others, (message_id, report)][-MOST_EARLY:]
            return False
        sent = sending.of(seq)
        news = rank(report.status) > rank(sent.parts[part].status)
        appended = False
        if news:
            sent.parts[part] = report
            appended = seq <= sending.cursor and self._tell(conversation_id, seq, report, now)
        wakes = went_out and not sending.held
        if wakes:
            self._due[conversation_id] = now
        if appended or wakes:
            self._logs.post(self._moved(conversation_id, sends=wakes))
        return news or went_out

    async def place_of(self, conversation_id: str, message_id: str) -> int | None:
        """Return the seq of the entry, sent or received, that the platform knows by an id."""
        await self._reach.step()
        place = self._of(conversation_id).ids.get(message_id)
        return None if place is None else place[0]

    # dead letters

    async def dead(self, at_most: int = 200) -> Sequence[DeadLetter]:
        """Return the dead letters, latest first."""
        await self._reach.step()
        latest = sorted(((at, f"{seq} {name}", name, seq) for (name, seq), (at, _) in self._dead.items()), reverse=True)
        return [self._letter(name, seq) for _, _, name, seq in latest[: max(at_most, 0)]]

    async def drop(self, conversation_id: str, seq: int) -> None:
        """Strike a dead letter; raises NotFound."""
        await self._reach.step()
        if self._dead.pop((conversation_id, seq), None) is None:
            _no_letter()

    async def replay(self, conversation_id: str, seq: int, now: int) -> int:
        """Append a copy of a dead letter's entry, which is sent in its turn; returns its seq; raises NotFound."""
        await self._reach.step()
        if self._dead.pop((conversation_id, seq), None) is None:
            _no_letter()
        kept = self._logs.find(conversation_id)
        copy = kept.append(replayed(kept.log[seq - 1], now))
        self.appended(conversation_id, [copy], now)
        self._logs.post(self._moved(conversation_id, sends=True))
        return copy

    # what its steps share

    def _of(self, conversation_id: str) -> _Sending:
        return self._sending.setdefault(conversation_id, _Sending())

    def _leased(self, parcel: Parcel) -> _Sending:
        sending = self._of(parcel.conversation.id)
        if sending.lease != parcel.lease:
            over()
        return sending

    def _resolve(self, sending: _Sending, message_id: str, seq: int, part: int) -> bool:
        """Give a part the id that a report names; True when only now it is known that the part went out."""
        sent = sending.of(seq)
        went_out = sending.outgoing[:1] == [seq] and part == len(sending.parts)
        if went_out:
            sending.parts.append(message_id)
            sending.tries = sending.doubt = 0
            sent.parts.append(DeliveryReport(DeliveryStatus.SENT, 0))
        if part < len(sent.parts):
            sending.ids[message_id] = (seq, part)
        return went_out

    def _settled(self, name: str, seq: int, report: DeliveryReport, now: int) -> bool:
        sent = self._of(name).of(seq)
        # The part that could not be sent counts as one that failed.
        if report.status is DeliveryStatus.FAILED or not sent.parts:
            sent.parts.append(report)
        outcome = sent.outcome()
        return self._tell(name, seq, report if report.status is outcome.status else outcome, now)

    def _tell(self, name: str, seq: int, report: DeliveryReport, now: int) -> bool:
        """Append what an entry's parts come to, if that is more than was told."""
        sent = self._of(name).of(seq)
        status = sent.outcome().status
        if sent.told is not None and rank(status) <= rank(sent.told):
            return False
        telling = replace(report, status=status)
        self._logs.find(name).append(delivery(telling, seq))
        if status is DeliveryStatus.FAILED:
            self._dead[name, seq] = (now, telling)
        else:
            self._dead.pop((name, seq), None)
        sent.told = status
        return True

    def _letter(self, name: str, seq: int) -> DeadLetter:
        kept = self._logs.find(name)
        return DeadLetter(name, kept.conversation.channel, kept.log[seq - 1], self._dead[name, seq][1])

    def _moved(self, name: str, *, sends: bool = False) -> Moved:
        return Moved(name, len(self._logs.find(name).log), sends=sends)


def _no_letter() -> NoReturn:
    raise NotFound("There is no such dead letter; it was sent again or dropped.")
