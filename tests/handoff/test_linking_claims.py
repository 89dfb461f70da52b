"""What only an order says gives way to what is sure: the table of `handoff.linking_claims`, line by line."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from handoff.contacts import Contacts
from handoff.entry import Author, Owner
from handoff.model import Conversation
from tests.handoff.persons import CUSTOMER, PHONE, by_order, joins, linked, on_telegram, one_person, signed
from tests.handoff.scene import ADA, Scene, said

OTHER = "customer:8"
NUMBER = f"phone:{PHONE}"


async def signed_without_phone(scene: Scene, conversation_id: str, customer_id: str) -> Conversation:
    page = await signed(scene, conversation_id, customer_id)
    return replace(page, contact=replace(page.contact, phone=None))


async def claims(scene: Scene, conversation: Conversation) -> set[str]:
    return set((await Contacts(scene.store, scene.clock).person(conversation.contact.id)).customers)


SHOWN = {"sure 7": (CUSTOMER, False), "order of 7": (CUSTOMER, True), "sure 8": (OTHER, False)}


@pytest.mark.parametrize(
    ("before", "now", "claimed"),
    [
        ("sure 7", "sure 8", CUSTOMER),
        ("order of 7", "sure 8", OTHER),
        ("sure 8", "order of 7", OTHER),
        ("order of 7", "sure 7", CUSTOMER),
        ("sure 7", "order of 7", CUSTOMER),
    ],
)
async def test_of_two_claims_of_one_contact_the_sure_one_stays(
    scene: Scene, before: str, now: str, claimed: str
) -> None:
    """Seen red with `give_way` changing nothing: who knew an order of 7 could never be known as 8."""
    contacts, here = Contacts(scene.store, scene.clock), await scene.now()
    for which in (before, now, now):
        proof, order = SHOWN[which]
        await contacts.prove(here, proof, by_order=order)
    assert await claims(scene, here) == {claimed}
    assert await scene.store.contacts.holder(claimed) == here.contact.id
    other = OTHER if claimed == CUSTOMER else CUSTOMER
    assert await scene.store.contacts.holder(other) is None


ARRIVALS = ("the phone", "the order", "the page of 7", "the page of 8")


@pytest.mark.parametrize("order", list(permutations(ARRIVALS)), ids=", ".join)
async def test_who_proved_anothers_order_is_one_with_their_own_page_whatever_came_first(
    scene: Scene, order: tuple[str, ...]
) -> None:
    """Seen red with `give_way` changing nothing: the page of 7 was kept out where the order came before the phone."""
    contacts = Contacts(scene.store, scene.clock)
    phone, page = await on_telegram(scene), await signed(scene)
    other = await signed_without_phone(scene, "c_other", "8")
    steps = {
        "the phone": lambda: contacts.recognise(phone),
        "the order": lambda: contacts.prove(phone, OTHER, by_order=True),
        "the page of 7": lambda: contacts.recognise(page),
        "the page of 8": lambda: contacts.recognise(other),
    }
    for step in order:
        await steps[step]()
    for each in (phone, page, other):  # each writes once more
        await contacts.recognise(each)
    assert await linked(scene, phone.id) == {page.id}
    assert await linked(scene, other.id) == set()
    assert await claims(scene, phone) == {CUSTOMER}
    holders = [await scene.store.contacts.holder(proof) for proof in (CUSTOMER, OTHER)]
    assert holders == [page.contact.id, other.contact.id]


async def test_two_orders_of_two_customers_say_nothing_of_one_phone(scene: Scene) -> None:
    """Seen red with a side that is not surely a customer kept as it is."""
    contacts = Contacts(scene.store, scene.clock)
    phone, mobile = await on_telegram(scene), await on_telegram(scene, "c_mobile", channel="whatsapp")
    guests = [await by_order(scene), await by_order(scene, "c_other", OTHER)]
    for each, proof in ((phone, CUSTOMER), (mobile, OTHER)):
        await contacts.prove(each, proof, by_order=True)
    for each in (phone, mobile):
        await contacts.recognise(each)
    assert await linked(scene, phone.id) == {mobile.id}
    assert await claims(scene, phone) == set()
    for guest in guests:
        assert await linked(scene, guest.id) == set()


async def test_two_sure_customers_with_one_phone_stay_two_and_keep_whom_an_order_joined(scene: Scene) -> None:
    """Seen red with `is_surely_a_customer` always false."""
    contacts = Contacts(scene.store, scene.clock)
    page, other = await signed(scene), await signed(scene, "c_other", "8")
    guests = [await by_order(scene), await by_order(scene, "c_friend", OTHER)]
    for each in (page, other, page):
        await contacts.recognise(each)
    assert await linked(scene, page.id) == {guests[0].id}
    assert await linked(scene, other.id) == {guests[1].id}
    assert await claims(scene, other) == {OTHER}


async def test_a_forgotten_claim_leads_to_who_has_shown_it_and_stays_with_them(scene: Scene) -> None:
    """Seen red with `heir` always None: an update for 8 then went to nobody until they wrote again."""
    contacts = Contacts(scene.store, scene.clock)
    phone, page = await on_telegram(scene), await signed(scene)
    await contacts.recognise(phone)
    await contacts.prove(phone, OTHER, by_order=True)
    guest = await by_order(scene, "c_other", OTHER)
    assert await scene.store.contacts.holder(OTHER) == phone.contact.id
    await contacts.recognise(page)
    assert await scene.store.contacts.holder(OTHER) == guest.contact.id
    assert await linked(scene, guest.id) == set()


async def test_agents_read_that_an_order_gave_way_and_no_agent_is_named(scene: Scene) -> None:
    """Seen red without the entry."""
    contacts = Contacts(scene.store, scene.clock)
    phone, page = await on_telegram(scene), await signed(scene)
    other = await signed_without_phone(scene, "c_other", "8")
    await contacts.recognise(other)
    await contacts.recognise(phone)
    await contacts.prove(phone, OTHER, by_order=True)
    await contacts.recognise(page)
    for each, channel in ((phone, "web"), (other, "telegram")):
        (parting,) = [entry for entry in await joins(scene, each.id) if entry.facts["event"] == "parted"]
        facts = {name: parting.facts[name] for name in ("proof", "reason", "channel")}
        assert facts == {"proof": "order", "reason": "another_customer", "channel": channel}
        assert (parting.name, parting.author) == (None, Author.SYSTEM)
    assert [entry.facts["event"] for entry in await joins(scene, page.id)] == ["joined"]


async def test_an_order_gives_way_for_nothing_where_that_would_join_nobody(scene: Scene) -> None:
    """Seen red without the look at whether it would help: a number that changed hands parted both from their chats."""
    contacts = Contacts(scene.store, scene.clock)
    guests = [await by_order(scene), await by_order(scene, "c_other", OTHER)]
    before, after = await on_telegram(scene, "c_before"), await on_telegram(scene, "c_after")
    for each, proof in ((before, CUSTOMER), (after, OTHER)):
        await contacts.prove(each, proof, by_order=True)
        await contacts.recognise(each)
    assert await linked(scene, before.id) == {guests[0].id}
    assert await linked(scene, after.id) == {guests[1].id}
    assert await scene.store.contacts.holder(NUMBER) == after.contact.id


# whose place in the queue it is


async def waiting_guest(scene: Scene) -> tuple[str, str, str]:
    """A customer on a page and a phone, and somebody who knows an order of theirs and has asked for a person."""
    page, phone = await one_person(scene)
    guest = (await by_order(scene)).id
    await scene.say("person", guest)
    return page, phone, guest


async def test_who_only_knows_an_order_puts_nobody_else_into_the_queue(scene: Scene) -> None:
    """Seen red with every conversation of the person followed, as it was before."""
    page, phone, guest = await waiting_guest(scene)
    for each in (page, phone):
        assert said(await scene.say("hello", each), Author.BOT) == ["bot: hello"]
    await scene.say("person", page)
    await scene.say("hello?", phone)
    assert {(await scene.now(each)).owner for each in (page, phone, guest)} == {Owner.QUEUE}


async def test_who_only_knows_an_order_takes_nobody_else_out_of_the_queue(scene: Scene) -> None:
    """Seen red with every waiting conversation of the person taken along by `leave_queue`."""
    page, _, guest = await waiting_guest(scene)
    await scene.say("person", page)
    await scene.press("Back to assistant", guest)
    assert [(await scene.now(each)).owner for each in (page, guest)] == [Owner.QUEUE, Owner.BOT]
    assert said(await scene.say("hello", guest), Author.BOT) == ["bot: hello"]
    await scene.press("Back to assistant", page)
    assert (await scene.now(page)).owner is Owner.BOT


async def test_who_leaves_the_queue_leaves_those_in_it_who_only_know_an_order(scene: Scene) -> None:
    page, _, guest = await waiting_guest(scene)
    await scene.say("person", page)
    await scene.press("Back to assistant", page)
    assert [(await scene.now(each)).owner for each in (page, guest)] == [Owner.BOT, Owner.QUEUE]
    assert said(await scene.say("hello", page), Author.BOT) == ["bot: hello"]


async def test_who_only_knows_an_order_brings_no_agent_to_the_customer_but_goes_over_to_theirs(scene: Scene) -> None:
    """Seen red with every conversation of the person followed."""
    page, _, guest = await waiting_guest(scene)
    await scene.desk.claim(guest, ADA)
    assert said(await scene.say("hello", page), Author.BOT) == ["bot: hello"]
    await scene.desk.give_back(guest, ADA, "done")
    await scene.say("person", page)
    await scene.desk.claim(page, ADA)
    await scene.say("hello", guest)
    assert (await scene.now(guest)).agent_id == ADA.id
