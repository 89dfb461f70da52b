"""Conversations and their logs in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from handoff.entry import Entry
from handoff.errors import KeyReused, NotFound, Stale
from handoff.model import Conversation
from handoff.store.codec import same_as_kept
from handoff.store.lists import attended, check_change, desk_differs, holder, queue_score
from handoff.store.memory_reach import Reach
from handoff.store.port import MOST_TAKEN, Accepted, Moved, Once, Page, Work

_READY_AT_ONCE = 512
_MAILBOX = 10_000


@dataclass(slots=True)
class _Kept:
    """What there is of one conversation; `inbound` is the seq of the last entry that is work for the worker."""

    conversation: Conversation
    log: list[Entry] = field(default_factory=list)
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    inbound: int = 0

    def append(self, entry: Entry) -> int:
        seq = len(self.log) + 1
        self.log.append(replace(same_as_kept(entry), seq=seq))
        return seq

    def known(self, once: Once | None) -> Accepted | None:
        if once is None or once.key not in self.seen:
            return None
        seq, digest = self.seen[once.key]
        if digest != once.digest:
            raise KeyReused("This id was already used for something else; use a new one.")
        return Accepted(seq, repeated=True)

    def remember(self, once: Once | None, seq: int) -> Accepted:
        if once is not None:
            self.seen[once.key] = (seq, once.digest)
        return Accepted(seq, repeated=False)


class MemoryConversations:
    """Conversations, their logs, and which of them have work waiting."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._kept: dict[str, _Kept] = {}
        self._ready: dict[str, int] = {}
        self._mailboxes: set[asyncio.Queue[Moved]] = set()

    async def open(self, conversation: Conversation) -> Conversation:
        """Keep a new conversation, or return the one already kept under its id."""
        await self._reach.step()
        kept = self._kept.setdefault(conversation.id, _Kept(same_as_kept(conversation)))
        return kept.conversation

    async def get(self, conversation_id: str) -> Conversation:
        """Return a conversation; raises NotFound."""
        await self._reach.step()
        return self._find(conversation_id).conversation

    async def several(self, conversation_ids: Sequence[str]) -> Mapping[str, Conversation]:
        """Return conversations by id, read together; one that is not kept is absent."""
        await self._reach.step()
        return {name: self._kept[name].conversation for name in conversation_ids if name in self._kept}

    async def accept(self, conversation_id: str, entry: Entry, once: Once, now: int) -> Accepted:
        """Append a customer's message once, as work unless an agent attends; raises NotFound, KeyReused."""
        await self._reach.step()
        kept = self._find(conversation_id)
        if known := kept.known(once):
            return known
        seq = kept.append(entry)
        idle, kept.inbound = kept.inbound <= kept.conversation.cursor, seq
        passed_over = idle and attended(kept.conversation) and entry.choice is None
        if passed_over:
            kept.conversation = kept.conversation.revised(cursor=seq)
        else:
            self._ready.setdefault(conversation_id, now)
        self._post(Moved(conversation_id, seq, work=not passed_over))
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
        kept = self._find(conversation_id)
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
        kept = self._find(before.id)
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
        self._post(Moved(before.id, len(kept.log), desk_differs(before, after), work))
        return kept.remember(once, len(kept.log))

    async def read(self, conversation_id: str, after: int, limit: int = 500) -> Page:
        """Return the entries past seq `after`, in order; raises NotFound."""
        await self._reach.step()
        kept = self._find(conversation_id)
        first = max(after, 0)
        return Page(tuple(kept.log[first : first + max(limit, 0)]), len(kept.log))

    async def queued(self) -> Sequence[str]:
        """Name the waiting conversations in the order in which they are served."""
        await self._reach.step()
        scored = ((queue_score(kept.conversation), key) for key, kept in self._kept.items())
        return [key for _, key in sorted((score, key) for score, key in scored if score is not None)]

    async def assigned(self) -> Mapping[str, str]:
        """Map each conversation that an agent has to the agent's id."""
        await self._reach.step()
        holders = ((key, holder(kept.conversation)) for key, kept in self._kept.items())
        return {key: agent_id for key, agent_id in holders if agent_id is not None}

    async def announce(self, moved: Moved) -> None:
        """Wake the live pages about something that is not in the log."""
        await self._reach.step()
        self._post(moved)

    async def watch(self) -> AsyncGenerator[Moved, None]:
        """Yield every wake-up from now on; first, and after a gap, `Moved("")`: look at everything again."""
        mailbox: asyncio.Queue[Moved] = asyncio.Queue()
        self._mailboxes.add(mailbox)
        try:
            yield Moved("")
            while True:
                yield await mailbox.get()
        finally:
            self._mailboxes.discard(mailbox)

    def _find(self, conversation_id: str) -> _Kept:
        kept = self._kept.get(conversation_id)
        if kept is None:
            raise NotFound("There is no such conversation.")
        return kept

    def _settle(self, kept: _Kept, now: int, *, cursor_moved: bool) -> None:
        """Keep the conversation among the ready ones as long as it has work past its cursor."""
        conversation = kept.conversation
        if kept.inbound <= conversation.cursor:
            self._ready.pop(conversation.id, None)
        elif cursor_moved:
            self._ready[conversation.id] = now
        else:
            self._ready.setdefault(conversation.id, now)

    def _post(self, moved: Moved) -> None:
        for mailbox in self._mailboxes:
            if mailbox.qsize() >= _MAILBOX:
                while not mailbox.empty():
                    mailbox.get_nowait()
                mailbox.put_nowait(Moved(""))
            mailbox.put_nowait(moved)
