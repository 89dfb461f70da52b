"""Where a customer's message comes in: checked, given its place in the log, kept — before anybody hears 2xx."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from handoff.attachment import Attachment
from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.ending import end
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.errors import InvalidInput, NotFound
from handoff.model import Change, Conversation
from handoff.rules import Rules
from handoff.store.port import Accepted, Once, Page, Store
from handoff.text import check_id, clean_text

_CHOICE = re.compile(r"([1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,2})", re.ASCII)
MAX_PAGE = 500


class Gateway:
    """Accepts what customers write, and reads their log back to them."""

    def __init__(self, store: Store, rules: Rules, clock: Clock) -> None:
        self._conversations = store.conversations
        self._rules = rules
        self._clock = clock

    async def open(self, conversation: Conversation) -> Conversation:
        """Keep a new conversation, or return the one kept under its id, with what is known of its contact now.

        Only a host page's word changes a contact: a stranger says nothing about themselves.
        """
        kept = await self._conversations.open(conversation)
        contact = conversation.contact
        if kept.contact == contact or not contact.verified:
            return kept
        after, _ = await carry_out(
            self._conversations, kept.id, lambda c: Change(c.revised(contact=contact)), self._clock
        )
        return after

    async def accept(
        self,
        conversation_id: str,
        *,
        external_id: str,
        text: str | None = None,
        choice: str | None = None,
        attachments: Sequence[Attachment] = (),
        in_reply_to: int | None = None,
        facts: Mapping[str, Any] | None = None,
        most: int | None = None,
        meaning: str | None = None,
    ) -> Accepted:
        """Keep a customer's message durably and exactly once.

        Args:
            conversation_id: where it was written.
            external_id: the sender's own id; a repeated one gives the same answer and changes nothing.
            text: what was typed; may be left out beside attachments.
            choice: the id of the pressed button (`<seq>.<index>`), instead of a text.
            attachments: what comes with it.
            in_reply_to: the seq of the entry that it quotes.
            facts: more that an agent should see.
            most: characters that the text may have, if not the rules' number.
            meaning: the payload of Baton's own that the text stands for.

        Raises:
            InvalidInput: nothing was sent, or both a text and a choice, or what cannot be kept.
            NotFound: no such conversation or button.
            KeyReused: the id came before with another body.
            ChatEnded: the customer has ended the chat.
        """
        once = Once(f"contact:{check_id(external_id)}", _fingerprint(text, choice, attachments))
        now = self._clock()
        entry = Entry(
            kind=Kind.MESSAGE,
            author=Author.CONTACT,
            at=now,
            external_id=external_id,
            attachments=tuple(attachments),
            in_reply_to=in_reply_to,
            facts=facts or {},
        )
        if choice is not None and text is None and not attachments:
            entry = await self._with_choice(entry, conversation_id, choice)
        elif text is not None and choice is None:
            entry = replace(entry, text=clean_text(text, most or self._rules.max_text), choice=meaning)
        elif choice is not None or not attachments:
            raise InvalidInput("Send exactly one of text and choice.")
        return await self._conversations.accept(conversation_id, entry, once, now)

    async def end(self, conversation_id: str) -> Conversation:
        """End the chat at its customer's word (`handoff.ending`); nothing of theirs is accepted in it after that.

        Raises:
            NotFound: no such conversation.
            NotAllowed: the customer is one whom a host page signs.
        """
        after, _ = await carry_out(self._conversations, conversation_id, lambda c: end(c, self._clock()), self._clock)
        return after

    async def page(self, conversation_id: str, after: int = 0, limit: int = MAX_PAGE) -> Page:
        """Return the entries of every kind and visibility past seq `after`, in order.

        Raises:
            InvalidInput: `after` is negative or `limit` is not 1 to 500.
            NotFound: no such conversation.
        """
        if after < 0:
            raise InvalidInput("after is a seq and cannot be negative.")
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidInput(f"A page holds 1 to {MAX_PAGE} entries.")
        return await self._conversations.read(conversation_id, after, limit)

    async def _with_choice(self, entry: Entry, conversation_id: str, choice: str) -> Entry:
        match = _CHOICE.fullmatch(choice)
        if match is None:
            raise NotFound("There is no such button; reload the page.")
        seq, index = int(match[1]), int(match[2])
        shown = (await self._conversations.read(conversation_id, seq - 1, 1)).entries
        if not shown or shown[0].visibility is not Visibility.PUBLIC or index >= len(shown[0].buttons):
            raise NotFound("There is no such button; reload the page.")
        button = shown[0].buttons[index]
        return replace(entry, text=button.title, choice=button.payload)


def _fingerprint(text: str | None, choice: str | None, attachments: Sequence[Attachment]) -> str:
    body: dict[str, Any] = {"text": text, "choice": choice}
    if attachments:
        body["attachments"] = [asdict(each) for each in attachments]
    return digest(body)
