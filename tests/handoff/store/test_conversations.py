"""What the conversation store promises, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.entry import Author, Button, Owner, OwnerEvent, Template, Understood, Visibility
from handoff.errors import KeyReused, NotFound, Stale
from handoff.model import Status
from handoff.store.keys import conversation_keys
from handoff.store.port import Accepted, Once, Store
from handoff.store.redis_store import RedisStore
from tests.handoff.store.samples import ID, LEASE, NOW, accept, fresh, message, texts, waiting


async def test_a_conversation_is_found_as_it_was_opened(store: Store) -> None:
    opened = replace(fresh(), language="da", details={"order_number": "10234", "items": ["a", "b"]})
    assert await store.conversations.open(opened) == opened
    assert await store.conversations.get(ID) == opened


async def test_opening_again_finds_what_is_kept(store: Store) -> None:
    await store.conversations.open(replace(fresh(), language="da"))
    assert (await store.conversations.open(fresh())).language == "da"


async def test_a_conversation_opened_in_the_queue_is_listed_there(store: Store) -> None:
    await store.conversations.open(waiting())
    assert await store.conversations.queued() == [ID]


async def test_an_unknown_conversation_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.conversations.get("c_none")
    with pytest.raises(NotFound):
        await accept(store.conversations, "hello", "c_none")
    with pytest.raises(NotFound):
        await store.conversations.read("c_none", 0)
    with pytest.raises(NotFound):
        await store.conversations.commit(fresh("c_none"), fresh("c_none"), [message()], NOW)
    assert await store.conversations.take("c_none", NOW, LEASE) is None


# accepting


async def test_several_conversations_are_read_together_and_an_unknown_one_is_absent(store: Store) -> None:
    kept = [await store.conversations.open(waiting("c_1")), await store.conversations.open(fresh("c_2"))]
    found = await store.conversations.several(["c_2", "c_none", "c_1"])
    assert found == {conversation.id: conversation for conversation in kept}
    assert await store.conversations.several([]) == {}


async def test_more_conversations_than_one_exchange_carries_are_all_read(store: Store) -> None:
    names = [f"c_{number}" for number in range(1001)]
    for name in names:
        await store.conversations.open(fresh(name))
    assert list(await store.conversations.several(names)) == names


async def test_a_record_that_cannot_be_read_hides_no_other(redis_url: str) -> None:
    store = RedisStore(redis_url)
    await store.conversations.open(fresh("c_1"))
    good = await store.conversations.open(fresh("c_2"))
    async with Redis.from_url(redis_url) as client:
        await client.hset(conversation_keys("c_1").record, "state", "no record")
    assert await store.conversations.several(["c_1", "c_2"]) == {"c_2": good}
    await store.close()


async def test_messages_are_numbered_in_the_order_in_which_they_came(store: Store) -> None:
    await store.conversations.open(fresh())
    assert [(await accept(store.conversations, text)).seq for text in "abc"] == [1, 2, 3]
    assert await texts(store.conversations) == ["a", "b", "c"]


async def test_a_message_that_comes_again_keeps_its_seq(store: Store) -> None:
    await store.conversations.open(fresh())
    first = await accept(store.conversations, "a")
    await accept(store.conversations, "b")
    assert await accept(store.conversations, "a") == Accepted(first.seq, repeated=True)
    assert await texts(store.conversations) == ["a", "b"]


async def test_a_key_with_another_body_is_refused(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "a", key="m1")
    with pytest.raises(KeyReused):
        await accept(store.conversations, "b", key="m1")
    assert await texts(store.conversations) == ["a"]


async def test_the_same_key_in_another_conversation_is_another_message(store: Store) -> None:
    for conversation_id in ("c_1", "c_2"):
        await store.conversations.open(fresh(conversation_id))
        assert (await accept(store.conversations, "a", conversation_id)) == Accepted(1, repeated=False)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "a\nb", "שלום\u200f", "\u200b", "👩‍👩‍👧", "\ud800", "'; --", "{p00}", "x" * 100_000]
)
async def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    await store.conversations.open(fresh())
    await store.conversations.accept(ID, message(text), Once(f"key {text}", "digest"), NOW)
    assert await texts(store.conversations) == [text]
    again = await store.conversations.accept(ID, message(text), Once(f"key {text}", "digest"), NOW)
    assert again.repeated


async def test_every_field_of_an_entry_comes_back(store: Store) -> None:
    entry = replace(
        message("Which?", Author.BOT),
        name="Baton",
        visibility=Visibility.INTERNAL,
        buttons=(Button("Yes", "/yes"), Button("No", "/no")),
        attachments=(Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="m7", size=3),),
        template=Template("shipped", "en", ("10234",)),
        external_id="m1",
        choice="/pick",
        in_reply_to=1,
        understood=Understood("pick", 0.25, fallback=True),
        event=OwnerEvent.CLAIMED,
        owner=Owner.AGENT,
        facts={"score": 4, "nested": {"a": [1, None]}},
    )
    await store.conversations.open(fresh())
    await store.conversations.accept(ID, entry, Once("m1", "d"), NOW)
    assert (await store.conversations.read(ID, 0)).entries == (replace(entry, seq=1),)


# reading


async def test_a_page_begins_after_the_seq_asked_for(store: Store) -> None:
    await store.conversations.open(fresh())
    for text in "abcde":
        await accept(store.conversations, text)
    page = await store.conversations.read(ID, 1, limit=2)
    assert [(entry.seq, entry.text) for entry in page.entries] == [(2, "b"), (3, "c")]
    assert page.last_seq == 5


@pytest.mark.parametrize("after", [5, 6, 1_000_000, 10**30])
async def test_past_the_end_there_is_nothing(store: Store, after: int) -> None:
    await store.conversations.open(fresh())
    for text in "abcde":
        await accept(store.conversations, text)
    page = await store.conversations.read(ID, after)
    assert (page.entries, page.last_seq) == ((), 5)


@pytest.mark.parametrize(("limit", "found"), [(-1, 0), (0, 0), (1, 1), (5, 5), (6, 5), (10**30, 5)])
async def test_a_page_holds_at_most_its_limit(store: Store, limit: int, found: int) -> None:
    await store.conversations.open(fresh())
    for text in "abcde":
        await accept(store.conversations, text)
    page = await store.conversations.read(ID, 0, limit)
    assert (len(page.entries), page.last_seq) == (found, 5)


async def test_before_the_beginning_is_the_beginning(store: Store) -> None:
    await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    assert [entry.seq for entry in (await store.conversations.read(ID, -3)).entries] == [1]


# committing


async def test_a_commit_writes_the_conversation_and_its_entries(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    after = opened.revised(language="da", details={"order": "1"})
    accepted = await store.conversations.commit(opened, after, [message("a"), message("b")], NOW)
    assert accepted == Accepted(2, repeated=False)
    assert await store.conversations.get(ID) == after
    assert await texts(store.conversations) == ["a", "b"]


async def test_a_commit_without_entries_tells_the_logs_end(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    await accept(store.conversations, "a")
    assert (await store.conversations.commit(opened, opened.revised(cursor=1), [], NOW)).seq == 1


async def test_entries_can_be_added_without_a_change(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    for text in "ab":
        await store.conversations.commit(opened, opened, [message(text)], NOW)
    assert await store.conversations.get(ID) == opened
    assert await texts(store.conversations) == ["a", "b"]


async def test_a_commit_that_comes_again_is_written_once(store: Store) -> None:
    opened = await store.conversations.open(fresh())
    after = opened.revised(language="da")
    once = Once("k", "d")
    assert await store.conversations.commit(opened, after, [message()], NOW, once=once) == Accepted(1, False)
    # the caller may have read again meanwhile, or not
    assert await store.conversations.commit(opened, after, [message()], NOW, once=once) == Accepted(1, True)
    assert await store.conversations.commit(after, after, [message()], NOW, once=once) == Accepted(1, True)
    with pytest.raises(KeyReused):
        await store.conversations.commit(after, after, [message()], NOW, once=Once("k", "other"))
    assert await texts(store.conversations) == ["hello"]


async def test_a_change_that_no_transition_makes_is_refused(store: Store) -> None:
    opened = await store.conversations.open(replace(fresh(), cursor=3))
    for after in (replace(opened, language="da"), opened.revised(cursor=2), fresh("c_2")):
        with pytest.raises(ValueError, match=r"cursor|version|one conversation"):
            await store.conversations.commit(opened, after, [], NOW)
    with pytest.raises(ValueError, match="key"):
        await store.conversations.commit(opened, opened, [message()], NOW, once=Once("", "d"))


# lists


async def test_the_queue_is_served_by_request_and_front_goes_first(store: Store) -> None:
    for conversation_id, requested_at in (("c_3", NOW + 3), ("c_1", NOW + 1), ("c_2", NOW + 2)):
        await store.conversations.open(waiting(conversation_id, requested_at))
    assert await store.conversations.queued() == ["c_1", "c_2", "c_3"]
    third = await store.conversations.get("c_3")
    for change in (
        third.claim("ada", "Ada", NOW + 4),
        third.claim("ada", "Ada", NOW + 4).conversation.release(NOW + 5),
    ):
        await store.conversations.commit(third, change.conversation, change.entries, NOW)
        third = change.conversation
    assert await store.conversations.queued() == ["c_3", "c_1", "c_2"]


async def test_who_asked_in_the_same_instant_is_served_by_id(store: Store) -> None:
    ids = [f"c_{number:02}" for number in range(30)]
    for conversation_id in reversed(ids):
        await store.conversations.open(waiting(conversation_id))
    assert await store.conversations.queued() == ids


async def test_a_claimed_conversation_leaves_the_queue_and_is_the_agents(store: Store) -> None:
    opened = await store.conversations.open(waiting())
    claimed = opened.claim("ada", "Ada", NOW)
    await store.conversations.commit(opened, claimed.conversation, claimed.entries, NOW)
    assert await store.conversations.queued() == []
    assert await store.conversations.assigned() == {ID: "ada"}

    given = claimed.conversation.transfer("ada", "bo", "Bo", NOW)
    await store.conversations.commit(claimed.conversation, given.conversation, given.entries, NOW)
    assert await store.conversations.assigned() == {ID: "bo"}

    resolved = given.conversation.resolve("bo", "", NOW)
    await store.conversations.commit(given.conversation, resolved.conversation, resolved.entries, NOW)
    assert await store.conversations.assigned() == {}
    assert (await store.conversations.get(ID)).status is Status.RESOLVED


async def test_a_refused_commit_leaves_the_lists_alone(store: Store) -> None:
    opened = await store.conversations.open(waiting())
    await store.conversations.commit(opened, opened.revised(language="da"), [], NOW)
    claimed = opened.claim("ada", "Ada", NOW)
    with pytest.raises(Stale):
        await store.conversations.commit(opened, claimed.conversation, claimed.entries, NOW)
    assert await store.conversations.queued() == [ID]
    assert await store.conversations.assigned() == {}
