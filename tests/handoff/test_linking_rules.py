"""What a proof may do: how many it makes one person, and which of several who have shown it it leads to."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from handoff.contacts import Contacts
from handoff.linking_rules import MOST_BY_ORDER, MOST_TOGETHER
from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from tests.handoff.persons import CUSTOMER, PHONE, by_order, joins, linked, on_telegram, one_person, signed
from tests.handoff.scene import ADA, Scene

# what it costs


class Counted:
    """A store that counts its calls and the conversations read by them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        part = getattr(self.store, name)
        return _CountedPart(self, part) if name in ("conversations", "contacts") else part


class _CountedPart:
    def __init__(self, counted: Counted, part: Any) -> None:
        self._counted = counted
        self._part = part

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            self._counted.calls[name] += 1
            if name == "several":
                self._counted.calls["conversations"] += len(arguments[0])
            return await method(*arguments, **named)

        return call


async def cost(store: Store, chats: int) -> Counter[str]:
    """Return what one message of a customer costs who has named an order in so many chats."""
    scene = await Scene.set(Counted(store))  # type: ignore[arg-type]
    page = await signed(scene)
    await scene.say("hello", page.id)
    for number in range(chats):
        await by_order(scene, f"c_guest{number}")
    for _ in range(2):  # the first one finds that nothing is left to be kept
        await scene.say("hello", page.id)
    scene.store.calls.clear()  # type: ignore[attr-defined]
    await scene.say("hello", page.id)
    return scene.store.calls  # type: ignore[attr-defined,no-any-return]


async def test_a_message_costs_no_more_however_many_chats_one_opens_who_knows_an_order() -> None:
    """Seen red without `too_many`: 200 conversations were read for each message."""
    few, many = await cost(MemoryStore(), MOST_BY_ORDER), await cost(MemoryStore(), 200)
    assert many == few
    assert few["conversations"] == MOST_BY_ORDER
    assert few["profile"] == 1
    assert few["kept"] == 0


async def test_a_chat_too_many_stays_by_itself_and_the_agent_reads_so(scene: Scene) -> None:
    page, phone = await one_person(scene)
    chats = [(await by_order(scene, f"c_guest{number}")).id for number in range(MOST_BY_ORDER)]
    within, beyond = chats[: MOST_BY_ORDER - 2], chats[MOST_BY_ORDER - 2 :]
    assert await linked(scene, page) == {phone, *within}
    for each in beyond:
        assert await linked(scene, each) == set()
        (entry,) = await joins(scene, each)
        assert entry.facts == {"event": "not_joined", "proof": "order", "reason": "too_many"}


async def test_many_chats_at_once_are_not_more_than_one_person_may_have(store: Store) -> None:
    scene = await Scene.set(store)
    await asyncio.gather(*(by_order(scene, f"c_guest{number}") for number in range(MOST_BY_ORDER + 4)))
    sizes = [len(await linked(scene, f"c_guest{number}")) + 1 for number in range(MOST_BY_ORDER + 4)]
    assert sorted(sizes) == [4] * 4 + [MOST_BY_ORDER] * MOST_BY_ORDER


async def test_who_knows_an_order_takes_up_no_place_of_what_is_signed(scene: Scene) -> None:
    """Seen red with one bound for all proofs, that of an order."""
    chats = {(await by_order(scene, f"c_guest{number}")).id for number in range(MOST_BY_ORDER)}
    page, phone = await one_person(scene)
    assert await linked(scene, page) == {phone, *chats}


async def test_beyond_what_one_person_may_have_who_comes_next_begins_another(scene: Scene) -> None:
    contacts = Contacts(scene.store, scene.clock)
    phones = [await on_telegram(scene, f"c_on{n}", channel=f"messenger{n}") for n in range(MOST_TOGETHER + 3)]
    for each in phones:
        await contacts.recognise(each)
    full, next_one = phones[:MOST_TOGETHER], phones[MOST_TOGETHER:]
    assert len(await linked(scene, full[0].id)) == MOST_TOGETHER - 1
    assert await linked(scene, next_one[0].id) == {each.id for each in next_one[1:]}
    assert await scene.store.contacts.holder(f"phone:{PHONE}") == next_one[0].contact.id
    for _ in range(2):
        await contacts.recognise(full[0])
    assert await scene.store.contacts.holder(f"phone:{PHONE}") == next_one[0].contact.id


