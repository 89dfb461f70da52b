"""Where an agent's reply goes, of the conversations of one person: decided once for each reply."""

from __future__ import annotations

from handoff.contacts import Contacts
from handoff.errors import ChatEnded, KeyReused, WroteElsewhere
from handoff.linking_hands import together
from handoff.store.agents_port import Agent
from handoff.store.port import Store
from handoff.text import check_id

PIN_SECONDS = 24 * 3600
"""How long is remembered into which of several conversations a reply went: a repeated one must not go into another."""


class ReplyPlaces:
    """Decides on the conversation, and remembers it.

    Args:
        store: where it is remembered.
        contacts: knows who is one person.
    """

    def __init__(self, store: Store, contacts: Contacts) -> None:
        self._conversations = store.conversations
        self._later = store.later
        self._contacts = contacts

    async def place(self, conversation_id: str, agent: Agent, external_id: str, *, to: str | None, insist: bool) -> str:
        """Name the conversation that a reply goes into, the same one for a reply that is sent again.

        Args:
            conversation_id: the one that the agent has before them.
            agent: who writes.
            external_id: names the reply.
            to: the conversation that the agent was shown as the one it goes into; None for whichever that is.
            insist: whether it goes there although the customer has written from another one since.

        Raises:
            NotFound: there is no such conversation.
            WroteElsewhere: it would go into another conversation than `to` now.
            ChatEnded: the customer has ended the only chat that it could go into.
            KeyReused: it was sent before, when the person was another.
        """
        named = await self._conversations.get(conversation_id)
        linked = await self._contacts.linked(named)
        key = f"reply:{agent.id}:{conversation_id}:{check_id(external_id)}"
        pinned = await self._later.answer_to(key)
        if pinned is None:
            target = await self._contacts.answered(named, linked)
            if target.ended_at is not None:
                raise ChatEnded
            held = {each.id for each in (named, *linked) if together(each, named) and each.ended_at is None}
            if to not in (None, target.id) and not (insist and to in held):
                raise WroteElsewhere(target.channel)
            pinned = await self._later.keep_answer(key, to or target.id, PIN_SECONDS)
        if pinned not in (named.id, *(each.id for each in linked)):
            raise KeyReused("This reply was for somebody who was parted from this person since; write it anew.")
        return pinned
