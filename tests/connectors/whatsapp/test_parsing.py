"""Every recorded webhook becomes exactly the events it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.events import (
    Address,
    AddressChanged,
    DeliveryReported,
    Ignored,
    InboundEvent,
    MessageEdited,
    MessageReceived,
    ReactionReceived,
    Unreadable,
)
from connectors.whatsapp.addresses import verified
from connectors.whatsapp.errors import hint_for
from connectors.whatsapp.fields import kept_id
from connectors.whatsapp.parsing import parse
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.delivery import DeliveryReport, DeliveryStatus
from tests.connectors.whatsapp.stage import BUSINESS, RECORDED

USER = "user:DK.7301220455109823"
MIA = Address((USER, "phone:4520123456"), "Mia Krog", phone="+4520123456")
HIDDEN = Address((USER,), "Mia Krog")
OURS = "wamid.HBgKNDUyMDEyMzQ1NhUCABEYEjlBMDAwMDAwMDAwMDAwMDBGAA=="
KEY = "c_01j9z8example:12:0"
REF = "1480203040506070"


def events(body: bytes) -> list[InboundEvent]:
    return list(parse(body, BUSINESS.phone_number_id))


def only(name: str) -> InboundEvent:
    (event,) = events(RECORDED[name])
    return event


def raw(name: str) -> dict[str, Any]:
    """Return the message or status of a recorded webhook."""
    value = json.loads(RECORDED[name])["entry"][0]["changes"][0]["value"]
    return dict((value.get("messages") or value.get("statuses"))[0])


def message(name: str, sender: Address = MIA, **more: Any) -> MessageReceived:
    told = raw(name)
    return MessageReceived(sender, told["id"], int(told["timestamp"]) * 1000, signal_ref=told["id"], **more)


def ignored(name: str, reason: str, say: str | None = None, sender: Address | None = MIA) -> Ignored:
    return Ignored(reason, sender, say, raw(name)["id"])


def file(kind: AttachmentKind, name: str = "") -> tuple[Attachment]:
    return (Attachment(kind, AttachmentState.PENDING, ref=REF, name=name),)


def reported(name: str, status: DeliveryStatus, code: str = "", hint: str = "") -> DeliveryReported:
    at = int(raw(name)["timestamp"]) * 1000
    mia = replace(MIA, name=None)
    return DeliveryReported(OURS, DeliveryReport(status, at, code, hint), mia, KEY)


def named(kind: str, **more: str) -> Any:
    return Attachment(AttachmentKind(kind), **more)


EXPECTED: dict[str, InboundEvent] = {
    "text": message("text", text="Hvor er min ordre? 📦"),
    "image": message("image", text="It came like this", attachments=file(AttachmentKind.IMAGE)),
    "sticker": message("sticker", attachments=file(AttachmentKind.IMAGE)),
    "document": message("document", text="The invoice", attachments=file(AttachmentKind.DOCUMENT, "faktura 12.pdf")),
    "audio": message("audio", attachments=file(AttachmentKind.AUDIO)),
    "video": message("video", text="See how it wobbles", attachments=file(AttachmentKind.VIDEO)),
    "media_failed": message(
        "media_failed",
        attachments=(
            Attachment(
                AttachmentKind.IMAGE,
                AttachmentState.REFUSED,
                note="WhatsApp could not get this file from the phone.",
            ),
        ),
    ),
    "location": message(
        "location",
        attachments=(
            Attachment(
                AttachmentKind.LOCATION,
                name="City Hall, Rådhuspladsen 1, 1550 København",
                url="https://example.com/city-hall",
                latitude=55.676098,
                longitude=12.568337,
            ),
        ),
    ),
    "contact": message("contact", attachments=(named("contact", name="Bo Berg", phone="+45 20 12 34 99"),)),
    "contact_request": message(
        "contact_request",
        replace(HIDDEN, phone="+4520123456"),
        attachments=(named("contact", name="Mia Krog", phone="+4520123456"),),
    ),
    "reply": message("reply", text="This one", reply_to=OURS),
    "choice": message("choice", text="Return something", choice="7.1", reply_to=OURS),
    "list_choice": message("list_choice", text="Tue 14:30", choice="9.4", reply_to=OURS),
    "template_button": message("template_button", text="Talk to a person", reply_to=OURS),
    "form_reply": ignored("form_reply", "unknown_reply", "kind_not_supported"),
    "call_permission": ignored("call_permission", "unknown_reply", "kind_not_supported"),
    "order": message("order", text="With a gift card, please", facts={"order": "2 × LAMP-01, 1 × SHADE-7"}),
    "reaction": ReactionReceived(MIA, raw("reaction")["id"], int(raw("reaction")["timestamp"]) * 1000, OURS, "👍"),
    "reaction_removed": ReactionReceived(
        MIA, raw("reaction_removed")["id"], int(raw("reaction_removed")["timestamp"]) * 1000, OURS, None
    ),
    "edit": MessageEdited(
        MIA,
        raw("edit")["id"],
        int(raw("edit")["timestamp"]) * 1000,
        raw("edit")["edit"]["original_message_id"],
        "Hvor er min ordre 10042?",
    ),
    "edit_caption": MessageEdited(
        MIA,
        raw("edit_caption")["id"],
        int(raw("edit_caption")["timestamp"]) * 1000,
        raw("edit_caption")["edit"]["original_message_id"],
        "It came broken",
    ),
    "revoke": ignored("revoke", "revoke", sender=None),
    "referral": message(
        "referral",
        text="Is this lamp in stock?",
        facts={
            "referral": "Lamps for long evenings",
            "referral_text": "Free delivery this week",
            "referral_source": "ad",
            "referral_id": "120210000000000001",
            "referral_url": "https://fb.me/4fJ1a2b3c",
        },
    ),
    "forwarded": message("forwarded", text="Look at this offer", facts={"forwarded": "once"}),
    "forwarded_often": message("forwarded_often", text="Look at this offer", facts={"forwarded": "many times"}),
    "about_product": message(
        "about_product", text="Does it come in green?", reply_to=OURS, facts={"product": "LAMP-01"}
    ),
    "user_id_only": message("user_id_only", HIDDEN, text="Hello from behind a username"),
    "phone_only": message("phone_only", replace(MIA, ids=("phone:4520123456",)), text="Hello from an old webhook"),
    "unsupported": ignored("unsupported", "unknown_kind", "kind_not_supported"),
    "unknown": ignored("unknown", "unknown_kind", "kind_not_supported"),
    "request_welcome": ignored("request_welcome", "request_welcome", sender=None),
    "group": ignored("group", "group", "groups_refused"),
    "number_changed": AddressChanged(
        USER,
        Address(("user:DK.8402331566210934", "phone:4520765432"), phone="+4520765432"),
        raw("number_changed")["id"],
        int(raw("number_changed")["timestamp"]) * 1000,
    ),
    "number_changed_before_ids": AddressChanged(
        "phone:4520123456",
        Address(("phone:4520765432",), phone="+4520765432"),
        raw("number_changed_before_ids")["id"],
        int(raw("number_changed_before_ids")["timestamp"]) * 1000,
    ),
    "user_id_changed": AddressChanged(
        USER,
        Address(("user:SE.8402331566210934",)),
        raw("user_id_changed")["id"],
        int(raw("user_id_changed")["timestamp"]) * 1000,
    ),
    "identity_changed": ignored("identity_changed", "system", sender=None),
    "sent": reported("sent", DeliveryStatus.SENT),
    "delivered": reported("delivered", DeliveryStatus.DELIVERED),
    "read": reported("read", DeliveryStatus.READ),
    "played": reported("played", DeliveryStatus.READ),
    "failed": reported("failed", DeliveryStatus.FAILED, "131047", hint_for(131047)),
    "group_status": Ignored("group"),
    "platform_error": Ignored("platform_error_130429"),
    "template_update": Ignored("other_field"),
    "other_number": Ignored("other_number"),
}


@pytest.mark.parametrize("name", sorted(set(RECORDED) - {"batch"}))
def test_a_recorded_webhook_becomes_its_event(name: str) -> None:
    assert only(name) == EXPECTED[name]


def test_every_item_of_a_batch_comes_out_in_order() -> None:
    found = events(RECORDED["batch"])
    assert [event.text for event in found if isinstance(event, MessageReceived)] == ["first", "second", "third"]
    assert [type(event) for event in found] == [
        MessageReceived,
        MessageReceived,
        DeliveryReported,
        DeliveryReported,
        MessageReceived,
        ReactionReceived,
        Ignored,
    ]


def test_a_bad_item_does_not_keep_the_others_from_being_read() -> None:
    body = json.loads(RECORDED["batch"])
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"] = [None, {}, {**value["messages"][0], "timestamp": "soon"}, value["messages"][1]]
    found = events(json.dumps(body).encode())
    assert found[:3] == [Ignored("malformed")] * 3
    assert isinstance(found[3], MessageReceived)


def test_a_message_with_halves_of_characters_can_be_kept() -> None:
    body = RECORDED["text"].replace(b"Hvor", b"\\ud83d Hvor \\u0000")
    (event,) = events(body)
    assert isinstance(event, MessageReceived)
    assert event.text is not None
    assert event.text.encode()
    assert "\0" not in event.text


def test_a_number_of_a_user_id_is_taken_from_the_contacts() -> None:
    body = json.loads(RECORDED["text"])
    del body["entry"][0]["changes"][0]["value"]["messages"][0]["from"]
    (event,) = events(json.dumps(body).encode())
    assert isinstance(event, MessageReceived)
    assert event.sender == MIA


def test_a_contact_of_somebody_else_is_not_taken_for_the_sender() -> None:
    body = json.loads(RECORDED["text"])
    body["entry"][0]["changes"][0]["value"]["contacts"] = [
        {"profile": {"name": "Bo"}, "wa_id": "4520999999", "user_id": "DK.1"}
    ]
    (event,) = events(json.dumps(body).encode())
    assert isinstance(event, MessageReceived)
    assert event.sender == replace(MIA, name=None)


def test_a_choice_that_is_not_ours_counts_as_the_words_on_it() -> None:
    (event,) = events(RECORDED["choice"].replace(b'"7.1"', b'"menu:returns"'))
    assert isinstance(event, MessageReceived)
    assert (event.choice, event.text) == (None, "Return something")


def test_a_message_id_too_long_to_be_kept_is_known_by_its_hash_everywhere() -> None:
    long = f"wamid.{'A' * 300}"
    (status,) = events(RECORDED["delivered"].replace(OURS.encode(), long.encode()))
    (reply,) = events(RECORDED["reply"].replace(OURS.encode(), long.encode()))
    assert isinstance(status, DeliveryReported)
    assert isinstance(reply, MessageReceived)
    assert status.message_id == reply.reply_to == kept_id(long)
    assert len(kept_id(long)) <= 128


@pytest.mark.parametrize("ref", ["../../me", "1?fields=id", "1/2", "", "x" * 200, None, 7])
def test_a_file_whose_id_could_be_another_address_is_refused(ref: Any) -> None:
    body = RECORDED["image"].replace(f'"{REF}"'.encode(), json.dumps(ref).encode())
    assert isinstance(events(body)[0], Ignored)


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"7", b"null", b"{", b'{"a": NaN}', b"[" * 100_000, b'{"a": 1, "a": 2}']
)
def test_what_is_no_object_of_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        events(body)


def test_an_error_of_the_account_with_an_unknown_code_is_counted_as_such() -> None:
    body = RECORDED["platform_error"].replace(b"130429", b"777777")
    assert events(body) == [Ignored("platform_error")]


def test_a_webhook_of_another_product_of_the_app_is_ignored() -> None:
    assert events(b'{"object": "page", "entry": []}') == [Ignored("other_object")]


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("4520123456", "+4520123456"),
        ("5215512345678", "+525512345678"),
        ("553188776655", "+5531988776655"),
        ("1", None),
        ("99999999999999999999", None),
        ("", None),
    ],
)
def test_a_number_of_whatsapp_is_written_as_it_is_phoned(digits: str, number: str | None) -> None:
    assert verified(digits) == number
