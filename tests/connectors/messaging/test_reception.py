"""What comes in is kept in the right conversation, or counted; nothing that comes in breaks anything."""

from __future__ import annotations

import asyncio

import pytest

from connectors.base import Capabilities
from connectors.events import (
    Address,
    AddressChanged,
    DeliveryReported,
    Ignored,
    InboundEvent,
    MessageEdited,
    MessageReceived,
    ReactionReceived,
)
from connectors.outgoing import Signal
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Author, Entry, Kind, Owner
from handoff.errors import StoreUnavailable
from handoff.store.port import BOT_TYPES, Moved, Store
from tests.connectors.messaging.played import FAST, KIM, PlayedChannel, wrote
from tests.connectors.messaging.rig import Rig
from tests.waiting import PATIENCE_S

TO = KIM.ids


@pytest.fixture
def channel() -> PlayedChannel:
    return PlayedChannel(Capabilities(max_text=1000, typing=True, read=True, pace=FAST))


@pytest.fixture
def rig(channel: PlayedChannel, store: Store) -> Rig:
    return Rig.of(channel, store)


async def take(rig: Rig, *events: InboundEvent) -> None:
    await rig.reception.take("played", events)


async def last(rig: Rig) -> Entry:
    return (await rig.log(TO))[-1]


NOWHERE = Attachment(AttachmentKind.LOCATION, latitude=float("nan"), longitude=1e308)


# who it is from


async def test_a_stranger_gets_a_conversation_that_nobody_can_guess(rig: Rig) -> None:
    await take(rig, wrote("hello"))
    conversation = await rig.conversation(TO)
    assert conversation.id.startswith("c_")
    assert len(conversation.id) >= 34
    assert (conversation.channel, conversation.contact.name, conversation.language) == ("played", "Kim Holm", "en")
    assert conversation.contact.id.startswith("p_")
    assert not conversation.contact.verified


async def test_one_contact_has_one_conversation_however_much_comes_at_once(rig: Rig) -> None:
    await asyncio.gather(*(take(rig, wrote(f"message {n}", n)) for n in range(20)))
    assert len(await rig.written(TO)) == 20


async def test_a_contact_is_known_by_any_of_their_ids(rig: Rig) -> None:
    await take(rig, wrote("one", 1))
    both = Address(("phone:45", "u:kim"))
    await take(rig, MessageReceived(both, "in-2", 0, "two"))
    await take(rig, MessageReceived(Address(("phone:45",)), "in-3", 0, "three"))
    assert await rig.written(TO) == ["one", "two", "three"]


async def test_a_verified_phone_is_kept_and_another_kind_of_text_is_not(rig: Rig) -> None:
    await take(rig, MessageReceived(Address(TO, phone="call me"), "in-1", 0, "one"))
    assert (await rig.conversation(TO)).contact.phone is None
    await take(rig, MessageReceived(Address(TO, phone="+4512345678"), "in-2", 0, "two"))
    assert (await rig.conversation(TO)).contact.phone == "+4512345678"


async def test_a_changed_address_is_the_same_contact(rig: Rig) -> None:
    await take(rig, wrote("one"))
    await take(rig, AddressChanged("u:kim", Address(("u:new",)), "change-1", 0))
    await take(rig, MessageReceived(Address(("u:new",)), "in-2", 0, "two"))
    assert await rig.written(("u:new",)) == ["one", "two"]
    assert rig.counts.of("played", "address_changed") == 1
    await take(rig, AddressChanged("u:nobody", Address(("u:x",)), "change-2", 0))
    assert rig.counts.of("played", "unknown_contact") == 1
    assert await rig.store.contacts.find("played", ("u:x",)) is None


# what they sent


async def test_the_same_id_with_another_body_is_counted_and_changes_nothing(rig: Rig) -> None:
    await take(rig, wrote("one", 1), wrote("another", 1), wrote("two", 2))
    assert await rig.written(TO) == ["one", "two"]
    assert rig.counts.of("played", "changed_body") == 1


async def test_a_file_alone_is_a_message(rig: Rig) -> None:
    file = Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="f1", name="shoe\u0000.jpg")
    await take(rig, MessageReceived(KIM, "in-1", 0, attachments=(file,), facts={"forwarded": "yes"}))
    entry = await last(rig)
    assert (entry.kind, entry.text, entry.attachments[0].ref) == (Kind.MESSAGE, "", "f1")
    assert entry.attachments[0].name == "shoe.jpg"
    assert entry.facts["forwarded"] == "yes"


