"""The web server around the turn channel."""

from __future__ import annotations

import gc
import logging
from asyncio import AbstractEventLoop
from pathlib import Path

from rasa.core.channels.channel import register
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.agent import TurnAgent, load_agent
from bot.channel import TurnChannel, error_response
from bot.errors import BadRequest, TurnFailed
from bot.private_log import outline
from bot.turn import MAX_BODY_BYTES

LOOPBACK = "127.0.0.1"
READY = "ready"

logger = logging.getLogger(__name__)

_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def serve(model: Path, endpoints: Path, port: int) -> None:
    """Load the model and serve turns on loopback until the process is told to stop.

    Raises:
        CannotStart: no secret, no Redis, no action server, or a tracker store that is not ours.
    """
    channel = TurnChannel.from_credentials(None)
    app = make_app(channel, load_agent(model, endpoints))
    # What was loaded stays: looking through it for garbage would hold a turn up for a tenth of a second now and then.
    gc.collect()
    gc.freeze()
    app.run(host=LOOPBACK, port=port, workers=1, access_log=False, debug=False, motd=False)


def make_app(channel: TurnChannel, agent: TurnAgent) -> Sanic:
    """The application: the turn channel's routes and nothing else of Rasa's."""
    app = Sanic("baton_bot", configure_logging=False)
    # What the channel refuses with a sentence fits in; a flood is cut off by the server.
    app.config.REQUEST_MAX_SIZE = 4 * MAX_BODY_BYTES
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 5.0
    app.ctx.agent = agent
    register([channel], app, route="/webhooks/")

    async def answer_error(_: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, SanicException):
            status = error.status_code or 500
            refusal = BadRequest("No such route, method or body here.", status=status, code=_CODES.get(status))
            return error_response(refusal)
        logger.error("A request failed. %s", outline(error))
        return error_response(TurnFailed("The bot failed to answer this request."))

    app.error_handler.add(Exception, answer_error)

    async def announce(_app: Sanic, _loop: AbstractEventLoop) -> None:
        print(READY, flush=True)  # noqa: T201 -- the supervisor waits for this line

    async def close(_app: Sanic, _loop: AbstractEventLoop) -> None:
        await agent.close()

    app.register_listener(announce, "after_server_start")
    app.register_listener(close, "after_server_stop")
    return app