# whom a proof leads to


async def test_a_signed_customer_goes_before_who_only_knew_an_order(scene: Scene) -> None:
    """Seen red with the first one to show a proof kept, as it was before."""
    guest, page = await by_order(scene), await signed(scene)
    assert await scene.store.contacts.holder(CUSTOMER) == guest.contact.id
    await scene.say("hello", page.id)
    assert await scene.store.contacts.holder(CUSTOMER) == page.contact.id
    await by_order(scene, "c_later")
    assert await scene.store.contacts.holder(CUSTOMER) == page.contact.id


async def test_after_a_parting_a_proof_leads_to_the_one_it_is_surely_of(scene: Scene) -> None:
    """Seen red with the proofs left where they were by `part`."""
    guest, page = await by_order(scene), await signed(scene)
    contacts = Contacts(scene.store, scene.clock)
    await contacts.prove(page, CUSTOMER, by_order=True)
    assert await scene.store.contacts.holder(CUSTOMER) == guest.contact.id
    (merge,) = (await contacts.person(page.contact.id)).root.merges
    await contacts.part(page.contact.id, merge.id, ADA)
    assert await scene.store.contacts.holder(CUSTOMER) is None
    await scene.say("hello", page.id)
    assert await scene.store.contacts.holder(CUSTOMER) == page.contact.id
    await contacts.prove(guest, CUSTOMER, by_order=True)
    assert await scene.store.contacts.holder(CUSTOMER) == page.contact.id


@pytest.mark.parametrize("writes", ["c_telegram", "c_signed"])
async def test_after_a_parting_of_two_as_sure_a_proof_leads_to_nobody_until_one_writes(
    scene: Scene, writes: str
) -> None:
    """Seen red with what is kept of a contact believed for good: nobody was found by the number any more."""
    page, phone = await one_person(scene)
    for each in (page, phone, page, phone):
        await scene.say("hello", each)
    proof = f"phone:{PHONE}"
    first = Contacts(scene.store, scene.clock)
    (merge,) = (await first.person("p_c_signed")).root.merges
    await first.part("p_c_signed", merge.id, ADA)
    assert await scene.store.contacts.holder(proof) is None
    assert await scene.store.contacts.holder(CUSTOMER) == "p_c_signed"
    await scene.say("it is mine", writes)
    await scene.say("hello", phone if writes == page else page)
    assert await scene.store.contacts.holder(proof) == f"p_{writes}"


async def test_who_shares_their_number_only_later_is_found_by_it(scene: Scene) -> None:
    """Seen red with a contact of whom all is kept looked at no more, whatever they have to show by now."""
    page, phone = await signed(scene), await on_telegram(scene, phone=None)
    contacts = Contacts(scene.store, scene.clock)
    for each in (page, page, phone, phone):
        await contacts.recognise(each)
    assert await linked(scene, phone.id) == set()
    await contacts.recognise(replace(phone, contact=replace(phone.contact, phone=PHONE)))
    assert await linked(scene, phone.id) == {page.id}


async def test_a_number_leads_to_the_account_that_has_it_now(scene: Scene) -> None:
    """Seen red with `goes_before` always false: who had given the number up was told what is its new owner's."""
    before, after = await on_telegram(scene, "c_before"), await on_telegram(scene, "c_after")
    for each in (before, after, before, after, before):
        await scene.say("hello", each.id)
    await Contacts(scene.store, scene.clock).recognise(before)
    assert await linked(scene, before.id) == set()
    assert await scene.store.contacts.holder(f"phone:{PHONE}") == after.contact.id


async def test_a_parting_takes_no_number_from_whom_it_has_gone_to(scene: Scene) -> None:
    await one_person(scene)
    after = await on_telegram(scene, "c_after")
    await scene.say("hello", after.id)
    contacts = Contacts(scene.store, scene.clock)
    (merge,) = (await contacts.person("p_c_signed")).root.merges
    await contacts.part("p_c_signed", merge.id, ADA)
    assert await scene.store.contacts.holder(f"phone:{PHONE}") == after.contact.id
