"""What every face shares: errors rendered as the contracts say, bodies and queries read strictly."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.fields import fields_of, flag, instant, integer, one_of, text
from connectors.http import bearer_token, read_json, read_query, render_errors
from connectors.listen import bind, listening, new_app
from handoff import errors
from handoff.errors import BatonError, TooManyAttempts

FIELDS = {
    "word": text(5),
    "maybe": text(5, default=None),
    "count": integer(1, 9, default=1),
    "yes": flag(default=False),
    "colour": one_of("red", "blue", default="red"),
    "at": instant(default=0),
    "user": fields_of({"id": text(5)}, default=None),
}
CANARY = "kim@example.org"


class Raised:
    """What the app is to fail with."""

    error: Exception = BatonError("Nothing yet.")


@pytest.fixture
async def face() -> AsyncIterator[httpx.AsyncClient]:
    app = new_app("face")
    render_errors(app, max_body=2000)

    @app.post("/echo")
    async def echo(request: Request) -> HTTPResponse:
        return json_response(read_json(request, FIELDS, max_body=1000))

    @app.get("/query")
    async def query(request: Request) -> HTTPResponse:
        return json_response(read_query(request, FIELDS))

    @app.get("/token")
    async def token(request: Request) -> HTTPResponse:
        return json_response(bearer_token(request))

    @app.get("/fail")
    async def fail(request: Request) -> HTTPResponse:
        raise Raised.error

    sock = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with listening(app, sock), httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


async def send(face: httpx.AsyncClient, body: bytes, content_type: str = "application/json") -> httpx.Response:
    return await face.post("/echo", content=body, headers={"content-type": content_type})


def code(answer: httpx.Response) -> str:
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}
    return str(answer.json()["error"]["code"])


def _tree(error: type[BatonError]) -> Iterator[type[BatonError]]:
    yield error
    for child in error.__subclasses__():
        yield from _tree(child)


@pytest.mark.parametrize(
    "error", [e for e in _tree(BatonError) if e.__module__ == errors.__name__], ids=lambda error: error.__name__
)
async def test_each_error_of_the_tree_has_its_status_code_and_sentence(
    face: httpx.AsyncClient, error: type[BatonError]
) -> None:
    arguments: tuple[Any, ...] = ("A sentence.", 7) if error is TooManyAttempts else ("A sentence.",)
    Raised.error = error(*arguments)
    answer = await face.get("/fail")
    assert (answer.status_code, code(answer)) == (error.status, error.code)
    assert "A sentence." in answer.json()["error"]["message"]
    assert ("retry-after" in answer.headers) == (error.status in (429, 503))


async def test_an_error_of_our_own_making_tells_nothing_outside_and_no_personal_data_to_the_log(
    face: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    Raised.error = ValueError(f"cannot digest {CANARY}")
    with caplog.at_level(logging.DEBUG):
        answer = await face.get(f"/fail?mail={CANARY}")
    assert (answer.status_code, code(answer)) == (500, "internal_error")
    assert "GET /fail could not be answered: ValueError" in caplog.text
    assert CANARY not in answer.text
    assert CANARY not in "".join(r.getMessage() for r in caplog.records if r.name.startswith("connectors"))


async def test_an_unknown_address_and_a_wrong_method_have_the_same_body(face: httpx.AsyncClient) -> None:
    assert code(await face.get(f"/{CANARY}")) == "not_found"
    wrong = await face.get("/echo")
    assert (wrong.status_code, code(wrong), wrong.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_body_comes_out_with_exactly_its_fields(face: httpx.AsyncClient) -> None:
    answer = await send(
        face, b'{"word": "hi", "at": "2026-11-22T10:00:00Z", "user": {"id": "u"}}', "application/json; x=y"
    )
    assert answer.json() == {
        "word": "hi",
        "maybe": None,
        "count": 1,
        "yes": False,
        "colour": "red",
        "at": 1795341600000,
        "user": {"id": "u"},
    }


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "word"),
        ({"word": ""}, "word"),
        ({"word": "sixsix"}, "word"),
        ({"word": None}, "word"),
        ({"word": ["hi"]}, "word"),
        ({"word": "\ud800"}, "word"),
        ({"word": "hi", "maybe": 1}, "maybe"),
        ({"word": "hi", "count": 0}, "count"),
        ({"word": "hi", "count": 10}, "count"),
        ({"word": "hi", "count": 1.0}, "count"),
        ({"word": "hi", "count": True}, "count"),
        ({"word": "hi", "count": "1"}, "count"),
        ({"word": "hi", "yes": 1}, "yes"),
        ({"word": "hi", "yes": None}, "yes"),
        ({"word": "hi", "colour": "green"}, "colour"),
        ({"word": "hi", "colour": []}, "colour"),
        ({"word": "hi", "at": "2026-11-22"}, "at"),
        ({"word": "hi", "at": "2026-11-22T10:00:00"}, "at"),
        ({"word": "hi", "at": "2026-13-22T10:00:00Z"}, "at"),
        ({"word": "hi", "at": 5}, "at"),
        ({"word": "hi", "user": "u"}, "user"),
        ({"word": "hi", "user": {}}, "user.id"),
        ({"word": "hi", "user": {"id": "u", "more": 1}}, "user.more"),
        ({"word": "hi", "unknown": 1}, "unknown"),
    ],
)
async def test_a_field_that_is_wrong_is_named(face: httpx.AsyncClient, body: Any, named: str) -> None:
    answer = await send(face, json.dumps(body).encode())
    assert (answer.status_code, code(answer)) == (422, "invalid_input")
    assert f"The field {named} " in answer.json()["error"]["message"]


async def test_an_unknown_field_is_named_only_if_it_looks_like_a_name(face: httpx.AsyncClient) -> None:
    answer = await send(face, json.dumps({"word": "hi", f"<b>{CANARY}": 1}).encode())
    assert answer.status_code == 422
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"hello",
        b"\xff\xfe\x00",
        b'{"word": "\xc3\x28"}',
        b'{"word": "hi", "count": NaN}',
        b'{"word": "hi", "count": 1e999}',
        b'{"word": "a", "word": "b"}',
        b'["word"]',
        b"null",
        b"[" * 900,
    ],
)
async def test_what_is_not_json_in_utf8_is_malformed(face: httpx.AsyncClient, body: bytes) -> None:
    answer = await send(face, body)
    assert (answer.status_code, code(answer)) == (400, "malformed_body")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_a_body_must_be_declared_as_json(face: httpx.AsyncClient, content_type: str) -> None:
    answer = await send(face, b'{"word": "hi"}', content_type)
    assert (answer.status_code, code(answer)) == (415, "not_json")


@pytest.mark.parametrize("size", [1001, 2001, 200_000])
async def test_a_body_over_its_limit_is_refused(face: httpx.AsyncClient, size: int) -> None:
    try:
        answer = await send(face, b" " * size)
    except httpx.WriteError:
        assert size > 2000, "only a body far too large may be cut off while it is sent"
    else:
        assert (answer.status_code, code(answer)) == (413, "body_too_large")


async def test_a_query_is_read_as_strictly_as_a_body(face: httpx.AsyncClient) -> None:
    answer = await face.get("/query", params={"word": "hi", "count": "7", "at": "1970-01-01T00:00:01Z"})
    assert (answer.json()["count"], answer.json()["at"]) == (7, 1000)
    for query in ("word=hi&word=ho", "word=hi&x=1", "count=1", "word=hi&count=-1", "word=hi&count=٣", "word=hi&count="):
        assert (await face.get(f"/query?{query}")).status_code == 422


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "abc"])
async def test_a_request_without_a_bearer_token_is_not_authenticated(face: httpx.AsyncClient, header: str) -> None:
    answer = await face.get("/token", headers={"authorization": header})
    assert (answer.status_code, code(answer)) == (401, "not_authenticated")


async def test_a_bearer_token_is_found_however_its_scheme_is_written(face: httpx.AsyncClient) -> None:
    assert (await face.get("/token", headers={"authorization": "bEARER abc"})).json() == "abc"
