"""What can be told of people's availability, and that a wait is told only when it is known."""

from __future__ import annotations

import pytest

from handoff.availability import Availability, Waits
from handoff.calendar import Calendar
from handoff.instants import from_rfc3339
from handoff.model import Contact, Conversation, Handoff, HandoffReason, Presence
from handoff.rules import Rules
from handoff.store.agents_port import Agent, AgentPresence
from handoff.store.port import Store
from tests.fakes import FakeClock

MONDAY = from_rfc3339("2026-11-23T10:00:00Z")
ADA = Agent("a_ada", "ada", "Ada Holm", "-", limit=1)
BO = Agent("a_bo", "bo", "Bo Berg", "-", limit=1)


class Business:
    """Agents, customers and what is told of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock(MONDAY)
        self.waits = Waits()
        self.availability = Availability(store, Rules(), Calendar(), self.clock, self.waits)

    async def seat(self, agent: Agent, presence: Presence = Presence.ONLINE) -> None:
        await self.store.agents.add(agent)
        await self.store.agents.set_presence(agent.id, AgentPresence(presence, self.clock(), self.clock()))

    async def ask(self, name: str, agent: Agent | None = None) -> None:
        before = await self.store.conversations.open(Conversation(name, Contact("p"), "web", self.clock()))
        change = before.request_handoff(f"h_{name}", HandoffReason.ASKED, "", {}, self.clock())
        await self.store.conversations.commit(before, change.conversation, change.entries, self.clock())
        if agent is not None:
            claim = change.conversation.claim(agent.id, agent.name, self.clock())
            await self.store.conversations.commit(change.conversation, claim.conversation, claim.entries, self.clock())

    def have_waited(self, *seconds: int) -> None:
        for number, wait in enumerate(seconds):
            self.waits.observe(_claimed(f"h_{number}", wait))


def _claimed(handoff_id: str, waited_s: int) -> Handoff:
    return Handoff(handoff_id, HandoffReason.ASKED, MONDAY, claimed_at=MONDAY + waited_s * 1000)


@pytest.fixture
def business(store: Store) -> Business:
    return Business(store)


async def test_only_agents_who_say_so_and_whose_desk_is_heard_of_are_online(business: Business) -> None:
    await business.seat(ADA)
    await business.seat(BO, Presence.BUSY)
    assert (await business.availability.now()).agents_online == 1
    business.clock.advance(Rules().heartbeat_seconds)
    assert (await business.availability.now()).agents_online == 0


async def test_an_agent_at_their_limit_is_not_free(business: Business) -> None:
    await business.seat(ADA)
    await business.seat(BO)
    await business.ask("c_1", ADA)
    await business.ask("c_2")
    now = await business.availability.now()
    assert (now.agents_online, now.agents_free, now.queue_length) == (2, 1, 1)


async def test_the_wait_is_not_told_before_three_were_seen(business: Business) -> None:
    await business.seat(ADA)
    business.have_waited(60, 90)
    assert (await business.availability.now()).estimated_wait_seconds is None


async def test_the_wait_is_the_usual_one_for_each_place_in_line(business: Business) -> None:
    await business.seat(ADA)
    business.have_waited(60, 90, 3600)
    assert (await business.availability.now()).estimated_wait_seconds == 90
    await business.ask("c_1")
    assert (await business.availability.now()).estimated_wait_seconds == 180
    assert await business.availability.estimated_wait(3) == 270


async def test_no_wait_is_told_while_nobody_is_there(business: Business) -> None:
    business.have_waited(60, 90, 120)
    assert (await business.availability.now()).estimated_wait_seconds is None
    assert await business.availability.estimated_wait(1) is None


async def test_a_handoff_counts_once_however_often_it_changes_hands() -> None:
    waits = Waits()
    for waited in (10, 1000, 1000):
        waits.observe(_claimed("h_same", waited))
    waits.observe(_claimed("h_2", 20))
    waits.observe(_claimed("h_3", 30))
    assert waits.estimate(1) == 20


async def test_only_the_latest_waits_count() -> None:
    waits = Waits()
    for number in range(100):
        waits.observe(_claimed(f"h_{number}", 1000 if number < 50 else 10))
    assert waits.estimate(1) == 10


async def test_opening_times_are_told(business: Business) -> None:
    now = await business.availability.now()
    assert (now.open_now, now.opens_at) == (True, None)
    business.clock.now = from_rfc3339("2026-11-22T10:00:00Z")
    now = await business.availability.now()
    assert (now.open_now, now.opens_at) == (False, from_rfc3339("2026-11-23T08:00:00Z"))
