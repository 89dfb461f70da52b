"""Contacts who are, or are not, one person: what tests of `handoff.contacts` and `handoff.linking_rules` begin with."""

from __future__ import annotations

from handoff.contacts import Contacts
from handoff.entry import Entry, Kind
from handoff.model import Contact, Conversation
from tests.handoff.scene import Scene

PHONE = "+4532123456"
PHONED = "c_telegram"
CUSTOMER = "customer:7"


async def on_telegram(
    scene: Scene, conversation_id: str = PHONED, phone: str | None = PHONE, channel: str = "telegram"
) -> Conversation:
    contact = Contact(f"p_{conversation_id}", phone=phone)
    return await scene.store.conversations.open(Conversation(conversation_id, contact, channel, scene.clock()))


async def signed(scene: Scene, conversation_id: str = "c_signed", customer_id: str = "7") -> Conversation:
    contact = Contact(f"p_{conversation_id}", verified=True, customer_id=customer_id, phone=PHONE)
    return await scene.store.conversations.open(Conversation(conversation_id, contact, "web", scene.clock()))


async def one_person(scene: Scene) -> tuple[str, str]:
    """A signed user of the page and the same on Telegram, joined by their phone."""
    page, phone = await signed(scene), await on_telegram(scene)
    for each in (page, phone):
        await scene.say("hello", each.id)
    return page.id, phone.id


async def by_order(scene: Scene, conversation_id: str = "c_guest", customer: str = CUSTOMER) -> Conversation:
    """A stranger on the page who has named one of the customer's orders, and the address on it."""
    contact = Contact(f"p_{conversation_id}")
    guest = await scene.store.conversations.open(Conversation(conversation_id, contact, "web", scene.clock()))
    await Contacts(scene.store, scene.clock).prove(guest, customer, by_order=True)
    return guest


async def linked(scene: Scene, conversation_id: str) -> set[str]:
    found = await Contacts(scene.store, scene.clock).linked(await scene.now(conversation_id))
    return {each.id for each in found}


async def joins(scene: Scene, conversation_id: str) -> list[Entry]:
    return [entry for entry in await scene.log(conversation_id) if entry.kind is Kind.CONTACT]
