"""What a Telegram message holds: its text and what comes with it, by kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from telegram import Contact, Location, Message, PhotoSize, Sticker, Venue
from telegram.constants import MessageType

from connectors.telegram.values import degrees, line, media_type, reference, size, words
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.errors import InvalidInput
from handoff.phone import e164

MAX_DOWNLOAD = 20_000_000
"""Bytes of a file that the Bot API gives to a bot."""

_TOO_LARGE = "Telegram gives a bot no file over 20 MB; ask for it by e-mail."
# A person sends these, and is told that they cannot be read; what else is no content is Telegram's own doing.
_SENT_BY_PEOPLE = frozenset(
    {"poll", "dice", "game", "story", "paid_media", "invoice", "giveaway", "checklist", "live_photo", "gift"}
)
_BESIDES = frozenset({"effect_id", "sender_boost_count", "business_connection_id", "sender_business_bot"})
_SERVICE = frozenset(kind.value for kind in MessageType) - _SENT_BY_PEOPLE - _BESIDES


@dataclass(frozen=True, slots=True)
class Content:
    """What a message holds; `phone` is E.164 and the sender's own."""

    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    phone: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


def content_of(message: Message) -> Content | None:
    """Return what a message holds; None when it is of a kind that Baton does not read.

    Raises:
        Malformed: a value is none that Telegram sends.
    """
    facts = {"forwarded": "once"} if message.forward_origin else {}
    if message.text is not None:
        return Content(words(message.text), facts=facts)
    if message.contact is not None:
        card, phone = _card(message.contact, message)
        return Content(None, (card,), phone, facts)
    if message.location is not None:
        return Content(None, (_place(message.location, message.venue),), facts=facts)
    if message.sticker is not None:
        # To the bot, a sticker says what its emoji says.
        emoji, picture = line(message.sticker.emoji) or None, _picture(message.sticker)
        return Content(emoji, picture, facts={**facts, "sticker": emoji or "yes"}) if emoji or picture else None
    sent = _file(message)
    if sent is None:
        return None
    caption = words(message.caption) if message.caption is not None else None
    return Content(caption or None, (sent,), facts=facts)


def is_service(message: Message) -> bool:
    """Tell whether Telegram itself wrote a message (a pin, a new timer, a shared permission), not a person."""
    return any(getattr(message, kind, None) for kind in _SERVICE)


def _file(message: Message) -> Attachment | None:
    if message.photo:
        return _pending(AttachmentKind.IMAGE, _largest(message.photo), "image/jpeg")
    if message.voice is not None:
        return _pending(AttachmentKind.AUDIO, message.voice, "audio/ogg")
    if message.audio is not None:
        audio = message.audio
        title = " – ".join(part for part in (line(audio.performer), line(audio.title)) if part)
        return _pending(AttachmentKind.AUDIO, audio, "audio/mpeg", name=title)
    if message.video_note is not None:
        return _pending(AttachmentKind.VIDEO, message.video_note, "video/mp4")
    # An animation comes as a document, too, for old programs.
    film = message.video or message.animation
    if film is not None:
        return _pending(AttachmentKind.VIDEO, film, "video/mp4")
    if message.document is not None:
        return _pending(AttachmentKind.DOCUMENT, message.document)
    return None


def _largest(photo: Iterable[PhotoSize]) -> PhotoSize:
    return max(photo, key=lambda one: (size(one.width) * size(one.height), size(one.file_size)))


def _picture(sticker: Sticker) -> tuple[Attachment, ...]:
    if sticker.is_video is True:
        return (_pending(AttachmentKind.VIDEO, sticker, "video/webm"),)
    if sticker.is_animated is not True:
        return (_pending(AttachmentKind.IMAGE, sticker, "image/webp"),)
    # An animated one is vector code that only Telegram draws; its still picture shows as much.
    return (_pending(AttachmentKind.IMAGE, sticker.thumbnail, "image/webp"),) if sticker.thumbnail else ()


def _pending(kind: AttachmentKind, sent: object, claimed: str = "", *, name: str = "") -> Attachment:
    named = line(getattr(sent, "file_name", "")) or name
    claims = media_type(getattr(sent, "mime_type", None), claimed)
    told = size(getattr(sent, "file_size", 0))
    if told > MAX_DOWNLOAD:
        return Attachment(kind, AttachmentState.REFUSED, name=named, type=claims, size=told, note=_TOO_LARGE)
    ref = reference(getattr(sent, "file_id", None))
    return Attachment(kind, AttachmentState.PENDING, ref=ref, name=named, type=claims, size=told)


def _place(location: Location, venue: Venue | None) -> Attachment:
    named = (line(venue.title), line(venue.address)) if venue is not None else ()
    return Attachment(
        AttachmentKind.LOCATION,
        name=", ".join(part for part in named if part),
        latitude=degrees(location.latitude, 90),
        longitude=degrees(location.longitude, 180),
    )


def _card(card: Contact, message: Message) -> tuple[Attachment, str | None]:
    written = line(card.phone_number)
    try:
        # Telegram gives numbers in full, with and without the plus.
        phone = e164(f"+{written.lstrip('+')}", "")
    except InvalidInput:
        phone = None
    name = " ".join(part for part in (line(card.first_name), line(card.last_name)) if part)
    shown = Attachment(AttachmentKind.CONTACT, name=name, phone=phone or written)
    # Telegram looks up whose number a card holds; but an old card, passed on, holds an old number.
    sender = message.from_user
    own = sender is not None and card.user_id == sender.id and not message.forward_origin and not message.via_bot
    return shown, phone if own else None
