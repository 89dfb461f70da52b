"""Where parsed events of every channel come in: who it is from, which conversation, kept — or counted and let go.

An event that cannot be dealt with is counted and never keeps the others of its batch from being kept. Only a store that
does not answer comes out as an error: then nothing is said to be accepted, and the platform sends the batch again.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from connectors.base import Channel
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
from connectors.messaging.counts import Counts
from connectors.messaging.courtesy import Courtesy
from connectors.messaging.render import numbered
from connectors.messaging.signals import Signals
from handoff.attachment import Attachment
from handoff.entry import Entry, Owner
from handoff.errors import BatonError, InvalidInput, KeyReused, NotFound, Unavailable, place_of
from handoff.inbox import MOST_TEXT, Caller, Inbox, Written
from handoff.model import Conversation
from handoff.store.port import Accepted
from handoff.text import MAX_ID, clean_text

log = logging.getLogger(__name__)

MOST_FACTS = 16
MOST_FACT = 500
MOST_NAME = 80
MOST_IDS = 8
MOST_ID = 256
MOST_ATTACHMENTS = 30
_PHONE = re.compile(r"\+[1-9][0-9]{5,14}", re.ASCII)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)

_KEY = re.compile(r"([A-Za-z0-9_-]{1,100}):([1-9][0-9]{0,14}):([0-9]{1,3})", re.ASCII)
_REASON = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class Reception:
    """Takes in batches of events.

    Args:
        inbox: keeps what came.
        channels: the running channels by name.
        counts: of everything, by channel and reason.
        signals: shows senders that they were heard.
        courtesy: answers what cannot be kept.
    """

    def __init__(
        self,
        inbox: Inbox,
        channels: Mapping[str, Channel],
        counts: Counts,
        signals: Signals,
        courtesy: Courtesy,
    ) -> None:
        self._inbox = inbox
        self._channels = channels
        self._counts = counts
        self._signals = signals
        self._courtesy = courtesy

    async def take(self, channel: str, events: Sequence[InboundEvent]) -> None:
        """Deal with each event of a batch in order.

        Raises:
            Unavailable: the store does not answer; what was kept is kept, and doing all again changes nothing.
        """
        for event in events:
            self._counts.add(channel, await self._outcome(channel, event))

    async def _outcome(self, channel: str, event: InboundEvent) -> str:
        try:
            return await self._deal_with(channel, event)
        except Unavailable:
            raise
        except KeyReused:
            return "changed_body"
        except InvalidInput:
            return "unusable"
        except NotFound:
            return "not_found"
        except BatonError as error:
            log.warning("an event of %s was let go: %s", channel, error.code)
            return error.code
        except Exception as error:  # noqa: BLE001 - one item must not have the platform send the batch for ever
            log.error("an event of %s could not be dealt with: %s", channel, place_of(error))
            return "defect"

    async def _deal_with(self, channel: str, event: InboundEvent) -> str:
        match event:
            case MessageReceived():
                return await self._message(channel, event)
            case ReactionReceived():
                conversation, _ = await self._inbox.conversation_of(self._caller(channel, event.sender))
                emoji = readable(event.emoji or "", 32) or None
                accepted = await self._inbox.reaction(conversation, key(event.external_id), key(event.to), emoji)
                return "repeated" if accepted.repeated else "reaction"
            case MessageEdited():
                conversation, _ = await self._inbox.conversation_of(self._caller(channel, event.sender))
                text = clean_text(readable(event.text, MOST_TEXT), MOST_TEXT)
                accepted = await self._inbox.edit(conversation, key(event.external_id), key(event.of), text)
                return "repeated" if accepted.repeated else "edit"
            case DeliveryReported():
                return await self._report(channel, event)
            case AddressChanged():
                caller = self._caller(channel, event.after)
                known = await self._inbox.moved(caller, event.before, key(event.external_id))
                return "address_changed" if known else "unknown_contact"
            case Ignored(reason="blocked" | "unblocked" as reason, sender=Address() as sender):
                await self._inbox.shut_out(self._caller(channel, sender), reason == "blocked")
                return reason
            case Ignored():
                if event.sender is not None and event.say is not None:
                    self._courtesy.ask(channel, event.sender, event.say)
                return event.reason if _REASON.fullmatch(event.reason) else "ignored"
            case _:
                assert_never(event)

    async def _message(self, channel: str, event: MessageReceived) -> str:
        conversation, identity = await self._inbox.conversation_of(self._caller(channel, event.sender))
        text, choice = readable(event.text or "", MOST_TEXT) or None, event.choice
        if choice is None and text is not None and not event.attachments:
            choice = await self._inbox.numbered_choice(conversation, text, lambda one: self._numbered(channel, one))
        accepted = await self._accepted(conversation, event, text, choice)
        # A pressed button shows that it waits until it is answered, whoever reads what it says.
        seen = event.choice is not None or (
            accepted is not None and not accepted.repeated and conversation.owner is Owner.BOT
        )
        self._signals.heard(conversation.id, channel, identity.ids, event.signal_ref, seen=seen)
        if accepted is None:
            return "unknown_choice"
        return "repeated" if accepted.repeated else "message"

    async def _accepted(
        self, conversation: Conversation, event: MessageReceived, text: str | None, choice: str | None
    ) -> Accepted | None:
        attachments = tuple(_clean(each) for each in event.attachments[:MOST_ATTACHMENTS])
        written = Written(
            external_id=key(event.external_id),
            text=text,
            attachments=attachments,
            quoted=key(event.reply_to) if event.reply_to else None,
            facts=_facts(event),
        )
        if choice is not None:
            try:
                return await self._inbox.message(
                    conversation, replace(written, text=None, choice=choice, attachments=())
                )
            except NotFound:  # an old button, or none of ours: its title is what they said
                if text is None:
                    return None
        return await self._inbox.message(conversation, written)

    async def _report(self, channel: str, event: DeliveryReported) -> str:
        known = _KEY.fullmatch(event.idempotency_key or "")
        place = (int(known[2]), int(known[3])) if known else None
        conversation_id = known[1] if known else None
        if conversation_id is None and event.recipient is not None:
            conversation_id = await self._inbox.known(channel, event.recipient.ids)
        if conversation_id is None:
            return "unknown_message"
        report = replace(event.report, code=readable(event.report.code, 40), hint=readable(event.report.hint, 300))
        news = await self._inbox.reported(conversation_id, key(event.message_id), report, place)
        return report.status.value if news else "no_news"

    def _numbered(self, channel: str, entry: Entry) -> bool:
        platform = self._channels.get(channel)
        return platform is not None and numbered(entry, platform.capabilities)

    def _caller(self, channel: str, address: Address) -> Caller:
        ids = tuple(each for each in address.ids if each and len(each) <= MOST_ID and each.isprintable())
        if not ids:
            raise InvalidInput("Nobody can be told as the sender.")
        return Caller(
            channel=channel,
            ids=ids[:MOST_IDS],
            name=" ".join(readable(address.name or "", MOST_NAME).split()) or None,
            phone=address.phone if _PHONE.fullmatch(address.phone or "") else None,
            language=address.language if _TAG.fullmatch(address.language or "") else None,
        )


def readable(text: str, most: int) -> str:
    """Return what can be kept of a text: without what no text can hold, cut to `most` characters; empty if unseen."""
    kept = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text if char != "\0")
    try:
        return clean_text(kept[:most], most)
    except InvalidInput:
        return ""


def key(external_id: str) -> str:
    """Return the platform's id as a key of ours: as it is where it can be one, else its digest."""
    if 1 <= len(external_id) <= MAX_ID and external_id.isprintable():
        return external_id
    return f"sha256:{hashlib.sha256(external_id.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _facts(event: MessageReceived) -> dict[str, str]:
    told = list(event.facts.items())[:MOST_FACTS]
    facts = {readable(name, 40): readable(value, MOST_FACT) for name, value in told}
    facts = {name: value for name, value in facts.items() if name and value}
    if event.message_ref:
        facts["message_ref"] = key(event.message_ref)
    return facts


def _clean(attachment: Attachment) -> Attachment:
    place = (attachment.latitude, attachment.longitude)
    if None in place or not (abs(place[0] or 0.0) <= 90 and abs(place[1] or 0.0) <= 180):
        place = (None, None)
    return replace(
        attachment,
        name=" ".join(readable(attachment.name, 200).split()),
        type=readable(attachment.type, 100),
        url=readable(attachment.url, 2000),
        phone=readable(attachment.phone, 40),
        note=readable(attachment.note, 300),
        latitude=place[0],
        longitude=place[1],
    )
