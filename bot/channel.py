"""The turn channel: ``POST /webhooks/baton/turn`` and ``GET /webhooks/baton/health`` on Rasa."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.agent import CannotStart, check_health
from bot.errors import BadRequest, TurnError, TurnFailed
from bot.private_log import outline
from bot.turn import DEFAULT_TURN_TIMEOUT_SECONDS, TURN_TIMEOUT_VARIABLE, read_turn

SECRET_VARIABLE = "BATON_TURN_SECRET"  # noqa: S105 -- the name of a variable

logger = logging.getLogger(__name__)


class TurnChannel(InputChannel):
    """Takes turns for whoever knows the secret.

    Args:
        secret: the bearer secret that the gateway sends.
        timeout_seconds: how long one turn may take; longer than one action, shorter than the gateway's patience.

    Raises:
        CannotStart: there is no secret.
    """

    def __init__(self, secret: str | None, timeout_seconds: float = DEFAULT_TURN_TIMEOUT_SECONDS) -> None:
        if not secret:
            raise CannotStart(f"The turn channel needs a secret; set {SECRET_VARIABLE}.")
        self._authorization = f"Bearer {secret}".encode()
        self._timeout_seconds = timeout_seconds

    @classmethod
    def name(cls) -> str:
        """The channel's part of the URL."""
        return "baton"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:  # noqa: ARG003 -- Rasa's signature
        """Make the channel from the environment: secrets do not belong into credentials.yml."""
        return cls(
            os.environ.get(SECRET_VARIABLE),
            float(os.environ.get(TURN_TIMEOUT_VARIABLE) or DEFAULT_TURN_TIMEOUT_SECONDS),
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:  # noqa: ARG002
        """The two routes. Rasa's own way in is not used: it swallows errors."""
        routes = Blueprint("baton_turn")

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            try:
                return response.json(await self._turn(request))
            except TurnError as error:
                if error.status >= 500:
                    logger.error("A turn failed. %s", outline(error))
                return error_response(error)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            try:
                await check_health(getattr(request.app.ctx, "agent", None))
            except CannotStart as error:
                return response.json({"error": {"code": "not_ready", "message": str(error)}}, status=503)
            except TurnError as error:
                return error_response(error)
            return response.json({"status": "ok"})

        return routes

    async def _turn(self, request: Request) -> Any:
        given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._authorization):
            raise BadRequest("The turn secret is missing or wrong.", status=401, code="unauthorized")
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise BadRequest("A turn request is application/json.", status=415, code="not_json")
        turn = read_turn(request.body)
        agent = getattr(request.app.ctx, "agent", None)
        try:
            await_turn = agent.processor.take_turn  # type: ignore[union-attr]
        except AttributeError:
            raise TurnFailed("No model is loaded, or the bot was not started with `python -m bot.run`.") from None
        try:
            return await asyncio.wait_for(await_turn(turn, self._timeout_seconds), self._timeout_seconds)
        except asyncio.TimeoutError:
            raise TurnFailed(f"The turn took longer than {self._timeout_seconds:g} s.", code="turn_timeout") from None


def error_response(error: TurnError) -> HTTPResponse:
    """The answer that tells about an error."""
    headers = {"Retry-After": "1"} if error.status == 503 else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return response.json(error.as_body(), status=error.status, headers=headers)