async def test_a_quoted_message_is_found_whoever_sent_it(rig: Rig, channel: PlayedChannel) -> None:
    await take(rig, wrote("one", 1, message_ref="ref-1"))
    seq = await rig.say(TO, "answer")
    await rig.send(TO)
    sent = f"m:{channel.taken[0][0]}:0"
    await take(rig, wrote("about mine", 2, reply_to="ref-1"), wrote("about yours", 3, reply_to=sent))
    about = {entry.text: entry.in_reply_to for entry in await rig.log(TO)}
    assert (about["about mine"], about["about yours"]) == (1, seq)
    await take(rig, wrote("about nothing", 4, reply_to="who knows"))
    assert (await last(rig)).in_reply_to is None


async def test_reactions_and_edits_are_kept_and_ask_nothing_of_anybody(rig: Rig) -> None:
    await take(rig, wrote("one", 1))
    name = (await rig.conversation(TO)).id
    await rig.worker.step(name)
    react, undo = ReactionReceived(KIM, "r1", 0, "in-1", "👍"), ReactionReceived(KIM, "r2", 0, "in-1", None)
    await take(rig, react, react, undo, MessageEdited(KIM, "e1", 0, "in-1", "one, I mean"))
    kept = [entry for entry in await rig.log(TO) if entry.kind in (Kind.REACTION, Kind.EDIT)]
    assert [(one.text, one.in_reply_to) for one in kept] == [("👍", 1), ("", 1), ("one, I mean", 1)]
    assert list(await rig.store.conversations.ready(rig.clock())) == []
    assert rig.counts.of("played", "repeated") == 1


async def test_a_button_of_ours_is_a_choice_and_an_unknown_one_is_what_it_says(rig: Rig) -> None:
    await take(rig, wrote("hello"))
    seq = await rig.say(TO, "Which?", buttons=["Shoes", "Hats"])
    await take(rig, MessageReceived(KIM, "in-2", 0, "Hats", choice=f"{seq}.1"))
    assert ((await last(rig)).text, (await last(rig)).choice) == ("Hats", "/Hats")
    await take(rig, MessageReceived(KIM, "in-3", 0, "Old title", choice="99.9"))
    assert ((await last(rig)).text, (await last(rig)).choice) == ("Old title", None)
    await take(rig, MessageReceived(KIM, "in-4", 0, choice="'; drop"))
    assert rig.counts.of("played", "unknown_choice") == 1


# numbers


@pytest.mark.parametrize("typed", ["2", " 2. ", "٢", "２", "2)"])
async def test_a_typed_number_is_the_choice_that_was_offered_by_it(rig: Rig, typed: str) -> None:
    await take(rig, wrote("hello"))
    await rig.say(TO, "Which?", buttons=["Shoes", "Hats"])
    await take(rig, wrote(typed, 2))
    assert ((await last(rig)).text, (await last(rig)).choice) == ("Hats", "/Hats")


@pytest.mark.parametrize("typed", ["3", "0", "-1", "2 of them", "two", "22222", "²", "1.5", ""])
async def test_other_texts_are_no_choice(rig: Rig, typed: str) -> None:
    await take(rig, wrote("hello"))
    await rig.say(TO, "Which?", buttons=["Shoes", "Hats"])
    await take(rig, wrote(typed, 2))
    assert (await last(rig)).choice is None


async def test_a_number_after_something_else_was_said_is_a_text(rig: Rig) -> None:
    """Goes red when older choices are looked for."""
    await take(rig, wrote("hello"))
    await rig.say(TO, "Which?", buttons=["Shoes", "Hats"])
    await rig.say(TO, "How many?")
    await take(rig, wrote("2", 2))
    assert ((await last(rig)).text, (await last(rig)).choice) == ("2", None)


async def test_a_number_is_a_text_where_choices_go_out_as_buttons() -> None:
    can = Capabilities(max_text=1000, max_interactive=1000, max_buttons=3, button_title=20, pace=FAST)
    rig = Rig.of(PlayedChannel(can))
    await take(rig, wrote("hello"))
    await rig.say(TO, "Which?", buttons=["Shoes", "Hats"])
    await take(rig, wrote("2", 2))
    assert (await last(rig)).choice is None


# what comes back, and what nobody wants


