"""The played WhatsApp and Telegram, and the page on which one is their customer.

    python -m baton.demo_channels_process PAGE

`baton run --demo-channels` starts it, and tells it by environment the made-up tokens and where everybody is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from contextlib import AsyncExitStack
from itertools import count
from urllib.parse import urlsplit

from baton.addresses import reached
from baton.failure import Failure
from baton.settings import Settings
from baton.settings_source import load
from connectors.listen import bind, listening
from connectors.telegram.reading import USED
from connectors.trial.bot_api import FakeBotApi
from connectors.trial.bot_api_post import Post, Webhook
from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_world import Business
from connectors.trial.page import TrialPage
from connectors.trial.phones import TravelClock
from connectors.trial.played import Played, PlayedTelegram, PlayedWhatsApp
from handoff.errors import BatonError


async def play(settings: Settings, page: str) -> None:
    """Play until SIGTERM or SIGINT.

    Args:
        settings: tokens and addresses; the gateway need not answer yet.
        page: the address of the page.

    Raises:
        Failure: an address is taken.
    """
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    webhooks = f"{reached(settings.host, settings.port)}/webhooks"
    clock = TravelClock()
    graph, bot = _graph_api(settings, clock), _bot_api(settings)
    graph.connect(f"{webhooks}/whatsapp")
    graph.world.verify_token = settings.whatsapp_verify_token
    bot.post.set(Webhook(f"{webhooks}/telegram", settings.telegram_secret), USED, drop=False)
    platforms: dict[str, Played] = {"whatsapp": PlayedWhatsApp(graph, clock), "telegram": PlayedTelegram(bot)}
    app = TrialPage(platforms, f"{reached(settings.host, settings.port)}/desk").app()
    try:
        async with AsyncExitStack() as leaving:
            await leaving.enter_async_context(graph.running(*_place(settings.whatsapp_graph_url)))
            await leaving.enter_async_context(bot.running(*_place(settings.telegram_url)))
            await leaving.enter_async_context(listening(app, bind(*_place(page)), grace_s=0.05))
            await told.wait()
    except OSError as problem:
        raise Failure(f"The played channels can't listen: {problem.strerror}.") from problem


def _graph_api(settings: Settings, clock: TravelClock) -> FakeGraphApi:
    business = Business(
        token=settings.whatsapp_token,
        app_secret=settings.whatsapp_app_secret,
        phone_number_id=settings.whatsapp_phone_number_id,
        account_id=settings.whatsapp_account_id,
    )
    return FakeGraphApi(business, clock)


def _bot_api(settings: Settings) -> FakeBotApi:
    # Baton remembers the ids of an earlier run, whose messages these are not.
    begin = int(time.time())
    return FakeBotApi(token=settings.telegram_token, post=Post(ids=count(begin * 1000)), ids=count(begin))


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    return parts.hostname or "127.0.0.1", parts.port or 0


def main() -> int:
    """Play the platforms; the exit code is 1 when they can't be."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(play(load(os.environ), sys.argv[1]))
    except BatonError as problem:
        print(problem.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
