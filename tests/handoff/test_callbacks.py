"""Callbacks: held, booked, moved, cancelled, made; and promise 10, no place is ever held by two customers.

Guards taken out to see the promise's tests go red: the count of places in the memory twin's `save`, and the
callback's id that follows from its key.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing

import pytest

from handoff.calendar import Calendar
from handoff.callback import Callback, CallbackStatus
from handoff.callbacks import HOLD_SECONDS, Callbacks, Outcome
from handoff.entry import Entry, Kind, Visibility
from handoff.errors import BatonError, Conflict, HoldExpired, InvalidInput, KeyReused, NotFound, SlotTaken
from handoff.instants import from_rfc3339
from handoff.model import Contact, Conversation
from handoff.store.agents_port import Agent
from handoff.store.port import Once, Store
from tests.fakes import FakeClock
from tests.handoff.scene import NOTICES
from tests.waiting import PATIENCE_S

SUNDAY = from_rfc3339("2026-11-22T10:00:00Z")
TEN = "2026-11-23T09:00:00Z"
ELEVEN = "2026-11-23T10:00:00Z"
PHONE = "+4532123456"
ADA = Agent("a_ada", "ada", "Ada Holm", "-")


class Business:
    """A calendar with one place a slot, and customers who want it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock(SUNDAY)
        self.calendar = Calendar(places=1)
        self.callbacks = Callbacks(store, self.calendar, self.clock, NOTICES)

    async def greet(self, *names: str) -> None:
        for name in names:
            await self.store.conversations.open(Conversation(name, Contact(f"p_{name}"), "web", self.clock()))

    async def book(self, name: str, slot_id: str = TEN, key: str = "k") -> Callback:
        held = await self.callbacks.hold(name, slot_id, key)
        return await self.callbacks.book(held.id, PHONE, "return", "Kim", f"{key}-book")

    async def log(self, name: str) -> list[Entry]:
        log = await self.store.conversations.read(name, 0)
        return [entry for entry in log.entries if entry.kind is Kind.CALLBACK]

    async def first_free(self) -> str:
        return (await self.callbacks.slots(1))[0].id


@pytest.fixture
async def business(store: Store) -> Business:
    business = Business(store)
    await business.greet("c_1", "c_2")
    return business


async def test_only_slots_with_a_free_place_are_offered(business: Business) -> None:
    assert [slot.id for slot in await business.callbacks.slots(2)] == ["2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z"]
    await business.callbacks.hold("c_1", "2026-11-23T08:00:00Z", "k1")
    assert [slot.id for slot in await business.callbacks.slots(2)] == ["2026-11-23T08:30:00Z", TEN]


async def test_later_slots_are_found_past_a_day_that_is_full(business: Business) -> None:
    for number in range(40):
        await business.greet(f"c_full{number}")
        await business.book(f"c_full{number}", await business.first_free())
    slots = await business.callbacks.slots(3)
    assert [slot.id for slot in slots] == ["2026-11-25T12:00:00Z", "2026-11-25T12:30:00Z", "2026-11-25T13:00:00Z"]
    later = await business.callbacks.slots(1, after=slots[1].starts_at)
    assert [slot.id for slot in later] == [slots[2].id]


async def test_a_held_place_is_nobody_elses_until_the_hold_ends(business: Business) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    assert (held.status, held.hold_expires_at) == (CallbackStatus.HELD, SUNDAY + HOLD_SECONDS * 1000)
    with pytest.raises(SlotTaken):
        await business.callbacks.hold("c_2", TEN, "k")
    business.clock.advance(HOLD_SECONDS)
    await business.callbacks.hold("c_2", TEN, "k2")
    with pytest.raises(HoldExpired):
        await business.callbacks.book(held.id, PHONE, "return", None, "k-book")


async def test_a_booked_place_does_not_end(business: Business) -> None:
    await business.book("c_1")
    business.clock.advance(HOLD_SECONDS * 10)
    with pytest.raises(SlotTaken):
        await business.callbacks.hold("c_2", TEN, "k")


async def test_choosing_another_time_gives_the_first_one_up(business: Business) -> None:
    first = await business.callbacks.hold("c_1", TEN, "k1")
    await business.callbacks.hold("c_1", ELEVEN, "k2")
    assert (await business.store.callbacks.get(first.id)).status is CallbackStatus.CANCELLED
    await business.callbacks.hold("c_2", TEN, "k")


async def test_a_time_that_is_taken_does_not_cost_the_one_already_held(business: Business) -> None:
    await business.book("c_2", ELEVEN)
    held = await business.callbacks.hold("c_1", TEN, "k1")
    with pytest.raises(SlotTaken):
        await business.callbacks.hold("c_1", ELEVEN, "k2")
    assert (await business.callbacks.book(held.id, PHONE, "return", None, "k3")).status is CallbackStatus.BOOKED


async def test_choosing_the_same_time_again_is_not_in_its_own_way(business: Business) -> None:
    await business.callbacks.hold("c_1", TEN, "k1")
    assert (await business.callbacks.hold("c_1", TEN, "k2")).status is CallbackStatus.HELD


