"""Promise 14: a desk session can't be hijacked — Origin x cookie x CSRF token, on every route and the socket.

Seen red with each guard taken out of `Guard.check` in turn: the Origin comparison, the CSRF comparison, the session.
"""

from __future__ import annotations

import re
from itertools import product

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.connectors.site import AgentDesk, Site

ORIGINS = ("own", "other", "sub", "null", None)
COOKIES = ("own", "forged", None)
TOKENS = ("own", "colleague's", "", None)


def desk_routes(site: Site) -> list[tuple[str, str]]:
    """Every method and address of the desk but signing in, as the app itself has them."""
    return [
        (method, "/" + re.sub(r"<\w+:(\w+)>", lambda place: "1" if place[1] == "int" else "none", route.path))
        for route in site.app.router.routes
        for method in sorted(route.methods)
        if route.path.startswith("api/desk/") and route.path != "api/desk/login" and not route.extra.websocket
    ]


def headers(site: Site, ada: AgentDesk, bo: AgentDesk, case: tuple[str | None, ...]) -> dict[str, str]:
    """The headers of one case of the matrix."""
    origin, cookie, token = case
    origins = {
        "own": site.origin,
        "other": "https://evil.example.com",
        "sub": site.origin.replace("http://", "http://evil."),
        "null": "null",
    }
    cookies = {"own": ada.http.cookies["baton_desk"], "forged": "x" * 43}
    tokens = {"own": ada.http.headers["X-CSRF-Token"], "colleague's": bo.http.headers["X-CSRF-Token"], "": ""}
    sent = {}
    if origin is not None:
        sent["Origin"] = origins[origin]
    if cookie is not None:
        sent["Cookie"] = f"baton_desk={cookies[cookie]}"
    if token is not None:
        sent["X-CSRF-Token"] = tokens[token]
    return sent


async def test_a_call_that_changes_something_needs_origin_session_and_csrf_token_all_three(site: Site) -> None:
    async with site.agent() as ada, site.agent("bo") as bo, httpx.AsyncClient(base_url=site.origin) as http:
        unsafe = [(method, path) for method, path in desk_routes(site) if method not in ("GET", "HEAD")]
        unsafe = [(method, path) for method, path in unsafe if not path.endswith("/logout")]
        assert len(unsafe) >= 10
        tried = 0
        for (method, path), case in product(unsafe, product(ORIGINS, COOKIES, TOKENS)):
            answer = await http.request(method, path, headers=headers(site, ada, bo, case), json={})
            allowed = case == ("own", "own", "own")
            assert (answer.status_code not in (401, 403)) is allowed, (method, path, case, answer.text)
            tried += 1
        assert tried == len(unsafe) * len(ORIGINS) * len(COOKIES) * len(TOKENS)


async def test_reading_needs_a_session_on_every_route(site: Site) -> None:
    async with site.agent() as ada, httpx.AsyncClient(base_url=site.origin) as http:
        safe = [path for method, path in desk_routes(site) if method == "GET"]
        assert len(safe) >= 4
        for path in safe:
            assert (await http.get(path)).status_code == 401, path
            assert (await http.get(path, headers={"Cookie": "baton_desk=forged"})).status_code == 401, path
            answer = await http.get(path, headers={"Cookie": f"baton_desk={ada.http.cookies['baton_desk']}"})
            assert answer.status_code in (200, 404), path
            assert "access-control-allow-origin" not in answer.headers


async def test_signing_in_needs_the_desks_own_origin(site: Site) -> None:
    body = {"login": "ada", "password": "a password of ten"}
    for origin in ("https://evil.example.com", "null", ""):
        assert (await site.http.post("/api/desk/login", json=body, headers={"Origin": origin})).status_code == 403
    assert (await site.http.post("/api/desk/login", json=body)).status_code == 403


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("cookie", COOKIES)
async def test_the_socket_opens_only_for_the_own_origin_with_a_session(
    site: Site, origin: str | None, cookie: str | None
) -> None:
    async with site.agent() as ada:
        sent = headers(site, ada, ada, (origin, cookie, None))
        address = f"{site.origin.replace('http', 'ws')}/api/desk/ws"
        if (origin, cookie) == ("own", "own"):
            async with connect(address, additional_headers=sent) as socket:
                assert '"overview"' in await socket.recv()
            return
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, additional_headers=sent)
        assert refused.value.response.status_code == (403 if origin != "own" else 401)


@pytest.mark.parametrize(
    "path", ["/api/%64esk/overview", "//api/desk/overview", "/api/desk/overview/", "/api/./desk/me"]
)
async def test_no_spelling_of_an_address_gets_around_the_guard(site: Site, path: str) -> None:
    answer = await site.http.get(f"{site.origin}{path}")
    assert answer.status_code in (401, 404)
