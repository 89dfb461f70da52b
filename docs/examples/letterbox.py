"""A channel to Letterbox, a platform that docs/channels.md makes up: signed webhooks in, one HTTP call out."""

import hashlib
import hmac
import json
from collections.abc import Sequence

import httpx

from connectors.base import Capabilities, Webhook
from connectors.events import Address, Forged, Ignored, InboundEvent, MessageReceived, Unreadable
from connectors.messaging.plain import PlainChannel
from connectors.outgoing import Accepted, MessageOut, Rejected, RetryAfter, SendOutcome, TextOut, Unknown


class Letterbox(PlainChannel):
    name = "letterbox"
    capabilities = Capabilities(max_text=2000, dedupes=True)

    def __init__(self, secret: str, token: str, url: str, timeout_s: float = 10.0) -> None:
        if not secret:
            raise ValueError("Letterbox needs the secret that signs its webhooks.")
        self._secret = secret.encode()
        self._http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=timeout_s)

    def verify(self, webhook: Webhook) -> None:
        wanted = hmac.new(self._secret, webhook.body, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(wanted, webhook.headers.get("x-letterbox-signature", "").encode("utf-8", "replace")):
            raise Forged("The signature is not Letterbox's.")

    def parse(self, body: bytes) -> Sequence[InboundEvent]:
        try:
            letters = json.loads(body)["letters"]
        except (ValueError, RecursionError, TypeError, KeyError):
            raise Unreadable("This is no webhook of Letterbox.") from None
        return [self._event(letter) for letter in letters] if isinstance(letters, list) else [Ignored("malformed")]

    def _event(self, letter: object) -> InboundEvent:
        match letter:
            case {"id": str(name), "from": str(sender), "at": int(at), "text": str(text)} if name and sender:
                return MessageReceived(Address((sender,)), name, at, text)
        return Ignored("malformed")

    async def send(self, to: Sequence[str], message: MessageOut, idempotency_key: str) -> SendOutcome:
        if not isinstance(message, TextOut):
            return Rejected("unsupported", "Letterbox takes nothing but text.")
        letter = {"to": to[0], "text": message.text, "key": idempotency_key}
        try:
            answer = await self._http.post("/letters", json=letter)
            status, said = answer.status_code, answer.json() if answer.is_success else {}
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return RetryAfter(None, "unreachable", "Letterbox cannot be reached; look whether its address is right.")
        except (httpx.HTTPError, ValueError):
            return Unknown("Letterbox gave no answer.")
        if status == 429 or status >= 500:
            return RetryAfter(float(answer.headers.get("retry-after", 5)), str(status))
        if status == 401:
            return Rejected("401", "Letterbox does not know the token; set a new one.", permanent=False)
        return Accepted(str(said["id"])) if "id" in said else Rejected(str(status), "Letterbox has no such reader.")

    async def close(self) -> None:
        await self._http.aclose()
