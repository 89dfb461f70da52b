"""Promise 11: it fails honestly — Redis stopped gives 503 with Retry-After, never a false 2xx, and it comes back.

Seen red with `Gateway.accept` answering before the store did.
"""

from __future__ import annotations

import asyncio
import os
import signal

import httpx
import pytest

from baton.redis_server import RunningRedis
from handoff.store.memory import MemoryStore
from handoff.store.redis_store import RedisStore
from tests.connectors.site import Customer, Site, said
from tests.waiting import eventually


def honest(answer: httpx.Response) -> None:
    """Check that an answer says that nothing was accepted, and when to come back."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["error"]["code"] == "store_unavailable"


async def calls(site: Site, customer: Customer, token: str) -> list[httpx.Response]:
    """Call what needs the store, all at once."""
    desk = {"Cookie": f"baton_desk={token}", "Origin": site.origin}
    body = {"login": "ada", "password": "a password of ten"}
    return await asyncio.gather(
        customer.post(client_msg_id="during", text="hello?"),
        site.http.get("/api/chat/events", headers=customer.headers),
        site.http.post("/api/chat/sessions", json={}),
        site.http.post("/api/desk/login", json=body, headers=desk),
        site.http.get("/api/desk/overview", headers=desk),
    )


async def test_while_the_store_is_down_every_call_says_so_and_afterwards_all_is_well(site: Site) -> None:
    assert isinstance(site.store, MemoryStore)
    async with site.agent() as ada:
        customer = await site.waiting_customer()
        before = await customer.events()
        site.store.answers = False
        for answer in await calls(site, customer, ada.http.cookies["baton_desk"]):
            honest(answer)
        health = await site.http.get("/api/health")
        assert health.status_code == 503
        assert health.json() == {"status": "degraded", "redis": False, "bot": True}
        site.store.answers = True
        assert (await customer.events())["entries"] == before["entries"]
        assert (await site.http.get("/api/health")).json() == {"status": "ok", "redis": True, "bot": True}


async def test_a_bot_that_is_down_is_told_by_health_and_messages_are_still_kept(site: Site) -> None:
    site.bot.down = True
    customer = await site.customer()
    health = await site.http.get("/api/health")
    assert health.status_code == 200
    assert health.json() == {"status": "degraded", "redis": True, "bot": False}
    await customer.send("hello")
    await customer.until(lambda entry: entry.get("owner") == "queue")


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL], ids=["hangs", "is killed"])
async def test_a_redis_that_fails_gives_no_false_answer(own_redis: RunningRedis, how: signal.Signals) -> None:
    store = RedisStore(own_redis.url)
    async with Site.running(store) as site, site.agent() as ada:
        customer = await site.waiting_customer()
        kept = await customer.send("before", "before")
        os.kill(own_redis.pid, how)
        try:
            async with asyncio.timeout(25):
                for answer in await calls(site, customer, ada.http.cookies["baton_desk"]):
                    honest(answer)
            assert (await site.http.get("/api/health")).json()["redis"] is False
        finally:
            if how is signal.SIGSTOP:
                os.kill(own_redis.pid, signal.SIGCONT)
        if how is signal.SIGSTOP:

            async def back() -> bool:
                return bool((await site.http.get("/api/health")).json()["redis"])

            await eventually(back)
            assert await customer.send("before", "before") == kept
            await customer.send("during")
            await customer.until(said("during"))
            texts = [entry["text"] for entry in (await customer.events())["entries"]]
            assert texts.count("before") == 1
            assert texts.count("during") == 1
    await store.close()
