"""What `baton channel` and `baton letters` do: look at a platform, tell it our address, see to what did not arrive."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from baton.channels import channels_of, polled_of
from baton.failure import Failure
from baton.settings import Settings
from baton.settings_source import load, with_secrets
from baton.store_access import reached_store
from connectors.base import Channel
from handoff.clock import system_clock
from handoff.store.port import Store

T = TypeVar("T")

_QUOTED = 60


def check(options: argparse.Namespace) -> int:
    """Look whether a platform knows us and sends to us; exit code 1 when something is not well."""
    chosen = with_secrets(load(os.environ))
    findings = asyncio.run(_with_channel(options.name, chosen, lambda one: one.check(_address(chosen, options.name))))
    for finding in findings:
        print(f"{'ok     ' if finding.well else 'MISSING'} {finding.what}")
        if finding.advice:
            print(f"        {finding.advice}")
    return 0 if all(finding.well for finding in findings) else 1


def set_webhook(options: argparse.Namespace) -> int:
    """Tell a platform where to send webhooks."""
    chosen = with_secrets(load(os.environ))
    if options.name in polled_of(chosen):
        asyncio.run(_with_channel(options.name, chosen, lambda one: one.set_webhook("")))
        print(f"{options.name} sends nothing by itself any more; Baton asks for its messages.")
        return 0
    address = options.url or _address(chosen, options.name)
    if not address:
        raise Failure("Platforms reach Baton only over https: set BATON_PUBLIC_URL, or give --url.")
    asyncio.run(_with_channel(options.name, chosen, lambda one: one.set_webhook(address)))
    print(f"{options.name} sends to {address} now.")
    return 0


def letters_list(_: argparse.Namespace) -> int:
    """Show what could not be delivered, latest first."""
    found = asyncio.run(_with_store(lambda store: store.outbox.dead()))
    for letter in found:
        at = datetime.fromtimestamp(letter.report.at / 1000, UTC).isoformat(timespec="seconds")
        text = letter.entry.text if len(letter.entry.text) <= _QUOTED else f"{letter.entry.text[:_QUOTED]}…"
        print(f"{letter.conversation_id} {letter.entry.seq}  {letter.channel}  {at}  {letter.report.code}: {text!r}")
        if letter.report.hint:
            print(f"    {letter.report.hint}")
    if not found:
        print("Everything has been delivered, or is still on its way.")
    return 0


def letters_replay(options: argparse.Namespace) -> int:
    """Send again what could not be delivered."""
    seq = asyncio.run(_with_store(lambda store: store.outbox.replay(options.conversation, options.seq, system_clock())))
    print(f"It goes out again, as entry {seq} of the conversation.")
    return 0


def letters_drop(options: argparse.Namespace) -> int:
    """Forget that something could not be delivered; the log keeps it."""
    asyncio.run(_with_store(lambda store: store.outbox.drop(options.conversation, options.seq)))
    print("It is struck from the list; the conversation's log keeps it.")
    return 0


def _address(settings: Settings, name: str) -> str | None:
    return f"{settings.address}/webhooks/{name}" if settings.address.startswith("https://") else None


async def _with_channel(name: str, settings: Settings, ask: Callable[[Channel], Awaitable[T]]) -> T:
    channels = channels_of(settings)
    try:
        channel = channels.get(name)
        if channel is None:
            running = ", ".join(channels) or "none"
            raise Failure(f"The channel {name} is not set up; the setting channels names: {running}.")
        return await ask(channel)
    finally:
        for each in channels.values():
            await each.close()


async def _with_store(ask: Callable[[Store], Awaitable[T]]) -> T:
    async with reached_store(load(os.environ)) as store:
        return await ask(store)
