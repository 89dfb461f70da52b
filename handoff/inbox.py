"""Where channels that Baton sends to hand in what came: one conversation a contact, and more kinds than messages.

Nothing here knows a platform. `connectors.messaging.reception` says what came; the methods say what became of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from handoff.attachment import Attachment
from handoff.buttons import typed_number
from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.contacts import Contacts
from handoff.delivery import DeliveryReport, is_outgoing
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.gateway import Gateway
from handoff.model import Change, Contact, Conversation
from handoff.notices import ENGLISH
from handoff.opting import meaning
from handoff.store.contacts_port import Identity
from handoff.store.port import Accepted, Once, Store

Numbered = Callable[[Entry], bool]
"""Tells whether an entry's choices go out with numbers on the channel."""

MOST_TEXT = 8192
"""Characters of a message; more than any platform lets its customers write. The bot reads `Rules.max_text` of them."""

LOOK_BACK = 40
"""Entries among which the choices are looked for that a typed number may mean."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a message is from, as a channel knows them.

    Args:
        channel: its name.
        ids: the platform's ids of them, the most lasting first.
        name: as they call themselves.
        phone: E.164, verified by the platform.
        language: the tag of the language to begin in, where it is known.
    """

    channel: str
    ids: tuple[str, ...]
    name: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A message as a contact sent it: a text, a choice or attachments, which may have a text.

    Args:
        external_id: the platform's id of it.
        text: what was typed.
        choice: the id of the pressed button.
        attachments: what came with it.
        quoted: the platform's id of the message that it answers.
        facts: more that an agent should see.
    """

    external_id: str
    text: str | None = None
    choice: str | None = None
    attachments: tuple[Attachment, ...] = ()
    quoted: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Inbox:
    """Takes in what contacts of messaging channels send.

    Args:
        store: keeps identities, conversations and what was sent.
        gateway: accepts messages.
        clock: tells the present instant.
    """

    def __init__(self, store: Store, gateway: Gateway, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._contacts = Contacts(store, clock)

    async def conversation_of(self, caller: Caller) -> tuple[Conversation, Identity]:
        """Find or open the conversation of a contact, whose name and phone are kept as soon as they are known."""
        new = Identity(caller.channel, f"c_{secrets.token_hex(16)}", f"p_{secrets.token_hex(16)}", caller.ids)
        identity = await self._store.contacts.reach(new)
        contact = Contact(identity.contact_id, name=caller.name, phone=caller.phone)
        kept = await self._gateway.open(
            Conversation(
                identity.conversation_id, contact, caller.channel, self._clock(), language=caller.language or ENGLISH
            )
        )
        known = replace(kept.contact, name=kept.contact.name or caller.name, phone=caller.phone or kept.contact.phone)
        if known == kept.contact:
            return kept, identity
        after, _ = await carry_out(
            self._store.conversations, kept.id, lambda c: Change(c.revised(contact=known)), self._clock
        )
        return after, identity

    async def message(self, conversation: Conversation, written: Written) -> Accepted:
        """Keep a message; raises as `Gateway.accept` does."""
        return await self._gateway.accept(
            conversation.id,
            external_id=written.external_id,
            text=written.text,
            choice=written.choice,
            attachments=written.attachments,
            in_reply_to=await self._place(conversation.id, written.quoted),
            facts=written.facts,
            most=MOST_TEXT,
            meaning=None if written.attachments else meaning(written.text),
        )

    async def numbered_choice(self, conversation: Conversation, text: str, numbered: Numbered) -> str | None:
        """Return the id of the choice that a typed number means, if the last thing said offered choices by number.

        Args:
            text: what was typed, in the digits of whichever script.
            numbered: tells whether an entry's choices went out with numbers.
        """
        number = typed_number(text)
        if number is None:
            return None
        end = (await self._store.conversations.read(conversation.id, 0, 1)).last_seq
        page = await self._store.conversations.read(conversation.id, max(0, end - LOOK_BACK), LOOK_BACK)
        last = next((entry for entry in reversed(page.entries) if is_outgoing(entry)), None)
        if last is None or not 1 <= number <= len(last.buttons) or not numbered(last):
            return None
        return f"{last.seq}.{number - 1}"

    async def reaction(self, conversation: Conversation, external_id: str, to: str, emoji: str | None) -> Accepted:
        """Keep a reaction to a message, or that it was taken back (`emoji` None); it asks nothing of anybody."""
        entry = self._beside(Kind.REACTION, external_id, text=emoji or "")
        return await self._keep(conversation, entry, to, {"emoji": emoji, "to": to})

    async def edit(self, conversation: Conversation, external_id: str, of: str, text: str) -> Accepted:
        """Keep that a contact changed what they had sent; what was said to the first version stays said."""
        entry = self._beside(Kind.EDIT, external_id, text=text)
        return await self._keep(conversation, entry, of, {"edit": text, "of": of})

    async def moved(self, caller: Caller, before: str, external_id: str) -> bool:
        """Keep that a contact has other ids now; False when nobody is known by `before`."""
        identity = await self._store.contacts.find(caller.channel, (before,))
        if identity is None:
            return False
        ids = tuple(dict.fromkeys((*caller.ids, before)))
        await self._store.contacts.reach(replace(identity, ids=ids))
        conversation, _ = await self.conversation_of(replace(caller, ids=ids))
        entry = replace(
            self._beside(Kind.CONTACT, external_id), visibility=Visibility.INTERNAL, facts={"event": "address_changed"}
        )
        await self._keep(conversation, entry, None, {"before": before, "after": list(caller.ids)})
        return True

    async def shut_out(self, caller: Caller, blocked: bool) -> bool:
        """Note that a contact has shut us out on a channel, or let us in again; False when they are not known."""
        identity = await self._store.contacts.find(caller.channel, caller.ids)
        if identity is None:
            return False
        conversation = await self._store.conversations.get(identity.conversation_id)
        return await self._contacts.shut_out(conversation, blocked)

    async def known(self, channel: str, ids: Sequence[str]) -> str | None:
        """Return the conversation of whoever has one of these ids on a channel, if there is one."""
        identity = await self._store.contacts.find(channel, ids)
        return identity.conversation_id if identity else None

    async def reported(
        self, conversation_id: str, message_id: str, report: DeliveryReport, place: tuple[int, int] | None
    ) -> bool:
        """Note what a platform tells of a message that we sent; False when it is no news."""
        return await self._store.outbox.report(conversation_id, message_id, report, self._clock(), place=place)

    def _beside(self, kind: Kind, external_id: str, text: str = "") -> Entry:
        return Entry(kind, Author.CONTACT, self._clock(), text=text, external_id=external_id)

    async def _keep(
        self, conversation: Conversation, entry: Entry, about: str | None, body: Mapping[str, Any]
    ) -> Accepted:
        entry = replace(entry, in_reply_to=await self._place(conversation.id, about))
        once = Once(f"contact:{entry.external_id}", digest({"kind": entry.kind.value, **body}))
        return await self._store.conversations.accept(conversation.id, entry, once, self._clock())

    async def _place(self, conversation_id: str, message_id: str | None) -> int | None:
        if not message_id:
            return None
        return await self._store.outbox.place_of(conversation_id, message_id)
