"""Starts the action server: what the bot can do, behind a secret, on loopback, in one process.

    python -m bot.run_actions --actions actions --port 5055

Not ``rasa run actions``: that listens on every interface, lets any web page in, asks for no secret, and answers a
failed action with the whole conversation. It announces itself with one line on stdout, ``ready``.

BATON_ACTIONS_SECRET is the bearer secret that the bot sends; without it the server does not start.
"""

from __future__ import annotations

import argparse
import hmac
import json
import logging
import os
import sys
from asyncio import AbstractEventLoop
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.private_log import configure_logging, outline

LOOPBACK = "127.0.0.1"
READY = "ready"
SECRET_VARIABLE = "BATON_ACTIONS_SECRET"  # noqa: S105 -- the name of a variable
MAX_BODY_BYTES = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


def make_app(executor: ActionExecutor, secret: str) -> Sanic:
    """The application: ``POST /webhook`` for the bot, ``GET /health`` for the supervisor.

    Args:
        executor: knows the actions.
        secret: the bearer secret that a call has to carry.
    """
    app = Sanic("baton_actions", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 5.0
    authorization = f"Bearer {secret}".encode()

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return response.json({"status": "ok"})

    @app.post("/webhook")
    async def run_action(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, authorization):
            return _error(401, "unauthorized", "The action secret is missing or wrong.")
        try:
            call: dict[str, Any] = json.loads(request.body)
            name = str(call["next_action"])
        except (ValueError, KeyError, TypeError):
            return _error(422, "invalid", "This is not an action call.")
        try:
            return response.json(await executor.run(call))
        except ActionExecutionRejection as rejection:
            # Rasa's own shape: a rejection is part of the dialogue, not a failure.
            return response.json({"error": rejection.message, "action_name": rejection.action_name}, status=400)
        except ActionNotFoundException:
            return _error(404, "unknown_action", f"There is no action {name}; restart the server after adding one.")
        except Exception as error:  # noqa: BLE001 -- whatever an action raises becomes a 500, and is said in the log
            logger.error("The action %s failed. %s", name, outline(error))
            return _error(500, "action_failed", f"The action {name} failed.")

    async def announce(_app: Sanic, _loop: AbstractEventLoop) -> None:
        print(READY, flush=True)  # noqa: T201 -- the supervisor waits for this line

    app.register_listener(announce, "after_server_start")
    return app


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return response.json({"error": {"code": code, "message": message}}, status=status)


def main(arguments: list[str] | None = None) -> int:
    """Run the action server until it is told to stop; the exit code is 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot.run_actions", description="Run the actions on loopback.")
    parser.add_argument("--actions", default="actions", help="the package that holds the actions")
    parser.add_argument("--port", type=int, default=5055, help="the port on 127.0.0.1")
    options = parser.parse_args(arguments)
    secret = os.environ.get(SECRET_VARIABLE)
    if not secret:
        print(f"The action server needs a secret; set {SECRET_VARIABLE}.", file=sys.stderr)  # noqa: T201
        return 2
    configure_logging()
    executor = ActionExecutor()
    executor.register_package(options.actions)
    app = make_app(executor, secret)
    app.run(host=LOOPBACK, port=options.port, workers=1, access_log=False, debug=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
