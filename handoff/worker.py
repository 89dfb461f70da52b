"""The worker: deals with what waits in each conversation, in order, one worker at a time for each.

Everything is at least once up to the commit and exactly once in the log: a worker that dies or is overtaken between a
turn and its commit leaves nothing behind, and the next one asks the bot again with the same message id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from enum import Enum, auto

from handoff.asking import Asking
from handoff.bot import Bot
from handoff.clock import Clock
from handoff.contacts import Contacts
from handoff.crew import Crew
from handoff.entry import Author, Entry
from handoff.errors import NotFound, Stale, Unavailable, place_of
from handoff.model import Change, Conversation
from handoff.notices import Notices
from handoff.rules import Rules
from handoff.store.port import Store, Work
from handoff.turn import Turns, waits_for_worker
from handoff.waiting import WaitEstimate, WaitingLine, unknown_wait
from handoff.watching import watched

log = logging.getLogger(__name__)

STALE_TRIES = 8
FAILED_TRIES = 3
SWEEP_SECONDS = 1.0
BACK_OFF_SECONDS = (1, 2, 0, 30)
"""After the first, second, … failure on an entry: the third has it passed to a person at once, which may fail too."""


class Worker:
    """Answers customers through whoever owns their conversation.

    Args:
        store: where conversations are kept, and which wakes the worker.
        bot: takes the turns of conversations that the bot owns.
        rules: time limits.
        clock: tells the present instant.
        notices: what the system says.
        estimate: tells how long a waiting customer will wait.
        sleep: waits that many seconds between two attempts at a turn.
    """

    def __init__(
        self,
        store: Store,
        bot: Bot,
        rules: Rules,
        clock: Clock,
        notices: Notices,
        *,
        estimate: WaitEstimate = unknown_wait,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._conversations = store.conversations
        self._rules = rules
        self._clock = clock
        asking = Asking(bot, store.conversations, rules, clock, sleep)
        line = WaitingLine(store, rules, clock, notices, estimate)
        self._turns = Turns(store.conversations, Contacts(store, clock), asking, line, rules, clock, notices)
        self._failures: dict[str, tuple[int, int]] = {}
        self._broken_off: set[str] = set()
        self.dropped_replies = 0

    async def run(self) -> None:
        """Work until cancelled: at every wake-up of the store, and once a second on whatever was missed."""
        async with asyncio.TaskGroup() as group:
            crew = Crew(group, self._attempt, self._rules.turns_at_once)
            group.create_task(self._listen(crew))
            group.create_task(self._sweep(crew))

    async def step(self, conversation_id: str) -> bool:
        """Deal with everything that waits in one conversation; False when nothing does, or another worker is at it.

        Raises:
            StoreUnavailable: the store does not answer; what waits is dealt with once it does.
        """
        lease_ms = self._rules.lease_seconds * 1000
        stale = 0
        while work := await self._conversations.take(conversation_id, self._clock(), lease_ms):
            try:
                end = await self._deal_with_next(work)
            except asyncio.CancelledError:
                with suppress(Unavailable):
                    await self._conversations.put_off(conversation_id, self._clock())
                raise
            except (Unavailable, NotFound):
                raise
            except Exception as error:  # noqa: BLE001 - a defect met in one conversation must not stop the others
                await self._stumble(work, error)
                return True
            stale += end is _End.STALE
            if end is _End.LAST or stale > STALE_TRIES:
                return True
        return False

    async def _deal_with_next(self, work: Work) -> _End:
        """Deal with the first entry that waits, and pass over those after it that ask for nothing."""
        before = work.conversation
        waiting = _waiting(work)
        last = work.entries[-1].seq if work.entries else before.cursor
        cursor = waiting[1].seq - 1 if len(waiting) > 1 else last
        change = await self._decide(before, waiting[0]) if waiting else Change(before)
        after = change.conversation.revised(cursor=cursor)
        try:
            accepted = await self._conversations.commit(
                before, after, change.entries, self._clock(), wakes=change.wakes
            )
        except Stale:
            self._drop(before, change)
            await self._conversations.put_off(before.id, self._clock())
            return _End.STALE
        self._failures.pop(before.id, None)
        nothing_came = accepted.seq == last + len(change.entries)
        return _End.LAST if nothing_came and len(waiting) < 2 else _End.MORE

    async def _decide(self, conversation: Conversation, entry: Entry) -> Change:
        seq, failures = self._failures.get(conversation.id, (0, 0))
        if seq == entry.seq and failures >= FAILED_TRIES:
            return await self._turns.pass_to_person(conversation, entry)
        return await self._turns.deal_with(conversation, entry)

    def _drop(self, conversation: Conversation, change: Change) -> None:
        replies = sum(entry.author is Author.BOT for entry in change.entries)
        if replies:
            self.dropped_replies += replies
            log.info("conversation %s moved on during a turn; %d replies dropped", conversation.id, replies)

    # what goes wrong

    async def _stumble(self, work: Work, error: Exception) -> None:
        """Put the entry that failed off; after some tries it is passed to a person instead."""
        seq = next((entry.seq for entry in _waiting(work)), work.conversation.cursor)
        known_seq, failures = self._failures.get(work.conversation.id, (seq, 0))
        failures = min(failures + 1, len(BACK_OFF_SECONDS)) if known_seq == seq else 1
        self._failures[work.conversation.id] = (seq, failures)
        log.error("failure %d on %s:%d: %s", failures, work.conversation.id, seq, place_of(error))
        pause = BACK_OFF_SECONDS[failures - 1]
        await self._conversations.put_off(work.conversation.id, self._clock() + pause * 1000)

    async def _attempt(self, conversation_id: str) -> None:
        try:
            await self.step(conversation_id)
        except Unavailable as error:
            log.warning("conversation %s waits: %s", conversation_id, error.message)
            self._broken_off.add(conversation_id)
        except NotFound:
            log.info("conversation %s is gone", conversation_id)
        except Exception as error:  # noqa: BLE001 - as above; the sweep comes back to it
            log.error("conversation %s could not be worked on: %s", conversation_id, place_of(error))

    # what wakes it

    async def _listen(self, crew: Crew) -> None:
        async with aclosing(watched(self._conversations)) as heard:
            async for moved in heard:
                if not moved.conversation_id:
                    await self._call_for_ready(crew)
                elif moved.work:
                    crew.call(moved.conversation_id)

    async def _sweep(self, crew: Crew) -> None:
        while True:
            await self._call_for_ready(crew)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _call_for_ready(self, crew: Crew) -> None:
        try:
            # A lease that could not be given back while the store was away would make its customer wait until it ends.
            for conversation_id in tuple(self._broken_off):
                await self._conversations.put_off(conversation_id, self._clock())
                self._broken_off.discard(conversation_id)
            for conversation_id in await self._conversations.ready(self._clock()):
                crew.call(conversation_id)
        except Unavailable as error:
            log.warning("nothing can be looked for: %s", error.message)


class _End(Enum):
    """How dealing with one entry ended."""

    LAST = auto()
    MORE = auto()
    STALE = auto()


def _waiting(work: Work) -> list[Entry]:
    return [entry for entry in work.entries if waits_for_worker(entry)]
