"""Messages of Baton's as calls of the Bot API. Nothing is formatted: a text goes out as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from connectors.outgoing import FileOut, Option, PlaceOut, TextOut
from connectors.telegram.calls import Refused
from handoff.attachment import AttachmentKind

MAX_UPLOAD = 50_000_000
"""Bytes of a file that a bot may send."""

_MAX_PHOTO = 10_000_000
_PHOTOS = ("image/jpeg", "image/png", "image/webp")
_MUSIC = ("audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac")
_VOICE = ("audio/ogg", "audio/opus")
_FILMS = ("video/mp4", "video/quicktime")
_ROW = 24
"""Characters that the buttons of one row may have together, so that a phone shows them whole."""


class TooLarge(Exception):
    """A file turned out larger than a bot may send."""


async def deliver(bot: Bot, chat: str, message: TextOut | FileOut | PlaceOut) -> Message:
    """Send one message and return it as the platform keeps it.

    Raises:
        TelegramError: the platform did not take it, or did not say so.
        TooLarge: the file has more than 50 MB.
    """
    if isinstance(message, TextOut):
        return await bot.send_message(chat, message.text, reply_markup=_markup(message))
    if isinstance(message, FileOut):
        return await _file(bot, chat, message)
    place = message.attachment
    latitude, longitude = place.latitude or 0.0, place.longitude or 0.0
    if not place.name:
        return await bot.send_location(chat, latitude, longitude)
    # A place with a name needs an address, too.
    title, _, address = place.name.partition(", ")
    return await bot.send_venue(chat, latitude, longitude, title, address or f"{latitude:.5f}, {longitude:.5f}")


def _markup(message: TextOut) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if message.phone_button:
        # It is in place of the phone's own keyboard, from which one may still type; Telegram asks the customer first.
        share = KeyboardButton(message.phone_button, request_contact=True)
        return ReplyKeyboardMarkup([[share]], resize_keyboard=True, one_time_keyboard=True)
    if message.no_phone_button:
        return ReplyKeyboardRemove()
    return keyboard(message.options)


def keyboard(options: Sequence[Option]) -> InlineKeyboardMarkup | None:
    """Return the buttons under a text, short ones side by side; None for none."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for option in options:
        if not rows or len(option.title) > room:
            rows.append([])
            room = _ROW
        rows[-1].append(InlineKeyboardButton(option.title, callback_data=option.id))
        room -= max(len(option.title), _ROW // 4)
    return InlineKeyboardMarkup(rows) if rows else None


async def _file(bot: Bot, chat: str, message: FileOut) -> Message:
    sent = message.attachment
    content = bytearray()
    async for chunk in message.content():
        content += chunk
        if len(content) > MAX_UPLOAD:
            raise TooLarge
    held, caption, name = bytes(content), message.caption or None, sent.name or None
    if sent.kind is AttachmentKind.IMAGE and sent.type in _PHOTOS and len(held) <= _MAX_PHOTO:
        try:
            return await bot.send_photo(chat, held, caption, filename=name)
        except Refused as refused:
            # A very long or wide picture is no photo to Telegram, but it was not sent, and a document shows it as well.
            if refused.status != 400 or not any(word in refused.description for word in ("photo", "image")):
                raise
    elif sent.kind is AttachmentKind.AUDIO and sent.type in _VOICE:
        return await bot.send_voice(chat, held, caption=caption, filename=name)
    elif sent.kind is AttachmentKind.AUDIO and sent.type in _MUSIC:
        return await bot.send_audio(chat, held, caption=caption, filename=name)
    elif sent.kind is AttachmentKind.VIDEO and sent.type in _FILMS:
        return await bot.send_video(chat, held, caption=caption, filename=name, supports_streaming=True)
    elif sent.type == "image/gif":
        return await bot.send_animation(chat, held, caption=caption, filename=name)
    return await bot.send_document(chat, held, caption, filename=name)
