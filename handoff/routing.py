"""Who is offered what: the router puts waiting conversations to agents, and strands none.

Each step looks at every conversation, so nothing hangs on timers that a restart would lose: offers that ran out lapse,
conversations of agents who went away return to the queue, set-aside ones wake, and who waits is offered to somebody. A
step reads the lists, and of the conversations only those that moved since. A commit that comes too late is dropped; the
next step decides anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from handoff.availability import Waits
from handoff.captions import caption
from handoff.clock import Clock
from handoff.ending import close
from handoff.entry import Owner
from handoff.errors import NotFound, Stale, StoreUnavailable, place_of
from handoff.floor import Floor
from handoff.last_seen import LastSeen
from handoff.model import Change, Conversation, Handoff, Status
from handoff.notices import Notices
from handoff.rules import Rules
from handoff.store.agents_port import Agent
from handoff.store.port import Store
from handoff.watching import watched

_log = logging.getLogger(__name__)

STEP_SECONDS = 1.0
REST_IN_OFFERS = 4
"""When every free agent has passed, the next round begins after so many times the length of an offer."""

_SETTLE_SECONDS = 0.05


class Router:
    """Keeps the queue moving.

    Args:
        store: where conversations and agents are kept.
        rules: how long offers, heartbeats and the grace time last.
        clock: tells the present instant.
        notices: what customers are told when their agent went away.
        waits: learns how long handoffs waited.
    """

    def __init__(self, store: Store, rules: Rules, clock: Clock, notices: Notices, waits: Waits) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._notices = notices
        self._waits = waits
        self._seen = LastSeen(store.conversations)
        self._rest_until: dict[str, int] = {}
        self._last_busy: dict[str, int] = {}

    async def run(self) -> None:
        """Step every second, and at once when the desk's lists change, until cancelled."""
        changed = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch(changed))
            group.create_task(self._keep_stepping(changed))

    async def step(self) -> None:
        """Look at every assigned and every waiting conversation once, and do what is due.

        Raises:
            StoreUnavailable: Redis does not answer.
        """
        floor = await Floor.look(self._store, self._rules, self._clock())
        for conversation in await self._look(list(floor.assigned), floor):
            with _by_itself(conversation.id):
                await self._tend(conversation, floor)
        queued = await self._store.conversations.queued()
        waiting = []
        for conversation in await self._look(queued, floor):
            with _by_itself(conversation.id):
                waiting.append(await self._lapse(conversation, floor))
        self._seen.forget_others((*floor.assigned, *queued))
        floor.count_offers(waiting)
        self._last_busy |= {agent_id: floor.now for agent_id, load in floor.load.items() if load > 0}
        self._rest_until = {c.id: self._rest_until[c.id] for c in waiting if c.id in self._rest_until}
        for conversation in waiting:
            with _by_itself(conversation.id):
                await self._offer(conversation, floor)

    async def _look(self, conversation_ids: Sequence[str], floor: Floor) -> list[Conversation]:
        seen = await self._seen.several(conversation_ids, floor.now)
        return [seen[name] for name in conversation_ids if name in seen]

    # what is due

    async def _tend(self, conversation: Conversation, floor: Floor) -> None:
        """Wake a conversation that was set aside; take one from an agent who went away."""
        agent_id, handoff = conversation.agent_id, conversation.handoff
        if conversation.owner is not Owner.AGENT or agent_id is None or handoff is None:
            return
        self._waits.observe(handoff)
        if conversation.status is Status.SNOOZED:
            # Set aside on purpose, so the agent may well be away; when it wakes, they must be there.
            if (conversation.snoozed_until or 0) <= floor.now:
                await self._commit(conversation, conversation.reopen(floor.now), floor)
        elif floor.is_gone(agent_id, handoff.claimed_at or 0):
            ended = conversation.ended_at is not None
            change = close(conversation, floor.now) if ended else conversation.release(floor.now)
            await self._commit(conversation, change, floor)

    async def _lapse(self, conversation: Conversation, floor: Floor) -> Conversation:
        """End an offer that ran out or whose agent is not there; returns the conversation as it is then."""
        handoff = conversation.handoff
        if conversation.owner is not Owner.QUEUE or handoff is None or handoff.offer is None:
            return conversation
        offer = handoff.offer
        if floor.now < offer.expires_at and floor.at_desk(offer.agent_id):
            return conversation
        agent = floor.agents.get(offer.agent_id)
        name = agent.name if agent else ""
        lapsed = conversation.pass_over(offer.agent_id, name, floor.now, lapsed=True)
        return await self._commit(conversation, lapsed, floor)

    async def _offer(self, conversation: Conversation, floor: Floor) -> None:
        handoff = conversation.handoff
        if conversation.owner is not Owner.QUEUE or handoff is None or handoff.offer is not None:
            return
        agent = self._next_to_ask(conversation.id, handoff, floor)
        if agent is None:
            return
        expires_at = floor.now + self._rules.offer_seconds * 1000
        await self._commit(conversation, conversation.offer(agent.id, agent.name, expires_at, floor.now), floor)
        floor.load[agent.id] += 1
        self._rest_until.pop(conversation.id, None)

    def _next_to_ask(self, conversation_id: str, handoff: Handoff, floor: Floor) -> Agent | None:
        free = floor.free_for(handoff)
        fresh = [agent for agent in free if agent.id not in handoff.passed]
        if fresh:
            return min(fresh, key=lambda agent: self._idle_order(agent, floor))
        if not free:
            return None
        # Everybody passed. Asking again at once would only nag, and never asking again would strand the customer.
        rest = self._rules.offer_seconds * REST_IN_OFFERS * 1000
        if floor.now < self._rest_until.setdefault(conversation_id, floor.now + rest):
            return None
        return min(free, key=lambda agent: handoff.passed.index(agent.id))

    def _idle_order(self, agent: Agent, floor: Floor) -> tuple[int, int, str]:
        """Sort key of agents: the fewest conversations first, then the longest idle."""
        idle_since = max(floor.presences[agent.id].idle_since, self._last_busy.get(agent.id, 0))
        return floor.load[agent.id], idle_since, agent.id

    async def _commit(self, before: Conversation, change: Change, floor: Floor) -> Conversation:
        told = caption(self._notices, change)
        self._seen.forget(before.id)
        await self._store.conversations.commit(before, told.conversation, told.entries, floor.now, wakes=told.wakes)
        return told.conversation

    # going on

    async def _keep_stepping(self, changed: asyncio.Event) -> None:
        while True:
            changed.clear()
            try:
                await self.step()
            except StoreUnavailable:
                _log.warning("The store does not answer; routing goes on as soon as it does.")
            try:
                # Not wait_for, which passes over being cancelled in the moment in which something changes.
                async with asyncio.timeout(STEP_SECONDS):
                    await changed.wait()
            except TimeoutError:
                continue
            # Changes come in bursts; one step sees them all.
            await asyncio.sleep(_SETTLE_SECONDS)

    async def _watch(self, changed: asyncio.Event) -> None:
        async for moved in watched(self._store.conversations):
            self._seen.heard(moved)
            if moved.desk or not moved.conversation_id:
                changed.set()


@contextmanager
def _by_itself(conversation_id: str) -> Iterator[None]:
    """Keep what goes wrong with one conversation from stranding the others."""
    try:
        yield
    except StoreUnavailable:
        raise
    except (Stale, NotFound):
        # Somebody was faster, or it was erased since the lists were read: the next step sees what is so then.
        _log.debug("routing of %s waits for the next step", conversation_id)
    except Exception as error:  # noqa: BLE001 - a defect met in one conversation must not strand the others
        _log.error("routing of %s failed; the next step tries again: %s", conversation_id, place_of(error))
