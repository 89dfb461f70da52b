"""Telegram passes what every channel must."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence

import httpx
import pytest

from connectors.base import Channel, Webhook
from connectors.telegram import TelegramChannel, TelegramOptions
from connectors.trial.bot_api import TOKEN, FakeBotApi, Mishap, Wrong
from connectors.trial.bot_api_customer import Customer
from tests.connectors.conformance import RETRY_S, Conformance, Platform, Play
from tests.connectors.telegram.scene import RECORDED, SECRET

_SHOWN = "x-telegram-bot-api-secret-token"
_MISHAPS = {
    Play.RETRY_LATER: Mishap(Wrong.FLOOD, RETRY_S),
    Play.BROKEN: Mishap(Wrong.BROKEN, 503),
    Play.REFUSE: Mishap(Wrong.BLOCKED),
    Play.REFUSE_US: Mishap(Wrong.NO_TOKEN),
    Play.HANG: Mishap(Wrong.HANG),
    Play.DROP: Mishap(Wrong.DROP),
    Play.GARBLED: Mishap(Wrong.GARBLED),
    Play.NEWER: Mishap(Wrong.NEWER),
}


class Telegram(Platform):
    """Plays the Bot API."""

    recorded = RECORDED

    def __init__(self, api: FakeBotApi, channel: TelegramChannel) -> None:
        self.api = api
        self.mia = Customer(api)
        self.to = (str(self.mia.id),)
        self.plays: deque[Play] = deque()
        self._channel = channel

    @property
    def channel(self) -> Channel:
        return self._channel

    def written(self, text: str, n: int) -> bytes:
        about = {"message_id": 1000 + n, "from": self.mia.user, "chat": self.mia.chat, "date": 1_795_428_000 + n}
        return json.dumps({"update_id": 814_200_000 + n, "message": {**about, "text": text}}).encode()

    def several(self, texts: Sequence[str]) -> bytes | None:
        return None

    def pressed(self, choice: str, n: int) -> bytes:
        about = {"id": f"{n}", "from": self.mia.user, "chat_instance": "-1", "data": choice}
        return json.dumps({"update_id": 814_300_000 + n, "callback_query": about}).encode()

    def signed(self, body: bytes) -> Webhook:
        return Webhook("POST", {_SHOWN: SECRET, "content-type": "application/json"}, {}, body)

    def forged(self, body: bytes) -> Mapping[str, Webhook]:
        shown = {"missing": {}, "wrong": {_SHOWN: "another-secret-of-a-test"}, "empty": {_SHOWN: ""}}
        shown |= {"cut": {_SHOWN: SECRET[:-1]}, "the token": {_SHOWN: TOKEN}}
        return {what: Webhook("POST", headers, {}, body) for what, headers in shown.items()}

    def shut(self) -> Channel:
        return TelegramChannel(TelegramOptions(TOKEN, "", url=self.api.url))

    def play(self, *plays: Play) -> None:
        self.plays.extend(plays)

    def taken(self) -> Sequence[str]:
        return [message.text for message in self.api.sent]

    def taken_files(self) -> Sequence[bytes]:
        return [message.file.content for message in self.api.sent if message.file is not None]

    def keep_file(self, content: bytes) -> str | None:
        return self.api.keep(content)


class TestTelegramConforms(Conformance):
    @pytest.fixture
    def platform(self, api: FakeBotApi, hasty: TelegramChannel, monkeypatch: pytest.MonkeyPatch) -> Platform:
        platform = Telegram(api, hasty)
        pass_on = httpx.AsyncHTTPTransport.handle_async_request

        async def through(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            if "/send" in request.url.path:
                play = platform.plays.popleft() if platform.plays else Play.ACCEPT
                if play is Play.NO_WAY:
                    raise httpx.ConnectError("played: nobody listens")
                api.mishaps.append(_MISHAPS.get(play))
            return await pass_on(transport, request)

        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", through)
        return platform
