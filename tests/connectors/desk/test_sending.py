"""What agents see and do about sending: the time left, templates, what could not be delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.base import Capabilities, TemplateShape
from connectors.desk.sending import filled
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Author, Entry, Kind
from handoff.errors import InvalidInput
from handoff.instants import to_rfc3339
from handoff.model import Contact, Conversation, HandoffReason
from handoff.store.port import Once, Store
from tests.connectors.messaging.played import PlayedChannel
from tests.connectors.site import Site

ID = "c_played"
SHAPE = TemplateShape("shipped", "en", "Order {{1}} comes {{2}}.", 2)


@pytest.fixture
async def site(store: Store) -> AsyncIterator[Site]:
    """A running site with a channel that has templates and a window of a minute."""
    channel = PlayedChannel(Capabilities(max_text=100, templates=True, session_window_s=60), shapes=(SHAPE,))
    async with Site.running(store, channels={"played": channel}) as running:
        yield running


async def held_by(site: Site, agent_id: str) -> None:
    """Have an agent hold a conversation on the channel, in which the customer has just written."""
    conversations, now = site.store.conversations, site.clock()
    opened = await conversations.open(Conversation(ID, Contact("p_1"), "played", now))
    waiting = opened.request_handoff("h", HandoffReason.ASKED, "", {}, now).conversation
    await conversations.commit(opened, waiting.claim(agent_id, "Somebody", now).conversation, (), now)
    # Only now: the bot, which runs beside, would answer.
    await conversations.accept(ID, Entry(Kind.MESSAGE, Author.CONTACT, now, text="hello"), Once("m", "d"), now)


async def fail(site: Site) -> None:
    """Have a message of the agent's not be delivered; it stands at seq 2."""
    said = Entry(Kind.MESSAGE, Author.AGENT, site.clock(), text="Your parcel is here.", name="Somebody")
    await site.append(ID, said)
    parcel = await site.store.outbox.take(ID, site.clock(), 60_000)
    assert parcel is not None
    report = DeliveryReport(DeliveryStatus.FAILED, site.clock(), "131047", "Send a template.")
    await site.store.outbox.settle(parcel, 2, report, site.clock())


async def test_the_agent_sees_until_when_they_may_write_freely(site: Site) -> None:
    await held_by(site, "a_ada")
    async with site.agent() as ada:
        sending = (await ada.get(f"/conversations/{ID}")).json()["sending"]
    ends = to_rfc3339(site.clock() + 60_000)
    where = {"conversation_id": ID, "channel": "played"}
    assert sending == {**where, "window_ends_at": ends, "templates": True, "ended": False}


async def test_on_the_web_one_may_always_write(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        sending = (await ada.get(f"/conversations/{customer.conversation_id}")).json()["sending"]
    assert (sending["channel"], sending["window_ends_at"], sending["templates"]) == ("web", None, False)


async def test_a_template_is_sent_once_with_its_fields_filled(site: Site) -> None:
    await held_by(site, "a_ada")
    async with site.agent() as ada:
        assert (await ada.get("/channels/played/templates")).json()["templates"] == [
            {"name": "shipped", "language": "en", "text": "Order {{1}} comes {{2}}.", "places": 2}
        ]
        body = {"client_msg_id": "t", "name": "shipped", "language": "en", "fields": ["10234", "{{1}}"]}
        first = await ada.post(f"/conversations/{ID}/templates", **body)
        again = await ada.post(f"/conversations/{ID}/templates", **body)
        assert (first.status_code, first.json()) == (201, again.json())
        assert (await ada.post(f"/conversations/{ID}/templates", **{**body, "fields": ["1", "2"]})).status_code == 409
    entry = (await site.store.conversations.read(ID, 1)).entries[0]
    assert entry.text == "Order 10234 comes {{1}}."
    assert entry.template is not None
    assert entry.template.fields == ("10234", "{{1}}")


@pytest.mark.parametrize(
    ("change", "status"), [({"name": "other"}, 404), ({"language": "da"}, 404), ({"fields": ["1"]}, 422)]
)
async def test_a_template_that_cannot_be_sent_is_refused(site: Site, change: dict[str, object], status: int) -> None:
    await held_by(site, "a_ada")
    body = {"client_msg_id": "t", "name": "shipped", "language": "en", "fields": ["1", "2"], **change}
    async with site.agent() as ada:
        assert (await ada.post(f"/conversations/{ID}/templates", **body)).status_code == status
    assert (await site.store.conversations.read(ID, 1)).entries == ()


async def test_nobody_sends_a_template_in_a_colleagues_conversation(site: Site) -> None:
    await held_by(site, "a_bo")
    body = {"client_msg_id": "t", "name": "shipped", "language": "en", "fields": ["1", "2"]}
    async with site.agent() as ada:
        assert (await ada.post(f"/conversations/{ID}/templates", **body)).status_code == 403


@pytest.mark.parametrize("fields", [(), ("1",), ("1", " "), ("1", "2", "3")])
def test_every_place_of_a_template_is_filled(fields: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="has 2 fields"):
        filled(SHAPE, fields)


async def test_what_was_not_delivered_is_listed_and_sent_again_once(site: Site) -> None:
    await held_by(site, "a_ada")
    await fail(site)
    async with site.agent() as ada:
        (letter,) = (await ada.get("/overview")).json()["dead_letters"]
        assert (letter["seq"], letter["text"], letter["hint"]) == (2, "Your parcel is here.", "Send a template.")
        assert (await ada.get("/dead-letters")).json()["dead_letters"] == [letter]
        assert (await ada.post(f"/dead-letters/{ID}/2/replay")).status_code == 201
        assert (await ada.post(f"/dead-letters/{ID}/2/replay")).status_code == 404
        assert (await ada.get("/overview")).json()["dead_letters"] == []
    assert (await site.store.conversations.read(ID, 3)).entries[0].text == "Your parcel is here."


async def test_a_dead_letter_is_struck(site: Site) -> None:
    await held_by(site, "a_ada")
    await fail(site)
    async with site.agent() as ada:
        assert (await ada.post(f"/dead-letters/{ID}/2", "DELETE")).status_code == 204
        assert (await ada.post(f"/dead-letters/{ID}/2", "DELETE")).status_code == 404


async def test_an_agent_neither_sees_nor_touches_letters_of_a_colleagues_conversation(site: Site) -> None:
    """Goes red when the letters are not held against what the agent may read."""
    await held_by(site, "a_bo")
    await fail(site)
    async with site.agent() as ada:
        assert (await ada.get("/overview")).json()["dead_letters"] == []
        assert (await ada.get("/dead-letters")).json()["dead_letters"] == []
        assert (await ada.post(f"/dead-letters/{ID}/2/replay")).status_code == 403
        assert (await ada.post(f"/dead-letters/{ID}/2", "DELETE")).status_code == 403
    assert len(await site.store.outbox.dead()) == 1
