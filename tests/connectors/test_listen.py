"""Several apps in one process, started and stopped cleanly."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic
from sanic import text as text_response

from connectors.listen import bind, listening, new_app
from tests.waiting import PATIENCE_S


async def test_apps_of_the_same_name_live_side_by_side() -> None:
    apps, socks = [new_app("twin"), new_app("twin")], [bind("127.0.0.1", 0), bind("127.0.0.1", 0)]
    for number, app in enumerate(apps):

        async def tell(_: Request, number: int = number) -> HTTPResponse:
            return text_response(str(number))

        app.add_route(tell, "/")
    async with listening(apps[0], socks[0]), listening(apps[1], socks[1]), httpx.AsyncClient() as http:
        for number, sock in enumerate(socks):
            answer = await http.get(f"http://127.0.0.1:{sock.getsockname()[1]}/")
            assert answer.text == str(number)


def test_making_apps_leaves_no_trace_in_the_process() -> None:
    before = dict(Sanic._app_registry)
    handlers = list(logging.getLogger("sanic.root").handlers)
    new_app("one")
    assert dict(Sanic._app_registry) == before
    assert logging.getLogger("sanic.root").handlers == handlers


async def test_leaving_lets_a_request_under_way_end() -> None:
    app, sock = new_app("slow"), bind("127.0.0.1", 0)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> HTTPResponse:
        begun.set()
        await may_end.wait()
        return text_response("ended")

    app.add_route(slow, "/")
    async with httpx.AsyncClient() as http:
        async with listening(app, sock, grace_s=5):
            asked = asyncio.create_task(http.get(f"http://127.0.0.1:{sock.getsockname()[1]}/"))
            await begun.wait()
            asyncio.get_running_loop().call_later(0.05, may_end.set)
        assert (await asked).text == "ended"


async def test_leaving_cuts_what_does_not_end_in_time() -> None:
    app, sock = new_app("stuck"), bind("127.0.0.1", 0)
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def stuck(_: Request) -> HTTPResponse:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return text_response("never")

    app.add_route(stuck, "/")
    async with httpx.AsyncClient() as http:
        async with listening(app, sock, grace_s=0.05):
            asked = asyncio.create_task(http.get(f"http://127.0.0.1:{sock.getsockname()[1]}/"))
            await begun.wait()
        with pytest.raises(httpx.TransportError):
            await asked
        async with asyncio.timeout(PATIENCE_S):
            await cancelled.wait()


async def test_a_signal_that_is_handled_is_heard_and_no_other_is_looked_up() -> None:
    app, sock = new_app("signals"), bind("127.0.0.1", 0)
    heard: list[str] = []

    async def note(request: Request) -> None:
        heard.append(request.path)

    async def tell(_: Request) -> HTTPResponse:
        return text_response("hello")

    app.add_signal(note, "http.lifecycle.request")
    app.add_route(tell, "/")
    async with listening(app, sock), httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{sock.getsockname()[1]}/")
        assert answer.text == "hello"
        assert heard == ["/"]
        assert await app.dispatch("http.lifecycle.response", inline=True) is None


def test_a_taken_address_is_refused_before_anything_starts() -> None:
    taken = bind("127.0.0.1", 0)
    taken.listen()
    with pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", taken.getsockname()[1])
    taken.close()
