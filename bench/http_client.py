"""A lean HTTP/1.1 client over one kept-alive connection: the load must cost less than what it measures."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Self
from urllib.parse import urlsplit


class Line:
    """One kept-alive connection; one request at a time.

    Args:
        base: origin of the server, such as `http://127.0.0.1:8080`.
        headers: sent with every request.
    """

    def __init__(self, base: str, headers: dict[str, str] | None = None) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._headers = {"Host": f"{self._host}:{self._port}", **(headers or {})}

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        """Send a request with a body of JSON or bytes that are; returns status, JSON body and the answer's headers."""
        payload = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Content-Length: {len(payload)}"]
        lines += [f"{name}: {value}" for name, value in {**self._headers, **(headers or {})}.items()]
        if payload:
            lines.append("Content-Type: application/json")
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        answer = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
        content = await self._reader.readexactly(int(answer.get("content-length", "0")))
        return int(head[0].split()[1]), json.loads(content) if content else None, answer


async def customer(base: str) -> tuple[str, dict[str, str]]:
    """Open a chat session; returns the conversation id and the headers that act for its customer."""
    async with Line(base) as line:
        status, answer, _ = await line.call("POST", "/api/chat/sessions", {"language": "en"})
    if status != 201:
        raise RuntimeError(f"No session was opened: {status} {answer}")
    return answer["conversation_id"], {"Authorization": f"Bearer {answer['token']}"}


class Desk:
    """An agent signed in at the desk over one connection."""

    def __init__(self, base: str, login: str, password: str) -> None:
        self._base, self._login, self._password = base, login, password

    async def __aenter__(self) -> Self:
        self._line = await Line(self._base, {"Origin": self._base}).__aenter__()
        body = {"login": self._login, "password": self._password}
        status, answer, headers = await self._line.call("POST", "/api/desk/login", body)
        if status != 200:
            raise RuntimeError(f"The agent could not sign in: {status} {answer}")
        self._session = {"Cookie": headers["set-cookie"].split(";")[0], "X-CSRF-Token": answer["csrf"]}
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.__aexit__()

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the desk API; raises RuntimeError unless the answer is 2xx."""
        status, answer, _ = await self._line.call(method, f"/api/desk{path}", body, self._session)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer
