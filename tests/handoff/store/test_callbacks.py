"""What the store of callbacks promises, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from handoff.callback import Callback
from handoff.errors import NotFound, SlotTaken, Stale
from handoff.store.port import Once, Store
from tests.handoff.store.samples import ID, NOW, held, slot


async def book(store: Store, callback: Callback) -> Callback:
    return await store.callbacks.save(callback, callback.book("+4512345678", "returns", "Kim", NOW), None, NOW)


async def test_a_held_place_is_found_and_takes_its_place(store: Store) -> None:
    callback = await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW)
    assert await store.callbacks.get("cb_1") == callback == held("cb_1", slot())
    assert await store.callbacks.free_places([slot(), slot(1)], NOW) == [1, 2]


async def test_a_slot_holds_only_its_places(store: Store) -> None:
    for callback_id in ("cb_1", "cb_2"):
        await store.callbacks.save(None, held(callback_id, slot()), slot(), NOW)
    with pytest.raises(SlotTaken):
        await store.callbacks.save(None, held("cb_3", slot()), slot(), NOW)
    with pytest.raises(NotFound):
        await store.callbacks.get("cb_3")
    assert await store.callbacks.free_places([slot()], NOW) == [0]


async def test_of_customers_racing_for_places_as_many_win_as_there_are(store: Store) -> None:
    async def hold(number: int) -> bool:
        try:
            await store.callbacks.save(None, held(f"cb_{number}", slot()), slot(), NOW)
        except SlotTaken:
            return False
        return True

    assert sum(await asyncio.gather(*[hold(number) for number in range(20)])) == 2


async def test_a_new_callback_that_comes_again_is_returned_as_it_is(store: Store) -> None:
    booked = await book(store, await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW))
    assert await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW) == booked
    assert await store.callbacks.free_places([slot()], NOW) == [1]


async def test_a_hold_that_ran_out_frees_its_place(store: Store) -> None:
    for callback_id in ("cb_1", "cb_2"):
        await store.callbacks.save(None, held(callback_id, slot(), until=NOW + 100), slot(), NOW)
    assert await store.callbacks.free_places([slot()], NOW + 99) == [0]
    assert await store.callbacks.free_places([slot()], NOW + 100) == [2]
    await store.callbacks.save(None, held("cb_3", slot()), slot(), NOW + 100)


async def test_a_booking_keeps_its_place_for_good(store: Store) -> None:
    await book(store, await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW))
    assert await store.callbacks.free_places([slot()], NOW + 10**9) == [1]


async def test_a_booking_whose_place_was_given_away_meanwhile_is_refused(store: Store) -> None:
    late = await store.callbacks.save(None, held("cb_1", slot(places=1), until=NOW + 100), slot(places=1), NOW)
    await store.callbacks.save(None, held("cb_2", slot(places=1)), slot(places=1), NOW + 100)
    with pytest.raises(SlotTaken):
        await store.callbacks.save(late, late.book("+45", "returns", None, NOW), slot(places=1), NOW + 100)
    with pytest.raises(SlotTaken):  # without the slot its places are not known, so none is taken
        await store.callbacks.save(late, late.book("+45", "returns", None, NOW), None, NOW + 100)


async def test_cancelling_frees_the_place(store: Store) -> None:
    booked = await book(store, await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW))
    await store.callbacks.save(booked, booked.cancel(), None, NOW)
    assert await store.callbacks.free_places([slot()], NOW) == [2]


async def test_moving_takes_the_new_place_and_frees_the_old_one(store: Store) -> None:
    booked = await book(store, await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW))
    moved = await store.callbacks.save(booked, booked.move(slot(1), NOW), slot(1), NOW)
    assert await store.callbacks.free_places([slot(), slot(1)], NOW) == [2, 1]
    assert await store.callbacks.between(slot(1).starts_at, slot(2).starts_at) == [moved]
    assert await store.callbacks.between(slot().starts_at, slot(1).starts_at) == []


async def test_moving_into_a_full_slot_keeps_the_old_place(store: Store) -> None:
    await store.callbacks.save(None, held("cb_1", slot(1, places=1)), slot(1, places=1), NOW)
    booked = await book(store, await store.callbacks.save(None, held("cb_2", slot()), slot(), NOW))
    with pytest.raises(SlotTaken):
        await store.callbacks.save(booked, booked.move(slot(1), NOW), slot(1, places=1), NOW)
    assert await store.callbacks.get("cb_2") == booked
    assert await store.callbacks.free_places([slot(), slot(1, places=1)], NOW) == [1, 0]


async def test_a_write_over_a_newer_one_is_refused(store: Store) -> None:
    first = await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW)
    await book(store, first)
    with pytest.raises(Stale):
        await store.callbacks.save(first, first.cancel(), None, NOW)
    assert await store.callbacks.free_places([slot()], NOW) == [1]


async def test_a_callback_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.callbacks.get("cb_1")
    with pytest.raises(NotFound):
        await book(store, held("cb_1", slot()))


async def test_booked_and_done_callbacks_are_listed_by_time(store: Store) -> None:
    saved = {}
    for number in (2, 0, 1):
        callback = await store.callbacks.save(None, held(f"cb_{number}", slot(number)), slot(number), NOW)
        saved[number] = await book(store, callback)
    await store.callbacks.save(None, held("cb_held", slot()), slot(), NOW)
    done = await store.callbacks.save(saved[0], saved[0].finish("reached", ""), None, NOW)
    cancelled = await store.callbacks.save(saved[1], saved[1].cancel(), None, NOW)
    assert await store.callbacks.between(0, slot(9).starts_at) == [done, saved[2]]
    assert await store.callbacks.between(0, slot(2).starts_at) == [done]
    assert await store.callbacks.between(slot(2).starts_at, slot(9).starts_at) == [saved[2]]
    found = await store.callbacks.of_conversation(ID)
    assert [callback.id for callback in found] == ["cb_0", "cb_held", "cb_1", "cb_2"]
    assert found[2] == cancelled


async def test_a_conversation_lists_its_own_callbacks(store: Store) -> None:
    await store.callbacks.save(None, held("cb_1", slot(), "c_1"), slot(), NOW)
    await store.callbacks.save(None, held("cb_2", slot(), "c_2"), slot(), NOW)
    assert [callback.id for callback in await store.callbacks.of_conversation("c_2")] == ["cb_2"]
    assert await store.callbacks.of_conversation("c_3") == []


async def test_a_change_that_no_transition_makes_is_refused(store: Store) -> None:
    first = await store.callbacks.save(None, held("cb_1", slot()), slot(), NOW)
    with pytest.raises(ValueError, match="version"):
        await store.callbacks.save(first, replace(first, topic="returns"), None, NOW)
    with pytest.raises(ValueError, match="one callback"):
        await store.callbacks.save(first, held("cb_2", slot()), None, NOW)
    with pytest.raises(ValueError, match="slot"):
        await store.callbacks.save(first, first.move(slot(1), NOW), slot(2), NOW)


async def test_an_idempotency_key_stays_with_the_body_it_came_with(store: Store) -> None:
    assert await store.callbacks.by_key("k") is None
    await store.callbacks.keep_key(Once("k", "first"), 60)
    await store.callbacks.keep_key(Once("k", "second"), 60)
    assert await store.callbacks.by_key("k") == Once("k", "first")
    assert await store.callbacks.by_key("other") is None
