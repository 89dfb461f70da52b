"""WhatsApp customers of a Baton that is measured: known, in a conversation, within their 24 hours."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from connectors.events import MessageReceived
from connectors.trial.graph_api_webhooks import from_customer, webhook
from connectors.trial.graph_api_world import Business, World
from connectors.whatsapp import WhatsApp, WhatsAppOptions
from handoff.carry_out import carry_out
from handoff.clock import system_clock
from handoff.entry import Author, Entry, Kind
from handoff.gateway import Gateway
from handoff.inbox import Caller, Inbox, Written
from handoff.model import Change, Conversation, HandoffReason
from handoff.rules import Rules
from handoff.store.port import Store

_AT_ONCE = 16


def business() -> Business:
    """Invent a business."""
    return Business(token=secrets.token_urlsafe(24), app_secret=secrets.token_hex(16))


def whatsapp_settings(of: Business, graph_url: str) -> dict[str, str]:
    """Return the environment variables that make a Baton this business's."""
    return {
        "BATON_CHANNELS": "whatsapp",
        "BATON_WHATSAPP_TOKEN": of.token,
        "BATON_WHATSAPP_APP_SECRET": of.app_secret,
        "BATON_WHATSAPP_PHONE_NUMBER_ID": of.phone_number_id,
        "BATON_WHATSAPP_ACCOUNT_ID": of.account_id,
        "BATON_WHATSAPP_GRAPH_URL": graph_url,
    }


class Customers:
    """People with WhatsApp, who have written once.

    Args:
        of: the business that they write to.
        store: where the Baton that is measured keeps everything.
    """

    def __init__(self, of: Business, store: Store) -> None:
        self._of = of
        self._store = store
        self._world = World(of, system_clock)
        options = WhatsAppOptions(of.token, of.app_secret, "unused", of.phone_number_id)
        self._channel = WhatsApp(options)
        self._inbox = Inbox(store, Gateway(store, Rules(), system_clock), system_clock)

    async def with_agent(self, count: int, agent_id: str) -> list[str]:
        """Have an agent attend to `count` people; returns their conversations."""

        async def hand_over(number: int) -> str:
            conversation = await self._written(number)

            def taken(before: Conversation) -> Change:
                now = system_clock()
                asked = before.request_handoff(f"h_{number}", HandoffReason.ASKED, "bench", {}, now)
                claimed = asked.conversation.claim(agent_id, "Demo", now)
                # One write for both steps, past what was typed before.
                after = replace(claimed.conversation, version=before.version + 1, cursor=1)
                return Change(after, (*asked.entries, *claimed.entries))

            await carry_out(self._store.conversations, conversation.id, taken, system_clock)
            return conversation.id

        return await _each(count, hand_over)

    async def with_answers(self, count: int, text: str, due: int) -> list[str]:
        """Have an answer of the bot, to be sent at `due` (ms), wait for each of `count` people; returns where."""

        async def answer(number: int) -> str:
            conversation = await self._written(number)
            entry = Entry(kind=Kind.MESSAGE, author=Author.BOT, at=system_clock(), text=f"{text} {number}")
            await carry_out(
                self._store.conversations,
                conversation.id,
                lambda before: Change(before.revised(cursor=1), (entry,)),
                lambda: due,
            )
            return conversation.id

        return await _each(count, answer)

    async def _written(self, number: int) -> Conversation:
        event = self._channel.parse(message(self._of, self._world, number, f"first-{number}", "Hello"))[0]
        assert isinstance(event, MessageReceived)
        sender = event.sender
        caller = Caller("whatsapp", sender.ids, sender.name, sender.phone)
        conversation, _ = await self._inbox.conversation_of(caller)
        await self._inbox.message(conversation, Written(event.external_id, event.text))
        return conversation


def phone(number: int) -> str:
    """Return the digits of a customer's phone."""
    return f"4520{number:06d}"


def message(of: Business, world: World, number: int, name: str, text: str) -> bytes:
    """Return the body of the webhook with which the platform brings a customer's text."""
    timestamp = str(system_clock() // 1000)
    written: dict[str, Any] = {"id": f"wamid.{name}", "timestamp": timestamp, "type": "text", "text": {"body": text}}
    return webhook(of, from_customer(world.person(phone(number)), written))


async def _each(count: int, do: Callable[[int], Awaitable[str]]) -> list[str]:
    results: list[str] = []
    for first in range(0, count, _AT_ONCE):
        results += await asyncio.gather(*(do(number) for number in range(first, min(count, first + _AT_ONCE))))
    return results
