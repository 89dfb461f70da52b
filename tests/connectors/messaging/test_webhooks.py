"""The routes: bounded, closed to what is forged, and honest about what was kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from connectors.base import Webhook
from connectors.events import Forged, InboundEvent, Unreadable
from connectors.messaging import webhooks
from tests.connectors.messaging.played import KIM, PlayedChannel
from tests.connectors.messaging.rig import Rig
from tests.waiting import PATIENCE_S

TO = KIM.ids


class Fussy(PlayedChannel):
    """A channel whose adapter has defects."""

    def verify(self, webhook: Webhook) -> None:
        if webhook.headers.get("x-proof") == "odd":
            raise KeyError("a defect")
        if webhook.headers.get("x-proof") != "yes":
            raise Forged("No proof.")

    def greet(self, webhook: Webhook) -> str | None:
        if webhook.query.get("token") != "t":
            raise Forged("No token.")
        return webhook.query.get("challenge")

    def parse(self, body: bytes) -> Sequence[InboundEvent]:
        if body == b"unreadable":
            raise Unreadable("No.")
        if body.startswith(b"defect"):
            raise KeyError(body)
        return super().parse(body)


PROOF = {"x-proof": "yes"}


@pytest.fixture
async def rig() -> Rig:
    return Rig.of(Fussy())


@pytest.fixture
async def http(rig: Rig) -> AsyncIterator[httpx.AsyncClient]:
    async with rig.listening() as client:
        yield client


async def test_a_greeting_is_answered_to_who_knows_the_token(http: httpx.AsyncClient) -> None:
    answer = await http.get("/webhooks/played?token=t&challenge=%3Cb%3E&challenge=2")
    assert (answer.status_code, answer.text) == (200, "<b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (await http.get("/webhooks/played?token=x")).status_code == 401
    assert (await http.get("/webhooks/played?token=t")).status_code == 404


async def test_other_channels_and_methods_do_not_exist(http: httpx.AsyncClient) -> None:
    assert (await http.post("/webhooks/other", content=b"hello", headers=PROOF)).status_code == 404
    assert (await http.get("/webhooks/other")).status_code == 404
    assert (await http.put("/webhooks/played", content=b"hello", headers=PROOF)).status_code == 405


async def test_what_is_forged_is_401_and_what_is_unreadable_400(rig: Rig, http: httpx.AsyncClient) -> None:
    assert (await http.post("/webhooks/played", content=b"hello")).status_code == 401
    assert (await http.post("/webhooks/played", content=b"hello", headers={"x-proof": "odd"})).status_code == 401
    assert (await http.post("/webhooks/played", content=b"unreadable", headers=PROOF)).status_code == 400
    assert await rig.store.contacts.find("played", TO) is None
    assert rig.counts.read() == {("played", "forged"): 2, ("played", "unreadable"): 1}


async def test_a_defect_in_parsing_is_no_5xx(
    rig: Rig, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await http.post("/webhooks/played", content=b"defect, my secret", headers=PROOF)).status_code == 200
    assert rig.counts.of("played", "defect") == 1
    assert "secret" not in caplog.text


async def test_more_than_an_ordinary_body_may_come(rig: Rig, http: httpx.AsyncClient) -> None:
    """Goes red when the app's limit of 64 kB holds here."""
    body = b"x" * 200_000
    assert (await http.post("/webhooks/played", content=body, headers=PROOF)).status_code == 200
    assert len((await rig.written(TO))[0]) == 8192


async def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(rig: Rig, http: httpx.AsyncClient) -> None:
    """Goes red when only Content-Length is looked at."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 65536

    try:
        answer = await http.post("/webhooks/played", content=endless(), headers=PROOF)
        assert answer.status_code == 413
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        pass  # cut off while it was still writing
    assert rig.counts.of("played", "too_large") == 1
    assert (await http.post("/webhooks/played", content=b"hello", headers=PROOF)).status_code == 200


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    rig: Rig, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "ARRIVAL_S", 0.05)
    host, port = http.base_url.host, http.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"POST /webhooks/played HTTP/1.1\r\nhost: x\r\nx-proof: yes\r\ncontent-length: 100\r\n\r\nhello")
    await writer.drain()
    async with asyncio.timeout(PATIENCE_S):
        assert b" 408 " in await reader.readline()
    writer.close()
    assert await rig.store.contacts.find("played", TO) is None


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "GZIP, identity", "zstd"])
async def test_compressed_bodies_are_refused(http: httpx.AsyncClient, coding: str) -> None:
    headers = {**PROOF, "content-encoding": coding}
    assert (await http.post("/webhooks/played", content=b"hello", headers=headers)).status_code == 415
