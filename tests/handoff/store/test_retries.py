"""Promise 3: a retry changes nothing, and the same key with another body is refused.

A state machine delivers messages one to five times each, one after the other or all at once, under new and used keys
with the same and other bodies, while a worker moves the cursor; the log must be what a list in Python says it is.
40 runs of up to 12 steps on each store, 0 broken.

Goes red without its guard: with the look into `seen` taken out of accept.lua a repeated message is appended again and
gets another seq; with the comparison of digests taken out, another body under a used key is taken for a repetition.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import redis
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from handoff.errors import KeyReused, Stale
from handoff.store.memory import MemoryStore
from handoff.store.port import Accepted, Store
from handoff.store.redis_store import RedisStore
from tests.handoff.store.samples import ID, LEASE, NOW, accept, fresh, message

keys = st.sampled_from([f"m{number}" for number in range(12)])
bodies = st.sampled_from(["where is my order", "a person please"])
deliveries = st.lists(st.tuples(keys, bodies, st.integers(1, 5)), min_size=1, max_size=6)


class Deliveries(RuleBasedStateMachine):
    """Any number of senders that retry, some of them wrongly."""

    make_store: ClassVar[Callable[[], Store]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.log: list[str] = []
        self.kept: dict[str, tuple[int, str]] = {}
        self.store = self.run(self.opened())

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()

    def run(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    async def opened(self) -> Store:
        store = type(self).make_store()
        await store.conversations.open(fresh())
        return store

    @rule(key=keys, body=bodies, times=st.integers(1, 5))
    def deliver_one_after_the_other(self, key: str, body: str, times: int) -> None:
        for _ in range(times):
            self.judge({(key, body): [self.run(self.attempt(key, body))]})

    @rule(sent=deliveries, seed=st.integers())
    def deliver_at_once(self, sent: list[tuple[str, str, int]], seed: int) -> None:
        attempts = [(key, body) for key, body, times in sent for _ in range(times)]
        random.Random(seed).shuffle(attempts)

        async def all_at_once() -> list[Accepted | None]:
            return await asyncio.gather(*[self.attempt(key, body) for key, body in attempts])

        answers: dict[tuple[str, str], list[Accepted | None]] = defaultdict(list)
        for attempt, answer in zip(attempts, self.run(all_at_once()), strict=True):
            answers[attempt].append(answer)
        self.judge(answers)

    @rule()
    def work(self) -> None:
        self.run(self.one_worker())

    async def attempt(self, key: str, body: str) -> Accepted | None:
        try:
            return await accept(self.store.conversations, body, key=key)
        except KeyReused:
            return None

    async def one_worker(self) -> None:
        work = await self.store.conversations.take(ID, NOW, LEASE)
        if work is None:
            return
        done = work.conversation.revised(cursor=work.entries[-1].seq)
        await self.store.conversations.commit(work.conversation, done, [message("bot")], NOW)
        self.log.append("bot")

    def judge(self, answers: dict[tuple[str, str], list[Accepted | None]]) -> None:
        """Compare what the senders were told with what one careful clerk would have told them."""
        came: list[tuple[int, str]] = []
        for key in {key for key, _ in answers}:
            told = {body: replies for (of, body), replies in answers.items() if of == key}
            accepted = {body for body, replies in told.items() if any(replies)}
            known = self.kept.get(key)
            assert accepted == ({known[1]} & told.keys() if known else accepted)
            assert len(accepted) <= 1
            for body, replies in told.items():
                assert all(replies) if body in accepted else not any(replies)
            for body in accepted:
                (seq,) = {reply.seq for reply in told[body] if reply is not None}
                first = [reply for reply in told[body] if reply == Accepted(seq, repeated=False)]
                assert len(first) == (0 if known else 1)
                if known:
                    assert seq == known[0]
                else:
                    self.kept[key] = (seq, body)
                    came.append((seq, body))
        assert [seq for seq, _ in sorted(came)] == list(range(len(self.log) + 1, len(self.log) + len(came) + 1))
        self.log += [body for _, body in sorted(came)]

    @invariant()
    def the_log_is_what_was_accepted(self) -> None:
        page = self.run(self.store.conversations.read(ID, 0))
        assert [(entry.seq, entry.text) for entry in page.entries] == list(enumerate(self.log, 1))


@pytest.mark.parametrize("where", ["memory", "redis"])
def test_a_retry_changes_nothing(where: str, request: pytest.FixtureRequest) -> None:
    def empty_redis() -> Store:
        url = request.getfixturevalue("redis_url")
        with redis.Redis.from_url(url) as client:
            client.flushall()
        return RedisStore(url)

    class DeliveriesHere(Deliveries):
        make_store = staticmethod(MemoryStore if where == "memory" else empty_redis)

    run_state_machine_as_test(DeliveriesHere, settings=settings(max_examples=40, stateful_step_count=12, deadline=None))


async def test_messages_sent_at_once_by_many_customers_stay_apart(store: Store) -> None:
    ids = [f"c_{number}" for number in range(20)]
    for conversation_id in ids:
        await store.conversations.open(fresh(conversation_id))

    async def customer(conversation_id: str) -> list[int]:
        return [(await accept(store.conversations, str(number), conversation_id)).seq for number in range(10)]

    assert await asyncio.gather(*map(customer, ids)) == [list(range(1, 11))] * 20
    for conversation_id in ids:
        page = await store.conversations.read(conversation_id, 0)
        assert [entry.text for entry in page.entries] == [str(number) for number in range(10)]


async def test_a_commit_repeated_at_once_is_written_once(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    after = opened.revised(language="da")

    async def commit() -> Accepted | None:
        try:
            return await store.conversations.commit(opened, after, [message()], NOW)
        except Stale:
            return None

    told = await asyncio.gather(*[commit() for _ in range(20)])
    assert [answer for answer in told if answer] == [Accepted(1, repeated=False)]
