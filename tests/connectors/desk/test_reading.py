"""What opening a person costs. Red with a timeline that looks for each last word in logs that it has read already."""

from __future__ import annotations

from collections import Counter

from connectors.desk.reading import Reading
from handoff.contacts import Contacts
from handoff.entry import Author, Entry, Kind
from handoff.last_word import LOOK_BACK
from handoff.store.memory import MemoryStore
from tests.fakes import InterruptedStore
from tests.handoff.persons import one_person
from tests.handoff.scene import ADA, Scene


async def test_opening_a_person_reads_each_of_their_logs_once() -> None:
    scene = await Scene.set(MemoryStore())
    page_id, phone_id = await one_person(scene)
    calls: Counter[str] = Counter()

    async def count(call: str) -> None:
        calls[call] += 1

    reading = Reading(InterruptedStore(scene.store, count), scene.clock)
    timeline = await reading.timeline(await scene.now(page_id))
    assert {each.id for each, _, _ in timeline.logs} == {page_id, phone_id}
    assert calls["before read"] == 2


async def test_the_agent_is_shown_the_place_that_a_reply_goes_to() -> None:
    """Also where the customer wrote so long ago in one of the logs that nobody looks that far."""
    scene = await Scene.set(MemoryStore())
    page_id, phone_id = await one_person(scene)
    for name in (page_id, phone_id):
        await scene.say("person", name)
        await scene.desk.claim(name, ADA)

    async def is_shown(place: str) -> None:
        contacts = Contacts(scene.store, scene.clock)
        for opened in (page_id, phone_id):
            conversation = await scene.now(opened)
            timeline = await Reading(scene.store, scene.clock).timeline(conversation)
            assert timeline.last_used.id == timeline.answered.id == place
            assert (await contacts.answered(conversation, await contacts.linked(conversation))).id == place

    for place in (page_id, phone_id, page_id):
        scene.clock.advance(1)
        await scene.say("from here", place)
        await is_shown(place)
    kept = await scene.now(page_id)
    silence = [Entry(Kind.NOTE, Author.AGENT, scene.clock(), text="no answer")] * LOOK_BACK
    await scene.store.conversations.commit(kept, kept, silence, scene.clock())
    await is_shown(phone_id)
