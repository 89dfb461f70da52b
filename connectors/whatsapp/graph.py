"""Calls to the Graph API: what was asked, what was answered, and what is certain when there was no answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from connectors.whatsapp.errors import GraphError, error_code

_CONNECT_S = 5.0
_MOST_BYTES = 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MEDIA_HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net", "whatsapp.com", "facebook.com")
"""Meta's own; the token is shown to these and their subdomains, over https, and to nobody else."""
_AMBIGUOUS = (502, 504)
"""Answers of something on the way that heard nothing from behind it."""


class GraphFailure(Exception):
    """A call that was not answered with what was asked for; never leaves the adapter."""


class NotSent(GraphFailure):
    """The platform certainly never got the call."""


class NoAnswer(GraphFailure):
    """The platform may have done what was asked or not."""


class Refused(GraphFailure):
    """The platform refused the call; `error` says how."""

    def __init__(self, error: GraphError) -> None:
        super().__init__(f"The Graph API answered {error.status} with error code {error.code}.")
        self.error = error


class Graph:
    """One client of the Graph API, with the business's token.

    Args:
        url: where it answers, such as `https://graph.facebook.com`.
        version: such as `v26.0`.
        token: shown as a bearer token, to this host and to Meta's media hosts only.
        timeout_s: seconds that a call may take as a whole.

    `local` tells whether it is a platform played on this machine.
    """

    def __init__(self, url: str, version: str, token: str, timeout_s: float) -> None:
        self._base = f"{url.rstrip('/')}/{version}"
        self._origin = _origin(url)
        self.local = urlsplit(url).hostname in _LOOPBACK
        self._token = token
        self._timeout_s = timeout_s
        # A proxy named in the environment is for the outside world, not for a platform played on this machine.
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
            follow_redirects=False,
            trust_env=not self.local,
        )

    async def get(self, path: str, *, token: str | None = None, **query: str) -> Mapping[str, Any]:
        """Read something; `token` is shown instead of the business's."""
        return await self._call("GET", path, token, params=query)

    async def post(
        self, path: str, body: Mapping[str, Any], *, token: str | None = None, timeout_s: float | None = None
    ) -> Mapping[str, Any]:
        """Change something with a JSON body.

        Raises:
            NotSent: it never got there.
            NoAnswer: it may have.
            Refused: the platform said no.
        """
        return await self._call("POST", path, token, timeout_s, json=body)

    async def post_stream(
        self, path: str, content: AsyncIterator[bytes], headers: Mapping[str, str], timeout_s: float
    ) -> Mapping[str, Any]:
        """Change something with a body that is read while it is sent; raises as `post` does."""
        return await self._call("POST", path, None, timeout_s, content=content, headers=headers)

    def may_fetch(self, url: str) -> bool:
        """Tell whether a file's address is one that the token may be shown to."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.password is not None:
            return False
        if self.local:
            return _origin(url) == self._origin
        ours = any(host == name or host.endswith(f".{name}") for name in _MEDIA_HOSTS)
        return parts.scheme == "https" and port in (None, 443) and ours

    @asynccontextmanager
    async def file(self, url: str) -> AsyncIterator[httpx.Response]:
        """Open a file at an address that `may_fetch` has passed; a redirect is not followed.

        Raises:
            NotSent: it can't be reached.
            Refused: it is not there.
        """
        if not self.may_fetch(url):
            raise ValueError("not one of the platform's own media addresses")
        try:
            async with self._http.stream("GET", url, headers=self._headers(None)) as answer:
                if answer.status_code != 200:
                    raise Refused(GraphError(answer.status_code))
                yield answer
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from None

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _call(
        self, method: str, path: str, token: str | None, timeout_s: float | None = None, **how: Any
    ) -> Mapping[str, Any]:
        headers = {**self._headers(token), **how.pop("headers", {})}
        seconds = self._timeout_s if timeout_s is None else timeout_s
        how["timeout"] = httpx.Timeout(seconds, connect=min(_CONNECT_S, seconds))
        try:
            async with asyncio.timeout(seconds):
                status, body, answered = await self._ask(method, f"{self._base}/{path}", headers=headers, **how)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(type(error).__name__) from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from None
        answer = _object(body)
        if status == 200 and answer is not None:
            return answer
        if status == 200 or (status in _AMBIGUOUS and (answer is None or "error" not in answer)):
            raise NoAnswer(f"status {status}")
        raise Refused(_error(status, answer or {}, answered))

    async def _ask(self, method: str, url: str, **how: Any) -> tuple[int, bytes, httpx.Headers]:
        async with self._http.stream(method, url, **how) as answer:
            read = bytearray()
            async for chunk in answer.aiter_bytes():
                read += chunk
                if len(read) > _MOST_BYTES:
                    raise httpx.ReadError("the answer is too large")
            return answer.status_code, bytes(read), answer.headers

    def _headers(self, token: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token if token is None else token}"}


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _error(status: int, answer: Mapping[str, Any], headers: httpx.Headers) -> GraphError:
    error = answer.get("error")
    error = error if isinstance(error, dict) else {}
    told = error.get("error_data")
    details = told.get("details") if isinstance(told, dict) else None
    if not isinstance(details, str):
        details = error.get("message")
    return GraphError(
        status,
        error_code(error),
        details if isinstance(details, str) else "",
        _wait(headers),
    )


def _wait(headers: httpx.Headers) -> float | None:
    """Read how long to wait: `Retry-After` in seconds, or the minutes in the account's usage header."""
    after = headers.get("retry-after", "")
    if after.isascii() and after.isdecimal() and len(after) < 7:
        return float(after)
    usage = _object(headers.get("x-business-use-case-usage", "").encode())
    minutes = [
        use.get("estimated_time_to_regain_access")
        for uses in (usage or {}).values()
        if isinstance(uses, list)
        for use in uses
        if isinstance(use, dict)
    ]
    known = [float(told) for told in minutes if isinstance(told, int) and not isinstance(told, bool)]
    return max(known) * 60 if known and 0 < max(known) < 10_000 else None
