"""Conversations and their logs in Redis; each atomic step is a script in lua/."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import NoReturn

from handoff.delivery import is_pushed
from handoff.entry import Entry, Kind
from handoff.errors import ChatEnded, KeyReused, NotFound, Stale, place_of
from handoff.model import Conversation
from handoff.store import keys
from handoff.store.keys import conversation_keys
from handoff.store.lists import (
    attended,
    check_change,
    desk_differs,
    has_files_to_fetch,
    holder,
    platform_id,
    queue_score,
    to_send,
)
from handoff.store.port import MOST_TAKEN, Accepted, Moved, Once, Page, Work
from handoff.store.redis_lines import conversation_of, entries_of, line_of, merged, record, state_of
from handoff.store.redis_link import RedisLink
from handoff.store.redis_reads import RedisReads
from handoff.store.redis_watch import RedisWatch

log = logging.getLogger(__name__)

_READY_AT_ONCE = 32  # of each partition
_READ_AT_ONCE = 500
_BEYOND = 2**53  # more than any log holds, and still a whole number to Lua


class RedisConversations:
    """Conversations, their logs, and which of them have work waiting."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._reads = RedisReads(link)
        self._wakes = RedisWatch(link)

    async def open(self, conversation: Conversation) -> Conversation:
        """Keep a new conversation, or return the one already kept under its id."""
        at = conversation_keys(conversation.id)
        state, version, cursor = await self._link.script(
            "open",
            (at.record, at.queue, at.assigned),
            conversation.id,
            state_of(conversation),
            conversation.version,
            conversation.cursor,
            *_listing(conversation),
            int(is_pushed(conversation.channel)),
        )
        return conversation_of(state, version, cursor)

    async def get(self, conversation_id: str) -> Conversation:
        """Return a conversation; raises NotFound."""
        state, version, cursor = await self._link.call(*record(conversation_id))
        if state is None:
            _missing()
        return conversation_of(state, version, cursor)

    async def several(self, conversation_ids: Sequence[str]) -> Mapping[str, Conversation]:
        """Return conversations by id, read together; one that is not kept, or cannot be read, is absent."""
        found: dict[str, Conversation] = {}
        for first in range(0, len(conversation_ids), _READ_AT_ONCE):
            names = conversation_ids[first : first + _READ_AT_ONCE]
            for name, kept in zip(names, await self._link.together([record(name) for name in names]), strict=True):
                try:
                    if kept[0] is not None:
                        found[name] = conversation_of(*kept)
                except (TypeError, ValueError, LookupError) as error:
                    log.error("conversation %s cannot be read: %s", name, place_of(error))
        return found

    async def accept(self, conversation_id: str, entry: Entry, once: Once, now: int) -> Accepted:
        """Append a customer's message once, as work unless an agent attends; raises NotFound, KeyReused, ChatEnded."""
        at = conversation_keys(conversation_id)
        outcome, seq = await self._link.script(
            "accept",
            (at.record, at.log, at.seen, at.ready, at.fetches, at.ids),
            conversation_id,
            now,
            keys.LIVE,
            once.key,
            once.digest,
            line_of(entry),
            _how(entry),
            platform_id(entry),
            int(has_files_to_fetch(entry)),
        )
        return _accepted(outcome, seq)

    async def ready(self, now: int) -> Sequence[str]:
        """Name conversations that have work waiting and no live lease, oldest first."""
        found = await self._link.together(
            [
                ("ZRANGEBYSCORE", keys.ready_key(partition), "-inf", now, "WITHSCORES", "LIMIT", 0, _READY_AT_ONCE)
                for partition in keys.PARTITIONS
            ]
        )
        return [name for _, name in merged(found)]

    async def take(self, conversation_id: str, now: int, lease_ms: int) -> Work | None:
        """Lease a ready conversation; None when it has no work or another worker has it."""
        at = conversation_keys(conversation_id)
        work = await self._link.script(
            "take", (at.record, at.log, at.ready), conversation_id, now, now + lease_ms, MOST_TAKEN
        )
        if work is None:
            return None
        state, version, cursor, *lines = work
        conversation = conversation_of(state, version, cursor)
        return Work(conversation, entries_of(lines, conversation.cursor))

    async def put_off(self, conversation_id: str, until: int) -> None:
        """End a lease early: the conversation's waiting work is ready again at `until`."""
        await self._link.call("ZADD", conversation_keys(conversation_id).ready, "XX", until, conversation_id)

    async def commit(
        self,
        before: Conversation,
        after: Conversation,
        entries: Sequence[Entry],
        now: int,
        *,
        once: Once | None = None,
        wakes: bool = False,
    ) -> Accepted:
        """Write a conversation and append entries in one step; raises Stale, KeyReused, NotFound."""
        check_change(before, after, once)
        at = conversation_keys(before.id)
        outcome, seq = await self._link.script(
            "commit",
            (at.record, at.log, at.seen, at.ready, at.queue, at.assigned, at.sending, at.outgoing, at.outbox),
            before.id,
            now,
            keys.LIVE,
            once.key if once else "",
            once.digest if once else "",
            before.version,
            after.version,
            after.cursor,
            state_of(after) if after != before else "",
            *_listing(after),
            int(wakes),
            int(desk_differs(before, after)),
            " ".join(map(str, to_send(before.channel, entries))),
            *(line_of(entry) for entry in entries),
        )
        return _accepted(outcome, seq)

    async def read(self, conversation_id: str, after: int, limit: int = 500) -> Page:
        """Return the entries past seq `after`, in order; raises NotFound."""
        return await self._reads.page(conversation_id, min(max(after, 0), _BEYOND), min(limit, _BEYOND))

    async def queued(self) -> Sequence[str]:
        """Name the waiting conversations in the order in which they are served."""
        found = await self._link.together(
            [("ZRANGE", keys.queue_key(partition), 0, -1, "WITHSCORES") for partition in keys.PARTITIONS]
        )
        return [name for _, name in merged(found)]

    async def assigned(self) -> Mapping[str, str]:
        """Map each conversation that an agent has to the agent's id."""
        found = await self._link.together([("HGETALL", keys.assigned_key(partition)) for partition in keys.PARTITIONS])
        return {conversation_id: agent_id for part in found for conversation_id, agent_id in part.items()}

    async def announce(self, moved: Moved) -> None:
        """Wake the live pages about something that is not in the log."""
        await self._wakes.announce(moved)

    def watch(self) -> AsyncGenerator[Moved, None]:
        """Yield every wake-up from now on; first, and after a gap, `Moved("")`: look at everything again."""
        return self._wakes.watch()


def _how(entry: Entry) -> str:
    if entry.kind is not Kind.MESSAGE:
        return "noted"
    return "typed" if entry.choice is None else "pressed"


def _listing(conversation: Conversation) -> tuple[str | int, str, int, int]:
    score, ended = queue_score(conversation), conversation.ended_at is not None
    return ("" if score is None else score, holder(conversation) or "", int(attended(conversation)), int(ended))


def _accepted(outcome: str, seq: int) -> Accepted:
    if outcome == "reused":
        raise KeyReused("This id was already used for something else; use a new one.")
    if outcome == "stale":
        raise Stale("The conversation has moved on; look at it again.")
    if outcome == "missing":
        _missing()
    if outcome == "ended":
        raise ChatEnded
    return Accepted(seq, repeated=outcome == "repeated")


def _missing() -> NoReturn:
    raise NotFound("There is no such conversation.")
