"""The gateway process: the public app, the internal API, the worker and the router on one event loop.

    python -m baton.gateway_process

`baton run` starts it and tells it by environment where Redis, Rasa and the actions are.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import resource
import signal
import sys
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from urllib.parse import urlsplit

import uvloop

from baton.channels import channels_of, media_of
from baton.failure import Failure
from baton.settings import Settings
from baton.settings_source import load, with_secrets
from baton.wiring import Parts, build
from connectors.listen import App, bind, listening
from connectors.rasa import RasaBot
from handoff.errors import BatonError
from handoff.store.redis_store import RedisStore

_COLLECT = (50_000, 20, 20)
"""How many new objects are let be before the collector looks: with the usual 700, what waits for an answer counts as
long-lived, and thousands of live pages are looked through again and again, which stops everything for as long."""


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        Failure: an address is missing or taken.
    """
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with AsyncExitStack() as leaving:
        store = RedisStore(_named(settings, "redis_url"))
        leaving.push_async_callback(store.close)
        bot = RasaBot(_named(settings, "turn_url"), settings.turn_secret)
        leaving.push_async_callback(bot.close)
        parts = build(settings, store, bot, media_of(settings), channels_of(settings))
        leaving.push_async_callback(parts.messaging.close)
        inner = urlsplit(_named(settings, "internal_url"))
        loops = asyncio.create_task(_work(parts))
        try:
            await leaving.enter_async_context(_at(parts.internal, inner.hostname or "127.0.0.1", inner.port or 0))
            await leaving.enter_async_context(_at(parts.public, settings.host, settings.port))
            gc.collect()
            gc.freeze()  # what is there now stays
            await asyncio.wait((loops, asyncio.create_task(told.wait())), return_when=asyncio.FIRST_COMPLETED)
        finally:
            loops.cancel()
            with suppress(asyncio.CancelledError):
                await loops


async def _work(parts: Parts) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(parts.worker.run())
        group.create_task(parts.router.run())
        group.create_task(parts.hub.run())
        group.create_task(parts.messaging.run())
        group.create_task(parts.notifier.run())


def _at(app: App, host: str, port: int) -> AbstractAsyncContextManager[None]:
    try:
        return listening(app, bind(host, port))
    except OSError as problem:
        raise Failure(f"The gateway can't listen on {host} port {port}: {problem.strerror}.") from problem


def _named(settings: Settings, name: str) -> str:
    value = str(getattr(settings, name))
    if not value:
        raise Failure(f"The gateway is not told BATON_{name.upper()}; `baton run` starts it as it should be.")
    return value


def _allow_files() -> None:
    """Let as many connections be open as this user may have: each live page is one, and the usual limit is 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS names no limit and has one; then it stays as it was
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main() -> int:
    """Run the gateway; the exit code is 1 when it can't."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It writes a line for every turn, with nothing in it that helps.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    gc.set_threshold(*_COLLECT)
    _allow_files()
    try:
        uvloop.run(serve(with_secrets(load(os.environ))))
    except BatonError as problem:
        print(problem.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
