"""Which conversations an agent may read, and reading them.

An agent reads what waits, what is theirs, what once was theirs and no colleague has now, and what holds a callback that
somebody must make.
"""

from __future__ import annotations

from handoff.callback import CallbackStatus
from handoff.entry import Entry, Owner
from handoff.errors import NotAllowed
from handoff.model import Conversation
from handoff.store.port import Agent, Page, Store

_STRETCH = 500


class Reading:
    """Opens conversations to the agents who may read them."""

    def __init__(self, store: Store) -> None:
        self._conversations = store.conversations
        self._callbacks = store.callbacks

    async def conversation(self, conversation_id: str, agent: Agent) -> Conversation:
        """Return a conversation that the agent may read.

        Raises:
            NotFound: there is no such conversation.
            NotAllowed: it is not this agent's to read.
        """
        conversation = await self._conversations.get(conversation_id)
        if not await self._may_read(conversation, agent):
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

    async def _may_read(self, conversation: Conversation, agent: Agent) -> bool:
        if conversation.owner is Owner.QUEUE:
            return True
        if conversation.owner is Owner.AGENT:
            return conversation.agent_id == agent.id
        if agent.id in conversation.had_by:
            return True
        callbacks = await self._callbacks.of_conversation(conversation.id)
        return any(callback.status is CallbackStatus.BOOKED for callback in callbacks)
