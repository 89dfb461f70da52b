"""The router: offers, lapses, agents who go away; and promise 7, no handoff is stranded.

Guards taken out to see the promise's tests go red: the lapse of an offer that ran out, the release of a gone agent's
conversations, the new round after everybody passed.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from handoff import routing
from handoff.availability import Waits
from handoff.desk import Desk
from handoff.entry import Author, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import AlreadyTaken, WrongOwner
from handoff.model import Contact, Conversation, HandoffReason, Presence, Status
from handoff.routing import REST_IN_OFFERS, Router
from handoff.rules import Rules
from handoff.store.agents_port import Agent, AgentPresence
from handoff.store.memory import MemoryStore
from handoff.store.port import Moved, Store
from tests.fakes import FakeClock, InterruptedStore
from tests.handoff.scene import NOTICES
from tests.waiting import PATIENCE_S, eventually

RULES = Rules()
ADA = Agent("a_ada", "ada", "Ada Holm", "-", limit=2)
BO = Agent("a_bo", "bo", "Bo Berg", "-", limit=2)


class Office:
    """A store, a router and agents who come and go."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.waits = Waits()
        self.router = self.new_router()
        self.desk = Desk(store, RULES, self.clock, NOTICES)

    def new_router(self) -> Router:
        return Router(self.store, RULES, self.clock, NOTICES, self.waits)

    async def seat(self, agent: Agent, presence: Presence = Presence.ONLINE, idle_s: int = 0) -> None:
        """Put an agent at their desk, idle for so long."""
        if agent.id not in {known.id for known in await self.store.agents.all()}:
            await self.store.agents.add(agent)
        now = self.clock()
        await self.store.agents.set_presence(agent.id, AgentPresence(presence, now, now - idle_s * 1000))

    async def ask(self, name: str, team: str | None = None) -> None:
        """Have a customer ask for a person."""
        before = await self.store.conversations.open(Conversation(name, Contact(f"p_{name}"), "web", self.clock()))
        change = before.request_handoff(f"h_{name}", HandoffReason.ASKED, "return", {}, self.clock())
        after = change.conversation
        if team is not None and after.handoff is not None:
            after = replace(after, handoff=replace(after.handoff, team=team))
        await self.store.conversations.commit(before, after, change.entries, self.clock())
        self.clock.advance(0.001)

    async def after(self, seconds: float, *at_desk: Agent) -> None:
        """Let time pass in steps of a second in which only these agents' desks are heard of."""
        for _ in range(round(seconds)):
            self.clock.advance(1)
            for agent in at_desk:
                await self.beat(agent)
            await self.router.step()

    async def beat(self, agent: Agent) -> None:
        """Send an agent's heartbeat."""
        known = (await self.store.agents.presences())[agent.id]
        await self.store.agents.set_presence(agent.id, replace(known, seen_at=self.clock()))

    async def now(self, name: str) -> Conversation:
        return await self.store.conversations.get(name)

    async def offered_to(self, name: str) -> str | None:
        handoff = (await self.now(name)).handoff
        assert handoff is not None
        return handoff.offer.agent_id if handoff.offer else None

    async def events(self, name: str) -> list[OwnerEvent | None]:
        log = await self.store.conversations.read(name, 0)
        return [entry.event for entry in log.entries if entry.kind is Kind.OWNER]


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


async def test_the_longest_idle_online_agent_is_asked(office: Office) -> None:
    await office.seat(ADA, idle_s=10)
    await office.seat(BO, idle_s=60)
    await office.ask("c_1")
    await office.router.step()
    assert await office.offered_to("c_1") == BO.id


async def test_an_agent_with_fewer_conversations_comes_before_one_idle_longer_on_paper(office: Office) -> None:
    await office.seat(ADA, idle_s=10)
    await office.seat(BO, idle_s=60)
    await office.ask("c_1")
    await office.desk.claim("c_1", BO)
    await office.ask("c_2")
    await office.router.step()
    assert await office.offered_to("c_2") == ADA.id


async def test_who_has_just_become_free_has_not_been_idle_since_morning(office: Office) -> None:
    await office.seat(ADA, idle_s=10)
    await office.seat(BO, idle_s=3600)
    await office.ask("c_1")
    await office.desk.claim("c_1", BO)
    await office.router.step()
    await office.desk.resolve("c_1", BO)
    await office.ask("c_2")
    await office.router.step()
    assert await office.offered_to("c_2") == ADA.id


