"""WhatsApp passes what every channel must."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx
import pytest

from connectors.base import Channel, Webhook
from connectors.trial.graph_api import Mishap, Wrong
from connectors.trial.graph_api_webhooks import from_customer, webhook
from connectors.whatsapp import WhatsApp
from tests.connectors.conformance import RETRY_S, Conformance, Platform, Play
from tests.connectors.whatsapp.stage import BUSINESS, NOW, RECORDED, Stage, options, signed

_MISHAPS = {
    Play.RETRY_LATER: Mishap(Wrong.ERROR, 130429, RETRY_S),
    Play.BROKEN: Mishap(Wrong.BROKEN, 503),
    Play.REFUSE: Mishap(Wrong.ERROR, 131026),
    Play.REFUSE_US: Mishap(Wrong.ERROR, 190),
    Play.HANG: Mishap(Wrong.HANG),
    Play.DROP: Mishap(Wrong.DROP),
    Play.GARBLED: Mishap(Wrong.GARBLED),
    Play.NEWER: Mishap(Wrong.NEWER),
}
_WRONG = {"x-hub-signature-256": "sha256=" + "0" * 64}


class PlayedWhatsApp(Platform):
    """The played Graph API as the suite wants it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.recorded = RECORDED
        self.to = stage.to
        self.plays: deque[Play] = deque()

    @property
    def channel(self) -> Channel:
        """The channel."""
        return self._stage.channel

    def written(self, text: str, n: int) -> bytes:
        """A text."""
        return self._from_mia({"type": "text", "text": {"body": text}}, first=n)

    def several(self, texts: Sequence[str]) -> bytes:
        """Texts in one webhook."""
        return self._from_mia(*({"type": "text", "text": {"body": text}} for text in texts))

    def pressed(self, choice: str, n: int) -> bytes:
        """A press."""
        reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "What it says"}}
        return self._from_mia({"type": "interactive", "interactive": reply}, first=n)

    def signed(self, body: bytes) -> Webhook:
        """With Meta's signature."""
        return signed(body)

    def forged(self, body: bytes) -> Mapping[str, Webhook]:
        """Without it, or with another one."""
        genuine = signed(body)
        of_another = signed(body + b" ").headers
        return {
            "missing": replace(genuine, headers={}),
            "wrong": replace(genuine, headers={**genuine.headers, **_WRONG}),
            "of another body": replace(genuine, headers=of_another),
        }

    def shut(self) -> Channel:
        """Without the app secret."""
        return WhatsApp(options(app_secret=""))

    def play(self, *plays: Play) -> None:
        """What happens to the next sends."""
        self.plays.extend(plays)

    def taken(self) -> Sequence[str]:
        """What the platform took."""
        return [sent.text for sent in self._stage.api.sent]

    def taken_files(self) -> Sequence[bytes]:
        """The files that were sent."""
        files = self._stage.api.world.files
        sent = [message.body[message.body["type"]] for message in self._stage.api.sent]
        return [files[part["id"]].content for part in sent if isinstance(part.get("id"), str)]

    def keep_file(self, content: bytes) -> str:
        """A file of the customer's."""
        return self._stage.api.world.keep(content, "image/jpeg").id

    def _from_mia(self, *messages: Mapping[str, object], first: int = 0) -> bytes:
        heads = ({"id": f"wamid.written{first}.{n}", "timestamp": str(NOW // 1000 + first)} for n in range(99))
        told = [{**head, **message} for head, message in zip(heads, messages, strict=False)]
        return webhook(BUSINESS, from_customer(self._stage.mia.person, *told))


class TestWhatsAppConforms(Conformance):
    """Every test of the suite."""

    @pytest.fixture
    def platform(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> PlayedWhatsApp:
        """The played platform; its network breaks where the suite wants that."""
        platform, pass_on = PlayedWhatsApp(stage), httpx.AsyncHTTPTransport.handle_async_request

        async def through(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            sends = request.url.path.endswith("/messages") and b'"status":"read"' not in request.content
            if sends and platform.plays:
                play = platform.plays.popleft()
                if play is Play.NO_WAY:
                    raise httpx.ConnectError("played: nobody listens")
                stage.api.mishaps.append(_MISHAPS.get(play))
            return await pass_on(transport, request)

        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", through)
        return platform
