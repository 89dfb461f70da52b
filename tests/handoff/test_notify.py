"""Order updates: where they go, when, once, and never to who does not want them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handoff.contacts import Contacts
from handoff.entry import Author, Entry, Kind, Owner, Template, Visibility
from handoff.errors import InvalidInput, KeyReused, NotFound, StoreUnavailable
from handoff.inbox import Caller, Inbox, Written
from handoff.model import Contact, Conversation
from handoff.notify import NoticeStatus, Notifier, OptedOut, OutOfReach, Way
from handoff.opting import START_UPDATES, STOP_UPDATES, meaning
from handoff.quiet import QuietHours
from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from handoff.updates import OrderUpdate, Recipient, TemplateChoice, Update, read_templates
from tests.handoff.scene import ADA, NOTICES, Scene, said

UTC = ZoneInfo("UTC")
PHONE = "+4532123456"
DAY_S = 24 * 3600
WAYS = {"whatsapp": Way(DAY_S, templates=True), "telegram": Way()}
SHIPPED = TemplateChoice("order_shipped", ("order", "tracking"), ("en_US", "da"))
TO = Recipient(phone=PHONE)
ON_ITS_WAY = "Your order 10234 is on its way."


def update(to: Recipient = TO, order: str = "10234", **more: Any) -> OrderUpdate:
    return OrderUpdate(to, order, Update.SHIPPED, {"tracking": "NP1"}, **more)


def notifier(scene: Scene, quiet: str = "none", templates: dict[Update, TemplateChoice] | None = None) -> Notifier:
    hours = QuietHours.read(quiet, UTC)
    return Notifier(scene.store, WAYS, hours, templates or {}, scene.clock, NOTICES)


async def write(scene: Scene, channel: str, text: str, key: str | None = None) -> str:
    """Have the customer with the phone write on a channel, as the platform's adapter hands it in."""
    inbox = Inbox(scene.store, scene.gateway, scene.clock)
    conversation, _ = await inbox.conversation_of(Caller(channel, (f"id on {channel}",), "Kim", PHONE))
    await inbox.message(conversation, Written(key or f"{channel} {text} {scene.clock()}", text))
    await scene.worker.step(conversation.id)
    scene.clock.advance(1)
    return conversation.id


async def updates(scene: Scene, conversation_id: str) -> list[Entry]:
    return [entry for entry in await scene.log(conversation_id) if "update" in entry.facts]


# where to


async def test_an_update_goes_where_the_customer_last_wrote(scene: Scene) -> None:
    whatsapp = await write(scene, "whatsapp", "hi")
    telegram = await write(scene, "telegram", "hi")
    noted = await notifier(scene).notify(update(), "k-1")
    assert (noted.status, noted.conversation_id) == (NoticeStatus.SENT, telegram)
    (entry,) = await updates(scene, telegram)
    assert (entry.seq, entry.kind, entry.author) == (noted.seq, Kind.MESSAGE, Author.SYSTEM)
    assert entry.facts == {"order": "10234", "update": "shipped"}
    assert entry.text.splitlines()[:2] == [ON_ITS_WAY, "Tracking number: NP1"]
    await write(scene, "whatsapp", "hi again")
    assert (await notifier(scene).notify(update(), "k-2")).conversation_id == whatsapp


async def test_a_preferred_channel_goes_first(scene: Scene) -> None:
    whatsapp = await write(scene, "whatsapp", "hi")
    await write(scene, "telegram", "hi")
    await Contacts(scene.store, scene.clock).prefer((await scene.now(whatsapp)).contact.id, "whatsapp")
    assert (await notifier(scene).notify(update(), "k-1")).conversation_id == whatsapp