@pytest.mark.parametrize("presence", [Presence.BUSY, Presence.OFFLINE])
async def test_only_online_agents_are_asked(office: Office, presence: Presence) -> None:
    await office.seat(ADA, presence)
    await office.ask("c_1")
    await office.router.step()
    assert await office.offered_to("c_1") is None


async def test_an_agent_whose_desk_is_silent_is_not_asked(office: Office) -> None:
    await office.seat(ADA)
    office.clock.advance(RULES.heartbeat_seconds + 1)
    await office.ask("c_1")
    await office.router.step()
    assert await office.offered_to("c_1") is None


async def test_nobody_is_offered_more_than_their_limit(office: Office) -> None:
    await office.seat(ADA)
    for name in ("c_1", "c_2", "c_3"):
        await office.ask(name)
    await office.router.step()
    assert [await office.offered_to(name) for name in ("c_1", "c_2", "c_3")] == [ADA.id, ADA.id, None]


async def test_offers_go_round_and_are_spread(office: Office) -> None:
    await office.seat(ADA, idle_s=60)
    await office.seat(BO, idle_s=10)
    await office.ask("c_1")
    await office.ask("c_2")
    await office.router.step()
    assert [await office.offered_to("c_1"), await office.offered_to("c_2")] == [ADA.id, BO.id]


async def test_a_team_is_asked_before_others_and_a_team_of_nobody_strands_no_one(office: Office) -> None:
    await office.seat(ADA, idle_s=60)
    await office.seat(replace(BO, team="returns"), idle_s=10)
    await office.ask("c_team", team="returns")
    await office.ask("c_nobody", team="no such team")
    await office.router.step()
    assert await office.offered_to("c_team") == BO.id
    assert await office.offered_to("c_nobody") == ADA.id


async def test_a_declined_offer_goes_to_the_next_agent(office: Office) -> None:
    await office.seat(ADA, idle_s=60)
    await office.seat(BO, idle_s=10)
    await office.ask("c_1")
    await office.router.step()
    await office.desk.decline("c_1", ADA)
    await office.router.step()
    assert await office.offered_to("c_1") == BO.id


async def test_an_offer_that_runs_out_goes_to_the_next_agent(office: Office) -> None:
    await office.seat(ADA, idle_s=60)
    await office.seat(BO, idle_s=10)
    await office.ask("c_1")
    await office.router.step()
    await office.after(RULES.offer_seconds, ADA, BO)
    assert await office.offered_to("c_1") == BO.id
    assert (await office.events("c_1"))[1:] == [OwnerEvent.OFFERED, OwnerEvent.LAPSED, OwnerEvent.OFFERED]


async def test_an_offer_to_an_agent_who_goes_away_does_not_wait_until_it_runs_out(office: Office) -> None:
    await office.seat(ADA, idle_s=60)
    await office.seat(BO, idle_s=10)
    await office.ask("c_1")
    await office.router.step()
    await office.seat(ADA, Presence.OFFLINE)
    await office.router.step()
    assert await office.offered_to("c_1") == BO.id


async def test_when_all_have_passed_they_are_left_in_peace_and_then_asked_again(office: Office) -> None:
    await office.seat(ADA, idle_s=60)
    await office.seat(BO, idle_s=10)
    await office.ask("c_1")
    for agent in (ADA, BO):
        await office.router.step()
        await office.desk.decline("c_1", agent)
    await office.after(RULES.offer_seconds * REST_IN_OFFERS, ADA, BO)
    assert await office.offered_to("c_1") is None
    await office.after(1, ADA, BO)
    assert await office.offered_to("c_1") == ADA.id


async def test_an_agent_who_joins_is_asked_at_once_though_all_others_passed(office: Office) -> None:
    await office.seat(ADA)
    await office.ask("c_1")
    await office.router.step()
    await office.desk.decline("c_1", ADA)
    await office.router.step()
    await office.seat(BO)
    await office.router.step()
    assert await office.offered_to("c_1") == BO.id


