"""The customer's live socket."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest
from websockets.asyncio.client import connect

from connectors import socket as sockets
from connectors.web import routes
from handoff.entry import Author, Entry, Kind
from tests.connectors.site import Live, Site, said
from tests.waiting import eventually


def address(site: Site, query: str = "") -> str:
    return f"{site.origin.replace('http', 'ws')}/api/chat/ws{query}"


async def test_the_first_frame_is_the_history_and_then_what_comes(any_site: Site) -> None:
    customer = await any_site.customer()
    await customer.send("one")
    await customer.until(said("bot: one"))
    async with customer.live() as live:
        first = await live.frame()
        assert [entry["text"] for entry in first["entries"]] == ["one", "bot: one"]
        assert first["last_seq"] == 2
        await customer.send("two")
        assert (await live.entry(said("bot: two")))["author"] == "bot"


async def test_a_socket_resumes_after_the_seq_it_names(site: Site) -> None:
    customer = await site.customer()
    await customer.send("one")
    await customer.until(said("bot: one"))
    async with customer.live(after=1) as live:
        assert [entry["seq"] for entry in (await live.frame())["entries"]] == [2]


async def test_a_ping_is_answered(site: Site) -> None:
    async with (await site.customer()).live() as live:
        await live.frame()
        await live.send(ping=1)
        assert await live.frame() == {"pong": 1}


async def test_the_agent_typing_is_shown_live_and_is_in_no_log(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, ada.live() as desk, customer.live() as live:
        await ada.done(customer, "claim")
        await live.entry(lambda entry: entry.get("owner") == "agent")
        await desk.send(typing=customer.conversation_id)
        typing = await live.entry(lambda entry: entry["kind"] == "typing")
        assert typing["author"] == "agent"
        assert typing["typing"] is True
        page = await customer.events()
        assert typing["seq"] == page["last_seq"]
        assert "typing" not in {entry["kind"] for entry in page["entries"]}


async def test_an_agent_who_does_not_have_the_conversation_cannot_pretend_to_type(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, site.agent("bo") as bo, bo.live() as meddler, customer.live() as live:
        await ada.done(customer, "claim")
        await meddler.send(typing=customer.conversation_id)
        await meddler.send(ping=1)
        await meddler.until(lambda frame: frame["type"] == "pong")
        await ada.reply(customer, "hello")
        frames = [await live.frame()]
        while not any(map(said("hello"), frames[-1]["entries"])):
            frames.append(await live.frame())
        assert "typing" not in {entry["kind"] for frame in frames for entry in frame["entries"]}


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"token": "x.y"}, 4401),
        ({}, 4422),
        ({"ping": 1}, 4422),
        ({"token": 5}, 4422),
        ("not json", 4400),
        ("[1]", 4400),
        (b"\x00\x01", 4400),
    ],
)
async def test_a_socket_that_does_not_introduce_itself_is_told_and_closed(site: Site, first: Any, code: int) -> None:
    async with connect(address(site)) as page:
        await page.send(json.dumps(first) if isinstance(first, dict) else first)
        live = Live(page)
        assert "error" in await live.frame()
        assert await live.closing() == code


async def test_a_socket_that_says_nothing_is_closed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "FIRST_FRAME_S", 0.05)
    async with connect(address(site)) as page:
        assert await Live(page).closing() == 4401


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?token=x", "?after=1&after=2"])
async def test_a_socket_with_a_wrong_query_is_closed(site: Site, query: str) -> None:
    async with connect(address(site, query)) as page:
        assert await Live(page).closing() == 4422


async def test_a_frame_over_its_limit_closes_only_its_own_socket(site: Site) -> None:
    customer = await site.customer()
    async with customer.live() as loud, customer.live() as calm:
        await loud.frame()
        await calm.frame()
        await loud.socket.send("x" * 1_000_000)
        assert await loud.closing() == 1009
        await customer.send("hello")
        await calm.entry(said("bot: hello"))


async def test_a_page_that_does_not_read_is_cut_off_and_holds_up_nobody(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SEND_LIMIT_S", 0.3)
    customer = await site.customer()
    # Far more than the buffers of both kernels hold: some 24 MB.
    long = Entry(Kind.MESSAGE, Author.AGENT, site.clock(), text="😀" * 4000)
    await site.append(customer.conversation_id, *[long] * 1500)
    deaf = await deaf_page(site, customer.token)

    async def deaf_page_is_served() -> bool:
        return len(site.hub._listeners) == 1

    async def only_the_other_is_served() -> bool:
        return len(site.hub._listeners) == 1 and len(site.app.websocket_tasks) == 1

    await eventually(deaf_page_is_served)
    async with customer.live(after=1500) as live:
        await live.frame()
        await customer.send("hello")
        await live.entry(said("bot: hello"))
        await eventually(only_the_other_is_served)
        await customer.send("still here")
        await live.entry(said("bot: still here"))
    deaf.close()


async def deaf_page(site: Site, token: str) -> socket.socket:
    """Open a live socket that never reads once it is open."""
    host, port = site.origin.removeprefix("http://").split(":")
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(deaf, (host, int(port)))
    handshake = (
        f"GET /api/chat/ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await loop.sock_sendall(deaf, handshake.encode())
    assert b" 101 " in await loop.sock_recv(deaf, 1024)
    frame = json.dumps({"token": token}).encode()
    # A client's frame is masked; a mask of zeros changes nothing.
    masked = bytes((0x81, 0x80 | 126)) + len(frame).to_bytes(2, "big") + bytes(4) + frame
    await loop.sock_sendall(deaf, masked)
    return deaf


async def test_nothing_is_kept_of_sockets_that_closed(site: Site) -> None:
    customer = await site.customer()
    for _ in range(5):
        async with customer.live() as live:
            await live.frame()

    async def all_gone() -> bool:
        return not site.hub._listeners and not site.app.websocket_tasks

    await eventually(all_gone)
