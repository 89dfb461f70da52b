"""Files of contacts that are still at the platform, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from handoff.attachment import Attachment
from handoff.errors import Stale
from handoff.store.lists import fetched_entry
from handoff.store.memory_log import Logs
from handoff.store.memory_reach import Reach
from handoff.store.port import Moved
from handoff.store.sending_port import Fetch

_DUE_AT_ONCE = 512


@dataclass(slots=True)
class _Fetching:
    due: int
    lease: int = 0
    tries: int = 0


class MemoryFetches:
    """Messages with files to fetch: the part of the outbox that looks the other way."""

    def __init__(self, reach: Reach, logs: Logs) -> None:
        self._reach = reach
        self._logs = logs
        self._fetching: dict[tuple[str, int], _Fetching] = {}

    def to_fetch(self, conversation_id: str, seq: int, now: int) -> None:
        """Make a message due whose files are to be fetched, within the step that accepts it."""
        self._fetching[conversation_id, seq] = _Fetching(now)

    async def fetches_due(self, now: int) -> Sequence[tuple[str, int]]:
        """Name messages (conversation, seq) with files to fetch and no live lease."""
        await self._reach.step()
        due = sorted((each.due, f"{place[1]} {place[0]}", place) for place, each in self._fetching.items())
        return [place for at, _, place in due if at <= now][:_DUE_AT_ONCE]

    async def take_fetch(self, conversation_id: str, seq: int, now: int, lease_ms: int) -> Fetch | None:
        """Lease a message whose files are to be fetched; None when another has it or it is done."""
        await self._reach.step()
        fetching = self._fetching.get((conversation_id, seq))
        if fetching is None or fetching.due > now:
            return None
        fetching.due = now + lease_ms
        fetching.lease += 1
        kept = self._logs.find(conversation_id)
        return Fetch(kept.conversation, kept.log[seq - 1], fetching.lease, fetching.tries)

    async def fetched(self, fetch: Fetch, attachments: Sequence[Attachment], now: int) -> None:
        """Append a `MEDIA` entry with what came of each file, once; raises Stale."""
        await self._reach.step()
        place = (fetch.conversation.id, fetch.entry.seq)
        fetching = self._fetching.get(place)
        if fetching is None or fetching.lease != fetch.lease:
            over()
        del self._fetching[place]
        self._logs.find(place[0]).append(fetched_entry(fetch, attachments, now))
        self._logs.post(Moved(place[0], len(self._logs.find(place[0]).log)))

    async def put_off_fetch(self, fetch: Fetch, until: int) -> None:
        """End the lease, counting a try; a lease that is over is left alone."""
        await self._reach.step()
        fetching = self._fetching.get((fetch.conversation.id, fetch.entry.seq))
        if fetching is not None and fetching.lease == fetch.lease:
            fetching.lease += 1
            fetching.tries += 1
            fetching.due = until


def over() -> NoReturn:
    """Refuse a step of who has no lease any more; raises Stale."""
    raise Stale("The lease is over; another one goes on with this conversation.")
