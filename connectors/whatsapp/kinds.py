"""One inbound message of each kind that WhatsApp has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.events import Address, Ignored, InboundEvent, MessageEdited, MessageReceived, ReactionReceived
from connectors.whatsapp import fields
from connectors.whatsapp.addresses import verified
from handoff.attachment import Attachment, AttachmentKind, AttachmentState

_OURS = re.compile(r"[1-9][0-9]{0,14}\.[0-9]{1,3}", re.ASCII)
"""The id of a choice as Baton gives it; anything else was sent by another program or is a template's own payload."""
_LONGEST_TEXT = 65_536
"""What the app lets a person write; how much Baton keeps is decided past the adapter."""
_LONGEST_NAME = 200
_LONGEST_FACT = 500
_MOST_CARDS = 10
_MOST_ORDERED = 30

_FILES = {
    "image": AttachmentKind.IMAGE,
    "sticker": AttachmentKind.IMAGE,
    "document": AttachmentKind.DOCUMENT,
    "audio": AttachmentKind.AUDIO,
    "voice": AttachmentKind.AUDIO,
    "video": AttachmentKind.VIDEO,
}


def read_message(message: Mapping[str, Any], sender: Address, external_id: str, at: int) -> InboundEvent:
    """Return the event that a message of any kind is."""
    kind = message.get("type")
    if kind == "reaction":
        return _reaction(message, sender, external_id, at)
    if kind == "edit":
        return _edit(message, sender, external_id, at)
    if kind in ("revoke", "request_welcome"):
        # A withdrawn message was read already, and opening a chat says nothing.
        return Ignored(str(kind), external_id=external_id)
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None:
        return Ignored("unknown_kind", sender, "kind_not_supported", external_id)
    context = fields.part(message, "context")
    plain = MessageReceived(
        sender,
        external_id,
        at,
        reply_to=fields.message_id(context, "id") or None,
        facts=_facts(message, context),
        signal_ref=fields.raw_id(message, "id"),
    )
    return read(message, plain)


def _malformed(plain: MessageReceived) -> Ignored:
    return Ignored("malformed", plain.sender, external_id=plain.external_id)


# what is about another message


def _reaction(message: Mapping[str, Any], sender: Address, external_id: str, at: int) -> InboundEvent:
    reaction = fields.part(message, "reaction")
    to = fields.message_id(reaction, "message_id")
    if not to:
        return Ignored("malformed", sender, external_id=external_id)
    return ReactionReceived(sender, external_id, at, to, fields.words(reaction, "emoji", 32) or None)


def _edit(message: Mapping[str, Any], sender: Address, external_id: str, at: int) -> InboundEvent:
    edit = fields.part(message, "edit")
    of, now = fields.message_id(edit, "original_message_id"), fields.part(edit, "message")
    kind = now.get("type")
    held = fields.part(now, kind) if isinstance(kind, str) else {}
    text = fields.words(held, "body", _LONGEST_TEXT) or fields.words(held, "caption", _LONGEST_TEXT)
    if not of or not text:
        return Ignored("malformed", sender, external_id=external_id)
    return MessageEdited(sender, external_id, at, of, text)


# what was written or pressed