async def test_a_gone_agents_conversation_returns_to_the_front_and_the_customer_is_told(office: Office) -> None:
    await office.seat(ADA)
    await office.ask("c_mine")
    await office.desk.claim("c_mine", ADA)
    await office.ask("c_other")
    await office.after(RULES.grace_seconds - 1)
    assert (await office.now("c_mine")).owner is Owner.AGENT
    await office.after(2)
    assert (await office.now("c_mine")).owner is Owner.QUEUE
    assert list(await office.store.conversations.queued()) == ["c_mine", "c_other"]
    told = (await office.store.conversations.read("c_mine", 0)).entries[-1]
    assert (told.event, told.visibility) == (OwnerEvent.RELEASED, Visibility.PUBLIC)
    assert "front of the line" in told.text


async def test_an_agent_who_comes_back_within_the_grace_time_keeps_their_conversation(office: Office) -> None:
    await office.seat(ADA)
    await office.ask("c_1")
    await office.desk.claim("c_1", ADA)
    await office.after(RULES.grace_seconds - 1)
    await office.after(RULES.grace_seconds, ADA)
    assert (await office.now("c_1")).agent_id == ADA.id


async def test_a_claim_is_a_sign_of_life_itself(office: Office) -> None:
    await office.store.agents.add(ADA)
    await office.ask("c_1")
    await office.desk.claim("c_1", ADA)
    await office.router.step()
    assert (await office.now("c_1")).agent_id == ADA.id


async def test_a_removed_agent_keeps_nothing(office: Office) -> None:
    await office.seat(ADA)
    await office.ask("c_1")
    await office.desk.claim("c_1", ADA)
    await office.store.agents.remove(ADA.id)
    await office.router.step()
    assert (await office.now("c_1")).owner is Owner.QUEUE


async def test_a_conversation_set_aside_stays_with_its_agent_and_wakes_in_time(office: Office) -> None:
    await office.seat(ADA)
    await office.ask("c_1")
    await office.desk.claim("c_1", ADA)
    await office.desk.snooze("c_1", ADA, office.clock() + 100_000)
    await office.after(99)
    assert (await office.now("c_1")).status is Status.SNOOZED
    await office.after(1)
    woken = await office.now("c_1")
    assert (woken.status, woken.agent_id) == (Status.OPEN, ADA.id)
    await office.after(1)
    assert (await office.now("c_1")).owner is Owner.QUEUE


async def test_one_conversation_that_cannot_be_routed_strands_no_other(office: Office) -> None:
    class Broken(Router):
        async def _offer(self, conversation: Conversation, floor: object) -> None:
            if conversation.id == "c_1":
                raise ZeroDivisionError
            await super()._offer(conversation, floor)  # type: ignore[arg-type]

    await office.seat(ADA)
    await office.ask("c_1")
    await office.ask("c_2")
    await Broken(office.store, RULES, office.clock, NOTICES, office.waits).step()
    assert await office.offered_to("c_2") == ADA.id


async def test_a_running_router_offers_as_soon_as_a_person_is_asked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "STEP_SECONDS", 3600)
    await office.seat(ADA)
    running = asyncio.create_task(office.router.run())

    async def offered() -> bool:
        return await office.offered_to("c_1") is not None

    try:
        await office.ask("c_1")
        await eventually(offered)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_running_router_outlives_a_store_that_is_away() -> None:
    kept = MemoryStore()
    office = Office(kept)
    await office.seat(ADA)
    await office.ask("c_1")
    kept.answers = False
    running = asyncio.create_task(office.router.run())
    await asyncio.sleep(0)
    kept.answers = True

    async def offered() -> bool:
        return await office.offered_to("c_1") is not None

    try:
        await eventually(offered)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("moment", range(10))
async def test_a_running_router_ends_when_told_to_even_while_something_changes(moment: int) -> None:
    office = Office(MemoryStore())
    running = asyncio.create_task(office.router.run())
    for _ in range(50):  # until it waits for the next step
        await asyncio.sleep(0)
    await office.store.conversations.announce(Moved("c_1", desk=True))
    for _ in range(moment):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=PATIENCE_S)
    assert done