async def test_reports_are_kept_with_the_message_they_are_about(rig: Rig, channel: PlayedChannel) -> None:
    await take(rig, wrote("hello"))
    seq = await rig.say(TO, "one")
    await rig.send(TO)
    key = channel.taken[0][0]
    read = DeliveryReported(f"m:{key}:0", DeliveryReport(DeliveryStatus.READ, 0), idempotency_key=key)
    late = DeliveryReported(f"m:{key}:0", DeliveryReport(DeliveryStatus.DELIVERED, 0), recipient=KIM)
    await take(rig, read, late, read)
    assert await rig.reports(TO) == [(seq, "sent", ""), (seq, "read", "")]
    assert rig.counts.of("played", "no_news") == 2


async def test_reports_about_nothing_known_are_counted_and_make_nobody_known(rig: Rig) -> None:
    report, stranger = DeliveryReport(DeliveryStatus.READ, 0), Address(("u:nobody",))
    for key in (None, "", "c_1:1", "c_nowhere:1:0", "x" * 5000, "c_1:999999999999999999:0"):
        await take(rig, DeliveryReported("m1", report, recipient=stranger, idempotency_key=key))
    assert await rig.store.contacts.find("played", ("u:nobody",)) is None
    assert rig.counts.of("played", "defect") == 0


async def test_what_is_ignored_is_counted_by_its_reason(rig: Rig) -> None:
    await take(rig, Ignored("group"), Ignored("group"), Ignored("What They Wrote!"), Ignored("x" * 400))
    assert rig.counts.read() == {("played", "group"): 2, ("played", "ignored"): 2}


async def test_a_polite_sentence_is_said_once(rig: Rig, channel: PlayedChannel) -> None:
    group = Address(("g:1",), language="da")
    await take(rig, *[Ignored("group", group, "groups_refused")] * 3, Ignored("x", group, "no_such_sentence"))
    for _ in range(3):
        await rig.courtesy.step()
    (text,) = channel.texts
    assert text.startswith("Jeg svarer kun i private samtaler")
    assert await rig.store.contacts.find("played", ("g:1",)) is None


async def test_one_poisonous_event_does_not_keep_the_others_out(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Goes red when a defect comes out of `take`: the platform would send the batch for days."""
    poison = MessageReceived(KIM, "in-2", 0, "secret words", facts={"a": 1})  # type: ignore[dict-item]
    await take(rig, wrote("one", 1), poison, wrote("three", 3))
    assert await rig.written(TO) == ["one", "three"]
    assert rig.counts.of("played", "defect") == 1
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "odd",
    [
        MessageReceived(KIM, "", 0, "empty id"),
        MessageReceived(KIM, "x" * 5000, 0, "long id"),
        MessageReceived(KIM, "a\nb\0\ud800", 0, "odd id"),
        MessageReceived(Address(("",)), "in-9", 0, "nobody"),
        MessageReceived(Address(()), "in-9", 0, "nobody"),
        MessageReceived(Address(("x" * 9000, "\ud800")), "in-9", 0, "nobody"),
        MessageReceived(Address(TO, name="\ud800\0" * 99, language="<x>", phone="1"), "in-9", 0, "\ud800 \0 text"),
        MessageReceived(KIM, "in-9", 0, "x" * 100_000),
        MessageReceived(KIM, "in-9", -(10**30), "\u200b"),
        MessageReceived(KIM, "in-9", 0, "t", reply_to="\ud800", message_ref="\0"),
        MessageReceived(KIM, "in-9", 0, "t", facts={"\ud800": "\0", "a" * 99: "b" * 9999}),
        MessageReceived(KIM, "in-9", 0, None, attachments=(NOWHERE,)),
        MessageReceived(KIM, "in-9", 0, None, attachments=(Attachment(AttachmentKind.IMAGE),) * 500),
        ReactionReceived(KIM, "", 0, "", "x" * 1000),
        MessageEdited(KIM, "in-9", 0, "", ""),
        AddressChanged("", Address(()), "", 0),
        DeliveryReported("", DeliveryReport(DeliveryStatus.FAILED, 0, "\ud800", "\0")),
        Ignored(""),
    ],
)  # fmt: skip
async def test_odd_events_are_kept_or_counted_and_nothing_breaks(rig: Rig, odd: InboundEvent) -> None:
    await take(rig, wrote("before", 1), odd, odd, wrote("after", 2))
    kept = await rig.written(TO)
    assert (kept[0], kept[-1]) == ("before", "after")
    assert rig.counts.of("played", "defect") == 0


async def test_a_text_with_what_no_text_can_hold_is_kept_without_it(rig: Rig) -> None:
    await take(rig, wrote("broken \ud83d emoji\0"))
    assert await rig.written(TO) == ["broken \ufffd emoji"]


async def test_a_text_longer_than_the_bot_reads_is_kept_whole_and_answered(rig: Rig) -> None:
    await take(rig, wrote("x" * 4096))
    await rig.worker.step((await rig.conversation(TO)).id)
    assert len((await rig.log(TO))[0].text) == 4096
    assert len(rig.bot.asked[0].text or "") == 4000


async def test_an_outage_of_the_store_is_said_so() -> None:
    rig = Rig.of(PlayedChannel())
    rig.store.answers = False  # type: ignore[attr-defined]
    with pytest.raises(StoreUnavailable):
        await take(rig, wrote("hello"))


# signs


async def test_the_customer_is_shown_that_they_were_heard_and_that_somebody_types(
    rig: Rig, channel: PlayedChannel
) -> None:
    await take(rig, wrote("one", 1, signal_ref="ref-1"), wrote("one", 1, signal_ref="ref-1"))
    name = (await rig.conversation(TO)).id
    for _ in range(3):
        rig.signals.types(name)
    rig.signals.types("c_unknown")
    await asyncio.sleep(0)
    assert channel.signals == [(Signal.SEEN, "ref-1"), (Signal.TYPING, "ref-1")]
    rig.clock.advance(5)
    rig.signals.types(name)
    await asyncio.sleep(0)
    assert len(channel.signals) == 3


async def test_a_pressed_button_is_answered_whoever_owns_the_conversation(rig: Rig, channel: PlayedChannel) -> None:
    """Goes red when only the bot's conversations, or only buttons that are known, are shown as seen."""
    person = (Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="f1"),)
    await take(rig, MessageReceived(KIM, "in-1", 0, attachments=person))
    await rig.worker.step((await rig.conversation(TO)).id)
    await take(rig, wrote("1", 2))
    await rig.worker.step((await rig.conversation(TO)).id)
    assert (await rig.conversation(TO)).owner is Owner.QUEUE
    await take(rig, MessageReceived(KIM, "in-3", 0, choice="999.0", signal_ref="pressed"))
    await asyncio.sleep(0)
    assert channel.signals == [(Signal.SEEN, "pressed")]


