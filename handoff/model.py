"""The domain in plain frozen types: what a conversation is and how it may change hands.

What it is made of stands in `handoff.parts` and is offered here too, so that one import gives the whole model. Nothing
does I/O or reads a clock; instants come in as milliseconds since the Unix epoch (`at`, `…_at`, `until`).
A transition returns a `Change`: the conversation as it will be and the entries that record it. The store writes both in
one step or not at all (see `handoff.store.port.ConversationStore.commit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from handoff.entry import Asks, Author, Entry, Owner, OwnerEvent, Visibility, owner_entry
from handoff.errors import AlreadyTaken, ChatEnded, NotAllowed, WrongOwner
from handoff.parts import Contact, Handoff, HandoffReason, Offer, Presence, Proven, Status

__all__ = (
    "Change",
    "Contact",
    "Conversation",
    "Handoff",
    "HandoffReason",
    "Offer",
    "Presence",
    "Proven",
    "Status",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a transition does: the conversation after it and the entries that record it.

    `wakes` is True when the worker has something to do about it (the bot hears of a return).
    """

    conversation: Conversation
    entries: tuple[Entry, ...] = ()
    wakes: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One contact on one channel.

    `epoch` counts changes of hands. `version` counts writes of this record and is what a commit compares, so whatever
    moves the epoch or the cursor makes an older commit stale. `cursor` is the seq up to which the worker has dealt with
    the log. `details` are the facts collected for an agent. `notice_at` is when the last holding notice was sent.
    `untold_returns` are the seqs of returns that the bot, being down, has not heard of yet. `resolved_by` says whether
    the bot or an agent closed a resolved conversation. `had_by` are the agents who have had it, each once. `about` is
    what the customer was last told unasked, until the bot knows it, too. `asked` is what the bot's open question is
    for, where a channel may offer to share it. `ended_at` is when the customer ended the chat (`handoff.ending`):
    they are not there any more, and it never waits for anybody again. `proven` is what its customer need not prove
    again in their other conversations (`handoff.elsewhere`).
    """

    id: str
    contact: Contact
    channel: str
    created_at: int
    language: str = "en"
    owner: Owner = Owner.BOT
    status: Status = Status.OPEN
    epoch: int = 0
    version: int = 0
    cursor: int = 0
    agent_id: str | None = None
    agent_name: str | None = None
    handoff: Handoff | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    notice_at: int = 0
    snoozed_until: int | None = None
    untold_returns: tuple[int, ...] = ()
    resolved_by: Owner | None = None
    had_by: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    asked: Asks | None = None
    ended_at: int | None = None
    proven: Proven | None = None

    @property
    def was_closed_by_agent(self) -> bool:
        """Whether it is closed, and not by the bot: what went before is over, and the bot starts over."""
        return self.status is Status.RESOLVED and self.resolved_by is not Owner.BOT

    # from the bot to the queue and back

    def request_handoff(
        self, handoff_id: str, reason: HandoffReason, topic: str, details: Mapping[str, Any], at: int
    ) -> Change:
        """Put the conversation in the queue.

        Raises:
            WrongOwner: a person already has it or is already awaited.
        """
        if self.owner is not Owner.BOT:
            raise WrongOwner("A person is already asked for in this conversation.")
        after = self._handed(
            Owner.QUEUE,
            handoff=Handoff(handoff_id, reason, at, topic),
            details={**self.details, **details},
        )
        return Change(
            after, (owner_entry(after.owner, OwnerEvent.REQUESTED, at, facts={"reason": reason.value, "topic": topic}),)
        )

    def give_up(self, at: int) -> Change:
        """Take the customer out of the queue, back to the bot, at their own wish.

        Raises:
            WrongOwner: the conversation does not wait.
        """
        self._must_wait()
        after = self._handed(Owner.BOT, handoff=None)
        return Change(after, (owner_entry(after.owner, OwnerEvent.GAVE_UP, at),))

    def resolve_by_bot(self, at: int) -> Change:
        """Close the conversation that the bot has brought to its end; one that is closed does not change.

        Nobody's hands change and the customer is told nothing: the bot has just said goodbye. A new message reopens it,
        and the bot goes on with what it knows.

        Raises:
            WrongOwner: a person has it or is awaited.
        """
        if self.owner is not Owner.BOT:
            raise WrongOwner("A person is asked for in this conversation; the bot cannot close it.")
        if self.status is Status.RESOLVED:
            return Change(self)
        after = self.revised(status=Status.RESOLVED, resolved_by=Owner.BOT)
        entry = owner_entry(after.owner, OwnerEvent.RESOLVED, at)
        return Change(after, (replace(entry, author=Author.BOT, visibility=Visibility.INTERNAL),))

    # offers

    def offer(self, agent_id: str, agent_name: str, expires_at: int, at: int) -> Change:
        """Put the waiting handoff to one agent until `expires_at`.

        Raises:
            WrongOwner: the conversation does not wait, or is offered to somebody already.
        """
        handoff = self._must_wait()
        if handoff.offer is not None:
            raise WrongOwner("The conversation is already offered to an agent.")
        after = self._handed(Owner.QUEUE, handoff=replace(handoff, offer=Offer(agent_id, expires_at)))
        return Change(after, (owner_entry(after.owner, OwnerEvent.OFFERED, at, agent_name, agent_id=agent_id),))

    def pass_over(self, agent_id: str, agent_name: str, at: int, *, lapsed: bool) -> Change:
        """End an offer that the agent declined or let lapse.

        Raises:
            WrongOwner: the conversation is not offered to that agent.
        """
        handoff = self._must_wait()
        if handoff.offer is None or handoff.offer.agent_id != agent_id:
            raise WrongOwner("The conversation is not offered to you any more.")
        passed = (*(name for name in handoff.passed if name != agent_id), agent_id)
        after = self._handed(Owner.QUEUE, handoff=replace(handoff, offer=None, passed=passed))
        event = OwnerEvent.LAPSED if lapsed else OwnerEvent.DECLINED
        return Change(after, (owner_entry(after.owner, event, at, agent_name, agent_id=agent_id),))

    # an agent has it

    def claim(self, agent_id: str, agent_name: str, at: int) -> Change:
        """Give the waiting conversation to the agent; claiming one's own again changes nothing.

        Raises:
            AlreadyTaken: another agent has it.
            WrongOwner: nobody asked for a person.
        """
        if self.owner is Owner.AGENT and self.agent_id == agent_id:
            return Change(self)
        if self.owner is Owner.AGENT:
            raise AlreadyTaken(self.agent_name or "another agent")
        handoff = self._must_wait()
        after = self._handed(
            Owner.AGENT,
            agent_id=agent_id,
            agent_name=agent_name,
            handoff=replace(handoff, offer=None, front=False, claimed_at=at),
            had_by=self._had_also_by(agent_id),
        )
        return Change(after, (owner_entry(after.owner, OwnerEvent.CLAIMED, at, agent_name, agent_id=agent_id),))

    def release(self, at: int) -> Change:
        """Put the conversation of an agent who went away at the front of the queue.

        Raises:
            WrongOwner: no agent has it.
            ChatEnded: the customer is not there to wait.
        """
        if self.owner is not Owner.AGENT or self.handoff is None:
            raise WrongOwner("No agent has this conversation.")
        after = self._handed(Owner.QUEUE, handoff=replace(self.handoff, front=True, passed=()))
        return Change(after, (owner_entry(after.owner, OwnerEvent.RELEASED, at, self.agent_name),))

    def transfer(self, agent_id: str, to_id: str, to_name: str, at: int) -> Change:
        """Give the conversation to another agent, log and notes included.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        handoff = self._must_be_with(agent_id)
        after = self._handed(
            Owner.AGENT,
            agent_id=to_id,
            agent_name=to_name,
            handoff=replace(handoff, claimed_at=at),
            had_by=self._had_also_by(to_id),
        )
        return Change(after, (owner_entry(after.owner, OwnerEvent.TRANSFERRED, at, to_name, agent_id=to_id),))

    def transfer_to_team(self, agent_id: str, team: str, at: int) -> Change:
        """Put the conversation in a team's queue.

        Raises:
            NotAllowed: the conversation is not this agent's.
            ChatEnded: the customer is not there to wait.
        """
        handoff = self._must_be_with(agent_id)
        after = self._handed(Owner.QUEUE, handoff=replace(handoff, team=team, passed=(agent_id,), front=True))
        return Change(after, (owner_entry(after.owner, OwnerEvent.TRANSFERRED, at, team, facts={"team": team}),))

    def return_to_bot(self, agent_id: str, outcome: str, at: int) -> Change:
        """Give the conversation back to the bot, which hears the one-line outcome.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        self._must_be_with(agent_id)
        after = self._handed(Owner.BOT, handoff=None)
        entry = owner_entry(after.owner, OwnerEvent.RETURNED, at, self.agent_name, facts={"outcome": outcome})
        return Change(after, (entry,), wakes=True)

    def resolve(self, agent_id: str, outcome: str, at: int) -> Change:
        """Close the conversation; a new message of the customer reopens it with a bot that starts over.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        self._must_be_with(agent_id)
        after = self._handed(
            Owner.BOT, status=Status.RESOLVED, resolved_by=Owner.AGENT, handoff=None, untold_returns=()
        )
        return Change(
            after, (owner_entry(after.owner, OwnerEvent.RESOLVED, at, self.agent_name, facts={"outcome": outcome}),)
        )

    def snooze(self, agent_id: str, until: int, at: int) -> Change:
        """Set the conversation aside until `until` or until the customer writes; the agent keeps it.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        self._must_be_with(agent_id)
        after = self.revised(status=Status.SNOOZED, snoozed_until=until)
        entry = owner_entry(after.owner, OwnerEvent.SNOOZED, at, self.agent_name, facts={"until": until})
        return Change(after, (replace(entry, visibility=Visibility.INTERNAL),))

    def reopen(self, at: int) -> Change:
        """Make a resolved or snoozed conversation open again; an open one does not change."""
        if self.status is Status.OPEN:
            return Change(self)
        proven = None if self.was_closed_by_agent else self.proven
        after = self.revised(status=Status.OPEN, snoozed_until=None, resolved_by=None, proven=proven)
        return Change(after, (owner_entry(after.owner, OwnerEvent.REOPENED, at),))

    # what the transitions share

    def revised(self, **fields: Any) -> Conversation:
        """Return the conversation with some fields changed and its version raised; nobody else takes over."""
        return replace(self, version=self.version + 1, **fields)

    def _handed(self, owner: Owner, **fields: Any) -> Conversation:
        if owner is Owner.QUEUE and self.ended_at is not None:
            raise ChatEnded
        fields = {"status": Status.OPEN, "resolved_by": None, **fields}
        if owner is not Owner.AGENT:
            fields = {"agent_id": None, "agent_name": None, **fields}
        return self.revised(owner=owner, epoch=self.epoch + 1, snoozed_until=None, **fields)

    def _had_also_by(self, agent_id: str) -> tuple[str, ...]:
        return self.had_by if agent_id in self.had_by else (*self.had_by, agent_id)

    def _must_wait(self) -> Handoff:
        if self.owner is not Owner.QUEUE or self.handoff is None:
            raise WrongOwner("This conversation is not waiting for a person.")
        return self.handoff

    def _must_be_with(self, agent_id: str) -> Handoff:
        if self.owner is not Owner.AGENT or self.agent_id != agent_id or self.handoff is None:
            raise NotAllowed("This conversation is not yours; claim it first.")
        return self.handoff
