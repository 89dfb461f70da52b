"""The example of docs/channels.md passes the suite that every channel passes."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from connectors.base import Channel, Webhook
from tests.connectors.conformance import RETRY_S, Conformance, Platform, Play

_PAGE = Path(__file__).parents[3] / "docs" / "examples" / "letterbox.py"
_SPEC = importlib.util.spec_from_file_location("letterbox", _PAGE)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)

_SECRET = "the secret of the post"
_AT = 1_795_428_000_000


def _letter(text: str, n: int) -> dict[str, Any]:
    return {"id": f"L{n}-{hashlib.sha256(text.encode()).hexdigest()[:8]}", "from": "kim", "at": _AT, "text": text}


class PlayedPost(Platform):
    """Letterbox, played by a transport of httpx."""

    recorded: ClassVar[Mapping[str, bytes]] = {
        "text": json.dumps({"letters": [_letter("hello", 1)]}).encode(),
        "unknown": b'{"letters": [{"id": "L2", "from": "kim", "at": 1795428000000, "stamp": 7}]}',
    }
    to = ("kim",)

    def __init__(self) -> None:
        self._plays: list[Play] = []
        self._taken: list[str] = []
        self._keys: set[str] = set()
        self._channel = _MODULE.Letterbox(_SECRET, "token", "https://letterbox.example")
        self._channel._http = httpx.AsyncClient(
            base_url="https://letterbox.example", transport=httpx.MockTransport(self._answer)
        )

    @property
    def channel(self) -> Channel:
        return self._channel  # type: ignore[no-any-return]

    def written(self, text: str, n: int) -> bytes:
        return json.dumps({"letters": [_letter(text, n)]}, ensure_ascii=False).encode()

    def several(self, texts: Sequence[str]) -> bytes | None:
        return json.dumps({"letters": [_letter(text, n) for n, text in enumerate(texts)]}).encode()

    def pressed(self, choice: str, n: int) -> bytes:
        raise AssertionError("Letterbox shows no buttons, so nobody presses one.")

    def signed(self, body: bytes) -> Webhook:
        signature = hmac.new(_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return Webhook("POST", {"x-letterbox-signature": signature}, {}, body)

    def forged(self, body: bytes) -> Mapping[str, Webhook]:
        other = hmac.new(b"another secret", body, hashlib.sha256).hexdigest()
        return {
            "missing": Webhook("POST", {}, {}, body),
            "wrong": Webhook("POST", {"x-letterbox-signature": other}, {}, body),
        }

    def shut(self) -> Channel:
        return _MODULE.Letterbox("", "token", "https://letterbox.example")  # type: ignore[no-any-return]

    def play(self, *plays: Play) -> None:
        self._plays += plays

    def taken(self) -> Sequence[str]:
        return self._taken

    def taken_files(self) -> Sequence[bytes]:
        return ()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        play = self._plays.pop(0) if self._plays else Play.ACCEPT
        match play:
            case Play.RETRY_LATER:
                return httpx.Response(429, headers={"retry-after": str(RETRY_S)})
            case Play.BROKEN:
                return httpx.Response(503)
            case Play.REFUSE:
                return httpx.Response(404, json={"error": "no such reader"})
            case Play.REFUSE_US:
                return httpx.Response(401)
            case Play.NO_WAY:
                raise httpx.ConnectError("refused")
        letter = json.loads(request.content)
        if letter["key"] not in self._keys:
            self._keys.add(letter["key"])
            self._taken.append(letter["text"])
        match play:
            case Play.HANG:
                raise httpx.ReadTimeout("no answer")
            case Play.DROP:
                raise httpx.RemoteProtocolError("gone")
            case Play.GARBLED:
                return httpx.Response(200, content=b"<html>")
        more = {"tomorrow": [1]} if play is Play.NEWER else {}
        return httpx.Response(200, json={"id": f"out-{len(self._keys)}", **more})


class TestTheExampleConforms(Conformance):
    @pytest.fixture
    async def platform(self) -> AsyncIterator[Platform]:
        played = PlayedPost()
        yield played
        await played.channel.close()


def test_the_example_is_as_short_as_the_page_says() -> None:
    assert len(_PAGE.read_text(encoding="utf-8").splitlines()) <= 70
