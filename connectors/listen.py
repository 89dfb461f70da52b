"""Sanic apps inside our own event loop: several in one process, beside the workers, with no process-wide state."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

from sanic import Sanic
from sanic.signals import SignalRouter

from connectors.wire import PageProtocol

App = Sanic[Any, Any]


class HeardSignals(SignalRouter):
    """Dispatches only the signals that somebody handles.

    Sanic dispatches a dozen of its own for every request and looks each up by raising and catching; a fifth of the
    time of a small request.
    """

    def __init__(self) -> None:
        super().__init__()
        self._heard: frozenset[str] = frozenset()

    def finalize(self, *args: Any, **kwargs: Any) -> None:
        """Close the register of handlers."""
        super().finalize(*args, **kwargs)
        self._heard = frozenset(signal.name for signal in self.routes)

    async def dispatch(self, event: str | Enum, **how: Any) -> Any:
        """Run an event's handlers, if it has any."""
        return await super().dispatch(event, **how) if self.format_event(event) in self._heard else None


def new_app(name: str) -> App:
    """Make a bare app: no banner, no access log, no logging of its own, and nothing that rewrites Sanic's own classes.

    Args:
        name: for logs; made unique, because Sanic keeps a register of names.
    """
    app: App = Sanic(f"{name}-{secrets.token_hex(8)}", configure_logging=False, signal_router=HeardSignals())
    Sanic.unregister_app(app)
    app.config.ACCESS_LOG = False
    app.config.AUTO_EXTEND = False
    app.config.MOTD = False
    # TouchUp compiles one app's needs into classes that every app of the process shares.
    app.config.TOUCHUP = False
    return app


def bind(host: str, port: int) -> socket.socket:
    """Take the address before anything is started; port 0 takes a free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    return taken


@asynccontextmanager
async def listening(app: App, sock: socket.socket, *, grace_s: float = 5.0) -> AsyncIterator[None]:
    """Serve the app on a bound socket for as long as the block runs.

    Leaving it stops new connections, lets requests under way end within `grace_s` seconds, then cuts what is left.
    """
    # Sanic leaves these methods without types.
    server: Any = await app.create_server(
        sock=sock, protocol=PageProtocol, backlog=1024, asyncio_server_kwargs={"start_serving": False}
    )
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    try:
        yield
    finally:
        await server.before_stop()
        # Its wait_closed() waits for every connection on newer Pythons; they are ended here.
        server.server.close()
        await _end(server.connections, grace_s)
        await server.after_stop()


async def _end(connections: set[Any], grace_s: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace_s
    while connections and loop.time() < deadline:
        for connection in tuple(connections):
            connection.close_if_idle()
        await asyncio.sleep(0.02)
    for connection in tuple(connections):
        connection.abort()
    # One turn of the loop lets the cut connections cancel their handlers.
    await asyncio.sleep(0)
