"""Conversations and their logs in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence

from handoff.delivery import is_pushed
from handoff.entry import Entry, Kind
from handoff.errors import ChatEnded, Stale
from handoff.model import Conversation
from handoff.store.codec import same_as_kept
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
from handoff.store.memory_log import Kept, Logs
from handoff.store.memory_outbox import MemoryOutbox
from handoff.store.memory_reach import Reach
from handoff.store.port import MOST_TAKEN, Accepted, Moved, Once, Page, Work

_READY_AT_ONCE = 512


class MemoryConversations:
    """Conversations, their logs, and which of them have work waiting."""

    def __init__(self, reach: Reach, logs: Logs, outbox: MemoryOutbox) -> None:
        self._reach = reach
        self._logs = logs
        self._outbox = outbox
        self._ready: dict[str, int] = {}

    async def open(self, conversation: Conversation) -> Conversation:
        """Keep a new conversation, or return the one already kept under its id."""
        await self._reach.step()
        kept = self._logs.kept.setdefault(conversation.id, Kept(same_as_kept(conversation)))
        return kept.conversation

    async def get(self, conversation_id: str) -> Conversation:
        """Return a conversation; raises NotFound."""
        await self._reach.step()
        return self._logs.find(conversation_id).conversation

    async def several(self, conversation_ids: Sequence[str]) -> Mapping[str, Conversation]:
        """Return conversations by id, read together; one that is not kept is absent."""
        await self._reach.step()
        return {name: self._logs.kept[name].conversation for name in conversation_ids if name in self._logs.kept}

    async def accept(self, conversation_id: str, entry: Entry, once: Once, now: int) -> Accepted:
        """Append a customer's message once, as work unless an agent attends; raises NotFound, KeyReused, ChatEnded."""
        await self._reach.step()
        kept = self._logs.find(conversation_id)
        if kept.conversation.ended_at is not None:
            raise ChatEnded
        if known := kept.known(once):
            return known
        seq = kept.append(entry)
        work = entry.kind is Kind.MESSAGE and self._is_work(kept, entry, seq)
        if work:
            self._ready.setdefault(conversation_id, now)
        if is_pushed(kept.conversation.channel):
            self._outbox.received(conversation_id, seq, platform_id(entry))
        fetches = has_files_to_fetch(entry)
        if fetches:
            self._outbox.to_fetch(conversation_id, seq, now)
        self._logs.post(Moved(conversation_id, seq, work=work, fetches=fetches))
        return kept.remember(once, seq)

    async def ready(self, now: int) -> Sequence[str]:
        """Name conversations that have work waiting and no live lease, oldest first."""
        await self._reach.step()
        due = sorted((at, conversation_id) for conversation_id, at in self._ready.items() if at <= now)
        return [conversation_id for _, conversation_id in due[:_READY_AT_ONCE]]

    async def take(self, conversation_id: str, now: int, lease_ms: int) -> Work | None:
        """Lease a ready conversation; None when it has no work or another worker has it."""
        await self._reach.step()
        if self._ready.get(conversation_id, now + 1) > now:
            return None
        self._ready[conversation_id] = now + lease_ms
        kept = self._logs.find(conversation_id)
        cursor = kept.conversation.cursor
        return Work(kept.conversation, tuple(kept.log[cursor : cursor + MOST_TAKEN]))

    async def put_off(self, conversation_id: str, until: int) -> None:
        """End a lease early: the conversation's waiting work is ready again at `until`."""
        await self._reach.step()
        if conversation_id in self._ready:
            self._ready[conversation_id] = until

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
        await self._reach.step()
        kept = self._logs.find(before.id)
        if known := kept.known(once):
            return known
        if kept.conversation.version != before.version:
            raise Stale("The conversation has moved on; look at it again.")
        moved = after.cursor != kept.conversation.cursor
        kept.conversation = same_as_kept(after)
        for entry in entries:
            kept.append(entry)
        if wakes and entries:
            kept.inbound = len(kept.log)
        self._settle(kept, now, cursor_moved=moved)
        work = kept.inbound > kept.conversation.cursor
        start = len(kept.log) - len(entries)
        seqs = [start + place for place in to_send(before.channel, entries)]
        if seqs:
            self._outbox.appended(before.id, seqs, now)
        self._logs.post(Moved(before.id, len(kept.log), desk=desk_differs(before, after), work=work, sends=bool(seqs)))
        return kept.remember(once, len(kept.log))

    async def read(self, conversation_id: str, after: int, limit: int = 500) -> Page:
        """Return the entries past seq `after`, in order; raises NotFound."""
        await self._reach.step()
        kept = self._logs.find(conversation_id)
        first = max(after, 0)
        return Page(tuple(kept.log[first : first + max(limit, 0)]), len(kept.log))

    async def queued(self) -> Sequence[str]:
        """Name the waiting conversations in the order in which they are served."""
        await self._reach.step()
        scored = ((queue_score(kept.conversation), key) for key, kept in self._logs.kept.items())
        return [key for _, key in sorted((score, key) for score, key in scored if score is not None)]

    async def assigned(self) -> Mapping[str, str]:
        """Map each conversation that an agent has to the agent's id."""
        await self._reach.step()
        holders = ((key, holder(kept.conversation)) for key, kept in self._logs.kept.items())
        return {key: agent_id for key, agent_id in holders if agent_id is not None}

    async def announce(self, moved: Moved) -> None:
        """Wake the live pages about something that is not in the log."""
        await self._reach.step()
        self._logs.post(moved)

    def watch(self) -> AsyncGenerator[Moved, None]:
        """Yield every wake-up from now on; first, and after a gap, `Moved("")`: look at everything again."""
        return self._logs.watch()

    def _is_work(self, kept: Kept, entry: Entry, seq: int) -> bool:
        """Note a customer's message as work; the cursor passes what is only typed to an attending agent."""
        idle, kept.inbound = kept.inbound <= kept.conversation.cursor, seq
        if idle and attended(kept.conversation) and entry.choice is None:
            kept.conversation = kept.conversation.revised(cursor=seq)
            return False
        return True

    def _settle(self, kept: Kept, now: int, *, cursor_moved: bool) -> None:
        """Keep the conversation among the ready ones as long as it has work past its cursor."""
        conversation = kept.conversation
        if kept.inbound <= conversation.cursor:
            self._ready.pop(conversation.id, None)
        elif cursor_moved:
            self._ready[conversation.id] = now
        else:
            self._ready.setdefault(conversation.id, now)
