"""Speaking to a shop's REST API: its address, token and limits, and what each status means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from actions.shop.errors import ShopMisconfigured, ShopUnavailable
from actions.shop.mapping import Endpoint, renamed

ANSWER_LIMIT = 4 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ANSWERED = frozenset({400, 404, 409, 410, 422})
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Answer:
    """What the API said. `body` is the parsed JSON, or None when there was none."""

    status: int
    body: object

    @property
    def ok(self) -> bool:
        """Whether the API did what was asked."""
        return 200 <= self.status < 300


class HttpClient:
    """One shop's API.

    Args:
        base_url: an https address, or http on this machine; endpoints' paths are appended to it.
        auth: the header that carries the token, as `Name: value with {token}`.
        token: the secret; None sends no header.
        timeout: seconds for a whole call, connecting included.

    Raises ShopMisconfigured when the address would send the token over the network in the clear.
    """

    def __init__(self, base_url: str, *, auth: str, token: str | None, timeout: float) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ShopMisconfigured("BATON_SHOP_URL has to be an https address, or http on this machine.")
        if not parts.hostname or parts.query or parts.fragment:
            raise ShopMisconfigured(
                "BATON_SHOP_URL has to name a host and at most a path, such as https://shop.example/api."
            )
        self._base = base_url.rstrip("/")
        self._headers = {"Accept": "application/json"}
        if token:
            name, _, value = auth.partition(": ")
            self._headers[name] = value.replace("{token}", token)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        endpoint: Endpoint,
        names: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Makes one call. Redirects are not followed: they would carry the token elsewhere.

        Args:
            names: what to fill into the path, unescaped.
            query: our names → values, renamed as the endpoint says.
            body: our names → values, renamed as the endpoint says.
            idempotency_key: sent as the header Idempotency-Key.

        Returns:
            A success, or a refusal (400, 404, 409, 410, 422) for the caller to understand.

        Raises:
            ShopUnavailable: no connection, no answer in time, 408, 425, 429 or 5xx.
            ShopMisconfigured: any other status, or a success that is not JSON.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        try:
            async with self._opened().request(
                endpoint.method,
                self._address(endpoint, names, query or {}),
                json=None if body is None else renamed(body, endpoint.send),
                headers=headers,
                allow_redirects=False,
            ) as response:
                return self._understood(endpoint, response.status, await _content(response))
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise ShopUnavailable from error

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:  # made here because it belongs to the running event loop
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        return self._session

    def _address(self, endpoint: Endpoint, names: Mapping[str, str], query: Mapping[str, str]) -> URL:
        path = endpoint.path
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        address = self._base + path
        if query:
            pairs = (
                f"{quote(endpoint.query.get(name, name))}={quote(value, safe='')}" for name, value in query.items()
            )
            address += ("&" if "?" in address else "?") + "&".join(pairs)
        return URL(address, encoded=True)

    def _understood(self, endpoint: Endpoint, status: int, content: bytes) -> Answer:
        what = f"{endpoint.method} {endpoint.path}"
        if status >= 500 or status in _BUSY:
            raise ShopUnavailable
        if status in (401, 403):
            raise ShopMisconfigured(f"The shop's API refuses the token ({status} to {what}); check BATON_SHOP_TOKEN.")
        if not 200 <= status < 300 and status not in _ANSWERED:
            raise ShopMisconfigured(f"The shop's API answered {status} to {what}; check its path in the mapping.")
        try:
            body = json.loads(content) if content.strip() else None
        except (ValueError, RecursionError) as error:
            if status in _ANSWERED:  # a refusal may come as a page; its status says enough
                return Answer(status, None)
            raise ShopMisconfigured(f"The shop's API answered to {what} with something that is not JSON.") from error
        return Answer(status, body)


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        content += chunk
        if len(content) > ANSWER_LIMIT:
            raise ShopMisconfigured(f"The shop's API answered with more than {ANSWER_LIMIT:,} bytes; check its limits.")
    return bytes(content)
