"""Proactive messages: an order update goes to where a customer wants to be told, at an hour when they may be.

Idempotent by its key: into which conversation it goes is decided once, and that conversation takes each key once. What
is held back in quiet hours is kept in the store until they end, whatever process is there by then.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.contacts import Contacts
from handoff.delivery import WEB
from handoff.entry import Entry
from handoff.errors import BatonError, Conflict, KeyReused, NotFound, Unavailable, place_of
from handoff.linking import Person, customer_proof, phone_proof
from handoff.model import Change, Conversation
from handoff.notices import Notices
from handoff.quiet import QuietHours
from handoff.store.later_port import Later
from handoff.store.port import Once, Store
from handoff.updates import OrderUpdate, Recipient, TemplateChoice, Update, record_of, text, update_of

log = logging.getLogger(__name__)

KEY_SECONDS = 7 * 24 * 3600
"""How long an idempotency key is remembered."""

STEP_SECONDS = 5.0
LEASE_MS = 60_000
"""How long whoever takes a held-back update has for it, before it is due again."""

_MARGIN_MS = 5 * 60 * 1000
"""A window that closes within this time counts as closed: the message has to get there first."""


class OptedOut(Conflict):
    """The customer does not want to be told on any channel that they are on."""

    code = "opted_out"


class OutOfReach(Conflict):
    """There is a customer, and no channel on which they may be written to now."""

    code = "out_of_reach"


@dataclass(frozen=True, slots=True)
class Way:
    """What a running channel lets us do.

    Args:
        window_s: seconds after the customer's last message in which we may write freely; None for always.
        templates: whether approved templates may be sent outside of that.
    """

    window_s: int | None = None
    templates: bool = False


class NoticeStatus(StrEnum):
    """What became of an update."""

    SENT = "sent"
    QUEUED = "queued"


@dataclass(frozen=True, slots=True)
class Noted:
    """Where an update went, or goes: `seq` is None, and `at` is when (ms), while it is held back."""

    status: NoticeStatus
    conversation_id: str
    seq: int | None = None
    at: int | None = None


class Notifier:
    """Tells customers about their orders.

    Args:
        store: keeps contacts, conversations and what is held back.
        ways: the running channels besides the web, by name.
        quiet: the hours in which nothing is sent.
        templates: what is sent where nothing else may be.
        clock: tells the present instant.
        notices: the texts.
    """

    def __init__(
        self,
        store: Store,
        ways: Mapping[str, Way],
        quiet: QuietHours,
        templates: Mapping[Update, TemplateChoice],
        clock: Clock,
        notices: Notices,
    ) -> None:
        self._store = store
        self._contacts = Contacts(store, clock)
        self._ways = {WEB: Way(), **ways}
        self._quiet = quiet
        self._templates = templates
        self._clock = clock
        self._notices = notices

    async def notify(self, update: OrderUpdate, key: str) -> Noted:
        """Tell a customer about their order, once for each key; in quiet hours as soon as these are over.

        Raises:
            NotFound: nobody is known by what names the recipient.
            OptedOut: they want no updates on any of their channels.
            OutOfReach: none of their channels takes one now.
            InvalidInput: the template that is needed lacks a field.
            KeyReused: the key came before with another update.
        """
        body = digest(record_of(update))
        if (await self._store.contacts.note_sent(f"notify:{key}", body, KEY_SECONDS) or body) != body:
            raise KeyReused("This Idempotency-Key came with another update before; use a new one.")
        told = await self._told(key)
        if told is not None:
            return told
        ends = self._quiet.end(self._clock())
        if ends is None:
            return await self._send(update, key)
        conversation, _ = await self._chosen(update)
        await self._store.later.put_by(
            Later(f"notify:{key}", json.dumps({"key": key, "update": record_of(update)})), ends
        )
        return Noted(NoticeStatus.QUEUED, conversation.id, at=ends)

    async def run(self) -> None:
        """Send what was held back as soon as it may be, until cancelled."""
        while True:
            try:
                while await self.step():
                    pass
            except Unavailable as error:
                log.warning("held-back updates wait: %s", error.message)
            await asyncio.sleep(STEP_SECONDS)

    async def step(self) -> bool:
        """Send one update that was held back; False when none is due.

        Raises:
            Unavailable: the store does not answer; it is due again later.
        """
        later = await self._store.later.take_due(self._clock(), LEASE_MS)
        if later is None:
            return False
        try:
            held = json.loads(later.body)
            update, key = update_of(held["update"]), held["key"]
            if await self._told(key) is None:
                await self._send(update, key)
        except Unavailable:
            raise
        except BatonError as error:  # the customer opted out meanwhile, or can't be reached any more
            log.warning("a held-back update was not sent: %s", error.code)
        except Exception as error:  # noqa: BLE001 - one that cannot be read must not hold up the others
            log.error("a held-back update could not be sent: %s", place_of(error))
        await self._store.later.strike(later.name)
        return True

    # where to

    async def _person(self, to: Recipient) -> tuple[Person, Sequence[str]]:
        """Return who is meant, and the conversations in which they may be told.

        In none that an order alone joined, unless the order is all that anybody has shown of the customer.
        """
        contact_id = to.contact_id
        if contact_id is None:
            proof = customer_proof(to.customer_id) if to.customer_id else phone_proof(to.phone or "")
            contact_id = await self._store.contacts.holder(proof)
            if contact_id is None:
                raise _unknown()
        person = await self._contacts.person(contact_id)
        by_order = to.contact_id is None and not person.member(contact_id).sure
        told = person.ids if by_order else person.tied(contact_id)
        return person, [each.conversation_id for each in person.root.identities if each.contact_id in told]

    async def _chosen(self, update: OrderUpdate) -> tuple[Conversation, Entry]:
        """Return the conversation that an update goes into, and the entry to write there."""
        person, names = await self._person(update.to)
        found = await self._store.conversations.several(names)
        conversations = list(found.values())
        if not conversations:
            raise _unknown()
        wanted = [each for each in conversations if not person.wants_none_on(each.channel)]
        if not wanted:
            raise _wants_none()
        wrote = dict(zip((each.id for each in wanted), await self._wrote(wanted), strict=True))
        wanted.sort(key=lambda each: (each.channel != person.root.preferred, -wrote[each.id]))
        obstacles = []
        for each in wanted:
            entry, obstacle = self._entry(update, each, wrote[each.id])
            if entry is not None:
                return each, entry
            obstacles.append(obstacle)
        raise OutOfReach(" ".join(dict.fromkeys(obstacles)))

    async def _wrote(self, conversations: Sequence[Conversation]) -> list[int]:
        return await asyncio.gather(*(self._contacts.last_word(each) for each in conversations))

    def _entry(self, update: OrderUpdate, conversation: Conversation, wrote: int) -> tuple[Entry | None, str]:
        """Return what is written into a conversation, or why nothing can be."""
        channel, language = conversation.channel, update.language or conversation.language
        if conversation.ended_at is not None:
            return None, _ended(conversation)
        way = self._ways.get(channel)
        if way is None:
            return None, f"The channel {channel} does not run."
        said = text(update, self._notices, language, channel)
        entry = self._notices.spoken(said, language, self._clock())
        entry = replace(entry, facts={"order": update.order, "update": update.update.value})
        if way.window_s is None or self._clock() + _MARGIN_MS < wrote + way.window_s * 1000:
            return entry, ""
        chosen = self._templates.get(update.update) if way.templates else None
        if chosen is None:
            missing = f"The time to write freely on {channel} is over, and notify_templates names no template for"
            return None, f"{missing} {update.update.value}; add one."
        return replace(entry, template=chosen.filled(update, self._notices, language)), ""

    # telling

    async def _told(self, key: str) -> Noted | None:
        """Return where the update with a key was written; None if it has not been."""
        seq = await self._store.later.answer_to(f"notified:{key}")
        where = await self._store.later.answer_to(f"notify:{key}")
        return None if seq is None or where is None else Noted(NoticeStatus.SENT, where, int(seq))

    async def _send(self, update: OrderUpdate, key: str) -> Noted:
        decided = await self._store.later.answer_to(f"notify:{key}")
        if decided is not None:
            return await self._tell(update, key, decided)
        conversation, entry = await self._chosen(update)
        decided = await self._store.later.keep_answer(f"notify:{key}", conversation.id, KEY_SECONDS)
        if decided != conversation.id:
            return await self._tell(update, key, decided)
        return await self._append(update, key, conversation.id, entry)

    async def _tell(self, update: OrderUpdate, key: str, conversation_id: str) -> Noted:
        """Write an update into the conversation that was decided on when its key came first, if it may still go there.

        Whoever decided may have died before writing, and much may have happened since.
        """
        told = await self._told(key)
        if told is not None:
            return told
        person, names = await self._person(update.to)
        if conversation_id not in names:
            raise OutOfReach("The conversation chosen for this update is another person's now; send it with a new key.")
        conversation = await self._store.conversations.get(conversation_id)
        if person.wants_none_on(conversation.channel):
            raise _wants_none()
        entry, obstacle = self._entry(update, conversation, await self._contacts.last_word(conversation))
        if entry is None:
            raise OutOfReach(obstacle)
        return await self._append(update, key, conversation_id, entry)

    async def _append(self, update: OrderUpdate, key: str, conversation_id: str, entry: Entry) -> Noted:
        def write(conversation: Conversation) -> Change:
            if conversation.ended_at is not None:
                raise OutOfReach(_ended(conversation))
            known: dict[str, Any] = {"order_number": update.order, **conversation.details}
            after = conversation.revised(about={"order_number": update.order}, details=known)
            return Change(after, (entry,))

        once = Once(f"notify:{key}", digest(record_of(update)))
        _, accepted = await carry_out(self._store.conversations, conversation_id, write, self._clock, once=once)
        await self._store.later.keep_answer(f"notified:{key}", str(accepted.seq), KEY_SECONDS)
        return Noted(NoticeStatus.SENT, conversation_id, accepted.seq)


def _ended(conversation: Conversation) -> str:
    return f"The customer has ended their chat on {conversation.channel}."


def _wants_none() -> OptedOut:
    return OptedOut("This customer does not want order updates; reach them in another way.")


def _unknown() -> NotFound:
    return NotFound("No customer is known by that; they have to have written to Baton before.")
