"""What Telegram's tests share: a played Bot API, somebody who writes to the bot, and the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.telegram import TelegramChannel, TelegramOptions
from connectors.trial.bot_api import FakeBotApi
from connectors.trial.bot_api_customer import Customer
from tests.connectors.telegram.scene import SECRET
from tests.fakes import FakeClock


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi().running() as running:
        yield running


@pytest.fixture
def mia(api: FakeBotApi) -> Customer:
    return Customer(api)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def channel(api: FakeBotApi, clock: FakeClock) -> AsyncIterator[TelegramChannel]:
    options = TelegramOptions(api.token, SECRET, url=api.url)
    channel = TelegramChannel(options, clock=clock, sleep=clock.sleep)
    yield channel
    await channel.close()


@pytest.fixture
async def hasty(api: FakeBotApi, clock: FakeClock) -> AsyncIterator[TelegramChannel]:
    """The channel with little patience, for platforms that do not answer."""
    options = TelegramOptions(api.token, SECRET, url=api.url, timeout_s=1.0)
    channel = TelegramChannel(options, clock=clock, sleep=clock.sleep)
    yield channel
    await channel.close()


@pytest.fixture
async def asking(api: FakeBotApi, clock: FakeClock) -> AsyncIterator[TelegramChannel]:
    """The channel as it is without a public address."""
    options = TelegramOptions(api.token, SECRET, polling=True, url=api.url, timeout_s=2, poll_s=1)
    channel = TelegramChannel(options, clock=clock, sleep=clock.sleep)
    yield channel
    await channel.close()
