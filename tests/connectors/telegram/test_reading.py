"""Recorded updates of every kind become the events they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.events import Address, Ignored, InboundEvent, MessageEdited, MessageReceived, ReactionReceived
from connectors.telegram.reading import event_of
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from tests.connectors.telegram.scene import RECORDED

NOW = 1_795_500_000_000
MIA = Address(("5550001",), "Mia Krog", "da")


def update(name: str) -> dict[str, Any]:
    return json.loads(RECORDED[name])


def read(name: str, change: Callable[[dict[str, Any]], object] = lambda _: None) -> InboundEvent:
    changed = update(name)
    change(changed)
    return event_of(changed, NOW)


def received(name: str, change: Callable[[dict[str, Any]], object] = lambda _: None) -> MessageReceived:
    event = read(name, change)
    assert isinstance(event, MessageReceived)
    return event


def of_message(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda changed: changed["message"].update(fields)


# texts


def test_a_text_comes_with_who_when_and_the_ids_it_is_known_by() -> None:
    event = received("text")
    assert event.sender == MIA
    assert event.external_id == f"u{update('text')['update_id']}"
    assert event.message_ref == str(update("text")["message"]["message_id"])
    assert event.at == 1_795_428_000_000
    assert event.text == "Hvor er min ordre 10234? Skriv til mia@example.com 😀"
    assert (event.choice, event.attachments, event.reply_to, event.facts) == (None, (), None, {})


def test_a_reply_names_the_message_it_quotes() -> None:
    event = received("reply")
    assert (event.text, event.reply_to) == ("ja, den", "31")


def test_a_forwarded_text_says_so() -> None:
    assert received("forwarded").facts == {"forwarded": "once"}


@pytest.mark.parametrize(
    ("tag", "hello"), [("da", "Hej"), ("pt-br", "Hello"), ("zh-hans", "你好"), (None, "Hello"), ("ru", "Здравствуйте")]
)
def test_start_greets_in_the_language_of_the_app_and_keeps_its_payload(tag: str | None, hello: str) -> None:
    def speaking(changed: dict[str, Any]) -> None:
        changed["message"]["from"]["language_code"] = tag

    event = received("start", speaking)
    assert event.text == hello
    assert event.facts == {"command": "/start", "start": "order_10234"}


def test_start_alone_greets_too() -> None:
    assert received("start", of_message(text="/start")).facts == {"command": "/start"}


def test_help_asks_what_the_bot_can_do() -> None:
    event = received("help")
    assert (event.text, event.facts) == ("Hvad kan du hjælpe med?", {"command": "/help"})


@pytest.mark.parametrize("text", ["/track 10234", "/started", "/start two words", "/start ../../etc", "/help me"])
def test_other_commands_are_plain_text(text: str) -> None:
    event = received("command", of_message(text=text))
    assert (event.text, event.facts) == (text, {})


def test_what_is_no_unicode_is_replaced() -> None:
    assert received("text", of_message(text="a\ud83db")).text == "a\ufffdb"


# files, places, cards


@pytest.mark.parametrize(
    ("name", "kind", "type_", "called"),
    [
        ("image", AttachmentKind.IMAGE, "image/jpeg", ""),
        ("document", AttachmentKind.DOCUMENT, "application/pdf", "faktura 10234.pdf"),
        ("voice", AttachmentKind.AUDIO, "audio/ogg", ""),
        ("audio", AttachmentKind.AUDIO, "audio/mpeg", "havnen.mp3"),
        ("video", AttachmentKind.VIDEO, "video/mp4", "IMG_0001.MP4"),
        ("video_note", AttachmentKind.VIDEO, "video/mp4", ""),
        ("animation", AttachmentKind.VIDEO, "video/mp4", "wave.mp4"),
        ("sticker", AttachmentKind.IMAGE, "image/webp", ""),
        ("sticker_animated", AttachmentKind.IMAGE, "image/webp", ""),
        ("sticker_video", AttachmentKind.VIDEO, "video/webm", ""),
    ],
)
def test_each_kind_of_file_waits_to_be_fetched(name: str, kind: AttachmentKind, type_: str, called: str) -> None:
    [file] = received(name).attachments
    assert (file.kind, file.state, file.type, file.name) == (kind, AttachmentState.PENDING, type_, called)
    assert file.ref.startswith("AgACAgQAAxk")
    assert file.size > 0


def test_of_a_photo_the_largest_is_taken() -> None:
    event = received("image")
    assert (event.text, event.attachments[0].size) == ("Den er i stykker", 190_554)


def test_a_sticker_says_what_its_emoji_says() -> None:
    event = received("sticker_animated")
    assert (event.text, event.facts) == ("😢", {"sticker": "😢"})


def test_a_file_that_telegram_gives_to_no_bot_is_refused_with_the_reason() -> None:
    def grown(changed: dict[str, Any]) -> None:
        changed["message"]["document"]["file_size"] = 20_000_001

    [file] = received("document", grown).attachments
    assert (file.state, file.ref) == (AttachmentState.REFUSED, "")
    assert "20 MB" in file.note


def test_a_place_and_a_venue_are_places() -> None:
    place = Attachment(AttachmentKind.LOCATION, latitude=55.676098, longitude=12.568337)
    assert received("location").attachments == (place,)
    assert received("live_location").attachments == (place,)
    assert received("venue").attachments[0].name == "Rådhuspladsen, 1550 København V"


def test_somebody_elses_card_proves_nothing() -> None:
    event = received("contact")
    assert event.sender.phone is None
    assert event.attachments == (Attachment(AttachmentKind.CONTACT, name="Ole Sand", phone="+4521222324"),)


def test_ones_own_card_proves_the_phone() -> None:
    event = received("contact_own")
    assert event.sender.phone == "+4532123456"
    assert event.sender.ids == MIA.ids


@pytest.mark.parametrize(
    "change",
    [
        lambda message: message["contact"].pop("user_id"),
        lambda message: message["contact"].update(user_id=5550002),
        lambda message: message["contact"].update(phone_number="+88812345678"),
        lambda message: message.update(via_bot={"id": 9, "is_bot": True, "first_name": "x"}),
    ],
)
def test_a_card_that_is_not_surely_ones_own_proves_nothing(change: Callable[[dict[str, Any]], object]) -> None:
    assert received("contact_own", lambda changed: change(changed["message"])).sender.phone is None


def test_an_old_card_passed_on_proves_nothing() -> None:
    assert received("contact_own_forwarded").sender.phone is None


# presses, edits, reactions


def test_a_pressed_button_brings_our_id_and_what_to_answer_it_by() -> None:
    event = received("choice")
    assert (event.choice, event.text, event.at) == ("7.1", None, NOW)
    assert event.signal_ref == "callback:23837000111222333"
    assert received("choice_old").choice == "2.0"


def test_an_edit_says_which_message_is_what_now() -> None:
    event = read("edit")
    assert isinstance(event, MessageEdited)
    assert (event.of, event.text, event.at) == ("41", "Hvor er min ordre 10235?", 1_795_428_020_000)
    caption = read("edit_caption")
    assert isinstance(caption, MessageEdited)
    assert caption.text == "Den er helt i stykker"


def test_a_reaction_comes_and_goes() -> None:
    given, taken = read("reaction"), read("reaction_removed")
    assert isinstance(given, ReactionReceived)
    assert isinstance(taken, ReactionReceived)
    assert (given.to, given.emoji, taken.emoji) == ("31", "❤", None)


# what is of no use


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("group", "group"),
        ("group_edit", "group"),
        ("group_choice", "group"),
        ("group_reaction", "group"),
        ("group_removed", "group"),
        ("channel_post", "group"),
        ("bot", "bot"),
        ("pinned", "service"),
        ("poll", "unknown_kind"),
        ("dice", "unknown_kind"),
        ("unknown", "unknown_kind"),
        ("inline_query", "unknown_kind"),
        ("update_kind_of_the_future", "unknown_kind"),
        ("edit_live_location", "live_location"),
        ("reaction_custom", "custom_reaction"),
        ("blocked", "blocked"),
        ("unblocked", "unblocked"),
    ],
)
def test_what_is_of_no_use_is_counted_by_its_reason(name: str, reason: str) -> None:
    event = read(name)
    assert isinstance(event, Ignored)
    assert event.reason == reason
    assert event.external_id == f"u{update(name)['update_id']}"


@pytest.mark.parametrize("name", ["poll", "dice", "unknown"])
def test_who_sends_what_cannot_be_read_is_told(name: str) -> None:
    event = read(name)
    assert isinstance(event, Ignored)
    assert (event.sender, event.say) == (MIA, "kind_not_supported")


@pytest.mark.parametrize("name", ["group_added", "group"])
def test_a_group_is_refused_when_the_bot_is_added_or_commanded(name: str) -> None:
    event = read(name)
    assert isinstance(event, Ignored)
    assert event.sender is not None
    assert (event.sender.ids, event.sender.name, event.say) == (("-1001999000111",), None, "groups_refused")


@pytest.mark.parametrize("name", ["group_removed", "group_edit", "group_choice", "pinned", "channel_post", "bot"])
def test_the_rest_is_passed_over_in_silence(name: str) -> None:
    event = read(name)
    assert isinstance(event, Ignored)
    assert event.say is None


def test_who_blocked_the_bot_is_known() -> None:
    event = read("blocked")
    assert isinstance(event, Ignored)
    assert event.sender == MIA


def test_every_recorded_update_is_read() -> None:
    for name in RECORDED:
        event = read(name)
        assert not isinstance(event, Ignored) or event.reason != "malformed", name
