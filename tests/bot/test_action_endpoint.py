"""The way to the action server: whatever comes back that is not an answer is loud."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import ClientResponseError

from bot.action_endpoint import ActionEndpoint
from bot.errors import ActionFailed, ActionsAway
from tests.bot.conftest import PROJECT, free_port

GOOD = b'{"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []}'


def answered(status: str, body: bytes, then: Callable[[ActionEndpoint], Awaitable[Any]]) -> tuple[Any, list[bytes]]:
    """What an endpoint makes of an answer, and the requests and connections that the server saw."""

    async def run() -> tuple[Any, list[bytes]]:
        seen: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(b"connected")
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                    seen.append(head + await reader.readexactly(length))
                    if status == "hang":
                        await asyncio.sleep(30)
                    if status == "drop":
                        break
                    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            except asyncio.IncompleteReadError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        endpoint = ActionEndpoint(f"http://127.0.0.1:{port}/webhook", "secret", timeout_seconds=0.5)
        endpoint.serve_domain(Domain.load(PROJECT / "domain.yml"))
        try:
            return await then(endpoint), seen
        finally:
            await endpoint.close()
            server.close()

    return asyncio.run(run())


async def call(endpoint: ActionEndpoint) -> Any:
    return await endpoint.request(json={"next_action": "action_x", "domain": {"responses": {"utter_x": []}}})


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Oops", b'{"error": "canary"}'),
        ("404 Not Found", b'{"error": "no such action", "action_name": "action_x"}'),
        ("400 Bad Request", b'{"error": "Invalid body request"}'),
        ("200 OK", b""),
        ("200 OK", b"<html>"),
        ("200 OK", b"null"),
        ("200 OK", b"[]"),
        ("200 OK", b"{}"),
        ("200 OK", b'{"events": {}, "responses": []}'),
        ("200 OK", b'{"events": [1], "responses": []}'),
        ("200 OK", b'{"events": [{}], "responses": []}'),
        ("204 No Content", b""),
        ("302 Found", GOOD),
        ("hang", b""),
    ],
)
def test_what_is_no_answer_is_an_action_failed(status: str, body: bytes) -> None:
    async def then(endpoint: ActionEndpoint) -> str:
        with pytest.raises(ActionFailed) as raised:
            await call(endpoint)
        return raised.value.message

    message, _ = answered(status, body, then)
    assert "action_x" in message
    assert "canary" not in message


def test_a_server_that_is_not_there_is_away() -> None:
    async def run() -> None:
        endpoint = ActionEndpoint(f"http://127.0.0.1:{free_port()}/webhook", None, timeout_seconds=0.5)
        with pytest.raises(ActionsAway) as raised:
            await call(endpoint)
        assert raised.value.status == 503
        await endpoint.close()

    asyncio.run(run())


def test_a_server_that_goes_away_before_it_answers_is_away() -> None:
    async def then(endpoint: ActionEndpoint) -> str:
        with pytest.raises(ActionsAway) as raised:
            await call(endpoint)
        return raised.value.message

    message, _ = answered("drop", b"", then)
    assert "action_x" in message


def test_a_rejection_reaches_rasa() -> None:
    async def then(endpoint: ActionEndpoint) -> int:
        with pytest.raises(ClientResponseError) as raised:
            await call(endpoint)
        return int(raised.value.status)

    status, _ = answered("400 Bad Request", b'{"error": "no", "action_name": "action_x"}', then)
    assert status == 400


def test_calls_share_a_connection_carry_the_secret_and_a_small_domain() -> None:
    async def then(endpoint: ActionEndpoint) -> None:
        await call(endpoint)
        await call(endpoint)

    _, seen = answered("200 OK", GOOD, then)
    assert seen.count(b"connected") == 1
    requests = seen[1:]
    assert len(requests) == 2
    assert all(b"Authorization: Bearer secret" in request for request in requests)
    assert all(b'"return_form"' in request and b"utter_" not in request for request in requests)
