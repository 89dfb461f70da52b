"""What is to be sent and what became of it, asked of the twin in memory and of Redis alike (promise 9 at the store)."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import pytest

from handoff.delivery import DeliveryStatus, rank
from handoff.entry import Author, Button, Entry, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import NotFound, Stale
from handoff.store.port import Moved, Once, Store
from handoff.store.redis_outbox import _STATUSES
from handoff.store.sending_port import MOST_EARLY, MOST_SENT, DeadLetter
from tests.handoff.store.samples import (
    ID,
    LEASE,
    NOW,
    accept,
    deliveries,
    fresh,
    message,
    pushed,
    say,
    taken,
    texts,
    told,
)

SENT, FAILED, DELIVERED, READ = (DeliveryStatus(word) for word in ("sent", "failed", "delivered", "read"))
NOTE = Entry(Kind.NOTE, Author.AGENT, NOW, text="a note", visibility=Visibility.INTERNAL)


async def sent(store: Store, *ids: str, now: int = NOW) -> int:
    """Send and settle the next entry in as many parts as there are ids; returns its seq."""
    parcel = await taken(store, now)
    seq = parcel.entries[0].seq
    for message_id in ids:
        await store.outbox.part_sent(parcel, seq, message_id, now)
    await store.outbox.settle(parcel, seq, told(SENT, now), now)
    return seq


async def report(
    store: Store, message_id: str, status: DeliveryStatus, place: tuple[int, int] | None = None, code: str = ""
) -> bool:
    return await store.outbox.report(ID, message_id, told(status, NOW + 5, code), NOW + 6, place=place)


# what is due


async def test_what_is_said_on_a_pushed_channel_is_due_at_once(store: Store) -> None:
    await store.conversations.open(pushed())
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await say(store, "hello")
        assert await anext(watch) == Moved(ID, last_seq=1, sends=True)
    assert await store.outbox.due(NOW) == [ID]
    parcel = await taken(store)
    assert parcel.conversation == pushed()
    assert [entry.text for entry in parcel.entries] == ["hello"]
    assert (parcel.tries, parcel.parts, parcel.doubt) == (0, (), 0)


async def test_the_web_has_nothing_to_send(store: Store) -> None:
    await store.conversations.open(fresh())
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await say(store, "hello")
        assert await anext(watch) == Moved(ID, last_seq=1)
    assert await store.outbox.due(NOW) == []
    assert await store.outbox.take(ID, NOW, LEASE) is None


async def test_what_customers_write_and_agents_note_is_not_sent(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await store.conversations.commit(opened, opened, [NOTE], NOW)
    await accept(store.conversations, "hello")
    assert await store.outbox.due(NOW) == []


async def test_a_parcel_brings_everything_from_the_first_entry_to_send(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await accept(store.conversations, "hello")
    await store.conversations.commit(opened, opened, [NOTE, message("a", Author.BOT), NOTE], NOW)
    await say(store, "b")
    assert [(entry.seq, entry.text) for entry in (await taken(store)).entries] == [(3, "a"), (4, "a note"), (5, "b")]


async def test_the_longest_due_comes_first(store: Store) -> None:
    for number in (3, 1, 2):
        await store.conversations.open(pushed(f"c_{number}"))
        await say(store, "a", conversation_id=f"c_{number}", now=NOW + number)
    assert await store.outbox.due(NOW + 2) == ["c_1", "c_2"]


async def test_a_refused_commit_sends_nothing(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await store.conversations.commit(opened, opened.revised(language="da"), [], NOW)
    with pytest.raises(Stale):
        await store.conversations.commit(opened, opened, [message("late", Author.BOT)], NOW)
    assert await store.outbox.due(NOW) == []


async def test_a_repeated_commit_sends_nothing_again(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    for _ in range(2):
        await store.conversations.commit(opened, opened, [message("a", Author.AGENT)], NOW, once=Once("k", "d"))
    await sent(store, "m")
    await store.conversations.commit(opened, opened, [message("a", Author.AGENT)], NOW, once=Once("k", "d"))
    assert await store.outbox.due(NOW + LEASE) == []


# one sender at a time


async def test_one_sender_at_a_time_has_a_conversation(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await taken(store)
    await say(store, "b")
    assert await store.outbox.due(NOW) == []
    assert await store.outbox.take(ID, NOW + LEASE - 1, LEASE) is None
    assert [entry.text for entry in (await taken(store, NOW + LEASE)).entries] == ["a", "b"]


async def test_who_lost_the_lease_changes_nothing(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    slow = await taken(store)
    quick = await taken(store, NOW + LEASE)
    with pytest.raises(Stale):
        await store.outbox.part_sent(slow, 1, "m", NOW + LEASE)
    with pytest.raises(Stale):
        await store.outbox.settle(slow, 1, told(SENT), NOW + LEASE)
    await store.outbox.put_off(slow, NOW)
    assert await store.outbox.due(NOW + LEASE) == []
    assert await texts(store.conversations) == ["a"]
    await store.outbox.part_sent(quick, 1, "m", NOW + LEASE)
    await store.outbox.settle(quick, 1, told(SENT), NOW + LEASE)
    assert await deliveries(store) == [(1, "sent")]


async def test_a_lease_that_was_given_back_is_over(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    await store.outbox.put_off(parcel, NOW + 9)
    with pytest.raises(Stale):
        await store.outbox.settle(parcel, 1, told(SENT), NOW)
    await store.outbox.put_off(parcel, NOW)
    assert await store.outbox.due(NOW + 8) == []
    assert await store.outbox.due(NOW + 9) == [ID]


async def test_settling_what_the_parcel_does_not_hold_is_a_mistake(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    with pytest.raises(ValueError, match="parcel"):
        await store.outbox.settle(await taken(store), 2, told(SENT), NOW)


# going on


async def test_what_was_settled_is_not_sent_again(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a", "b")
    parcel = await taken(store)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    assert await store.outbox.take(ID, NOW, LEASE) is None  # the lease goes on
    await store.outbox.put_off(parcel, NOW)
    assert [entry.text for entry in (await taken(store)).entries if entry.kind is Kind.MESSAGE] == ["b"]


async def test_the_last_entry_of_a_parcel_ends_its_lease(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    await say(store, "b")
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await store.outbox.settle(parcel, 1, told(SENT), NOW)
        assert await anext(watch) == Moved(ID, last_seq=3, sends=True)
    assert (await taken(store)).entries[0].text == "b"


async def test_many_entries_come_in_several_parcels(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await store.conversations.commit(
        opened, opened, [message("first", Author.BOT), *[NOTE] * (MOST_SENT + 3), message("last", Author.BOT)], NOW
    )
    first = await taken(store)
    assert len(first.entries) == MOST_SENT
    await store.outbox.settle(first, 1, told(SENT), NOW)
    notes = await taken(store)
    await store.outbox.settle(notes, notes.entries[-1].seq, None, NOW)
    assert (await taken(store)).entries[-2].text == "last"
    assert await deliveries(store) == [(1, "sent")]


async def test_settling_twice_is_settling_once(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a", "b")
    parcel = await taken(store)
    for _ in range(2):
        await store.outbox.part_sent(parcel, 1, "m", NOW)
        await store.outbox.settle(parcel, 1, told(SENT), NOW)
    await store.outbox.part_sent(parcel, 1, "m", NOW)
    assert await deliveries(store) == [(1, "sent")]
    await store.outbox.put_off(parcel, NOW)
    assert (await taken(store)).parts == ()


async def test_a_late_word_about_an_entry_that_was_passed_changes_nothing(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a", "b", "c")
    parcel = await taken(store)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    await store.outbox.settle(parcel, 2, told(SENT), NOW)
    await store.outbox.settle(parcel, 1, told(FAILED), NOW)
    await store.outbox.put_off(parcel, NOW)
    assert (await taken(store)).entries[0].text == "c"
    assert await deliveries(store) == [(1, "sent"), (2, "sent")]


async def test_receipts_are_not_read_again_with_what_is_said_next(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m")
    await report(store, "m", READ)
    await say(store, "b")
    assert [entry.text for entry in (await taken(store)).entries] == ["b"]


# parts, tries, doubt


async def test_parts_that_went_out_are_known_to_the_next_sender(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    await store.outbox.part_sent(parcel, 1, "m_1", NOW)
    await store.outbox.part_sent(parcel, 1, "m_2", NOW)
    await store.outbox.part_sent(parcel, 1, "m_2", NOW)  # told twice
    assert (await taken(store, NOW + LEASE)).parts == ("m_1", "m_2")


async def test_tries_count_until_something_went_out(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a", "b")
    for count in range(3):
        parcel = await taken(store, NOW + count)
        assert parcel.tries == count
        await store.outbox.put_off(parcel, NOW + count + 1)
    await store.outbox.put_off(await taken(store, NOW + 9), NOW + 10, tried=False)
    parcel = await taken(store, NOW + 10)
    assert parcel.tries == 3
    await store.outbox.part_sent(parcel, 1, "m", NOW + 10)
    await store.outbox.put_off(parcel, NOW + 11, tried=False)
    assert (await taken(store, NOW + 11)).tries == 0


async def test_what_was_counted_of_one_entry_is_not_held_against_the_next(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a", "b")
    await store.outbox.put_off(await taken(store), NOW, doubt=True)
    parcel = await taken(store)
    await store.outbox.settle(parcel, 1, told(FAILED), NOW)
    await store.outbox.put_off(parcel, NOW, tried=False)
    after = await taken(store)
    assert (after.tries, after.doubt, after.parts) == (0, 0, ())


async def test_passing_over_a_note_forgets_nothing_of_the_entry_behind_it(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await store.conversations.commit(opened, opened, [message("a", Author.BOT), NOTE, message("b", Author.BOT)], NOW)
    parcel = await taken(store)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    await store.outbox.put_off(parcel, NOW, tried=True)
    parcel = await taken(store)
    await store.outbox.settle(parcel, 2, None, NOW)
    await store.outbox.put_off(parcel, NOW, tried=False)
    assert (await taken(store)).tries == 1


async def test_a_doubt_is_kept_with_its_time_until_there_is_a_sign(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await store.outbox.put_off(await taken(store), NOW + 10, doubt=True)
    parcel = await taken(store, NOW + 10)
    assert parcel.doubt == NOW
    await store.outbox.put_off(parcel, NOW + 20, doubt=True)
    assert (await taken(store, NOW + 20)).doubt == NOW


async def test_a_report_that_names_the_place_resolves_a_doubt_at_once(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await store.outbox.put_off(await taken(store), NOW + 60_000, doubt=True)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        assert await report(store, "m", SENT, place=(1, 0))
        assert await anext(watch) == Moved(ID, last_seq=1, sends=True)
    parcel = await taken(store, NOW + 6)
    assert (parcel.parts, parcel.doubt, parcel.tries) == (("m",), 0, 0)
    assert not await report(store, "m", SENT, place=(1, 0))


async def test_a_sign_that_comes_before_the_sender_gives_up_waiting_is_heeded(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    assert await report(store, "m", DELIVERED, place=(1, 0))
    await store.outbox.put_off(parcel, NOW + 60_000, doubt=True)
    parcel = await taken(store)
    assert (parcel.parts, parcel.doubt, parcel.tries) == (("m",), 0, 0)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    assert await deliveries(store) == [(1, "delivered")]


async def test_a_failure_that_is_no_longer_true_is_refused(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    assert await report(store, "m", SENT, place=(1, 0))
    with pytest.raises(Stale):
        await store.outbox.settle(parcel, 1, told(FAILED, code="no_answer"), NOW)
    assert (await taken(store)).parts == ("m",)
    assert await store.outbox.dead() == []


async def test_a_report_during_a_send_and_its_answer_are_one_part(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    assert await report(store, "m", SENT, place=(1, 0))
    assert await store.outbox.due(NOW + 6) == []  # the sender is left alone
    await store.outbox.part_sent(parcel, 1, "m", NOW)
    await store.outbox.part_sent(parcel, 1, "m_2", NOW)
    assert (await taken(store, NOW + LEASE)).parts == ("m", "m_2")


async def test_a_part_that_went_out_twice_counts_once(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    assert await report(store, "first", SENT, place=(1, 0))
    await store.outbox.part_sent(parcel, 1, "again", NOW)
    assert (await taken(store, NOW + LEASE)).parts == ("first",)
    assert await store.outbox.place_of(ID, "again") == 1


# what the platform tells


async def test_reports_of_a_higher_rank_are_news(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m")
    assert await report(store, "m", DELIVERED)
    assert not await report(store, "m", DELIVERED)
    assert not await report(store, "m", SENT)
    assert not await report(store, "m", FAILED)
    assert await report(store, "m", READ)
    assert await deliveries(store) == [(1, "sent"), (1, "delivered"), (1, "read")]


async def test_a_report_is_an_inner_record_that_changes_no_version_and_wakes_the_pages(store: Store) -> None:
    opened = await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m")
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        await report(store, "m", FAILED, code="131026")
        assert await anext(watch) == Moved(ID, last_seq=3)
    (entry,) = (await store.conversations.read(ID, 2)).entries
    assert entry == Entry(
        Kind.DELIVERY,
        Author.SYSTEM,
        NOW + 5,
        seq=3,
        visibility=Visibility.INTERNAL,
        in_reply_to=1,
        facts={"status": "failed", "code": "131026", "hint": ""},
    )
    await store.conversations.commit(opened, opened.revised(language="da"), [], NOW)


async def test_a_reply_decided_while_receipts_came_is_written(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m")
    await accept(store.conversations, "hello")
    work = await store.conversations.take(ID, NOW, LEASE)
    assert work is not None
    await report(store, "m", READ)
    done = work.conversation.revised(cursor=3)
    await store.conversations.commit(work.conversation, done, [message("reply", Author.BOT)], NOW)
    assert (await texts(store.conversations))[-1] == "reply"


async def test_a_report_that_overtakes_the_answer_is_told_when_the_entry_is_settled(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    assert not await report(store, "m", READ)
    assert not await report(store, "m", DELIVERED)
    await store.outbox.part_sent(parcel, 1, "m", NOW)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    assert await deliveries(store) == [(1, "read")]
    assert not await report(store, "m", DELIVERED)


async def test_only_the_latest_early_reports_are_remembered(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    await report(store, "m_1", READ)
    await report(store, "m_2", READ)
    for number in range(MOST_EARLY - 1):
        await report(store, f"unknown {number}", DELIVERED)
    await store.outbox.part_sent(parcel, 1, "m_1", NOW)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    await say(store, "b")
    await sent(store, "m_2")
    assert [status for _, status in await deliveries(store)] == ["sent", "read"]


async def test_an_entry_came_as_far_as_its_slowest_part(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m_1", "m_2")
    assert await report(store, "m_2", READ)
    assert await deliveries(store) == [(1, "sent")]
    assert await report(store, "m_1", DELIVERED)
    assert await report(store, "m_1", READ)
    assert [status for _, status in await deliveries(store)] == ["sent", "delivered", "read"]


async def test_an_entry_failed_if_one_of_its_parts_did(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m_1", "m_2")
    assert await report(store, "m_1", READ)
    assert await report(store, "m_2", FAILED, code="131026")
    assert [status for _, status in await deliveries(store)] == ["sent", "failed"]
    assert [letter.report.code for letter in await store.outbox.dead()] == ["131026"]
    assert await report(store, "m_2", READ)
    assert [status for _, status in await deliveries(store)] == ["sent", "failed", "read"]
    assert await store.outbox.dead() == []


async def test_a_part_that_did_arrive_is_no_news_while_another_is_only_sent(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m_1", "m_2")
    assert await report(store, "m_2", FAILED)
    assert await report(store, "m_2", DELIVERED)
    assert [status for _, status in await deliveries(store)] == ["sent", "failed"]
    assert await report(store, "m_1", DELIVERED)
    assert [status for _, status in await deliveries(store)] == ["sent", "failed", "delivered"]


async def test_a_part_that_failed_before_the_entry_was_settled_is_told_with_its_reason(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    await store.outbox.part_sent(parcel, 1, "m_1", NOW)
    assert await report(store, "m_1", FAILED, code="131026")
    assert await deliveries(store) == []
    await store.outbox.part_sent(parcel, 1, "m_2", NOW)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    (letter,) = await store.outbox.dead()
    assert letter.report == told(FAILED, NOW + 5, "131026")


async def test_the_parts_that_went_out_do_not_outweigh_the_one_that_did_not(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    parcel = await taken(store)
    await store.outbox.part_sent(parcel, 1, "m_1", NOW)
    await store.outbox.settle(parcel, 1, told(FAILED, code="131026"), NOW)
    assert await report(store, "m_1", READ)
    assert await deliveries(store) == [(1, "failed")]
    assert len(await store.outbox.dead()) == 1


async def test_nobody_knows_what_was_never_sent(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    assert not await report(store, "m", READ, place=(2, 0))
    assert not await report(store, "m", READ, place=(1, 1))
    assert not await report(store, "m", READ, place=(0, 0))
    assert not await store.outbox.report("c_nobody", "m", told(READ), NOW, place=None)
    assert (await taken(store)).parts == ()


async def test_a_report_about_the_customers_own_message_is_no_news(store: Store) -> None:
    await store.conversations.open(pushed())
    entry = replace(message(), external_id="wamid.1")
    await store.conversations.accept(ID, entry, Once("k", "d"), NOW)
    assert not await report(store, "wamid.1", READ)


async def test_text_of_every_script_comes_through(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "مرحبا 👋🏽 \ud83d")
    parcel = await taken(store)
    hint = 'a "hint" with \\, {braces} and 中文'
    await store.outbox.part_sent(parcel, 1, "an id/with spaces\nand 中文", NOW)
    assert not await store.outbox.report(ID, "m/2 中文", told(FAILED, NOW, "c", hint), NOW, place=None)
    await store.outbox.part_sent(parcel, 1, "m/2 中文", NOW)
    await store.outbox.settle(parcel, 1, told(SENT), NOW)
    (letter,) = await store.outbox.dead()
    assert letter.report.hint == hint
    assert letter.entry.text == "مرحبا 👋🏽 \ud83d"


def test_the_script_knows_the_statuses_in_their_order() -> None:
    assert [rank(DeliveryStatus(word)) for word in _STATUSES.split(" ")] == list(range(1, len(DeliveryStatus) + 1))
    assert FAILED in _STATUSES.split(" ")


# by which id a message is known


async def test_messages_are_found_by_the_platforms_ids(store: Store) -> None:
    await store.conversations.open(pushed())
    by_id = replace(message(), external_id="wamid.1")
    by_reference = replace(message(), external_id="update 7", facts={"message_ref": "42"})
    for number, entry in enumerate((by_id, by_reference)):
        await store.conversations.accept(ID, entry, Once(f"k{number}", "d"), NOW)
    await say(store, "a")
    await sent(store, "m_1", "m_2")
    found = [await store.outbox.place_of(ID, name) for name in ("wamid.1", "42", "update 7", "m_1", "m_2")]
    assert found == [1, 2, None, 3, 3]


async def test_the_web_keeps_no_list_of_ids(store: Store) -> None:
    await store.conversations.open(fresh())
    await store.conversations.accept(ID, replace(message(), external_id="x"), Once("k", "d"), NOW)
    assert await store.outbox.place_of(ID, "x") is None


async def test_a_reaction_is_kept_and_is_no_work(store: Store) -> None:
    await store.conversations.open(pushed())
    reaction = Entry(Kind.REACTION, Author.CONTACT, NOW, text="👍", external_id="wamid.2", in_reply_to=1)
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        assert (await store.conversations.accept(ID, reaction, Once("k", "d"), NOW)).seq == 1
        assert await anext(watch) == Moved(ID, last_seq=1)
    assert await store.conversations.ready(NOW) == []
    assert await store.outbox.place_of(ID, "wamid.2") is None


# dead letters


async def dead_letter(store: Store, entry: Entry, conversation_id: str = ID, now: int = NOW) -> int:
    """Have an entry fail; returns its seq."""
    opened = await store.conversations.open(pushed(conversation_id))
    seq = (await store.conversations.commit(opened, opened, [entry], now)).seq
    parcel = await store.outbox.take(conversation_id, now, LEASE)
    assert parcel is not None
    await store.outbox.settle(parcel, seq, told(FAILED, now, "131026", "not on WhatsApp"), now)
    return seq


async def test_what_could_not_be_delivered_is_a_dead_letter(store: Store) -> None:
    await dead_letter(store, message("a", Author.BOT))
    await dead_letter(store, message("b", Author.BOT), "c_2", NOW + 1)
    first, second = await store.outbox.dead()
    report_of_it = told(FAILED, NOW, "131026", "not on WhatsApp")
    assert (first.conversation_id, first.entry.text) == ("c_2", "b")
    assert second == DeadLetter(ID, "whatsapp", replace(message("a", Author.BOT), seq=1), report_of_it)
    assert await store.outbox.dead(1) == [first]
    assert await store.outbox.dead(0) == []


async def test_a_dropped_letter_is_gone_for_good(store: Store) -> None:
    await dead_letter(store, message("a", Author.BOT))
    await store.outbox.drop(ID, 1)
    assert await store.outbox.dead() == []
    with pytest.raises(NotFound):
        await store.outbox.drop(ID, 1)
    with pytest.raises(NotFound):
        await store.outbox.replay(ID, 1, NOW)


async def test_a_replayed_letter_is_sent_in_its_turn(store: Store) -> None:
    buttons = (Button("Yes", "/affirm"),)
    await dead_letter(store, replace(message("a", Author.AGENT), buttons=buttons, external_id="x", facts={"n": 1}))
    await say(store, "b")
    async with aclosing(store.conversations.watch()) as watch:
        await anext(watch)
        assert await store.outbox.replay(ID, 1, NOW + 5) == 4
        assert await anext(watch) == Moved(ID, last_seq=4, sends=True)
    parcel = await taken(store, NOW + 5)
    assert [entry.text for entry in parcel.entries] == ["b", "a"]
    copy = parcel.entries[1]
    assert (copy.author, copy.at, copy.buttons, copy.external_id) == (Author.AGENT, NOW + 5, buttons, None)
    assert copy.facts == {"n": 1, "replay_of": 1}
    assert await store.outbox.dead() == []
    with pytest.raises(NotFound):
        await store.outbox.replay(ID, 1, NOW)


async def test_a_replay_makes_nothing_happen_again_but_the_words(store: Store) -> None:
    returned = Entry(
        Kind.OWNER,
        Author.AGENT,
        NOW,
        text="Ada gave you back",
        event=OwnerEvent.RETURNED,
        owner=Owner.BOT,
        facts={"outcome": "done"},
    )
    await dead_letter(store, returned)
    seq = await store.outbox.replay(ID, 1, NOW)
    (copy,) = (await store.conversations.read(ID, seq - 1)).entries
    assert (copy.kind, copy.event, copy.owner, copy.facts) == (Kind.MESSAGE, None, None, {"replay_of": 1})


async def test_what_never_failed_cannot_be_replayed(store: Store) -> None:
    await store.conversations.open(pushed())
    await say(store, "a")
    await sent(store, "m")
    for seq in (0, 1, 9):
        with pytest.raises(NotFound):
            await store.outbox.replay(ID, seq, NOW)
    with pytest.raises(NotFound):
        await store.outbox.replay("c_nobody", 1, NOW)


async def test_a_letter_that_did_arrive_is_dead_no_more(store: Store) -> None:
    await dead_letter(store, message("a", Author.BOT))
    assert await report(store, "m", DELIVERED, place=(1, 0))
    assert await store.outbox.dead() == []
    assert [status for _, status in await deliveries(store)] == ["failed", "delivered"]