async def test_a_hold_repeated_with_its_key_is_the_same_hold(business: Business) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    assert await business.callbacks.hold("c_1", TEN, "k") == held
    with pytest.raises(KeyReused):
        await business.callbacks.hold("c_1", ELEVEN, "k")


async def test_every_step_repeated_with_its_key_changes_nothing_and_is_told_once(business: Business) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    for _ in range(3):
        booked = await business.callbacks.book(held.id, PHONE, "return", None, "kb")
    for _ in range(3):
        moved = await business.callbacks.change(held.id, ELEVEN, "km")
    for _ in range(3):
        cancelled = await business.callbacks.cancel(held.id, "kc")
    assert [booked.version, moved.version, cancelled.version] == [2, 3, 4]
    assert [entry.facts["status"] for entry in await business.log("c_1")] == ["booked", "booked", "cancelled"]


async def test_an_old_step_repeated_late_does_not_undo_a_newer_one(business: Business) -> None:
    booked = await business.book("c_1")
    await business.callbacks.change(booked.id, ELEVEN, "k1")
    await business.callbacks.change(booked.id, "2026-11-23T11:00:00Z", "k2")
    assert (await business.callbacks.change(booked.id, ELEVEN, "k1")).slot_id == "2026-11-23T11:00:00Z"


async def test_a_caller_that_died_before_the_key_was_kept_may_ask_again(business: Business) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    booked = held.book(PHONE, "return", None, business.clock())
    await business.store.callbacks.save(held, booked, None, business.clock())
    again = await business.callbacks.book(held.id, PHONE, "return", None, "kb")
    assert again == booked
    assert len(await business.log("c_1")) == 1


async def test_a_key_with_another_body_is_refused(business: Business) -> None:
    booked = await business.book("c_1", key="k")
    with pytest.raises(KeyReused):
        await business.callbacks.book(booked.id, PHONE, "something else", "Kim", "k-book")
    assert await business.store.callbacks.by_key(f"book:{booked.id}:never") is None


async def test_what_the_log_tells_of_a_booking(business: Business) -> None:
    booked = await business.book("c_1")
    (entry,) = await business.log("c_1")
    assert entry.visibility is Visibility.PUBLIC
    assert entry.text == "Callback booked: Mon 23 Nov, 10:00"
    assert entry.facts == {
        "callback_id": booked.id,
        "status": "booked",
        "title": "Mon 23 Nov, 10:00",
        "starts_at": TEN,
    }
    assert PHONE not in str(entry)


async def test_desks_hear_of_a_booking_at_once(business: Business) -> None:
    async with aclosing(business.store.conversations.watch()) as watch, asyncio.timeout(PATIENCE_S):
        await anext(watch)
        await business.book("c_1")
        while not (moved := await anext(watch)).desk:
            pass
    assert moved.conversation_id == "c_1"


async def test_a_mere_hold_is_not_told(business: Business) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    await business.callbacks.change(held.id, ELEVEN, "k1")
    await business.callbacks.cancel(held.id, "k2")
    assert await business.log("c_1") == []


async def test_moving_a_booking_frees_its_old_place_in_the_same_step(business: Business) -> None:
    booked = await business.book("c_1")
    moved = await business.callbacks.change(booked.id, ELEVEN, "k1")
    assert (moved.id, moved.slot_id, moved.status, moved.phone) == (booked.id, ELEVEN, CallbackStatus.BOOKED, PHONE)
    await business.book("c_2", TEN)
    with pytest.raises(SlotTaken):
        await business.callbacks.change(booked.id, TEN, "k2")
    assert (await business.store.callbacks.get(booked.id)).slot_id == ELEVEN


async def test_who_chooses_another_time_while_confirming_gets_the_full_time_again(business: Business) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    business.clock.advance(HOLD_SECONDS - 1)
    await business.callbacks.change(held.id, ELEVEN, "k1")
    business.clock.advance(HOLD_SECONDS - 1)
    assert (await business.callbacks.book(held.id, PHONE, "", None, "k2")).slot_id == ELEVEN


async def test_a_cancelled_callback_frees_its_place_and_cannot_be_moved(business: Business) -> None:
    booked = await business.book("c_1")
    await business.callbacks.cancel(booked.id, "k1")
    await business.book("c_2")
    with pytest.raises(HoldExpired):
        await business.callbacks.change(booked.id, ELEVEN, "k2")


async def test_a_conversation_lists_what_is_held_or_booked_and_not_past(business: Business) -> None:
    booked = await business.book("c_1")
    assert [callback.id for callback in await business.callbacks.of_conversation("c_1")] == [booked.id]
    business.clock.now = from_rfc3339("2026-11-23T09:30:00Z")
    assert await business.callbacks.of_conversation("c_1") == []
    with pytest.raises(NotFound):
        await business.callbacks.of_conversation("c_unknown")