async def test_a_customer_is_found_by_what_they_have_proven_or_by_their_contact(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    conversation = await scene.now(telegram)
    await Contacts(scene.store, scene.clock).prove(conversation, "customer:C-1")
    for number, to in enumerate((Recipient(customer_id="C-1"), Recipient(contact_id=conversation.contact.id), TO)):
        assert (await notifier(scene).notify(update(to), f"k-{number}")).conversation_id == telegram


async def by_order(scene: Scene, conversation_id: str) -> str:
    """A stranger on the page who knows an order of C-1, and has just written; returns the conversation."""
    guest = Conversation(conversation_id, Contact(f"p_{conversation_id}"), "web", scene.clock())
    await scene.store.conversations.open(guest)
    await Contacts(scene.store, scene.clock).prove(guest, "customer:C-1", by_order=True)
    await scene.say("hi", conversation_id)
    scene.clock.advance(1)
    return conversation_id


@pytest.mark.parametrize("to", [Recipient(customer_id="C-1"), TO], ids=["customer", "phone"])
async def test_an_update_never_goes_to_who_only_knows_an_order_of_a_customer(scene: Scene, to: Recipient) -> None:
    """Seen red with every conversation of the person asked, and, parted, with the first one to show a proof kept."""
    guest = await by_order(scene, "c_guest")
    telegram = await write(scene, "telegram", "hi")
    contacts = Contacts(scene.store, scene.clock)
    await contacts.prove(await scene.now(telegram), "customer:C-1")
    await scene.say("hi again", guest)
    assert (await notifier(scene).notify(update(to), "k-1")).conversation_id == telegram
    person = await contacts.person((await scene.now(telegram)).contact.id)
    await contacts.part(person.root.id, person.root.merges[0].id, ADA)
    assert (await notifier(scene).notify(update(to), "k-2")).conversation_id == telegram


async def test_an_update_for_a_guest_never_goes_to_another_who_knows_the_same_order(scene: Scene) -> None:
    """Seen red with every conversation of the person asked where the contact named has shown nothing but an order."""
    named, _ = [await by_order(scene, each) for each in ("c_first", "c_second")]
    to = Recipient(contact_id=(await scene.now(named)).contact.id)
    assert (await notifier(scene).notify(update(to), "k-1")).conversation_id == named


async def test_where_nobody_is_signed_an_update_goes_where_one_last_wrote_who_knows_an_order(scene: Scene) -> None:
    for each in ("c_first", "c_second"):
        await by_order(scene, each)
    noted = await notifier(scene).notify(update(Recipient(customer_id="C-1")), "k-1")
    assert noted.conversation_id == "c_second"


@pytest.mark.parametrize("to", [Recipient("C-9"), Recipient(phone="+4511111111"), Recipient(contact_id="p_none")])
async def test_an_unknown_customer_is_not_found(scene: Scene, to: Recipient) -> None:
    await write(scene, "telegram", "hi")
    with pytest.raises(NotFound):
        await notifier(scene).notify(update(to), "k-1")


@pytest.mark.parametrize("to", [Recipient(), Recipient("C-1", PHONE)])
def test_a_recipient_is_named_in_one_way(to: Recipient) -> None:
    with pytest.raises(InvalidInput):
        update(to)


async def test_an_update_is_written_in_the_customers_language_with_its_date(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    late = OrderUpdate(TO, "10234", Update.DELAYED, {"date": "2026-11-30"}, language="da")
    await notifier(scene).notify(late, "k-1")
    (entry,) = await updates(scene, telegram)
    assert (entry.language, entry.text.splitlines()[1]) == ("da", "Forventes: 30. november 2026")


# the window of WhatsApp


async def test_outside_the_window_the_template_goes_out(scene: Scene) -> None:
    whatsapp = await write(scene, "whatsapp", "hi")
    scene.clock.advance(DAY_S - 200)
    await notifier(scene, templates={Update.SHIPPED: SHIPPED}).notify(update(language="da"), "k-1")
    (entry,) = await updates(scene, whatsapp)
    assert entry.template == Template("order_shipped", "da", ("10234", "NP1"))
    assert entry.text.startswith("Din ordre 10234 er på vej.")


async def test_within_the_window_no_template_is_needed(scene: Scene) -> None:
    whatsapp = await write(scene, "whatsapp", "hi")
    scene.clock.advance(DAY_S - 600)
    await notifier(scene, templates={Update.SHIPPED: SHIPPED}).notify(update(), "k-1")
    assert [entry.template for entry in await updates(scene, whatsapp)] == [None]


async def test_without_a_template_the_next_channel_is_taken_or_the_caller_hears_what_is_missing(scene: Scene) -> None:
    whatsapp = await write(scene, "whatsapp", "hi")
    scene.clock.advance(2 * DAY_S)
    with pytest.raises(OutOfReach, match="notify_templates names no template for shipped"):
        await notifier(scene).notify(update(), "k-1")
    assert await updates(scene, whatsapp) == []
    telegram = await write(scene, "telegram", "hi")
    await write(scene, "whatsapp", "hi")
    scene.clock.advance(2 * DAY_S)
    assert (await notifier(scene).notify(update(), "k-2")).conversation_id == telegram


async def test_a_template_that_lacks_a_field_is_refused(scene: Scene) -> None:
    await write(scene, "whatsapp", "hi")
    scene.clock.advance(2 * DAY_S)
    with pytest.raises(InvalidInput, match="tracking"):
        await notifier(scene, templates={Update.SHIPPED: SHIPPED}).notify(replace(update(), details={}), "k-1")


# once


async def test_the_same_key_tells_once_wherever_the_customer_wrote_meanwhile(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    first = await notifier(scene).notify(update(), "k-1")
    whatsapp = await write(scene, "whatsapp", "hi")
    again = await asyncio.gather(*(notifier(scene).notify(update(), "k-1") for _ in range(5)))
    assert {(each.conversation_id, each.seq) for each in again} == {(telegram, first.seq)}
    assert (len(await updates(scene, telegram)), len(await updates(scene, whatsapp))) == (1, 0)


async def test_a_key_that_was_sent_is_answered_the_same_at_night_and_to_who_opted_out_since(scene: Scene) -> None:
    await write(scene, "telegram", "hi")
    first = await notifier(scene).notify(update(), "k-1")
    await write(scene, "telegram", "STOP")
    assert await notifier(scene, "21:00-08:00").notify(update(), "k-1") == first


async def test_a_key_that_was_sent_is_answered_the_same_after_the_window_closed(scene: Scene) -> None:
    await write(scene, "whatsapp", "hi")
    first = await notifier(scene).notify(update(), "k-1")
    scene.clock.advance(2 * DAY_S)
    assert await notifier(scene).notify(update(), "k-1") == first


class Early:
    """A store as somebody sees it who looks before the other one at the same update has decided where it goes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.later = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store if hasattr(self._store, name) else self._store.later, name)

    async def answer_to(self, key: str) -> str | None:
        return None


async def test_of_two_who_choose_different_channels_for_one_key_the_first_decides(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    first = await notifier(scene).notify(update(), "k-1")
    whatsapp = await write(scene, "whatsapp", "hi")
    early = Early(scene.store)
    late = Notifier(early, WAYS, QuietHours.read("none", UTC), {}, scene.clock, NOTICES)  # type: ignore[arg-type]
    assert await late.notify(update(), "k-1") == first
    assert (len(await updates(scene, telegram)), len(await updates(scene, whatsapp))) == (1, 0)


async def decide_and_die(scene: Scene, conversation_id: str, key: str) -> None:
    """Have somebody decide where the update with a key goes, and die before it is written."""
    await scene.store.later.keep_answer(f"notify:{key}", conversation_id, 60)


async def test_an_update_that_was_decided_on_and_not_written_goes_there(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    await decide_and_die(scene, telegram, "k-1")
    await write(scene, "whatsapp", "hi")
    assert (await notifier(scene).notify(update(), "k-1")).conversation_id == telegram


async def test_an_update_that_was_decided_on_goes_neither_to_who_opted_out_since_nor_at_night(scene: Scene) -> None:
    """Seen red with the decision taken as it was."""
    telegram = await write(scene, "telegram", "hi")
    await decide_and_die(scene, telegram, "k-1")
    night = await notifier(scene, "21:00-08:00").notify(update(), "k-1")
    assert night.status is NoticeStatus.QUEUED
    await write(scene, "telegram", "STOP")
    with pytest.raises(OptedOut):
        await notifier(scene).notify(update(), "k-1")
    scene.clock.now = night.at or 0
    assert await notifier(scene).step()
    assert await updates(scene, telegram) == []


async def test_an_update_that_was_decided_on_never_goes_to_one_who_was_parted_since(scene: Scene) -> None:
    """Seen red without the look at whose conversation it is now."""
    whatsapp = await write(scene, "whatsapp", "hi")
    telegram = await write(scene, "telegram", "hi")
    await decide_and_die(scene, telegram, "k-1")
    contacts = Contacts(scene.store, scene.clock)
    person = await contacts.person((await scene.now(whatsapp)).contact.id)
    (merge,) = person.root.merges
    await contacts.part(person.root.id, merge.id, ADA)
    with pytest.raises(NotFound):  # the number is as surely the one's as the other's
        await notifier(scene).notify(update(), "k-1")
    await write(scene, "whatsapp", "it is mine")
    with pytest.raises(OutOfReach):
        await notifier(scene).notify(update(), "k-1")
    assert (await updates(scene, telegram), await updates(scene, whatsapp)) == ([], [])


async def test_many_at_once_with_one_key_tell_once(scene: Scene) -> None:
    here = [await write(scene, channel, "hi") for channel in ("telegram", "whatsapp")]
    await asyncio.gather(*(notifier(scene).notify(update(), "k-1") for _ in range(10)))
    assert sum([len(await updates(scene, each)) for each in here]) == 1


async def test_a_key_with_another_update_is_refused(scene: Scene) -> None:
    await write(scene, "telegram", "hi")
    await notifier(scene).notify(update(), "k-1")
    with pytest.raises(KeyReused):
        await notifier(scene).notify(update(order="10235"), "k-1")


# quiet hours


async def test_in_quiet_hours_an_update_waits_until_they_end_and_is_sent_once(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")  # the clock begins at 22:13 UTC
    noted = await notifier(scene, "21:00-08:00").notify(update(), "k-1")
    assert (noted.status, noted.seq) == (NoticeStatus.QUEUED, None)
    assert noted.at is not None
    assert (await notifier(scene, "21:00-08:00").notify(update(), "k-1")).at == noted.at
    scene.clock.now = noted.at - 1
    assert not await notifier(scene, "21:00-08:00").step()
    assert await updates(scene, telegram) == []
    scene.clock.now = noted.at
    steps = await asyncio.gather(*(notifier(scene, "21:00-08:00").step() for _ in range(4)))
    assert steps.count(True) == 1
    assert len(await updates(scene, telegram)) == 1
    scene.clock.advance(3600)
    assert not await notifier(scene, "21:00-08:00").step()


async def test_who_opts_out_during_the_quiet_hours_is_left_alone(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    noted = await notifier(scene, "21:00-08:00").notify(update(), "k-1")
    await write(scene, "telegram", "STOP")
    scene.clock.now = noted.at or 0
    assert await notifier(scene, "21:00-08:00").step()
    assert await updates(scene, telegram) == []


async def test_a_step_that_the_store_broke_off_is_taken_again() -> None:
    store = MemoryStore()
    scene = await Scene.set(store)
    telegram = await write(scene, "telegram", "hi")
    noted = await notifier(scene, "21:00-08:00").notify(update(), "k-1")
    scene.clock.now = noted.at or 0
    late = notifier(scene, "21:00-08:00")
    assert await store.later.take_due(scene.clock(), 60_000) is not None  # and whoever took it died
    store.answers = False
    with pytest.raises(StoreUnavailable):
        await late.step()
    store.answers = True
    assert not await late.step()
    scene.clock.advance(60)
    assert await late.step()
    assert len(await updates(scene, telegram)) == 1


# who wants none


@pytest.mark.parametrize("word", ["STOP", "stop.", "Стоп", "إيقاف", "退订", "Afmeld"])
async def test_a_customer_who_says_stop_hears_no_more_until_they_say_start(scene: Scene, word: str) -> None:
    telegram = await write(scene, "telegram", "hi")
    await notifier(scene).notify(update(), "k-0")
    turns = len(scene.bot.runs)
    await write(scene, "telegram", word)
    assert said(await scene.log(telegram), Author.SYSTEM)[-1].startswith("You won't get order updates here any more.")
    assert len(scene.bot.runs) == turns
    with pytest.raises(OptedOut):
        await notifier(scene).notify(update(), "k-1")
    await write(scene, "telegram", "START")
    assert said(await scene.log(telegram), Author.SYSTEM)[-1] == "You'll get order updates here again."
    assert (await notifier(scene).notify(update(), "k-2")).conversation_id == telegram


async def test_the_other_channels_are_still_open_to_who_stopped_one(scene: Scene) -> None:
    whatsapp = await write(scene, "whatsapp", "hi")
    await write(scene, "telegram", "stop")
    assert (await notifier(scene).notify(update(), "k-1")).conversation_id == whatsapp


async def test_stop_is_heard_while_an_agent_attends(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "person")
    await scene.desk.claim(telegram, ADA)
    await write(scene, "telegram", "stop")
    with pytest.raises(OptedOut):
        await notifier(scene).notify(update(), "k-1")


async def test_stop_in_the_middle_of_something_is_for_the_bot_too_and_start_alone_only_for_the_bot(
    scene: Scene,
) -> None:
    telegram = await write(scene, "telegram", "start")
    assert said(await scene.log(telegram), Author.BOT) == ["bot: start"]
    await write(scene, "telegram", "stop")
    assert said(await scene.log(telegram), Author.BOT) == ["bot: start", "bot: stop"]


async def test_stop_in_a_sentence_is_no_wish(scene: Scene) -> None:
    await write(scene, "telegram", "please stop my order")
    await notifier(scene).notify(update(), "k-1")


async def test_who_blocked_us_is_left_alone_until_they_let_us_in(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "hi")
    inbox = Inbox(scene.store, scene.gateway, scene.clock)
    caller = Caller("telegram", ("id on telegram",))
    assert await inbox.shut_out(caller, blocked=True)
    assert not await inbox.shut_out(Caller("telegram", ("nobody",)), blocked=True)
    with pytest.raises(OptedOut):
        await notifier(scene).notify(update(), "k-1")
    await inbox.shut_out(caller, blocked=False)
    assert (await notifier(scene).notify(update(), "k-2")).conversation_id == telegram


def test_the_words_are_whole_messages() -> None:
    assert {meaning(word) for word in ("Stop", " STOP! ", "unsubscribe")} == {STOP_UPDATES}
    assert {meaning(word) for word in ("start", "Подписаться")} == {START_UPDATES}
    assert {meaning(word) for word in ("", None, "stop it", "/start", "don't stop")} == {None}


# the answer to one


async def test_the_next_message_goes_to_the_bot_with_the_order_known_and_the_one_after_without(scene: Scene) -> None:
    await write(scene, "telegram", "hi")
    await notifier(scene).notify(update(), "k-1")
    await write(scene, "telegram", "can I still change the address?")
    assert scene.bot.runs[-1].about == {"order_number": "10234"}
    await write(scene, "telegram", "thanks")
    assert scene.bot.runs[-1].about == {}


async def test_what_an_agent_has_collected_stays_and_the_update_comes_all_the_same(scene: Scene) -> None:
    telegram = await write(scene, "telegram", "person")
    await scene.desk.claim(telegram, ADA)
    await notifier(scene).notify(update(order="10299"), "k-1")
    now = await scene.now(telegram)
    assert (now.owner, now.details["order_number"]) == (Owner.AGENT, "10234")
    (entry,) = await updates(scene, telegram)
    assert entry.visibility is Visibility.PUBLIC


async def test_an_update_reaches_a_page_that_reads_its_log(scene: Scene) -> None:
    contact = Contact("p_web", verified=True, customer_id="C-1")
    await scene.store.conversations.open(Conversation("c_web", contact, "web", scene.clock()))
    await scene.say("hi", "c_web")
    await notifier(scene).notify(update(Recipient("C-1")), "k-1")
    (entry,) = await updates(scene, "c_web")
    assert entry.text.splitlines() == [ON_ITS_WAY, "Tracking number: NP1"]


# the file of templates


def test_templates_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "templates.json"
    path.write_text(
        json.dumps({"shipped": {"name": "order_shipped", "fields": ["order", "tracking"], "languages": ["da"]}})
    )
    assert read_templates(path) == {Update.SHIPPED: TemplateChoice("order_shipped", ("order", "tracking"), ("da",))}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        '{"lost": {"name": "a"}}',
        '{"shipped": {}}',
        '{"shipped": 1}',
        '{"shipped": {"name": "a b"}}',
        '{"shipped": {"name": "a", "fields": ["price"]}}',
        '{"shipped": {"name": "a", "language": "en"}}',
    ],
)
def test_a_file_of_templates_that_cannot_be_used_is_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "templates.json"
    path.write_text(written)
    with pytest.raises(InvalidInput, match=r"templates\.json"):
        read_templates(path)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2026-11-30"):
        OrderUpdate(TO, "1", Update.DELAYED, {"date": "tomorrow"})
