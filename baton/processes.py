"""The programs that make a running Baton: redis, the action server, Rasa and the gateway; the played channels, too."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx

from baton.addresses import free_address, reached
from baton.catalogue import TO_SHOP
from baton.demo_channels import TOLD, DemoChannels
from baton.failure import Failure
from baton.project import rasa_environment, rasa_python, shown_path
from baton.redis_server import redis_server
from baton.settings import Settings
from baton.settings_source import environment
from baton.supervisor import Program

_TO_ACTIONS = (
    *TO_SHOP,
    "actions_secret",
    "internal_url",
    "internal_secret",
    "business_timezone",
)
_TO_RASA = (
    "redis_url",
    "tracker_ttl_seconds",
    "turn_secret",
    "turn_timeout_seconds",
    "actions_url",
    "actions_secret",
    "handoff_intents",
    "default_region",
    "business_timezone",
    "order_number",
    "catalogue_file",
)


def with_inner_addresses(settings: Settings) -> Settings:
    """Give the parts free loopback ports to meet on, where none were named."""
    return replace(
        settings,
        turn_url=settings.turn_url or free_address(),
        actions_url=settings.actions_url or f"{free_address()}/webhook",
        internal_url=settings.internal_url or free_address(),
    )


def programs(
    settings: Settings, model: Path, environ: Mapping[str, str], demo: DemoChannels | None = None
) -> list[Program]:
    """Describe what has to run, with an embedded Redis first unless the settings name one.

    Args:
        settings: complete: with secrets, the address of Redis and inner addresses.
        model: the trained model.
        environ: what the processes inherit, less Baton's own settings.
        demo: the channels to play; None for none.
    """
    listed = [_actions(settings, environ), _rasa(settings, model, environ), _gateway(settings, environ)]
    server = redis_server(settings.home)
    if demo is not None:
        listed = [_played(settings, demo, environ), *listed[:-1], replace(listed[-1], after=("played",))]
    if settings.redis_url != server.url:
        return listed
    redis = Program("redis", server.argv, _without_ours(environ), server.ready)
    return [redis, *(replace(program, after=(redis.name, *program.after)) for program in listed)]


def with_redis(settings: Settings) -> Settings:
    """Name the embedded Redis where no Redis is named.

    Raises:
        Failure: another one already works in its folder.
    """
    if settings.redis_url:
        return settings
    server = redis_server(settings.home)
    if server.answers():
        raise Failure(
            f"Another Redis already works in {shown_path(server.folder)}; end it, or choose another BATON_HOME."
        )
    return replace(settings, redis_url=server.url)


def must_be_free(settings: Settings) -> None:
    """Refuse to start when the public address is taken.

    Raises:
        Failure: somebody listens there, or the address is not this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as problem:
        raise Failure(
            f"Baton can't listen on {settings.host} port {settings.port} ({problem.strerror}); "
            "end what listens there, or choose another with BATON_PORT=8081."
        ) from None


def _actions(settings: Settings, environ: Mapping[str, str]) -> Program:
    return Program(
        "actions",
        (rasa_python(), "-m", "bot.run_actions", "--actions", "actions", "--port", _port(settings.actions_url)),
        rasa_environment(environ) | environment(settings, _TO_ACTIONS),
        _Answers(httpx.URL(settings.actions_url).join("/health")),
    )


def _rasa(settings: Settings, model: Path, environ: Mapping[str, str]) -> Program:
    # An action that takes too long must fail while there is still time to say so within the turn.
    action_s = settings.turn_timeout_seconds * 0.75
    return Program(
        "rasa",
        (rasa_python(), "-m", "bot.run", "--model", str(model), "--port", _port(settings.turn_url)),
        rasa_environment(environ) | environment(settings, _TO_RASA) | {"BATON_ACTION_TIMEOUT_SECONDS": f"{action_s:g}"},
        _Answers(httpx.URL(settings.turn_url).join("/webhooks/baton/health")),
    )


def _gateway(settings: Settings, environ: Mapping[str, str]) -> Program:
    told = (name for name in Settings.__slots__ if not name.startswith("shop") and name != "actions_secret")
    return Program(
        "gateway",
        (sys.executable, "-m", "baton.gateway_process"),
        _without_ours(environ) | environment(settings, told) | {"BATON_CONFIG": os.devnull, "PYTHONUNBUFFERED": "1"},
        _Answers(httpx.URL(f"{reached(settings.host, settings.port)}/api/health")),
    )


def _played(settings: Settings, demo: DemoChannels, environ: Mapping[str, str]) -> Program:
    told = {**environment(settings, TOLD), "BATON_CONFIG": os.devnull, "PYTHONUNBUFFERED": "1"}
    return Program(
        "played",
        (sys.executable, "-m", "baton.demo_channels_process", demo.page),
        _without_ours(environ) | told,
        _Answers(httpx.URL(demo.page)),
    )


def _without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("BATON_")}


class _Answers:
    """Tells whether a GET is answered with 200."""

    def __init__(self, url: httpx.URL) -> None:
        self._url = url

    async def __call__(self) -> bool:
        # A client for each look: it is a loop for some seconds, and a started program may never have been asked before.
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
                return (await client.get(self._url)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def _port(url: str) -> str:
    port = httpx.URL(url).port
    if port is None:
        raise Failure(f"The inner address {url} must name a port.")
    return str(port)
