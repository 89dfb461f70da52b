"""The gateway as actions see it, against a server that keeps the contract."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from actions.internal_api import (
    CallbackGone,
    CallbackHoldExpired,
    CallbackSlotTaken,
    CallbackSlotUnknown,
    InternalApi,
    InternalApiMisconfigured,
    InternalApiUnavailable,
)
from tests.actions.gateway import SECRET, Gateway, serving

FIRST = "2026-11-23T09:00:00Z"


def play(test: Callable[[InternalApi, Gateway], Awaitable[None]], secret: str = SECRET) -> None:
    """Run a test with an API on a running gateway."""

    async def run() -> None:
        async with serving(Gateway()) as gateway:
            api = InternalApi(gateway.url, secret)
            try:
                await test(api, gateway)
            finally:
                await api.close()

    asyncio.run(run())


def test_somebody_is_there_whenever_an_agent_is_online() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        assert (await api.availability("en")).somebody_is_there
        gateway.agents_online = 0
        assert not (await api.availability("en")).somebody_is_there
        gateway.open_now, gateway.agents_online = False, 1
        closed = await api.availability("en")
        assert closed.somebody_is_there
        assert closed.opens_at is not None
        assert closed.opens_at.utcoffset() is not None

    play(test)


def test_a_callback_is_held_booked_moved_and_cancelled() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        first, second = (await api.callback_slots(limit=2, language="en"))[:2]
        held = await api.hold_callback("c_1", first.slot_id, language="en", idempotency_key="1")
        assert held.status == "held"
        assert await api.booked_callbacks("c_1", language="en") == ()
        await api.book_callback(
            held.callback_id, phone="+4532123456", topic="x", name=None, language="en", idempotency_key="2"
        )
        moved = await api.change_callback(held.callback_id, second.slot_id, language="en", idempotency_key="3")
        assert moved.title == second.title
        assert [callback.title for callback in await api.booked_callbacks("c_1", language="en")] == [second.title]
        await api.cancel_callback(held.callback_id, idempotency_key="4")
        assert await api.booked_callbacks("c_1", language="en") == ()

    play(test)


def test_the_same_key_holds_once() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        held = [await api.hold_callback("c_1", FIRST, language="en", idempotency_key="1") for _ in range(3)]
        assert len({callback.callback_id for callback in held}) == 1
        assert len(gateway.callbacks) == 1

    play(test)


def test_refusals_have_names() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        gateway.taken.add(FIRST)
        with pytest.raises(CallbackSlotTaken):
            await api.hold_callback("c_1", FIRST, language="en", idempotency_key="1")
        with pytest.raises(CallbackSlotUnknown):
            await api.hold_callback("c_1", "2026-11-22T09:00:00Z", language="en", idempotency_key="4")
        with pytest.raises(CallbackHoldExpired):
            await api.book_callback(
                "cb_9", phone="+4532123456", topic="x", name=None, language="en", idempotency_key="2"
            )
        with pytest.raises(CallbackGone):
            await api.cancel_callback("cb_9", idempotency_key="3")

    play(test)


def test_a_wrong_secret_is_for_the_operator() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        with pytest.raises(InternalApiMisconfigured):
            await api.availability("en")

    play(test, secret="wrong")


def test_a_failing_gateway_is_unavailable() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        gateway.failing = 500
        with pytest.raises(InternalApiUnavailable):
            await api.availability("en")

    play(test)


def test_a_gateway_that_is_not_there_is_unavailable() -> None:
    async def run() -> None:
        async with serving(Gateway()) as gateway:
            url = gateway.url
        api = InternalApi(url, SECRET)
        with pytest.raises(InternalApiUnavailable):
            await api.availability("en")
        await api.close()

    asyncio.run(run())


def test_a_gateway_that_hangs_is_given_up_on() -> None:
    async def run() -> None:
        released = asyncio.Event()

        async def hang(_: web.Request) -> web.Response:
            await released.wait()
            return web.json_response({})

        app = web.Application()
        app.add_routes([web.get("/internal/availability", hang)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api = InternalApi(f"http://127.0.0.1:{runner.addresses[0][1]}", SECRET, timeout_seconds=0.1)
        with pytest.raises(InternalApiUnavailable):
            await api.availability("en")
        released.set()
        await api.close()
        await runner.cleanup()

    asyncio.run(run())


def test_what_the_customer_reads_is_asked_for_in_their_language() -> None:
    async def test(api: InternalApi, gateway: Gateway) -> None:
        await api.availability("zh")
        await api.callback_slots(limit=1, language="da")
        held = await api.hold_callback("c_1", FIRST, language="ar", idempotency_key="1")
        await api.booked_callbacks("c_1", language="ru")
        await api.change_callback(held.callback_id, FIRST, language="zh", idempotency_key="2")
        assert gateway.languages == ["zh", "da", "ar", "ru", "zh"]

    play(test)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(InternalApiMisconfigured, match="BATON_INTERNAL_URL"):
        InternalApi.from_environment({})