def _text(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    body = fields.words(fields.part(message, "text"), "body", _LONGEST_TEXT)
    return replace(plain, text=body) if body else _malformed(plain)


def _interactive(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    interactive = fields.part(message, "interactive")
    kind = interactive.get("type")
    if kind in ("button_reply", "list_reply"):
        reply = fields.part(interactive, str(kind))
        return _pressed(plain, fields.words(reply, "id", 256), fields.words(reply, "title", _LONGEST_NAME))
    # A filled-in form (nfm_reply), a call permission: nothing that Baton ever asks for.
    return Ignored("unknown_reply", plain.sender, "kind_not_supported", plain.external_id)


def _template_button(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    button = fields.part(message, "button")
    return _pressed(plain, fields.words(button, "payload", 256), fields.words(button, "text", _LONGEST_NAME))


def _pressed(plain: MessageReceived, choice: str, title: str) -> InboundEvent:
    """What is not one of our ids, or no longer one, is taken as what the customer read on the button and meant."""
    ours = _OURS.fullmatch(choice) is not None
    if not ours and not title:
        return _malformed(plain)
    return replace(plain, choice=choice if ours else None, text=title or None)


def _order(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    order = fields.part(message, "order")
    lines = []
    for item in fields.listed(order, "product_items")[:_MOST_ORDERED]:
        product = fields.words(item, "product_retailer_id", 100) if isinstance(item, dict) else ""
        many = fields.number(item, "quantity", 0, 1_000_000) if product else None
        if product and many is not None:
            lines.append(f"{many:g} × {product}")
    said = fields.words(order, "text", _LONGEST_TEXT)
    if not lines:
        return replace(plain, text=said) if said else _malformed(plain)
    cart = ", ".join(lines)
    return replace(plain, text=said or cart, facts={**plain.facts, "order": cart[:_LONGEST_FACT]})


# what came along


def _file(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    kind = str(message.get("type"))
    file = fields.part(message, kind)
    ref = file.get("id")
    caption = fields.words(file, "caption", _LONGEST_TEXT) or None
    held = Attachment(_FILES[kind], AttachmentState.PENDING, name=fields.words(file, "filename", _LONGEST_NAME))
    if isinstance(ref, str) and fields.MEDIA_ID.fullmatch(ref):
        return replace(plain, text=caption, attachments=(replace(held, ref=ref),))
    if fields.listed(message, "errors"):
        gone = replace(held, state=AttachmentState.REFUSED, note="WhatsApp could not get this file from the phone.")
        return replace(plain, text=caption, attachments=(gone,))
    return _malformed(plain)


def _location(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    place = fields.part(message, "location")
    latitude, longitude = fields.number(place, "latitude", -90, 90), fields.number(place, "longitude", -180, 180)
    if latitude is None or longitude is None:
        return _malformed(plain)
    named = [fields.words(place, "name", _LONGEST_NAME), fields.words(place, "address", _LONGEST_NAME)]
    url = fields.words(place, "url", _LONGEST_FACT)
    at = Attachment(
        AttachmentKind.LOCATION,
        name=", ".join(word for word in named if word),
        url=url if url.startswith("https://") else "",
        latitude=latitude,
        longitude=longitude,
    )
    return replace(plain, attachments=(at,))


def _cards(message: Mapping[str, Any], plain: MessageReceived) -> InboundEvent:
    cards = tuple(
        Attachment(AttachmentKind.CONTACT, name=name, phone=phone)
        for name, phone in map(_card, fields.listed(message, "contacts")[:_MOST_CARDS])
        if name or phone
    )
    if not cards:
        return _malformed(plain)
    sender = plain.sender
    if message.get("origin") == "contact_request" and sender.phone is None:
        # Asked by WhatsApp itself for their own number, which is then as good as shown.
        sender = replace(sender, phone=verified(re.sub(r"\D", "", cards[0].phone)))
    return replace(plain, sender=sender, attachments=cards)


def _card(card: Any) -> tuple[str, str]:
    if not isinstance(card, dict):
        return "", ""
    name = fields.words(fields.part(card, "name"), "formatted_name", _LONGEST_NAME)
    phones = [phone for phone in fields.listed(card, "phones") if isinstance(phone, dict)]
    return name, fields.words(phones[0], "phone", 40) if phones else ""


# what an agent should know besides


def _facts(message: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, str]:
    referral, product = fields.part(message, "referral"), fields.part(context, "referred_product")
    url = fields.words(referral, "source_url", _LONGEST_FACT)
    told = {
        "forwarded": "many times" if context.get("frequently_forwarded") is True else "",
        "referral": fields.words(referral, "headline", _LONGEST_FACT),
        "referral_text": fields.words(referral, "body", _LONGEST_FACT),
        "referral_source": fields.words(referral, "source_type", 40),
        "referral_id": fields.words(referral, "source_id", 100),
        "referral_url": url if url.startswith("https://") else "",
        "product": fields.words(product, "product_retailer_id", 100),
    }
    if context.get("forwarded") is True and not told["forwarded"]:
        told["forwarded"] = "once"
    return {name: fact for name, fact in told.items() if fact}


_KINDS: Mapping[str, Callable[[Mapping[str, Any], MessageReceived], InboundEvent]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _template_button,
    "order": _order,
    "location": _location,
    "contacts": _cards,
    **dict.fromkeys(_FILES, _file),
}