async def test_a_running_router_reads_only_what_moved(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "STEP_SECONDS", 0.001)
    office, calls = Office(store), Counter[str]()
    for number in range(20):
        await office.ask(f"c_{number}")

    async def note(call: str) -> None:
        calls[call] += 1

    async def steps(more: int) -> None:
        until = calls["after queued"] + more
        async with asyncio.timeout(PATIENCE_S):
            while calls["after queued"] < until:
                await asyncio.sleep(0)

    office.store = InterruptedStore(store, note)  # type: ignore[assignment]
    running = asyncio.create_task(office.new_router().run())
    office.store = store
    try:
        await steps(5)  # in one of them the wake-ups began
        warm = calls["before several"]
        assert 1 <= warm <= 5
        await steps(20)
        assert calls["before several"] == warm
        await office.seat(ADA)
        async with asyncio.timeout(PATIENCE_S):
            while await office.offered_to("c_0") is None:
                await asyncio.sleep(0)
        await office.desk.decline("c_0", ADA)
        await steps(5)
        assert await office.offered_to("c_0") is None
        assert warm < calls["before several"] < warm + 20
        assert calls["before get"] == 0
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("seed", range(4))
async def test_promise_7_agents_and_routers_die_at_random_and_every_handoff_is_answered(
    office: Office, seed: int
) -> None:
    """No handoff is stranded: whoever dies whenever, once one agent works again, every customer gets a person."""
    chance = random.Random(seed)
    agents = [replace(ADA, limit=3), replace(BO, limit=3), Agent("a_cy", "cy", "Cy Dahl", "-", limit=3)]
    for agent in agents:
        await office.seat(agent)
    names: list[str] = []
    alive = set(agents)
    for _ in range(120):
        office.clock.advance(chance.choice([0.5, 1, 5, 20]))
        if len(names) < 12 and chance.random() < 0.3:
            names.append(f"c_{len(names)}")
            await office.ask(names[-1])
        if chance.random() < 0.15:
            alive ^= {chance.choice(agents)}
        for agent in alive:
            await office.seat(agent, idle_s=chance.randrange(100))
        await _work_a_little(office, names, sorted(alive, key=lambda agent: agent.id), chance)
        await _step_that_may_be_killed(office, chance)
        await _nothing_is_overdue_after_a_whole_step(office, names)

    last = replace(agents[0], limit=1000)
    await office.store.agents.replace(last)
    await office.seat(last)
    for _ in range(RULES.grace_seconds + RULES.offer_seconds * (REST_IN_OFFERS + 2)):
        await office.after(1, last)
        for name in names:
            if (await office.now(name)).owner is Owner.QUEUE and await office.offered_to(name) == last.id:
                await office.desk.claim(name, last)
    assert {(await office.now(name)).agent_id for name in names if (await office.now(name)).handoff} <= {last.id}
    assert names
    assert not await office.store.conversations.queued()


async def _work_a_little(office: Office, names: Sequence[str], alive: Sequence[Agent], chance: random.Random) -> None:
    for name in names:
        conversation = await office.now(name)
        if not alive or chance.random() < 0.5:
            continue
        agent = chance.choice(alive)
        with suppress(WrongOwner, AlreadyTaken):
            if conversation.owner is Owner.QUEUE and await office.offered_to(name) == agent.id:
                await (office.desk.claim if chance.random() < 0.5 else office.desk.decline)(name, agent)


async def _step_that_may_be_killed(office: Office, chance: random.Random) -> None:
    step = asyncio.create_task(office.router.step())
    if chance.random() < 0.3:
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        step.cancel()
        office.router = office.new_router()
    with suppress(asyncio.CancelledError):
        await step


async def _nothing_is_overdue_after_a_whole_step(office: Office, names: Sequence[str]) -> None:
    await office.router.step()
    presences = await office.store.agents.presences()
    for name in names:
        conversation = await office.now(name)
        handoff = conversation.handoff
        if handoff is not None and handoff.offer is not None:
            assert handoff.offer.expires_at > office.clock()
        if conversation.owner is Owner.AGENT and conversation.agent_id is not None and handoff is not None:
            heard = max(presences[conversation.agent_id].seen_at, handoff.claimed_at or 0)
            assert office.clock() - heard <= RULES.grace_seconds * 1000


async def test_offers_and_lapses_are_not_shown_to_the_customer(office: Office) -> None:
    await office.seat(ADA)
    await office.ask("c_1")
    await office.router.step()
    await office.after(RULES.offer_seconds, ADA)
    log = (await office.store.conversations.read("c_1", 0)).entries
    assert [e.event for e in log if e.visibility is Visibility.PUBLIC] == [OwnerEvent.REQUESTED]
    assert {entry.author for entry in log} == {Author.SYSTEM}
