"""`/webhooks/<channel>`: what a platform sends is verified over its raw bytes, parsed and kept, and only then is 200.

Platforms send again what was not answered with 2xx, some of them for days. So 5xx is said only where sending again
helps, while the store does not answer; whatever else goes wrong is counted and logged without what anybody wrote.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import text as text_response

from connectors.base import Channel, Webhook
from connectors.events import Forged, InboundEvent, Unreadable
from connectors.http import BodyTooLarge
from connectors.listen import App
from connectors.messaging.counts import Counts
from connectors.messaging.reception import Reception
from handoff.errors import BatonError, NotFound, place_of

log = logging.getLogger(__name__)

ARRIVAL_S = 20.0
"""Seconds in which a body must have arrived."""


class Encoded(BatonError):
    """The body is compressed: a small one may hold gigabytes, and no platform sends such."""

    status = 415
    code = "encoded_body"


class TooSlow(BatonError):
    """The body did not arrive in time."""

    status = 408
    code = "request_timeout"


class Webhooks:
    """The routes of the channels that send webhooks.

    Args:
        channels: those channels by name.
        reception: takes in what they send.
        counts: of what was refused.
    """

    def __init__(self, channels: Mapping[str, Channel], reception: Reception, counts: Counts) -> None:
        self._channels = channels
        self._reception = reception
        self._counts = counts

    def attach(self, app: App) -> None:
        """Put the routes on an app."""

        async def take(request: Request, name: str) -> HTTPResponse:  # Sanic marks streams, which no method lets it do
            return await self.take(request, name)

        # As a stream, so that the limit is the channel's and not the app's.
        app.add_route(take, "/webhooks/<name:str>", methods=["POST"], name="webhooks_take", stream=True)
        app.add_route(self.greet, "/webhooks/<name:str>", methods=["GET"], name="webhooks_greet")

    async def take(self, request: Request, name: str) -> HTTPResponse:
        """Take in one webhook."""
        channel = self._channel(name)
        body = await self._body(request, channel)
        self._verify(channel, _webhook(request, body))
        await self._reception.take(name, self._parse(channel, body))
        return text_response("")

    async def greet(self, request: Request, name: str) -> HTTPResponse:
        """Answer a platform that tries the address out."""
        channel = self._channel(name)
        try:
            answer = channel.greet(_webhook(request, b""))
        except Forged:
            self._counts.add(name, "forged")
            raise
        if answer is None:
            raise NotFound("There is nothing at this address.")
        return text_response(answer)

    def _channel(self, name: str) -> Channel:
        channel = self._channels.get(name)
        if channel is None:
            raise NotFound("There is nothing at this address.")
        return channel

    async def _body(self, request: Request, channel: Channel) -> bytes:
        if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            self._counts.add(channel.name, "encoded_body")
            raise Encoded("Send the body as it is, without compressing it.")
        try:
            async with asyncio.timeout(ARRIVAL_S):
                return await self._bounded(request, channel)
        except TimeoutError:
            self._counts.add(channel.name, "too_slow")
            raise TooSlow("The request took too long to arrive; send it again.") from None

    async def _bounded(self, request: Request, channel: Channel) -> bytes:
        most, got = channel.max_webhook_bytes, bytearray()
        declared = request.headers.get("content-length", "")
        too_large = declared.isdecimal() and len(declared) < 20 and int(declared) > most
        stream: Any = request.stream  # Sanic's type knows no `read`
        while not too_large and stream is not None and (chunk := await stream.read()):
            got += chunk
            too_large = len(got) > most
        if too_large:
            stream.keep_alive = False  # what is left of the body is not read, so nothing can follow it
            self._counts.add(channel.name, "too_large")
            raise BodyTooLarge(f"A webhook here holds at most {most:,} bytes.")
        return bytes(got)

    def _verify(self, channel: Channel, webhook: Webhook) -> None:
        try:
            channel.verify(webhook)
        except Forged:
            self._counts.add(channel.name, "forged")
            raise
        except Exception as error:  # noqa: BLE001 - what cannot be verified is not let in
            self._counts.add(channel.name, "forged")
            log.error("a webhook of %s could not be verified: %s", channel.name, place_of(error))
            raise Forged("This webhook could not be verified.") from None

    def _parse(self, channel: Channel, body: bytes) -> Sequence[InboundEvent]:
        try:
            return channel.parse(body)
        except Unreadable:
            self._counts.add(channel.name, "unreadable")
            raise
        except Exception as error:  # noqa: BLE001 - sent again, it would fail again
            self._counts.add(channel.name, "defect")
            log.error("a webhook of %s could not be parsed: %s", channel.name, place_of(error))
            return ()


def _webhook(request: Request, body: bytes) -> Webhook:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), value)
    query: dict[str, str] = {}
    for name, value in request.get_query_args(keep_blank_values=True):
        query.setdefault(name, value)
    return Webhook(request.method, headers, query, body)
