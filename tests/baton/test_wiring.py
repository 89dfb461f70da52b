"""The composition root with fakes at the ports: a whole gateway in this process, over real HTTP."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest

from baton.channels import media_of
from baton.settings import Settings
from baton.settings_source import with_secrets
from baton.wiring import build, calendar_of, exposure_of, rules_of
from connectors.listen import App, bind, listening
from handoff.errors import InvalidInput
from handoff.store.memory import MemoryStore
from tests.fakes import ScriptedBot


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_secrets(replace(Settings(), home=tmp_path))


async def client(leaving: AsyncExitStack, app: App, **headers: str) -> httpx.AsyncClient:
    sock = bind("127.0.0.1", 0)
    address = f"http://127.0.0.1:{sock.getsockname()[1]}"
    await leaving.enter_async_context(listening(app, sock, grace_s=1))
    return await leaving.enter_async_context(httpx.AsyncClient(base_url=address, headers=headers, trust_env=False))


async def test_what_is_built_answers_a_customer_and_an_action(settings: Settings) -> None:
    parts = build(settings, MemoryStore(), ScriptedBot(), media_of(settings), {})
    async with AsyncExitStack() as leaving:
        loops = [asyncio.create_task(part.run()) for part in (parts.worker, parts.router, parts.hub)]
        for loop in loops:
            leaving.callback(loop.cancel)
        public = await client(leaving, parts.public)
        session = (await public.post("/api/chat/sessions", json={})).json()
        public.headers["Authorization"] = f"Bearer {session['token']}"
        await public.post("/api/chat/messages", json={"client_msg_id": "1", "text": "hello"})
        after, said = 0, ""
        while "bot: hello" not in said:
            page = (await public.get(f"/api/chat/events?after={after}&wait=5")).json()
            after, said = page["last_seq"], said + "".join(entry["text"] for entry in page["entries"])
        internal = await client(leaving, parts.internal, Authorization=f"Bearer {settings.internal_secret}")
        assert (await internal.get("/internal/availability")).json()["agents_online"] == 0
        assert (await internal.get("/internal/callbacks/slots?limit=3")).json()["slots"]


async def test_the_internal_api_is_closed_without_its_secret(settings: Settings) -> None:
    parts = build(settings, MemoryStore(), ScriptedBot(), media_of(settings), {})
    async with AsyncExitStack() as leaving:
        stranger = await client(leaving, parts.internal)
        for secret in ("x", settings.turn_secret, settings.session_secret):
            answer = await stranger.get("/internal/availability", headers={"Authorization": f"Bearer {secret}"})
            assert answer.status_code == 401


def test_the_business_s_numbers_reach_the_rules_and_the_calendar() -> None:
    told = replace(
        Settings(),
        offer_seconds=11,
        grace_seconds=42,
        turn_timeout_seconds=5,
        notice_interval_seconds=13,
        business_timezone="Europe/London",
        business_hours="Sat 10:00-12:00",
        holiday_country="GB",
        closed_dates=("2026-12-31",),
        slot_minutes=20,
        slot_places=3,
        slot_lead_minutes=15,
        slot_days=4,
    )
    rules, calendar = rules_of(told), calendar_of(told)
    assert (rules.offer_seconds, rules.grace_seconds, rules.turn_timeout_s, rules.notice_seconds) == (11, 42, 5, 13)
    assert (calendar.time_zone, calendar.country, list(calendar.week)) == ("Europe/London", "GB", [5])
    assert calendar.closed == {date(2026, 12, 31)}
    assert (calendar.slot_minutes, calendar.places, calendar.lead_minutes, calendar.days_ahead) == (20, 3, 15, 4)


def test_a_country_without_known_holidays_stops_the_start() -> None:
    with pytest.raises(InvalidInput):
        calendar_of(replace(Settings(), holiday_country="XX"))


def test_the_desk_opens_under_every_address_of_its_own_and_no_other(settings: Settings) -> None:
    assert exposure_of(settings).desk_origins == ("http://127.0.0.1:8080", "http://localhost:8080")
    public = exposure_of(replace(settings, public_url="https://help.example/"))
    assert (public.desk_origins, public.https) == (("https://help.example",), True)
