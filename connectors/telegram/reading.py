"""Updates of the Bot API, read into events.

Updates are read by `telegram.Update.de_json`, which follows the Bot API's own reference
(https://core.telegram.org/bots/api#update) and keeps fields that it does not know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
    User,
)

from connectors.events import Address, Ignored, InboundEvent, MessageEdited, MessageReceived, ReactionReceived
from connectors.telegram.commands import spoken
from connectors.telegram.content import content_of, is_service
from connectors.telegram.values import Malformed, instant, language, line, reference, whole, words

PRESSED = "callback:"
"""How the `signal_ref` of a pressed button begins; the id by which the press is answered follows."""

USED = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
"""The kinds of updates that Telegram is asked for."""

_MAX_CHOICE = 64
_HERE = ("member", "administrator", "creator", "restricted")


def event_of(update: dict[str, Any], now: int) -> InboundEvent:
    """Return what an update tells; what cannot be read comes as `Ignored`.

    Args:
        update: as it came.
        now: the instant in ms, for what Telegram gives no time to: a pressed button.
    """
    try:
        external_id = f"u{whole(update.get('update_id'))}"
    except Malformed:
        return Ignored("malformed")
    try:
        read = Update.de_json(update, None)
    except Exception:  # noqa: BLE001 - the library checks nothing, so wrong input fails in it in any way
        return Ignored("malformed", external_id=external_id)
    try:
        return _event(read, external_id, now)
    except Malformed:
        return Ignored("malformed", external_id=external_id)


def _event(update: Update, external_id: str, now: int) -> InboundEvent:
    if update.message is not None:
        return _message(update.message, external_id)
    if update.edited_message is not None:
        return _edit(update.edited_message, external_id)
    if update.callback_query is not None:
        return _press(update.callback_query, external_id, now)
    if update.message_reaction is not None:
        return _reaction(update.message_reaction, external_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, external_id)
    if update.channel_post is not None or update.edited_channel_post is not None:
        return Ignored("group", external_id=external_id)
    return Ignored("unknown_kind", external_id=external_id)


def _is_private(chat: object) -> bool:
    if not isinstance(chat, Chat):
        raise Malformed
    return chat.type == "private"


def _person(user: object) -> User:
    if not isinstance(user, User):
        raise Malformed
    return user


def _address(user: User) -> Address:
    # In a private chat, the chat has the id of the person.
    name = " ".join(part for part in (line(user.first_name), line(user.last_name)) if part)
    return Address((str(whole(user.id)),), name or None, language(user.language_code))


def _passed_over(message: Message, external_id: str) -> Ignored | None:
    if not _is_private(message.chat):
        # A command is meant for the bot; what people say to each other there is passed over in silence.
        asked = isinstance(message.text, str) and message.text.startswith("/")
        return _refused(message.chat, message.from_user, external_id, aloud=asked)
    if _person(message.from_user).is_bot is True:
        return Ignored("bot", external_id=external_id)
    return None


def _message(message: Message, external_id: str) -> InboundEvent:
    passed_over = _passed_over(message, external_id)
    if passed_over is not None:
        return passed_over
    sender = _address(_person(message.from_user))
    content = content_of(message)
    if content is None:
        if is_service(message):
            return Ignored("service", external_id=external_id)
        return Ignored("unknown_kind", sender, "kind_not_supported", external_id)
    text, facts = content.text, content.facts
    if text is not None:
        text, command = spoken(text, sender.language)
        facts = {**facts, **command}
    quoted = message.reply_to_message
    return MessageReceived(
        sender=replace(sender, phone=content.phone),
        external_id=external_id,
        at=instant(message.date),
        text=text,
        attachments=content.attachments,
        reply_to=str(whole(quoted.message_id)) if quoted is not None else None,
        message_ref=str(whole(message.message_id)),
        facts=facts,
    )


def _edit(message: Message, external_id: str) -> InboundEvent:
    passed_over = _passed_over(message, external_id)
    if passed_over is not None:
        return passed_over
    if message.location is not None:
        return Ignored("live_location", external_id=external_id)
    text = message.text if message.text is not None else message.caption
    if text is None:
        return Ignored("edit_without_text", external_id=external_id)
    at = instant(message.edit_date if message.edit_date is not None else message.date)
    of = str(whole(message.message_id))
    return MessageEdited(_address(_person(message.from_user)), external_id, at, of, words(text))


def _press(press: CallbackQuery, external_id: str, now: int) -> InboundEvent:
    if press.message is not None and not _is_private(press.message.chat):
        return Ignored("group", external_id=external_id)
    if _person(press.from_user).is_bot is True:
        return Ignored("bot", external_id=external_id)
    if press.data is None:
        return Ignored("unknown_kind", external_id=external_id)
    choice = words(press.data)
    if not 1 <= len(choice.encode()) <= _MAX_CHOICE:
        raise Malformed
    return MessageReceived(
        sender=_address(press.from_user),
        external_id=external_id,
        at=now,
        choice=choice,
        signal_ref=PRESSED + reference(press.id),
    )


def _reaction(reaction: MessageReactionUpdated, external_id: str) -> InboundEvent:
    if not _is_private(reaction.chat):
        return Ignored("group", external_id=external_id)
    emojis = [line(one.emoji) for one in reaction.new_reaction if isinstance(one, ReactionTypeEmoji)]
    if reaction.new_reaction and not any(emojis):
        # A picture of Telegram's own, or a paid star: there is no emoji to show.
        return Ignored("custom_reaction", external_id=external_id)
    return ReactionReceived(
        _address(_person(reaction.user)),
        external_id,
        instant(reaction.date),
        str(whole(reaction.message_id)),
        emojis[-1] if emojis else None,
    )


def _membership(change: ChatMemberUpdated, external_id: str) -> InboundEvent:
    before, after = _standing(change.old_chat_member), _standing(change.new_chat_member)
    if not _is_private(change.chat):
        added = after in _HERE and before not in _HERE
        return _refused(change.chat, change.from_user, external_id, aloud=added)
    reason = {"kicked": "blocked", "member": "unblocked"}.get(after, "unknown_kind")
    return Ignored(reason, _address(_person(change.from_user)), external_id=external_id)


def _standing(member: object) -> str:
    if not isinstance(member, ChatMember) or not isinstance(member.status, str):
        raise Malformed
    return member.status


def _refused(group: Chat, asker: User | None, external_id: str, *, aloud: bool) -> Ignored:
    if not aloud:
        return Ignored("group", external_id=external_id)
    tag = language(asker.language_code) if asker is not None else None
    return Ignored("group", Address((str(whole(group.id)),), language=tag), "groups_refused", external_id)
