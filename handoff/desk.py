"""What an agent does at the desk: take a conversation, answer, note, pass it on, give it back, close it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handoff.buttons import csat_buttons
from handoff.captions import caption
from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind, Owner, Visibility
from handoff.errors import Conflict, InvalidInput, NotAllowed
from handoff.model import Change, Conversation
from handoff.notices import Notices, Say
from handoff.rules import Rules
from handoff.store.port import Accepted, Agent, Once, Store
from handoff.text import check_id, clean_line, clean_text


class Desk:
    """Every step of an agent, checked against who owns the conversation at that instant."""

    def __init__(self, store: Store, rules: Rules, clock: Clock, notices: Notices) -> None:
        self._conversations = store.conversations
        self._agents = store.agents
        self._rules = rules
        self._clock = clock
        self._notices = notices

    # what the desk shows

    async def queue(self, at_most: int | None = None) -> list[Conversation]:
        """Return the waiting conversations in the order in which they are served."""
        queued = (await self._conversations.queued())[:at_most]
        found = await self._conversations.several(queued)
        return [found[name] for name in queued if name in found and found[name].owner is Owner.QUEUE]

    async def taken(self) -> list[Conversation]:
        """Return the conversations that agents have, the longest held first."""
        found = await self._conversations.several(list(await self._conversations.assigned()))
        taken = [conversation for conversation in found.values() if conversation.owner is Owner.AGENT]
        return sorted(taken, key=lambda c: (c.handoff.claimed_at or 0 if c.handoff else 0, c.id))

    # taking

    async def claim(self, conversation_id: str, agent: Agent) -> Conversation:
        """Take a waiting conversation, offered or not; claiming one's own again changes nothing.

        Raises:
            AlreadyTaken: another agent has it.
            WrongOwner: nobody asked for a person.
        """
        return await self._change(conversation_id, lambda c, now: c.claim(agent.id, agent.name, now))

    async def decline(self, conversation_id: str, agent: Agent) -> Conversation:
        """Give an offer back, so that the next agent is asked.

        Raises:
            WrongOwner: it is not offered to this agent any more.
        """
        return await self._change(conversation_id, lambda c, now: c.pass_over(agent.id, agent.name, now, lapsed=False))

    # writing

    async def reply(self, conversation_id: str, agent: Agent, external_id: str, text: str) -> Accepted:
        """Write to the customer, once for each `external_id`.

        Raises:
            InvalidInput: the text cannot be sent.
            NotAllowed: the conversation is not this agent's.
            KeyReused: the id came before with another text.
        """
        return await self._write(conversation_id, agent, Kind.MESSAGE, external_id, text)

    async def note(self, conversation_id: str, agent: Agent, external_id: str, text: str) -> Accepted:
        """Write a note that only agents see, in one's own or a waiting conversation; raises as `reply` does."""
        return await self._write(conversation_id, agent, Kind.NOTE, external_id, text)

    # passing on

    async def transfer(self, conversation_id: str, agent: Agent, to_id: str, note: str | None = None) -> Conversation:
        """Give the conversation to another agent who is at their desk, with an optional note for them.

        Raises:
            InvalidInput: the other agent is oneself, or the note cannot be kept.
            NotFound: there is no such agent.
            NotAllowed: the conversation is not this agent's.
            Conflict: the other agent is not signed in.
        """
        if to_id == agent.id:
            raise InvalidInput("This conversation is yours already; choose another agent.")
        to = await self._agents.get(to_id)
        if not self._rules.at_desk((await self._agents.presences()).get(to.id), self._clock()):
            raise Conflict(f"{to.name} is not signed in; choose another agent or a team.")
        return await self._pass_on(
            conversation_id, agent, note, lambda c, now: c.transfer(agent.id, to.id, to.name, now)
        )

    async def transfer_to_team(
        self, conversation_id: str, agent: Agent, team: str, note: str | None = None
    ) -> Conversation:
        """Put the conversation at the front of a team's queue, with an optional note.

        Raises:
            InvalidInput: the team's name or the note cannot be kept.
            NotAllowed: the conversation is not this agent's.
        """
        name = clean_line(team, self._rules.max_outcome)
        return await self._pass_on(conversation_id, agent, note, lambda c, now: c.transfer_to_team(agent.id, name, now))

    async def give_back(self, conversation_id: str, agent: Agent, outcome: str) -> Conversation:
        """Return the conversation to the bot, which hears the one-line outcome; the customer is asked how it was.

        Raises:
            InvalidInput: there is no outcome, or it is too long.
            NotAllowed: the conversation is not this agent's.
        """
        line = clean_line(outcome, self._rules.max_outcome)
        return await self._change(
            conversation_id, lambda c, now: self._rated(c, c.return_to_bot(agent.id, line, now), now)
        )

    async def resolve(self, conversation_id: str, agent: Agent, outcome: str = "") -> Conversation:
        """Close the conversation; the customer is asked how it was.

        Raises:
            InvalidInput: the outcome is too long.
            NotAllowed: the conversation is not this agent's.
        """
        line = clean_line(outcome, self._rules.max_outcome) if outcome.strip() else ""
        return await self._change(conversation_id, lambda c, now: self._rated(c, c.resolve(agent.id, line, now), now))

    async def snooze(self, conversation_id: str, agent: Agent, until: int) -> Conversation:
        """Set the conversation aside until `until` (ms) or until the customer writes.

        Raises:
            InvalidInput: the time is past or too far ahead.
            NotAllowed: the conversation is not this agent's.
        """
        ahead = until - self._clock()
        if not 0 < ahead <= self._rules.max_snooze_seconds * 1000:
            days = self._rules.max_snooze_seconds // 86400
            raise InvalidInput(f"Choose a time that is still to come and at most {days} days ahead.")
        return await self._change(conversation_id, lambda c, now: c.snooze(agent.id, until, now))

    # what the steps share

    async def _change(self, conversation_id: str, step: Callable[[Conversation, int], Change]) -> Conversation:
        def decide(conversation: Conversation) -> Change:
            return caption(self._notices, step(conversation, self._clock()))

        after, _ = await carry_out(self._conversations, conversation_id, decide, self._clock)
        return after

    async def _write(self, conversation_id: str, agent: Agent, kind: Kind, external_id: str, text: str) -> Accepted:
        entry = self._written(agent, kind, clean_text(text, self._rules.max_text), external_id)
        once = Once(f"agent:{agent.id}:{check_id(external_id)}", digest({"kind": kind.value, "text": text}))

        def write(conversation: Conversation) -> Change:
            if not (kind is Kind.NOTE and conversation.owner is Owner.QUEUE):
                _must_be_with(conversation, agent)
            return Change(conversation, (entry,))

        _, accepted = await carry_out(self._conversations, conversation_id, write, self._clock, once=once)
        return accepted

    async def _pass_on(
        self, conversation_id: str, agent: Agent, note: str | None, step: Callable[[Conversation, int], Change]
    ) -> Conversation:
        said = clean_text(note, self._rules.max_text) if note and note.strip() else None

        def with_note(conversation: Conversation, now: int) -> Change:
            change = step(conversation, now)
            if said is None:
                return change
            return replace(change, entries=(self._written(agent, Kind.NOTE, said), *change.entries))

        return await self._change(conversation_id, with_note)

    def _rated(self, before: Conversation, change: Change, now: int) -> Change:
        """Ask how the handoff was, in the same step that ends it: so once, and never twice."""
        if before.handoff is None:
            return change
        language = before.language
        buttons = csat_buttons(self._notices, language, before.handoff.id)
        question = self._notices.entry(Say.CSAT_QUESTION, language, now, buttons=buttons)
        return replace(change, entries=(*change.entries, question))

    def _written(self, agent: Agent, kind: Kind, text: str, external_id: str | None = None) -> Entry:
        return Entry(
            kind=kind,
            author=Author.AGENT,
            at=self._clock(),
            text=text,
            name=agent.name,
            visibility=Visibility.INTERNAL if kind is Kind.NOTE else Visibility.PUBLIC,
            external_id=external_id,
            facts={"agent_id": agent.id},
        )


def _must_be_with(conversation: Conversation, agent: Agent) -> None:
    if conversation.owner is not Owner.AGENT or conversation.agent_id != agent.id:
        raise NotAllowed("This conversation is not yours; claim it first.")
