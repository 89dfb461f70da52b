"""The business's numbers: how long things may take and how large they may be."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.errors import InvalidInput
from handoff.model import Presence
from handoff.store.agents_port import AgentPresence


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers that an operator may set; `…_seconds` and `…_s` are seconds.

    Args:
        offer_seconds: how long an offer stands before it lapses.
        grace_seconds: how long an agent may be away before their conversations go back to the queue.
        heartbeat_seconds: a desk that was not heard of for this long counts as closed.
        turn_timeout_s: how long the bot has for one message, retries included, before a person is asked for.
        retry_pause_s: the pause before the same turn is asked of the bot again.
        lease_seconds: how long a worker has a conversation to itself before another may take it over.
        notice_seconds: the shortest time between two holding notices to a waiting customer.
        max_text: characters in a message, reply or note.
        max_outcome: characters in the one-line outcome of a handoff.
        max_snooze_seconds: how far ahead a conversation may be set aside.
        turns_at_once: how many conversations one worker deals with at the same time.

    Raises:
        InvalidInput: a number is not positive, a turn would not fit into its lease, or an agent could lose
            conversations between two heartbeats of their desk.
    """

    offer_seconds: int = 30
    grace_seconds: int = 60
    heartbeat_seconds: int = 25
    turn_timeout_s: float = 8.0
    retry_pause_s: float = 0.5
    lease_seconds: int = 30
    notice_seconds: int = 120
    max_text: int = 4000
    max_outcome: int = 300
    max_snooze_seconds: int = 30 * 24 * 3600
    turns_at_once: int = 64

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise InvalidInput(f"The rule {name} must be more than zero.")
        if self.turn_timeout_s >= self.lease_seconds:
            raise InvalidInput("The rule turn_timeout_s must be less than lease_seconds, or two workers could meet.")

        if self.grace_seconds < self.heartbeat_seconds:
            raise InvalidInput("The rule grace_seconds must not be less than heartbeat_seconds, or nobody could stay.")

    def at_desk(self, presence: AgentPresence | None, now: int) -> bool:
        """Tell whether an agent is signed in (online or busy) and their desk was heard of lately."""
        if presence is None or presence.presence is Presence.OFFLINE:
            return False
        return now - presence.seen_at < self.heartbeat_seconds * 1000