# a message without words


async def test_the_bot_says_what_it_can_do_with_a_file_and_offers_a_person(rig: Rig, channel: PlayedChannel) -> None:
    """Goes red when the bot is asked about an empty text."""
    file = (Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="f1"),)
    danish = Address(TO, language="da")
    await take(rig, *(MessageReceived(danish, f"in-{n}", 0, attachments=file) for n in range(3)))
    name = (await rig.conversation(TO)).id
    await rig.worker.step(name)
    await rig.send(TO)
    assert rig.bot.asked == []
    (text,) = channel.texts
    assert "1. Tal med en person" in text
    await take(rig, wrote("1", 9))
    await rig.worker.step(name)
    assert (await rig.conversation(TO)).owner is Owner.QUEUE


async def test_the_bot_says_it_again_once_something_else_was_said(rig: Rig) -> None:
    file = (Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="f1"),)
    await take(rig, MessageReceived(KIM, "in-1", 0, attachments=file), wrote("words", 2))
    await take(rig, MessageReceived(KIM, "in-3", 0, attachments=file))
    await rig.worker.step((await rig.conversation(TO)).id)
    said = [entry.author for entry in await rig.log(TO) if entry.author is not Author.CONTACT]
    assert said == [Author.SYSTEM, Author.BOT, Author.SYSTEM]


async def test_a_caption_is_a_text_like_any_other(rig: Rig) -> None:
    file = (Attachment(AttachmentKind.IMAGE, AttachmentState.PENDING, ref="f1"),)
    await take(rig, MessageReceived(KIM, "in-1", 0, "broken", attachments=file))
    await rig.worker.step((await rig.conversation(TO)).id)
    assert [request.text for request in rig.bot.asked] == ["broken"]


async def test_typing_of_the_bot_is_shown_while_it_runs(rig: Rig, channel: PlayedChannel) -> None:
    await take(rig, wrote("one", 1, signal_ref="ref-1"))
    running = asyncio.create_task(rig.signals.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (Signal.TYPING, "ref-1") not in channel.signals:
                await rig.store.conversations.announce(Moved((await rig.conversation(TO)).id, signal=BOT_TYPES))
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.wait([running])
