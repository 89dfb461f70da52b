"""`baton chat`: talks to a running Baton in the terminal, over the public web contract."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx

from baton.failure import Failure

_WAIT_S = 20
_PAUSE_S = 1.0
_NAMES = {"bot": "bot", "agent": "agent", "system": "·", "contact": "you"}

Say = Callable[[str], None]


class Chat:
    """One conversation of the person at the terminal.

    Args:
        address: where Baton is reached.
        say: writes a line.
        linger_s: seconds for which answers are still shown after the last line (for lines that come through a pipe).
    """

    def __init__(self, address: str, say: Say, *, linger_s: float = 0) -> None:
        self._linger_s = linger_s
        self._address = address
        self._say = say
        self._buttons: list[Mapping[str, str]] = []
        self._http = httpx.AsyncClient(base_url=address, timeout=_WAIT_S + 10, trust_env=False)

    async def talk(self, lines: AsyncIterator[str]) -> None:
        """Send each line and show what comes, until the lines end.

        Raises:
            Failure: Baton isn't there, or refuses.
        """
        async with self._http:
            session = await self._call("POST", "/api/chat/sessions", {"language": "en"})
            self._http.headers["Authorization"] = f"Bearer {session['token']}"
            listening = asyncio.create_task(self._listen())
            sending = asyncio.create_task(self._send_all(lines))
            try:
                done, _ = await asyncio.wait((listening, sending), return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                await asyncio.wait((listening,), timeout=self._linger_s)
            finally:
                listening.cancel()
                sending.cancel()

    async def _send_all(self, lines: AsyncIterator[str]) -> None:
        async for line in lines:
            written = line.strip()
            if not written:
                continue
            try:
                body = {"client_msg_id": secrets.token_hex(8), **self._meant(written)}
                await self._call("POST", "/api/chat/messages", body)
            except _Refused as refused:
                self._say(f"  ! {refused.message}")

    def _meant(self, written: str) -> dict[str, str]:
        """A number is the button of that number, while there are buttons; anything else is text."""
        if written.isdecimal() and 1 <= int(written) <= len(self._buttons):
            return {"choice": self._buttons[int(written) - 1]["id"]}
        return {"text": written}

    async def _listen(self) -> None:
        after = 0
        while True:
            try:
                page = await self._call("GET", f"/api/chat/events?after={after}&wait={_WAIT_S}")
            except _Unreachable:
                await asyncio.sleep(_PAUSE_S)
                continue
            for entry in page["entries"]:
                self._show(entry)
            after = max(after, page["last_seq"])

    def _show(self, entry: Mapping[str, Any]) -> None:
        author = str(entry.get("author"))
        if entry.get("kind") == "typing" or author == "contact" or not entry.get("text"):
            return
        self._say(f"{entry.get('name') or _NAMES.get(author, author)}: {entry['text']}")
        self._buttons = list(entry.get("buttons") or [])
        for number, button in enumerate(self._buttons, 1):
            self._say(f"    {number}  {button['title']}")

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = await self._http.request(method, path, json=body)
        except httpx.HTTPError:
            raise _Unreachable(f"Baton does not answer at {self._address}; start it with `make run`.") from None
        if answer.status_code >= 500:
            raise _Unreachable(f"Baton can't answer just now (status {answer.status_code}); try again in a moment.")
        if answer.is_error:
            raise _Refused(_sentence(answer))
        return answer.json()


class _Unreachable(Failure):
    """Baton isn't there."""


class _Refused(Failure):
    """Baton said no, and why."""


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"What answers at {answer.url.host} is not Baton (status {answer.status_code})."


async def typed_lines() -> AsyncIterator[str]:
    """Yield what is typed, line by line, until Ctrl-D."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode("utf-8", "replace")