async def test_a_callback_is_due_from_its_time_on_never_earlier_and_stays_until_it_was_made(business: Business) -> None:
    booked = await business.book("c_1")
    for instant, due in [("2026-11-23T08:59:59Z", False), (TEN, True), ("2026-11-30T09:00:00Z", True)]:
        business.clock.now = from_rfc3339(instant)
        assert [business.callbacks.is_due(callback) for callback in await business.callbacks.upcoming()] == [due]
    await business.callbacks.finish(booked.id, ADA, Outcome.REACHED, "all well")
    assert await business.callbacks.upcoming() == []


async def test_a_callback_is_finished_once(business: Business) -> None:
    booked = await business.book("c_1")
    for _ in range(2):
        done = await business.callbacks.finish(booked.id, ADA, Outcome.NO_ANSWER)
    assert (done.status, done.outcome) == (CallbackStatus.DONE, "no_answer")
    with pytest.raises(Conflict):
        await business.callbacks.finish(booked.id, ADA, Outcome.REACHED)
    with pytest.raises(Conflict):
        await business.callbacks.cancel(booked.id, "k")
    assert [entry.name for entry in await business.log("c_1")] == [None, "Ada Holm"]


async def test_upcoming_callbacks_come_in_order_of_time(business: Business) -> None:
    later, sooner = await business.book("c_1", ELEVEN), await business.book("c_2", TEN)
    assert [callback.id for callback in await business.callbacks.upcoming()] == [sooner.id, later.id]


@pytest.mark.parametrize(
    ("written", "kept"), [("32 12 34 56", PHONE), ("+45 32 12 34 56", PHONE), ("0045 32123456", PHONE)]
)
async def test_phone_numbers_are_kept_in_e164(business: Business, written: str, kept: str) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    assert (await business.callbacks.book(held.id, written, "", None, "kb")).phone == kept


@pytest.mark.parametrize("written", ["", "call me", "112", "+45 1", "+999 12345678", "+45 90 12 34 56", "1" * 40])
async def test_what_cannot_be_phoned_or_costs_extra_is_refused(business: Business, written: str) -> None:
    held = await business.callbacks.hold("c_1", TEN, "k")
    with pytest.raises(InvalidInput):
        await business.callbacks.book(held.id, written, "", None, "kb")


async def test_nobody_holds_a_place_for_a_conversation_that_does_not_exist(business: Business) -> None:
    with pytest.raises(NotFound):
        await business.callbacks.hold("c_unknown", TEN, "k")
    with pytest.raises(NotFound):
        await business.callbacks.book("cb_unknown", PHONE, "", None, "k")


async def test_promise_10_of_many_who_race_for_one_place_one_gets_it(business: Business) -> None:
    names = [f"c_race{number}" for number in range(20)]
    await business.greet(*names)
    results = await asyncio.gather(*(business.callbacks.hold(name, TEN, "k") for name in names), return_exceptions=True)
    assert Counter(type(result) for result in results) == {Callback: 1, SlotTaken: 19}


async def test_promise_10_the_same_request_at_once_is_one_callback(business: Business) -> None:
    held = await asyncio.gather(*(business.callbacks.hold("c_1", TEN, "k") for _ in range(5)))
    booked = await asyncio.gather(*(business.callbacks.book(held[0].id, PHONE, "return", None, "kb") for _ in range(5)))
    assert len(set(held)) == 1
    assert {callback.version for callback in booked} == {2}
    assert len(await business.log("c_1")) == 1


async def test_promise_10_however_customers_race_no_slot_has_two(business: Business) -> None:
    """Customers hold, book, move and cancel all at once, over three slots of one place each, holds running out."""
    slots = [TEN, ELEVEN, "2026-11-23T11:00:00Z"]
    names = [f"c_busy{number}" for number in range(8)]
    await business.greet(*names)

    async def insist(number: int, name: str) -> None:
        for turn in range(6):
            slot_id = slots[(number + turn) % len(slots)]
            try:
                held = await business.callbacks.hold(name, slot_id, f"k{turn}")
                await business.callbacks.book(held.id, PHONE, "", None, f"b{turn}")
                await business.callbacks.change(held.id, slots[(number * turn) % len(slots)], f"m{turn}")
                if (number + turn) % 2:
                    await business.callbacks.cancel(held.id, f"c{turn}")
            except BatonError:
                business.clock.advance(40)

    await asyncio.gather(*(insist(number, name) for number, name in enumerate(names)))
    booked = [callback.slot_id for callback in await business.callbacks.upcoming()]
    assert len(booked) == len(set(booked))
    free = await business.store.callbacks.free_places(
        [business.calendar.find(slot_id, SUNDAY) for slot_id in slots], business.clock() + HOLD_SECONDS * 1000
    )
    assert list(free) == [0 if slot_id in booked else 1 for slot_id in slots]


async def test_an_idempotency_key_is_remembered_as_it_was_first_used(business: Business) -> None:
    await business.store.callbacks.keep_key(Once("k", "first"), 60)
    await business.store.callbacks.keep_key(Once("k", "second"), 60)
    assert await business.store.callbacks.by_key("k") == Once("k", "first")
