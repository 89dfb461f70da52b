"""What an agent does at the desk: take a conversation, answer, note, pass it on, give it back, close it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handoff.attachment import Attachment
from handoff.buttons import csat_buttons
from handoff.captions import caption
from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.contacts import Contacts
from handoff.entry import Author, Entry, Kind, Owner, Template, Visibility
from handoff.errors import ChatEnded, Conflict, InvalidInput, NotAllowed
from handoff.model import Change, Conversation
from handoff.notices import Notices, Say
from handoff.reply_place import ReplyPlaces
from handoff.rules import Rules
from handoff.store.agents_port import Agent
from handoff.store.port import Accepted, Once, Store
from handoff.text import check_id, clean_line, clean_text


@dataclass(frozen=True, slots=True)
class Written:
    """Where a reply stands; `repeated` when it had been written before."""

    conversation_id: str
    seq: int
    repeated: bool


class Desk:
    """Every step of an agent, checked against who owns the conversation at that instant.

    A person is with one agent: what an agent takes, passes on or ends, they do with all conversations of the person
    that are in the same hands, and their replies go where the person last wrote. The customer is told once, in the
    conversation that was named.
    """

    def __init__(self, store: Store, rules: Rules, clock: Clock, notices: Notices) -> None:
        self._contacts = Contacts(store, clock)
        self._places = ReplyPlaces(store, self._contacts)
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
        taken = await self._change(conversation_id, lambda c, now: c.claim(agent.id, agent.name, now))
        await self._contacts.take_along(taken, lambda each: each.owner is Owner.QUEUE)
        return taken

    async def decline(self, conversation_id: str, agent: Agent) -> Conversation:
        """Give an offer back, so that the next agent is asked.

        Raises:
            WrongOwner: it is not offered to this agent any more.
        """
        return await self._change(conversation_id, lambda c, now: c.pass_over(agent.id, agent.name, now, lapsed=False))

    # writing

    async def reply(
        self,
        conversation_id: str,
        agent: Agent,
        external_id: str,
        text: str,
        attachments: Sequence[Attachment] = (),
        *,
        to: str | None = None,
        insist: bool = False,
    ) -> Written:
        """Write to the customer, once for each `external_id`; beside attachments the text may be empty.

        Of several conversations of one person that the agent has, it goes into that in which the customer last wrote
        (`Contacts.answered`).

        Args:
            conversation_id: the one that the agent has before them.
            agent: who writes.
            external_id: names the reply; the same one again is written nowhere else.
            text: what is said.
            attachments: what goes along.
            to: the conversation that the agent was shown as the one it goes into; None for whichever that is.
            insist: whether it goes there although the customer has written from another one since.

        Returns:
            The conversation it went into, and where it stands there.

        Raises:
            InvalidInput: the text cannot be sent.
            NotAllowed: the conversation is not this agent's.
            WroteElsewhere: it would go into another conversation than `to` now; nothing is written.
            ChatEnded: the customer has ended the chat, and is nowhere else; nothing is written.
            KeyReused: the id came before with another text or other attachments, or when the person was another.
        """
        target = await self._places.place(conversation_id, agent, external_id, to=to, insist=insist)
        accepted = await self._write(target, agent, Kind.MESSAGE, external_id, text, attachments)
        return Written(target, accepted.seq, accepted.repeated)

    async def note(
        self, conversation_id: str, agent: Agent, external_id: str, text: str, attachments: Sequence[Attachment] = ()
    ) -> Accepted:
        """Write a note that only agents see, in one's own or a waiting conversation; raises as `reply` does."""
        return await self._write(conversation_id, agent, Kind.NOTE, external_id, text, attachments)

    async def send_template(
        self, conversation_id: str, agent: Agent, external_id: str, template: Template, text: str
    ) -> Accepted:
        """Write to the customer with an approved template, whose text as filled is `text`; raises as `reply` does."""
        entry = replace(self._written(agent, Kind.MESSAGE, text, external_id), template=template)
        body = {"kind": "template", "name": template.name, "language": template.language, "fields": [*template.fields]}
        return await self._append(conversation_id, agent, entry, body)

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
            ChatEnded: the customer is not there to wait.
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
        return await self._hand_on(
            conversation_id, agent, lambda c, now: self._rated(c, c.return_to_bot(agent.id, line, now), now)
        )

    async def resolve(self, conversation_id: str, agent: Agent, outcome: str = "") -> Conversation:
        """Close the conversation; the customer is asked how it was.

        Raises:
            InvalidInput: the outcome is too long.
            NotAllowed: the conversation is not this agent's.
        """
        line = clean_line(outcome, self._rules.max_outcome) if outcome.strip() else ""
        return await self._hand_on(
            conversation_id, agent, lambda c, now: self._rated(c, c.resolve(agent.id, line, now), now)
        )

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

    async def _hand_on(
        self, conversation_id: str, agent: Agent, step: Callable[[Conversation, int], Change]
    ) -> Conversation:
        """Take a step that ends the agent's part, and have the person's other conversations with them follow."""
        after = await self._change(conversation_id, step)
        await self._contacts.take_along(after, lambda each: each.agent_id == agent.id)
        return after

    async def _change(self, conversation_id: str, step: Callable[[Conversation, int], Change]) -> Conversation:
        def decide(conversation: Conversation) -> Change:
            return caption(self._notices, step(conversation, self._clock()))

        after, _ = await carry_out(self._conversations, conversation_id, decide, self._clock)
        return after

    async def _write(
        self,
        conversation_id: str,
        agent: Agent,
        kind: Kind,
        external_id: str,
        text: str,
        attachments: Sequence[Attachment],
    ) -> Accepted:
        said = "" if attachments and not text.strip() else clean_text(text, self._rules.max_text)
        entry = replace(self._written(agent, kind, said, external_id), attachments=tuple(attachments))
        body: dict[str, Any] = {"kind": kind.value, "text": text}
        if attachments:
            body["attachments"] = [attachment.id for attachment in attachments]
        return await self._append(conversation_id, agent, entry, body)

    async def _append(self, conversation_id: str, agent: Agent, entry: Entry, body: Mapping[str, Any]) -> Accepted:
        once = Once(f"agent:{agent.id}:{check_id(entry.external_id or '')}", digest(body))

        def write(conversation: Conversation) -> Change:
            if not (entry.kind is Kind.NOTE and conversation.owner is Owner.QUEUE):
                _must_be_with(conversation, agent)
            if entry.kind is Kind.MESSAGE and conversation.ended_at is not None:
                raise ChatEnded
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

        return await self._hand_on(conversation_id, agent, with_note)

    def _rated(self, before: Conversation, change: Change, now: int) -> Change:
        """Ask how the handoff was, in the same step that ends it: so once, and never twice."""
        if before.handoff is None or before.ended_at is not None:
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
