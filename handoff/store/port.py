"""The store port: what Baton keeps, and the few atomic steps in which it changes.

Two adapters obey one contract suite: Redis (`handoff.store.redis_*`) and the in-memory twin (`handoff.store.memory`).
Agents, sending, contacts and what is said later have pages of their own: `agents_port`, `sending_port`, `contacts_port`
and `later_port`.
Every method raises `StoreUnavailable` when the server does not answer. `now` and other instants are in milliseconds.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from handoff.callback import Callback, Slot
from handoff.entry import Entry
from handoff.model import Conversation
from handoff.store.agents_port import AgentStore
from handoff.store.contacts_port import ContactStore
from handoff.store.later_port import LaterStore
from handoff.store.sending_port import OutboxStore


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key within a conversation, and the digest of the body that came with it."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Where a message stands in the log; `repeated` when it had been accepted before."""

    seq: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a log in order, and the log's last seq."""

    entries: tuple[Entry, ...]
    last_seq: int


MOST_TAKEN = 64
"""How many entries a lease brings at most: what is left when many wait comes with the next lease."""


@dataclass(frozen=True, slots=True)
class Work:
    """A leased conversation and the first entries past its cursor."""

    conversation: Conversation
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Something happened in a conversation: a wake-up, never the truth.

    `last_seq` is its log's end. `desk` is True when what the desk lists (owner, offer, status) changed, `work` when the
    worker has something to do, `sends` when the sender has, `fetches` when there are files to fetch. `signal` names a
    passing thing that is not in the log (one of those below), else it is empty.
    """

    conversation_id: str
    last_seq: int = 0
    desk: bool = False
    work: bool = False
    sends: bool = False
    fetches: bool = False
    signal: str = ""


AGENT_TYPES = "typing:agent"
BOT_TYPES = "typing:bot"
CONTACT_TYPES = "typing:contact"


class ConversationStore(Protocol):
    """Conversations, their logs, and which of them have work waiting."""

    async def open(self, conversation: Conversation) -> Conversation:
        """Keep a new conversation, or return the one already kept under its id."""

    async def get(self, conversation_id: str) -> Conversation:
        """Return a conversation.

        Raises:
            NotFound: there is none with that id.
        """

    async def several(self, conversation_ids: Sequence[str]) -> Mapping[str, Conversation]:
        """Return conversations by id, read together; one that is not kept, or cannot be read, is absent."""

    async def accept(self, conversation_id: str, entry: Entry, once: Once, now: int) -> Accepted:
        """Append a customer's message durably, once, and mark the conversation ready for its worker.

        What is typed while an agent attends (`lists.attended`) and nothing else waits is no work: the cursor passes it
        in the same step, and the version rises with it. What is no message (a reaction, an edit) is never work.

        In the same step a message with PENDING attachments becomes due for fetching, and on a pushed channel it is
        found from then on (`OutboxStore.place_of`) by its fact `message_ref`, or by its `external_id` without one.

        Raises:
            NotFound: there is no such conversation.
            KeyReused: the key came before with another digest.
            ChatEnded: its customer has ended it, whatever the key.
        """

    async def ready(self, now: int) -> Sequence[str]:
        """Name conversations that have work waiting and no live lease, oldest first (at most some hundreds)."""

    async def take(self, conversation_id: str, now: int, lease_ms: int) -> Work | None:
        """Lease a ready conversation, with at most `MOST_TAKEN` entries; None without work, or if a worker has it."""

    async def put_off(self, conversation_id: str, until: int) -> None:
        """End a lease early: the conversation's waiting work is ready again at `until`."""

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
        """Write a conversation and append entries in one step, if nothing moved since `before` was read.

        `after` is written only when it differs from `before`, and must then have a higher version. Its waiting work
        and its place in the lists of queued and assigned conversations follow from it. A commit that moves the cursor
        ends the lease: what is still waiting is ready at once. `wakes` marks the last of the entries as work for the
        worker. On a pushed channel the conversation is due in the outbox once an outgoing entry is appended. The seq
        returned is that of the last entry appended (the log's end when there are none); for a known
        `once` key it is the seq it got then, and nothing is written.

        Raises:
            Stale: another commit came in between; read again and decide anew.
            KeyReused: the key came before with another digest.
            NotFound: there is no such conversation.
        """

    async def read(self, conversation_id: str, after: int, limit: int = 500) -> Page:
        """Return the entries past seq `after`, in order.

        Raises:
            NotFound: there is no such conversation.
        """

    async def queued(self) -> Sequence[str]:
        """Name the waiting conversations in the order in which they are served (front first, then by request)."""

    async def assigned(self) -> Mapping[str, str]:
        """Map each conversation that an agent has to the agent's id."""

    async def announce(self, moved: Moved) -> None:
        """Wake the live pages about something that is not in the log."""

    def watch(self) -> AsyncGenerator[Moved, None]:
        """Yield every wake-up from now on, reconnecting by itself; `handoff.watching.watched` begins it again at need.

        The first item, and the first one after a gap (a lost connection, or a watcher too slow for what comes), is
        `Moved("")`: look at everything again. Once it has come, nothing later is missed. However many watch, a process
        hears each wake-up once.

        Raises:
            StoreUnavailable: it cannot go on.
        """


class CallbackStore(Protocol):
    """Callbacks and the places they take in slots."""

    async def get(self, callback_id: str) -> Callback:
        """Return a callback; raises NotFound."""

    async def save(self, before: Callback | None, after: Callback, slot: Slot | None, now: int) -> Callback:
        """Write a callback and take or free its place in one step.

        `before` is None for a new one (kept already under this id: returned as it is, nothing written). `slot` is
        needed where `after` takes a place in a slot that `before` did not have.

        Raises:
            SlotTaken: every place of the slot is held or booked.
            Stale: it changed since `before` was read.
        """

    async def free_places(self, slots: Sequence[Slot], now: int) -> Sequence[int]:
        """Tell for each slot how many places are free."""

    async def between(self, starts_from: int, starts_until: int) -> Sequence[Callback]:
        """Return the booked and done callbacks that start in the span, in order of time."""

    async def of_conversation(self, conversation_id: str) -> Sequence[Callback]:
        """Return a conversation's callbacks, in order of time."""

    async def by_key(self, key: str) -> Once | None:
        """Return what an Idempotency-Key was used for, if it was."""

    async def keep_key(self, key: Once, ttl_s: int) -> None:
        """Remember an Idempotency-Key and the digest of its body."""


class Store(Protocol):
    """Everything Baton keeps."""

    @property
    def conversations(self) -> ConversationStore: ...

    @property
    def agents(self) -> AgentStore: ...

    @property
    def callbacks(self) -> CallbackStore: ...

    @property
    def outbox(self) -> OutboxStore: ...

    @property
    def contacts(self) -> ContactStore: ...

    @property
    def later(self) -> LaterStore: ...

    async def ping(self) -> bool:
        """Tell whether the store answers now; never raises."""

    async def close(self) -> None:
        """Let go of connections."""
