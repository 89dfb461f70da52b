"""A Graph API to try Baton on: strict about what it is told, and as unreliable as one likes.

It checks tokens, ids, fields, limits and the 24-hour window (`graph_api_rules`, `graph_api_world`), keeps what was
sent, signs and delivers webhooks (`graph_api_webhooks`), and does wrong what is asked of it (`Mishap`).
`graph_api_customer` plays the people who write to the business.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self, cast

from sanic import HTTPResponse, Request
from sanic import json as json_response
from sanic.response import html, raw

from connectors.listen import bind, listening, new_app
from connectors.trial import graph_api_rules as rules
from connectors.trial.graph_api_console import Console, body_of, no_such, refused
from connectors.trial.graph_api_webhooks import Deliveries, of_status
from connectors.trial.graph_api_world import MEDIA_URL_MS, Business, Refusal, Sent, World
from handoff.clock import Clock, system_clock

_MOST_BYTES = 110 * 1024 * 1024
TEMPLATES = (
    ("order_shipped", "en_US", "Hello {{1}}, your order {{2}} is on its way."),
    ("order_shipped", "da", "Hej {{1}}, din ordre {{2}} er på vej."),
    ("hello_again", "en_US", "You asked us something; we have an answer. Write to us to go on."),
)
"""Name, language and body of the templates that the business begins with."""


class Wrong(StrEnum):
    """What may go wrong with a call that sends."""

    ERROR = "error"
    BROKEN = "broken"
    HANG = "hang"
    DROP = "drop"
    GARBLED = "garbled"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that goes wrong.

    ERROR refuses with the platform's error code `number` (429 where it limits the rate), saying to wait `wait_s`
    seconds if that is set. BROKEN answers with the HTTP status `number`, and no JSON. HANG and DROP take the message
    and answer nothing, GARBLED takes it and answers no JSON, NEWER takes it and answers with fields of the future.
    """

    wrong: Wrong
    number: int = 0
    wait_s: int = 0


