"""Promise 6 at the store: what was decided before somebody else's commit is never written after it.

Goes red without its guard: with the comparison of versions taken out of commit.lua (or of the twin) the bot's late
reply is in the log and the conversation is the bot's again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handoff.entry import Author
from handoff.errors import Stale
from handoff.model import Change, Conversation, HandoffReason
from handoff.store.port import Once, Store
from tests.handoff.store.samples import ID, LEASE, NOW, accept, fresh, message, press, texts, waiting

Step = Callable[[Conversation], Change]
WITH_ADA = waiting().claim("ada", "Ada", NOW).conversation

STEPS: dict[str, tuple[Conversation, Step]] = {
    "request": (fresh(), lambda c: c.request_handoff("h_1", HandoffReason.ASKED, "", {}, NOW)),
    "offer": (waiting(), lambda c: c.offer("ada", "Ada", NOW + 1, NOW)),
    "claim": (waiting(), lambda c: c.claim("ada", "Ada", NOW)),
    "give up": (waiting(), lambda c: c.give_up(NOW)),
    "release": (WITH_ADA, lambda c: c.release(NOW)),
    "transfer": (WITH_ADA, lambda c: c.transfer("ada", "bo", "Bo", NOW)),
    "return": (WITH_ADA, lambda c: c.return_to_bot("ada", "done", NOW)),
    "resolve": (WITH_ADA, lambda c: c.resolve("ada", "", NOW)),
    "snooze": (WITH_ADA, lambda c: c.snooze("ada", NOW + 1, NOW)),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_reply_written_after_a_change_of_hands_is_refused(store: Store, step: str) -> None:
    opened, transition = STEPS[step]
    await store.conversations.open(opened)
    await press(store.conversations, "/hello")
    work = await store.conversations.take(ID, NOW, LEASE)
    assert work is not None

    change = transition(work.conversation)
    await store.conversations.commit(work.conversation, change.conversation, change.entries, NOW, wakes=change.wakes)
    late = work.conversation.revised(cursor=1)
    with pytest.raises(Stale):
        await store.conversations.commit(work.conversation, late, [message("late", Author.BOT)], NOW)
    with pytest.raises(Stale):  # even one that changes nothing in the conversation itself
        await store.conversations.commit(work.conversation, work.conversation, [message("late", Author.BOT)], NOW)

    assert await store.conversations.get(ID) == change.conversation
    assert "late" not in await texts(store.conversations)


async def test_of_two_workers_with_the_same_work_one_writes(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "hello")
    slow = await store.conversations.take(ID, NOW, LEASE)
    quick = await store.conversations.take(ID, NOW + LEASE, LEASE)
    assert slow is not None
    assert quick is not None
    done = quick.conversation.revised(cursor=1)
    await store.conversations.commit(quick.conversation, done, [message("reply", Author.BOT)], NOW + LEASE)
    with pytest.raises(Stale):
        await store.conversations.commit(slow.conversation, done, [message("reply", Author.BOT)], NOW + LEASE)
    assert await texts(store.conversations) == ["hello", "reply"]


async def test_what_a_refused_commit_was_about_is_not_lost(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    await accept(store.conversations, "hello")
    await store.conversations.take(ID, NOW, LEASE)
    await store.conversations.commit(opened, opened.revised(language="da"), [], NOW)
    with pytest.raises(Stale):
        await store.conversations.commit(opened, opened.revised(cursor=1), [], NOW)
    work = await store.conversations.take(ID, NOW + LEASE, LEASE)
    assert work is not None
    assert [entry.text for entry in work.entries] == ["hello"]


async def test_the_key_of_a_refused_commit_can_be_used_again(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    moved = opened.revised(language="da")
    await store.conversations.commit(opened, moved, [], NOW)
    once = Once("k", "d")
    with pytest.raises(Stale):
        await store.conversations.commit(opened, opened, [message()], NOW, once=once)
    assert not (await store.conversations.commit(moved, moved, [message()], NOW, once=once)).repeated
