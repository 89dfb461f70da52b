"""Asking for messages: nothing is struck off at the platform before it was taken, and no trouble ends the asking."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, cast

import pytest

from connectors.events import Ignored, InboundEvent, MessageReceived
from connectors.telegram import TelegramChannel
from connectors.trial.bot_api import FakeBotApi
from connectors.trial.bot_api_customer import Customer
from connectors.trial.bot_api_post import Webhook
from tests.fakes import FakeClock
from tests.waiting import PATIENCE_S, eventually


def texts(events: Sequence[InboundEvent]) -> list[str | None]:
    return [event.text for event in events if isinstance(event, MessageReceived)]


def polled(channel: TelegramChannel) -> aclosing[Any]:
    return aclosing(cast("Any", channel.poll()))


async def next_of(batches: AsyncIterator[Sequence[InboundEvent]]) -> Sequence[InboundEvent]:
    async with asyncio.timeout(PATIENCE_S):
        return await anext(batches)


async def test_what_is_new_comes_in_order(mia: Customer, asking: TelegramChannel) -> None:
    for text in ("one", "two", "three"):
        mia.write(text)
    async with polled(asking) as batches:
        assert texts(await next_of(batches)) == ["one", "two", "three"]


async def test_a_batch_that_was_not_taken_comes_again(api: FakeBotApi, mia: Customer, asking: TelegramChannel) -> None:
    mia.write("once")
    async with polled(asking) as batches:
        first = await next_of(batches)
    async with polled(asking) as batches:
        assert await next_of(batches) == first
        mia.write("more")
        assert texts(await next_of(batches)) == ["more"]
    assert len(api.post.waiting) == 1


async def test_a_question_that_waits_is_answered_by_what_comes(
    api: FakeBotApi, mia: Customer, asking: TelegramChannel
) -> None:
    async with polled(asking) as batches:
        waiting = asyncio.create_task(next_of(batches))
        await eventually(lambda: "getupdates" in api.calls)
        mia.write("late")
        assert texts(await waiting) == ["late"]


async def test_an_update_that_cannot_be_read_holds_up_no_other(
    api: FakeBotApi, mia: Customer, asking: TelegramChannel
) -> None:
    api.post.put_raw({"update_id": 814_000_000, "message": {"chat": 5, "photo": "?"}})
    mia.write("after")
    async with polled(asking) as batches:
        batch = await next_of(batches)
        assert batch[0] == Ignored("malformed", external_id="u814000000")
        assert texts(batch) == ["after"]
        mia.write("and on")
        assert texts(await next_of(batches)) == ["and on"]


async def test_a_webhook_in_the_way_is_reported_and_waited_for(
    api: FakeBotApi, mia: Customer, asking: TelegramChannel, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    mia.write("patience")
    api.post.webhook = Webhook("http://127.0.0.1:9/")
    began = clock.now
    caplog.set_level(logging.ERROR)
    async with polled(asking) as batches:
        waiting = asyncio.create_task(next_of(batches))
        await eventually(lambda: clock.now >= began + 60_000)
        api.post.webhook = None
        assert texts(await waiting) == ["patience"]
    assert "set-webhook" in caplog.text
    assert api.token not in caplog.text


async def test_a_platform_that_is_away_is_asked_rarely(
    api: FakeBotApi, mia: Customer, asking: TelegramChannel, clock: FakeClock
) -> None:
    token, api.token = api.token, "1:another"
    began = clock.now
    mia.write("back")
    async with polled(asking) as batches:
        waiting = asyncio.create_task(next_of(batches))
        await eventually(lambda: len(api.calls) >= 3)
        assert clock.now - began >= 120_000
        api.token = token
        assert texts(await waiting) == ["back"]