@dataclass
class FakeGraphApi:
    """The Graph API of one business.

    Args:
        business: whose calls it takes.
        clock: tells the time.
        url: where it answers, once it runs.
        tells_later: outside the window a message is taken, and a status says that it failed; else it is refused.
        reports: the statuses that follow each message by themselves.
        mishaps: what goes wrong with the next messages, one each; None for nothing.
        calls: method and path of each call.
    """

    business: Business
    clock: Clock = system_clock
    url: str = ""
    tells_later: bool = False
    reports: tuple[str, ...] = ("sent", "delivered")
    mishaps: deque[Mishap | None] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    world: World = field(init=False)
    post: Deliveries = field(init=False)
    _console: Console = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.business, self.clock)
        self.post = Deliveries(self.world)
        self._console = Console(self.world)
        for name, language, text in TEMPLATES:
            self.add_template(name, language, text)

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0, *, deliver: bool = True) -> AsyncIterator[Self]:
        """Answer on an address for as long as the block runs; `deliver` says whether webhooks go out by themselves."""
        app = new_app("fake-graph-api")
        app.config.REQUEST_MAX_SIZE = _MOST_BYTES
        app.add_route(self._download, "/media/<media_id:str>/<expires:int>/<proof:str>")
        app.add_route(self._node, "/<version:str>/<node:str>")
        app.add_route(self._edge, "/<version:str>/<node:str>/<edge:str>", methods=["GET", "POST"])
        sock = bind(host, port)
        self.url = f"http://{host}:{sock.getsockname()[1]}"
        async with listening(app, sock, grace_s=0.05):
            delivering = asyncio.create_task(self.post.run()) if deliver else None
            try:
                yield self
            finally:
                if delivering is not None:
                    delivering.cancel()
                    await asyncio.gather(delivering, return_exceptions=True)

    @property
    def sent(self) -> list[Sent]:
        """The messages taken so far, oldest first."""
        return self.world.sent

    def add_template(self, name: str, language: str, text: str, status: str = "APPROVED") -> None:
        """Have the business own one more template."""
        components = [{"type": "BODY", "text": text}]
        self.world.templates.append(
            {
                "id": str(9_000_000_000 + len(self.world.templates)),
                "name": name,
                "language": language,
                "status": status,
                "category": "UTILITY",
                "parameter_format": "POSITIONAL",
                "components": components,
            }
        )

    def connect(self, callback: str) -> None:
        """Send webhooks to an address from now on, without its being tried out first."""
        self.world.callback, self.world.subscribed, self.world.fields = callback, True, ("messages",)

    def report(self, message_id: str, status: str, error: tuple[int, str] | None = None) -> None:
        """Tell what became of a message."""
        sent = next(sent for sent in self.sent if sent.id == message_id)
        self.post.add(of_status(sent, status, self.clock(), error))

    # reading

    async def _node(self, request: Request, version: str, node: str) -> HTTPResponse:
        return await self._answer(request, version, lambda: self._read(request, node))

    async def _read(self, request: Request, node: str) -> Mapping[str, Any]:
        business = self.business
        self._admit(request, business.token)
        if node == "debug_token":
            right = request.args.get("input_token") == business.token
            told = {"app_id": business.app_id, "is_valid": right, "scopes": list(business.scopes)}
            return {"data": {**told, "expires_at": business.expires_at, "type": "SYSTEM_USER"}}
        if node == business.phone_number_id:
            number = {"display_phone_number": f"+{business.display_number}", "verified_name": business.name}
            return {"id": node, **number, "status": "CONNECTED", "quality_rating": "GREEN"}
        file = self.world.files.get(node)
        if file is None or request.args.get("phone_number_id", business.phone_number_id) != business.phone_number_id:
            raise no_such(node)
        expires = self.clock() + MEDIA_URL_MS
        proof = hmac.new(business.app_secret.encode(), f"{node}.{expires}".encode(), hashlib.sha256).hexdigest()
        digest = hashlib.sha256(file.content).hexdigest()
        held = {"mime_type": file.type, "sha256": digest, "file_size": len(file.content), "id": file.id}
        return {"messaging_product": "whatsapp", "url": f"{self.url}/media/{node}/{expires}/{proof}", **held}

    async def _download(self, request: Request, media_id: str, expires: int, proof: str) -> HTTPResponse:
        self.calls.append("GET media")
        due = hmac.new(self.business.app_secret.encode(), f"{media_id}.{expires}".encode(), hashlib.sha256).hexdigest()
        if request.headers.get("authorization") != f"Bearer {self.business.token}":
            return raw(b"", 401)
        if not hmac.compare_digest(proof, due) or self.clock() > expires or media_id not in self.world.files:
            return raw(b"", 404)
        file = self.world.files[media_id]
        return raw(file.content, content_type=file.type)

    # lists, and what changes something

    async def _edge(self, request: Request, version: str, node: str, edge: str) -> HTTPResponse:
        business, method = self.business, request.method
        todo = {
            ("POST", business.phone_number_id, "messages"): self._message,
            ("POST", business.phone_number_id, "media"): self._upload,
            ("GET", business.account_id, "message_templates"): self._console.templates,
            ("GET", business.account_id, "phone_numbers"): self._console.numbers,
            ("GET", business.account_id, "subscribed_apps"): self._console.subscribed,
            ("POST", business.account_id, "subscribed_apps"): self._console.subscribe,
            ("GET", business.app_id, "subscriptions"): self._console.webhook,
            ("POST", business.app_id, "subscriptions"): self._console.set_webhook,
        }.get((method, node, edge))

        async def act() -> Mapping[str, Any] | HTTPResponse:
            app_token = f"{business.app_id}|{business.app_secret}"
            self._admit(request, app_token if edge == "subscriptions" else business.token)
            if todo is None:
                raise no_such(node)
            return await todo(request)

        return await self._answer(request, version, act)

    async def _upload(self, request: Request) -> Mapping[str, Any]:
        form: Any = request.form or {}
        files: Any = request.files or {}
        if form.get("messaging_product") != "whatsapp" or "file" not in files:
            raise Refusal(100, "The parameters messaging_product and file are required")
        file = files["file"][0]
        media_type = str(form.get("type") or file.type)
        rules.upload(file.body, media_type)
        return {"id": self.world.keep(file.body, media_type).id}

    async def _message(self, request: Request) -> Mapping[str, Any] | HTTPResponse:
        body = body_of(request)
        if body.get("messaging_product") != "whatsapp":
            raise Refusal(100, "The parameter messaging_product is required")
        if "status" in body:
            rules.signal(self.world, body)
            self.world.signals.append(body)
            return {"success": True}
        mishap = self.mishaps.popleft() if self.mishaps else None
        if mishap is not None and mishap.wrong is Wrong.ERROR:
            status = 429 if mishap.number in (4, 80007, 130429) else 401 if mishap.number == 190 else 400
            answer = refused(Refusal(mishap.number, "A mishap that was asked for", status))
            if mishap.wait_s:
                answer.headers["Retry-After"] = str(mishap.wait_s)
            return answer
        if mishap is not None and mishap.wrong is Wrong.BROKEN:
            return html("<h1>Sorry, something went wrong.</h1>", mishap.number)
        rules.message(self.world, body)
        taken = self._take(body)
        return taken if mishap is None else await _spoil(request, mishap, taken)

    def _take(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        world, now = self.world, self.clock()
        person = world.named(body)
        named = str(body.get("to") or body["recipient"])
        world.count(named)
        closed = body["type"] != "template" and person is not None and not world.open_window(person)
        if closed and not self.tells_later:
            raise Refusal(131047, "Message failed to send because more than 24 hours have passed since the customer")
        sent = Sent(world.new_message_id(), person, body, now)
        if person is None or closed:
            error = (131047, "Re-engagement message") if closed else (131026, "Message undeliverable")
            self.post.add(of_status(sent, "failed", now, error))
        else:
            world.sent.append(sent)
            for status in self.reports:
                self.post.add(of_status(sent, status, now))
        contact = {"input": named, **({"wa_id": person.phone} if person and not person.hides_phone else {})}
        if person is not None:
            contact["user_id"] = person.user_id
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": sent.id}]}

    # what is common

    async def _answer(self, request: Request, version: str, act: Any) -> HTTPResponse:
        self.calls.append(f"{request.method} {request.path.partition(version)[2].lstrip('/')}")
        try:
            if not (version.startswith("v") and version[1:].replace(".", "", 1).isdecimal()):
                raise Refusal(2500, f"Unknown path components: /{version}", 404)
            answer = await act()
        except Refusal as refusal:
            return refused(refusal)
        return answer if isinstance(answer, HTTPResponse) else json_response(answer)

    def _admit(self, request: Request, token: str) -> None:
        shown = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, f"Bearer {token}".encode()):
            raise Refusal(190, "Invalid OAuth access token - Cannot parse access token", 401)


async def _spoil(request: Request, mishap: Mishap, answer: Mapping[str, Any]) -> HTTPResponse:
    if mishap.wrong is Wrong.GARBLED:
        return html("<h1>Everything is fine.</h1>")
    if mishap.wrong is Wrong.NEWER:
        return json_response({**answer, "weather": {"today": ["fair", None]}, "messages_v2": 7})
    if mishap.wrong is Wrong.HANG:
        await asyncio.Event().wait()
    cast(Any, request.transport).abort()
    return raw(b"")
