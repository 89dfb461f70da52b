"""Which conversations an agent may read, and reading them.

An agent reads what waits, what is theirs, what once was theirs and no colleague has now, and what holds a callback that
somebody must make. Who may read one conversation of a person may read the others that are proven to be theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate

from handoff.callback import CallbackStatus
from handoff.clock import Clock
from handoff.contacts import Contacts
from handoff.entry import Entry, Owner
from handoff.errors import NotAllowed
from handoff.last_word import LOOK_BACK, latest, written
from handoff.linking import Person
from handoff.model import Conversation
from handoff.store.agents_port import Agent
from handoff.store.port import Page, Store

_STRETCH = 500


@dataclass(frozen=True, slots=True)
class Told:
    """An entry, and in which of a person's conversations it stands."""

    conversation: Conversation
    entry: Entry


@dataclass(frozen=True, slots=True)
class Timeline:
    """A person's conversations as one.

    Args:
        logs: each conversation, the one asked for first, with its entries in order and its log's last seq.
        last_used: that in which the customer last wrote.
        answered: that into which a reply goes.
    """

    logs: Sequence[tuple[Conversation, list[Entry], int]]
    last_used: Conversation
    answered: Conversation

    def merged(self) -> list[Told]:
        """Return the entries of all by time; those of one conversation stay in their order."""
        timed = merge(*(_timed(conversation, log) for conversation, log, _ in self.logs), key=lambda each: each[0])
        return [told for _, told in timed]


class Reading:
    """Opens conversations to the agents who may read them.

    Args:
        store: where conversations and callbacks are kept.
        clock: tells the present instant.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._conversations = store.conversations
        self._callbacks = store.callbacks
        self._contacts = Contacts(store, clock)

    async def conversation(self, conversation_id: str, agent: Agent) -> Conversation:
        """Return a conversation that the agent may read.

        Raises:
            NotFound: there is no such conversation.
            NotAllowed: it is not this agent's to read.
        """
        conversation = await self._conversations.get(conversation_id)
        if not await self.may_read(conversation, agent):
            if conversation.owner is Owner.AGENT:
                raise NotAllowed(f"{conversation.agent_name or 'A colleague'} has this conversation now.")
            raise NotAllowed("This conversation is not yours to read.")
        return conversation

    async def log(self, conversation_id: str, after: int = 0) -> tuple[list[Entry], int]:
        """Return every entry past `after` and the log's last seq."""
        entries: list[Entry] = []
        while True:
            page: Page = await self._conversations.read(conversation_id, after, _STRETCH)
            entries += page.entries
            if len(page.entries) < _STRETCH:
                return entries, page.last_seq
            after = page.entries[-1].seq

    async def timeline(self, conversation: Conversation) -> Timeline:
        """Return the logs of all conversations of the person whose conversation this is."""
        linked = await self._contacts.linked(conversation)
        logs = [(each, *await self.log(each.id)) for each in (conversation, *linked)]
        # As far back as is looked for a reply's place, so that the agent is shown that very one.
        wrote = {each.id: written(log[-LOOK_BACK:]) for each, log, _ in logs}
        reached = await self._contacts.reached(conversation, linked)
        return Timeline(logs, latest((conversation, *linked), wrote), latest(reached, wrote))

    async def person(self, conversation: Conversation) -> Person:
        """Return the person whose conversation this is."""
        return await self._contacts.person(conversation.contact.id)

    async def part(self, conversation: Conversation, merge_id: str, agent: Agent) -> None:
        """Undo one of the merges by which conversations came together; raises NotFound."""
        await self._contacts.part(conversation.contact.id, merge_id, agent)

    async def may_read(self, conversation: Conversation, agent: Agent) -> bool:
        """Tell whether a conversation is the agent's to read, by itself or as one of a person's."""
        if await self._may_read_itself(conversation, agent):
            return True
        for each in await self._contacts.linked(conversation):
            if await self._may_read_itself(each, agent):
                return True
        return False

    async def _may_read_itself(self, conversation: Conversation, agent: Agent) -> bool:
        if conversation.owner is Owner.QUEUE:
            return True
        if conversation.owner is Owner.AGENT:
            return conversation.agent_id == agent.id
        if agent.id in conversation.had_by:
            return True
        callbacks = await self._callbacks.of_conversation(conversation.id)
        return any(callback.status is CallbackStatus.BOOKED for callback in callbacks)


def _timed(conversation: Conversation, log: Sequence[Entry]) -> list[tuple[int, Told]]:
    """Pair entries with their time, or with that of an earlier one if it is later: clocks of processes differ."""
    times = accumulate((entry.at for entry in log), max)
    return [(at, Told(conversation, entry)) for at, entry in zip(times, log, strict=True)]
