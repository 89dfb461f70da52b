"""The domain in plain frozen types: what a conversation is and how it may change hands.

Nothing here does I/O or reads a clock; instants come in as milliseconds since the Unix epoch (`at`, `…_at`, `until`).
A transition returns a `Change`: the conversation as it will be and the entries that record it. The store writes both in
one step or not at all (see `handoff.store.port.ConversationStore.commit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from handoff.entry import Author, Entry, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import AlreadyTaken, NotAllowed, WrongOwner


class Status(StrEnum):
    """Where a conversation stands; kept apart from who owns it.

    PENDING (an agent answered and waits for the customer) follows from who spoke last, so it is shown and never stored.
    """

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Presence(StrEnum):
    """What an agent says of themselves."""

    ONLINE = "online"
    BUSY = "busy"
    OFFLINE = "offline"


class HandoffReason(StrEnum):
    """Why a person was asked for."""

    ASKED = "asked"
    NOT_UNDERSTOOD = "not_understood"
    UPSET = "upset"
    TOPIC_RULE = "topic_rule"
    BOT_FAILED = "bot_failed"


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer; `verified` only when the host page signed who they are, `customer_id` is then the shop's id."""

    id: str
    verified: bool = False
    customer_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A handoff put to one agent until `expires_at`."""

    agent_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Handoff:
    """One request for a person and its life.

    `passed` are the agents who declined or let an offer lapse, latest last, who are not asked first again. `front` puts
    a conversation whose agent went away before the others.
    """

    id: str
    reason: HandoffReason
    requested_at: int
    topic: str = ""
    team: str | None = None
    offer: Offer | None = None
    passed: tuple[str, ...] = ()
    front: bool = False
    claimed_at: int | None = None


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
    `untold_returns` are the seqs of returns that the bot, being down, has not heard of yet.
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
        return Change(after, (after._record(OwnerEvent.REQUESTED, at, facts={"reason": reason.value, "topic": topic}),))

    def give_up(self, at: int) -> Change:
        """Take the customer out of the queue, back to the bot, at their own wish.

        Raises:
            WrongOwner: the conversation does not wait.
        """
        self._must_wait()
        after = self._handed(Owner.BOT, handoff=None)
        return Change(after, (after._record(OwnerEvent.GAVE_UP, at),))

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
        return Change(after, (after._record(OwnerEvent.OFFERED, at, agent_name, agent_id=agent_id),))

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
        return Change(after, (after._record(event, at, agent_name, agent_id=agent_id),))

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
        )
        return Change(after, (after._record(OwnerEvent.CLAIMED, at, agent_name, agent_id=agent_id),))

    def release(self, at: int) -> Change:
        """Put the conversation of an agent who went away at the front of the queue.

        Raises:
            WrongOwner: no agent has it.
        """
        if self.owner is not Owner.AGENT or self.handoff is None:
            raise WrongOwner("No agent has this conversation.")
        after = self._handed(Owner.QUEUE, handoff=replace(self.handoff, front=True, passed=()))
        return Change(after, (after._record(OwnerEvent.RELEASED, at, self.agent_name),))

    def transfer(self, agent_id: str, to_id: str, to_name: str, at: int) -> Change:
        """Give the conversation to another agent, log and notes included.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        handoff = self._must_be_with(agent_id)
        after = self._handed(Owner.AGENT, agent_id=to_id, agent_name=to_name, handoff=replace(handoff, claimed_at=at))
        return Change(after, (after._record(OwnerEvent.TRANSFERRED, at, to_name, agent_id=to_id),))

    def transfer_to_team(self, agent_id: str, team: str, at: int) -> Change:
        """Put the conversation in a team's queue.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        handoff = self._must_be_with(agent_id)
        after = self._handed(Owner.QUEUE, handoff=replace(handoff, team=team, passed=(agent_id,), front=True))
        return Change(after, (after._record(OwnerEvent.TRANSFERRED, at, team, facts={"team": team}),))

    def return_to_bot(self, agent_id: str, outcome: str, at: int) -> Change:
        """Give the conversation back to the bot, which hears the one-line outcome.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        self._must_be_with(agent_id)
        after = self._handed(Owner.BOT, handoff=None)
        entry = after._record(OwnerEvent.RETURNED, at, self.agent_name, facts={"outcome": outcome})
        return Change(after, (entry,), wakes=True)

    def resolve(self, agent_id: str, outcome: str, at: int) -> Change:
        """Close the conversation; a new message of the customer reopens it with a bot that starts over.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        self._must_be_with(agent_id)
        after = self._handed(Owner.BOT, status=Status.RESOLVED, handoff=None, untold_returns=())
        return Change(after, (after._record(OwnerEvent.RESOLVED, at, self.agent_name, facts={"outcome": outcome}),))

    def snooze(self, agent_id: str, until: int, at: int) -> Change:
        """Set the conversation aside until `until` or until the customer writes; the agent keeps it.

        Raises:
            NotAllowed: the conversation is not this agent's.
        """
        self._must_be_with(agent_id)
        after = self.revised(status=Status.SNOOZED, snoozed_until=until)
        entry = after._record(OwnerEvent.SNOOZED, at, self.agent_name, facts={"until": until})
        return Change(after, (replace(entry, visibility=Visibility.INTERNAL),))

    def reopen(self, at: int) -> Change:
        """Make a resolved or snoozed conversation open again; an open one does not change."""
        if self.status is Status.OPEN:
            return Change(self)
        after = self.revised(status=Status.OPEN, snoozed_until=None)
        return Change(after, (replace(after._record(OwnerEvent.REOPENED, at), visibility=Visibility.INTERNAL),))

    # what the transitions share

    def revised(self, **fields: Any) -> Conversation:
        """Return the conversation with some fields changed and its version raised; nobody else takes over."""
        return replace(self, version=self.version + 1, **fields)

    def _handed(self, owner: Owner, **fields: Any) -> Conversation:
        fields = {"status": Status.OPEN, **fields}
        if owner is not Owner.AGENT:
            fields = {"agent_id": None, "agent_name": None, **fields}
        return self.revised(owner=owner, epoch=self.epoch + 1, snoozed_until=None, **fields)

    def _record(
        self,
        event: OwnerEvent,
        at: int,
        name: str | None = None,
        *,
        agent_id: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Entry:
        known = dict(facts or {})
        if agent_id is not None:
            known["agent_id"] = agent_id
        inner = (OwnerEvent.OFFERED, OwnerEvent.DECLINED, OwnerEvent.LAPSED)
        return Entry(
            kind=Kind.OWNER,
            author=Author.SYSTEM,
            at=at,
            name=name,
            visibility=Visibility.INTERNAL if event in inner else Visibility.PUBLIC,
            event=event,
            owner=self.owner,
            facts=known,
        )

    def _must_wait(self) -> Handoff:
        if self.owner is not Owner.QUEUE or self.handoff is None:
            raise WrongOwner("This conversation is not waiting for a person.")
        return self.handoff

    def _must_be_with(self, agent_id: str) -> Handoff:
        if self.owner is not Owner.AGENT or self.agent_id != agent_id or self.handoff is None:
            raise NotAllowed("This conversation is not yours; claim it first.")
        return self.handoff
