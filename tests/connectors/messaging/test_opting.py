"""Who wants no order updates, as the platforms tell it."""

from __future__ import annotations

from connectors.events import Address, Ignored, MessageReceived
from handoff.contacts import Contacts
from handoff.entry import Author
from tests.connectors.messaging.played import PlayedChannel
from tests.connectors.messaging.rig import Rig

KIM = Address(("user:1",), "Kim", "en")


async def left_alone(rig: Rig) -> bool:
    conversation = await rig.conversation(KIM.ids)
    person = await Contacts(rig.store, rig.clock).person(conversation.contact.id)
    return person.wants_none_on(conversation.channel)


async def test_who_blocks_the_bot_is_left_alone_until_they_unblock_it() -> None:
    rig = Rig.of(PlayedChannel())
    await rig.reception.take("played", [MessageReceived(KIM, "m-1", rig.clock(), text="hi")])
    await rig.reception.take("played", [Ignored("blocked", KIM)])
    assert await left_alone(rig)
    await rig.reception.take("played", [Ignored("unblocked", KIM), Ignored("blocked", Address(("user:2",)))])
    assert not await left_alone(rig)
    assert await rig.store.contacts.find("played", ("user:2",)) is None
    assert rig.counts.of("played", "blocked") == 2


async def test_a_message_that_is_nothing_but_stop_is_heard_and_confirmed() -> None:
    rig = Rig.of(PlayedChannel())
    await rig.reception.take("played", [MessageReceived(KIM, "m-1", rig.clock(), text="Stop")])
    await rig.worker.step((await rig.conversation(KIM.ids)).id)
    assert await left_alone(rig)
    assert any(entry.author is Author.SYSTEM and "START" in entry.text for entry in await rig.log(KIM.ids))
