"""The public app: what every answer carries, and how it starts and stops."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

import connectors
from connectors.app import Exposure
from handoff.store.memory import MemoryStore
from tests.connectors.site import Site
from tests.waiting import PATIENCE_S, eventually

_PATHS = ("/desk", "/widget.js", "/static/desk/desk.js", "/api/health", "/api/openapi.json", "/nothing", "/api/desk/me")


@pytest.mark.parametrize("path", _PATHS)
async def test_every_answer_carries_the_security_headers_errors_too(site: Site, path: str) -> None:
    headers = (await site.http.get(path)).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in headers


async def test_over_https_browsers_are_told_to_stay_there(site: Site) -> None:
    assert "strict-transport-security" not in (await site.http.get("/desk")).headers
    async with Site.running(MemoryStore(), https=True) as over_tls:
        assert "max-age" in (await over_tls.http.get("/desk")).headers["strict-transport-security"]


def test_the_pages_have_no_inline_script_or_style() -> None:
    pages = list(Path(next(iter(connectors.__path__))).rglob("static/**/*.html"))
    assert pages
    for page in pages:
        markup = page.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", markup), page
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", markup), page


async def test_a_waiting_poll_is_answered_when_the_process_stops() -> None:
    async with Site.running(MemoryStore()) as site:
        customer = await site.customer()
        waiting = asyncio.create_task(customer.events(wait=20))

        async def listens() -> bool:
            return bool(site.hub._listeners)

        await eventually(listens)
        site.hub.close()
        async with asyncio.timeout(PATIENCE_S):
            assert (await waiting)["entries"] == []


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_weak_session_secret_stops_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Exposure(session_secret=secret, api_key="k", desk_origins=())
