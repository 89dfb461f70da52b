"""Which conversations have work, and who may do it, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from handoff.entry import Author, OwnerEvent
from handoff.errors import Stale
from handoff.model import Conversation
from handoff.store.port import MOST_TAKEN, Moved, Store
from tests.handoff.store.samples import ID, LEASE, NOW, accept, fresh, message, press, waiting

WITH_ADA = waiting().claim("ada", "Ada", NOW).conversation


async def test_a_new_conversation_has_no_work(store: Store) -> None:
    await store.conversations.open(fresh())
    assert await store.conversations.ready(NOW) == []
    assert await store.conversations.take(ID, NOW, LEASE) is None


async def test_work_is_what_lies_past_the_cursor(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    await store.conversations.commit(opened, opened.revised(cursor=1), [message("re: a", Author.BOT)], NOW)
    await accept(store.conversations, "b")
    work = await store.conversations.take(ID, NOW, LEASE)
    assert work is not None
    assert work.conversation.cursor == 1
    assert [(entry.seq, entry.text) for entry in work.entries] == [(2, "re: a"), (3, "b")]


async def test_one_worker_at_a_time_has_a_conversation(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    assert await store.conversations.take(ID, NOW, LEASE) is not None
    await accept(store.conversations, "b")
    assert await store.conversations.take(ID, NOW, LEASE) is None
    assert await store.conversations.ready(NOW) == []


async def test_a_lease_that_ran_out_can_be_taken_by_another_worker(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    await store.conversations.take(ID, NOW, LEASE)
    assert await store.conversations.take(ID, NOW + LEASE - 1, LEASE) is None
    assert await store.conversations.ready(NOW + LEASE) == [ID]
    assert await store.conversations.take(ID, NOW + LEASE, LEASE) is not None


async def test_work_that_is_put_off_is_ready_again_at_its_time(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    await store.conversations.take(ID, NOW, LEASE)
    await store.conversations.put_off(ID, NOW + 500)
    assert await store.conversations.take(ID, NOW + 499, LEASE) is None
    assert await store.conversations.take(ID, NOW + 500, LEASE) is not None


async def test_putting_off_makes_no_work(store: Store) -> None:
    await store.conversations.open(fresh())
    await store.conversations.put_off(ID, NOW)
    assert await store.conversations.ready(NOW) == []


async def test_conversations_are_ready_oldest_first(store: Store) -> None:
    for number in (3, 1, 2):
        await store.conversations.open(fresh(f"c_{number}"))
        await accept(store.conversations, "a", f"c_{number}", now=NOW + number)
    assert await store.conversations.ready(NOW + 2) == ["c_1", "c_2"]
    assert await store.conversations.ready(NOW + 3) == ["c_1", "c_2", "c_3"]


async def test_work_that_is_done_is_not_ready_any_more(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    await store.conversations.take(ID, NOW, LEASE)
    await store.conversations.commit(opened, opened.revised(cursor=1), [], NOW)
    assert await store.conversations.ready(NOW + LEASE) == []


async def test_a_message_that_came_during_the_lease_is_ready_when_it_ends(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    await store.conversations.take(ID, NOW, LEASE)
    await accept(store.conversations, "b")
    await store.conversations.commit(opened, opened.revised(cursor=1), [message("re: a", Author.BOT)], NOW)
    work = await store.conversations.take(ID, NOW, LEASE)
    assert work is not None
    assert [entry.text for entry in work.entries] == ["b", "re: a"]


async def test_somebody_elses_commit_leaves_the_lease_alone(store: Store) -> None:
    opened = await store.conversations.open(waiting())
    await accept(store.conversations, "a")
    await store.conversations.take(ID, NOW, LEASE)
    change = opened.claim("ada", "Ada", NOW)
    await store.conversations.commit(opened, change.conversation, change.entries, NOW, wakes=True)
    assert await store.conversations.take(ID, NOW, LEASE) is None
    assert await store.conversations.take(ID, NOW + LEASE, LEASE) is not None


async def test_a_return_to_the_bot_wakes_the_worker(store: Store) -> None:
    claimed = waiting().claim("ada", "Ada", NOW).conversation
    await store.conversations.open(claimed)
    change = claimed.return_to_bot("ada", "a label was sent", NOW)
    await store.conversations.commit(claimed, change.conversation, change.entries, NOW, wakes=change.wakes)
    work = await store.conversations.take(ID, NOW, LEASE)
    assert work is not None
    assert [entry.event for entry in work.entries] == [OwnerEvent.RETURNED]


async def test_an_agents_reply_wakes_nobody(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    await store.conversations.commit(opened, opened, [message("hi", Author.AGENT)], NOW)
    assert await store.conversations.ready(NOW) == []


async def test_what_is_typed_to_an_agent_asks_nothing_of_the_worker(store: Store) -> None:
    claimed = await store.conversations.open(WITH_ADA)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await accept(store.conversations, "a")
        assert await anext(watch) == Moved(ID, last_seq=1, work=False)
    assert await store.conversations.ready(NOW + LEASE) == []
    assert await store.conversations.get(ID) == claimed.revised(cursor=1)
    with pytest.raises(Stale):
        await store.conversations.commit(claimed, claimed.revised(notice_at=NOW), [], NOW)


@pytest.mark.parametrize("change", [fresh(), waiting(), WITH_ADA.snooze("ada", NOW + 1, NOW).conversation])
async def test_what_is_typed_to_anybody_else_is_work(store: Store, change: Conversation) -> None:
    await store.conversations.open(change)
    await accept(store.conversations, "a")
    assert await store.conversations.ready(NOW) == [ID]


async def test_what_is_typed_once_an_agent_has_given_the_conversation_away_is_work(store: Store) -> None:
    claimed = await store.conversations.open(WITH_ADA)
    await store.conversations.commit(claimed, claimed.release(NOW).conversation, [], NOW)
    await accept(store.conversations, "a")
    assert await store.conversations.ready(NOW) == [ID]


async def test_a_button_pressed_while_an_agent_attends_is_work(store: Store) -> None:
    await store.conversations.open(WITH_ADA)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await press(store.conversations, "/csat")
        assert await anext(watch) == Moved(ID, last_seq=1, work=True)
    assert await store.conversations.ready(NOW) == [ID]


async def test_what_is_typed_behind_waiting_work_does_not_overtake_it(store: Store) -> None:
    await store.conversations.open(WITH_ADA)
    await press(store.conversations, "/csat")
    await accept(store.conversations, "a")
    work = await store.conversations.take(ID, NOW, LEASE)
    assert work is not None
    assert [entry.text for entry in work.entries] == ["a button", "a"]


async def test_a_lease_brings_so_many_entries_and_the_next_one_goes_on(store: Store) -> None:
    await store.conversations.open(fresh())
    for number in range(MOST_TAKEN + 3):
        await accept(store.conversations, f"message {number}")
    first = await store.conversations.take(ID, NOW, LEASE)
    assert first is not None
    assert [entry.seq for entry in first.entries] == list(range(1, MOST_TAKEN + 1))
    await store.conversations.commit(first.conversation, first.conversation.revised(cursor=MOST_TAKEN), (), NOW)
    rest = await store.conversations.take(ID, NOW, LEASE)
    assert rest is not None
    assert [entry.seq for entry in rest.entries] == [MOST_TAKEN + 1, MOST_TAKEN + 2, MOST_TAKEN + 3]
